package dedup

import (
	"net/url"
	"slices"
	"strings"
)

// URLKey returns the form of a canonical URL by which addresses of one article
// compare equal: http and https, "www." and mobile hosts, AMP pages, a closing
// slash, an index page and the order of the query make no difference. It is
// no working URL and never shown. A URL that is not http or https has none.
func URLKey(canonical string) string {
	u, err := url.Parse(canonical)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	if inner, ok := ampCache(u); ok {
		u = inner
	}
	host := strings.TrimSuffix(strings.ToLower(u.Host), ".")
	host = strings.TrimSuffix(strings.TrimSuffix(host, ":80"), ":443")
	for _, label := range []string{"www.", "amp.", "mobile.", "m."} {
		if rest, ok := strings.CutPrefix(host, label); ok && strings.Contains(rest, ".") {
			host = rest
		}
	}
	key := url.URL{Host: host, Path: pathKey(u.Path), RawQuery: queryKey(u.RawQuery)}
	if strings.HasPrefix(u.Fragment, "!") {
		key.Fragment = u.Fragment
	}
	return key.String()
}

// ampCache unwraps an address of the AMP cache.
func ampCache(u *url.URL) (*url.URL, bool) {
	if !strings.HasSuffix(strings.ToLower(u.Hostname()), "cdn.ampproject.org") {
		return nil, false
	}
	for _, prefix := range []string{"/c/s/", "/c/", "/v/s/", "/v/"} {
		if rest, ok := strings.CutPrefix(u.Path, prefix); ok {
			inner, err := url.Parse("http://" + rest)
			if err != nil || inner.Host == "" {
				return nil, false
			}
			inner.RawQuery = u.RawQuery
			return inner, true
		}
	}
	return nil, false
}

func pathKey(path string) string {
	path = strings.TrimRight(path, "/")
	for _, page := range []string{"/index.html", "/index.htm", "/index.php", "/amp", ".amp", "/amp.html"} {
		if rest, ok := strings.CutSuffix(path, page); ok {
			path = strings.TrimRight(rest, "/")
			break
		}
	}
	if rest, ok := strings.CutPrefix(path, "/amp/"); ok {
		path = "/" + rest
	}
	return path
}

// queryKey sorts the parameters and drops those that only choose a rendering.
func queryKey(query string) string {
	if query == "" {
		return ""
	}
	params := strings.Split(query, "&")
	params = slices.DeleteFunc(params, func(p string) bool {
		return p == "" || p == "amp" || p == "amp=1" || p == "outputType=amp"
	})
	slices.Sort(params)
	return strings.Join(params, "&")
}
