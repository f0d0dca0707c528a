package normalize

import (
	"net/url"
	"strings"

	"golang.org/x/net/idna"
)

// maxURL is the longest URL that is kept, in bytes. What is longer is either
// hostile or a document in itself.
const maxURL = 4096

// absolute makes an http or https URL of what a source wrote, relative to
// base, as a browser would understand it. It returns "" when there is none:
// for other schemes, for what is relative when base is nil, for what is too
// long. It changes no more than it must.
func absolute(raw string, base *url.URL) string {
	if isPlainURL(raw) {
		return raw
	}
	u := parseURL(raw, base)
	if u == nil {
		return ""
	}
	if s := u.String(); len(s) <= maxURL {
		return s
	}
	return ""
}

// isPlainURL reports whether raw is an absolute URL of which absolute would not
// change anything. Most are.
func isPlainURL(raw string) bool {
	rest, ok := strings.CutPrefix(raw, "https://")
	if !ok {
		rest, ok = strings.CutPrefix(raw, "http://")
	}
	if !ok || len(raw) > maxURL {
		return false
	}
	host := strings.IndexByte(rest, '/')
	if host < 0 || !isPlainHost(rest[:host]) {
		return false
	}
	fragment := false
	for i := host; i < len(rest); i++ {
		switch c := rest[i]; {
		case isLetterOrDigit(c), strings.IndexByte("/-._~?&=+,;:@", c) >= 0:
		case c == '%' && i+2 < len(rest) && isHex(rest[i+1]) && isHex(rest[i+2]):
		case c == '#' && !fragment && i+1 < len(rest):
			fragment = true
		default:
			return false
		}
	}
	return true
}

func isPlainHost(host string) bool {
	for i := range len(host) {
		if c := host[i]; !isLetterOrDigit(c) && c != '.' && c != '-' {
			return false
		}
	}
	return host != ""
}

// parseURL is absolute without the last step.
func parseURL(raw string, base *url.URL) *url.URL {
	if len(raw) > maxURL {
		return nil
	}
	raw = trimURL(raw)
	scheme, rest := cutScheme(raw)
	switch {
	case raw == "":
		return nil
	case scheme == "http" || scheme == "https":
		return parseAbsolute(scheme, strings.TrimLeft(rest, `/\`))
	case scheme != "":
		return nil
	}
	raw = slashes(raw)
	switch {
	case strings.HasPrefix(raw, "//"):
		scheme = "https"
		if base != nil {
			scheme = base.Scheme
		}
		return parseAbsolute(scheme, strings.TrimLeft(raw, "/"))
	case strings.HasPrefix(raw, "www."):
		return parseAbsolute("http", raw)
	case base == nil:
		return nil
	}
	if segment, _, _ := strings.Cut(raw, "/"); strings.Contains(segment, ":") {
		raw = "./" + raw // what is in front of the colon is no scheme
	}
	ref, err := url.Parse(escapeURL(raw))
	if err != nil {
		return nil
	}
	return base.ResolveReference(ref)
}

// parseAbsolute reads what follows "http://".
func parseAbsolute(scheme, rest string) *url.URL {
	rest = slashes(rest)
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	authority, ok := asciiHost(rest[:end])
	if !ok {
		return nil
	}
	u, err := url.Parse(scheme + "://" + authority + escapeURL(rest[end:]))
	if err != nil || u.Hostname() == "" || strings.Trim(u.Host, hostBytes) != "" {
		return nil
	}
	return u
}

// hostBytes may be part of a host and port.
const hostBytes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_~:[]"

// hosts turns names of other scripts into the form that every client knows.
var hosts = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false))

// asciiHost rewrites the host of an authority when it is not ASCII.
func asciiHost(authority string) (string, bool) {
	if isASCII(authority) {
		return authority, true
	}
	at := strings.LastIndexByte(authority, '@') + 1
	host, port := authority[at:], ""
	if i := strings.LastIndexByte(host, ':'); i >= 0 {
		host, port = host[:i], host[i:]
	}
	host, err := hosts.ToASCII(host)
	return escapeURL(authority[:at]) + host + port, err == nil
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// trimURL drops what browsers ignore in a URL: white space around it, tabs
// and line ends within it, control characters.
func trimURL(raw string) string {
	raw = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F || r == '\uFEFF' || r == '\u200B' {
			return -1
		}
		return r
	}, raw)
	return strings.TrimSpace(raw)
}

// cutScheme returns the scheme in lower case, or "" and raw itself.
func cutScheme(raw string) (scheme, rest string) {
	i := strings.IndexByte(raw, ':')
	if i <= 0 {
		return "", raw
	}
	scheme = strings.ToLower(raw[:i])
	if scheme == "https" || scheme == "http" {
		return scheme, raw[i+1:]
	}
	if scheme[0] < 'a' || scheme[0] > 'z' || strings.Trim(scheme, "abcdefghijklmnopqrstuvwxyz0123456789+.-") != "" {
		return "", raw
	}
	return scheme, raw[i+1:]
}

// slashes turns backslashes round in front of the query, as browsers do.
func slashes(raw string) string {
	end := strings.IndexAny(raw, "?#")
	if end < 0 {
		end = len(raw)
	}
	return strings.ReplaceAll(raw[:end], `\`, "/") + raw[end:]
}

// escapeURL escapes what RFC 3986 does not allow in a URL, and a "%" that
// escapes nothing.
func escapeURL(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		illegal := c <= ' ' || c >= 0x7F || strings.IndexByte("\"<>\\^`{|}", c) >= 0
		if c == '%' {
			illegal = i+2 >= len(s) || !isHex(s[i+1]) || !isHex(s[i+2])
		}
		if illegal {
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

func isLetterOrDigit(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}
