package dedup

import (
	"net/url"
	"slices"
	"strings"
)

// URLKey returns the form of a canonical URL by which addresses of one article
// compare equal: http and https, "www.", a closing slash, an index page and the
// order of the query make no difference. It is no working URL and never shown.
// A URL that is not http or https has none.
func URLKey(canonical string) string {
	u, err := url.Parse(canonical)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	host := strings.TrimSuffix(strings.ToLower(u.Host), ".")
	host = strings.TrimSuffix(strings.TrimSuffix(host, ":80"), ":443")
	if rest, ok := strings.CutPrefix(host, "www."); ok && strings.Contains(rest, ".") {
		host = rest
	}
	key := url.URL{Host: host, Path: pathKey(u.Path), RawQuery: queryKey(u.RawQuery)}
	if strings.HasPrefix(u.Fragment, "!") {
		key.Fragment = u.Fragment
	}
	return key.String()
}

func pathKey(path string) string {
	path = strings.TrimRight(path, "/")
	for _, page := range []string{"/index.html", "/index.htm", "/index.php"} {
		if rest, ok := strings.CutSuffix(path, page); ok {
			path = strings.TrimRight(rest, "/")
			break
		}
	}
	if rest, ok := strings.CutPrefix(path, "/amp/"); ok { // some sites have a tree of AMP pages
		path = "/" + rest
	}
	return path
}

// queryKey sorts the parameters.
func queryKey(query string) string {
	if query == "" {
		return ""
	}
	params := slices.DeleteFunc(strings.Split(query, "&"), func(p string) bool { return p == "" })
	slices.Sort(params)
	return strings.Join(params, "&")
}
