package normalize

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// maxWrapped is how many addresses may be wrapped in one another.
const maxWrapped = 4

// original returns the address of the document that u is a variant of: out of
// the caches and redirectors that wrap it, without dot segments, and without
// what asks for the AMP or mobile form.
func original(u *url.URL) *url.URL {
	v := unwrapAll(u)
	v = v.ResolveReference(v)
	v.Host = desktopHost(strings.ToLower(v.Host))
	v.RawQuery = withoutAMP(v.RawQuery)
	path := v.EscapedPath()
	for short := withoutAMPPath(path); short != path; short = withoutAMPPath(path) {
		path = short
	}
	if p, err := url.PathUnescape(path); err == nil {
		v.Path, v.RawPath = p, path
	}
	return v
}

// unwrapAll unwraps u as often as it is wrapped, or leaves it alone when that
// is too often to be honest.
func unwrapAll(u *url.URL) *url.URL {
	inner := u
	for range maxWrapped {
		next := unwrap(inner)
		if next == nil {
			return inner
		}
		inner = next
	}
	return u
}

// unwrap returns the address that another one carries, or nil.
func unwrap(u *url.URL) *url.URL {
	host := strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
	wrapped := ""
	switch {
	case host == "cdn.ampproject.org" || strings.HasSuffix(host, ".cdn.ampproject.org"):
		wrapped = afterAny(u.EscapedPath(), "/c/", "/v/", "/wp/")
	case isGoogle(host) && u.Path == "/url":
		q := u.Query()
		return parseURL(cmp.Or(q.Get("q"), q.Get("url")), nil)
	case isGoogle(host):
		wrapped = afterAny(u.EscapedPath(), "/amp/")
	}
	if wrapped == "" {
		return nil
	}
	scheme := "http://"
	if rest, secure := strings.CutPrefix(wrapped, "s/"); secure {
		scheme, wrapped = "https://", rest
	}
	if u.RawQuery != "" {
		wrapped += "?" + u.RawQuery
	}
	return parseURL(scheme+wrapped, nil)
}

func isGoogle(host string) bool {
	name, _, _ := strings.Cut(host, ".")
	registrable, err := publicsuffix.EffectiveTLDPlusOne(host)
	return name == "google" && err == nil && registrable == host
}

// afterAny returns what follows the first of the prefixes that path has.
func afterAny(path string, prefixes ...string) string {
	for _, p := range prefixes {
		if rest, ok := strings.CutPrefix(path, p); ok {
			return rest
		}
	}
	return ""
}

// desktopHost drops the label of a host that says for which device it is. It
// stands before the registrable domain, as in en.m.example.org.
func desktopHost(host string) string {
	name, port, _ := strings.Cut(host, ":")
	domain, err := publicsuffix.EffectiveTLDPlusOne(name)
	if err != nil {
		return host
	}
	labels := strings.Split(strings.TrimSuffix(strings.TrimSuffix(name, domain), "."), ".")
	kept := slices.DeleteFunc(slices.Clone(labels), func(l string) bool { return l == "m" || l == "mobile" || l == "amp" })
	if len(kept) == len(labels) {
		return host
	}
	name = strings.Join(append(kept, domain), ".")
	if port != "" {
		name += ":" + port
	}
	return name
}

func withoutAMP(query string) string {
	if !strings.Contains(strings.ToLower(query), "amp") {
		return query
	}
	return strings.Join(slices.DeleteFunc(strings.Split(query, "&"), func(p string) bool {
		switch strings.ToLower(p) {
		case "amp", "amp=", "amp=1", "amp=true", "outputtype=amp":
			return true
		}
		return false
	}), "&")
}

// withoutAMPPath drops the part of a path that asks for the AMP form, and
// keeps the slash at its end as it is.
func withoutAMPPath(path string) string {
	for _, end := range []string{"/amp", ".amp", "/amp.html"} {
		rest, ok := strings.CutSuffix(path, end)
		if ok && rest != "" && !strings.HasSuffix(rest, "/.") && !strings.HasSuffix(rest, "/..") { // a dot segment is no name
			return rest
		}
	}
	if rest, ok := strings.CutSuffix(path, "/amp/"); ok && rest != "" {
		return rest + "/"
	}
	if rest, ok := strings.CutSuffix(path, ".amp.html"); ok && rest != "" {
		return rest + ".html"
	}
	return path
}
