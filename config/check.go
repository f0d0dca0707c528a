package config

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"

	"github.com/andybalholm/cascadia"
)

func within[T cmp.Ordered](value, low, high T) error {
	// So written, NaN is out of range too.
	if !(low <= value && value <= high) {
		return fmt.Errorf("%v is out of range; write a value from %v to %v", value, low, high)
	}
	return nil
}

func checkPresent(s string) error {
	if strings.TrimSpace(s) == "" {
		return errors.New("is empty; write some text")
	}
	return nil
}

func checkLine(s string) error {
	if strings.ContainsFunc(s, unicode.IsControl) {
		return errors.New("has a line break or another control character; leave it out")
	}
	return nil
}

const (
	maxSlug  = 64
	minToken = 8

	lower  = "abcdefghijklmnopqrstuvwxyz"
	upper  = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	digits = "0123456789"
)

// checkSlug takes what may be part of a path.
func checkSlug(s string) error {
	if len(s) > maxSlug || strings.Trim(s, lower+digits+"-") != "" {
		return fmt.Errorf("%q is not a slug; write 1 to %d of a-z, 0-9 and -", s, maxSlug)
	}
	return nil
}

// checkToken takes what stands in a URL as it is (RFC 3986 section 2.3). Its
// error does not repeat the token.
func checkToken(s Secret) error {
	switch {
	case s == "":
		return nil
	case strings.Trim(string(s), lower+upper+digits+"-._~") != "":
		return errors.New("has a character that does not stand in a URL as it is; write letters, digits and - . _ ~ only")
	case len(s) < minToken:
		return fmt.Errorf("is too short; write at least %d characters", minToken)
	}
	return nil
}

func checkLimit(n int) error {
	if n < 0 {
		return fmt.Errorf("%d is below 0; write 0 for no limit", n)
	}
	return nil
}

// leastRoom is what a store needs to be of use.
const leastRoom = 8 * mebibyte

func checkRoom(s Size) error {
	if s != 0 && s < leastRoom {
		return fmt.Errorf("%v is too little for a store; write at least %v, or 0 for no limit", s, leastRoom)
	}
	return nil
}

func checkAcross(mode string) error {
	switch mode {
	case "merge", "mark", "off":
		return nil
	}
	return fmt.Errorf(`%q is not known; write "merge", "mark" or "off"`, mode)
}

func checkListen(s string) error {
	if s == "systemd" {
		return nil
	}
	if path, ok := strings.CutPrefix(s, "unix:"); ok {
		switch {
		case !filepath.IsAbs(path):
			return fmt.Errorf(`%q is not an absolute path; write for example "unix:/run/newsfeed/newsfeed.sock"`, s)
		case len(path) > 107: // sun_path of unix(7), with its end
			return fmt.Errorf("%q is too long for a socket; write a path of at most 107 bytes, such as %q", s, "unix:/run/newsfeed/newsfeed.sock")
		}
		return nil
	}
	if _, _, tcp := splitListen(s); !tcp {
		return fmt.Errorf(`%q is not an address; write for example "127.0.0.1:8080", "unix:/path" or "systemd"`, s)
	}
	return nil
}

// checkAdminListen is stricter than checkListen: commands must be able to find
// the address.
func checkAdminListen(s string) error {
	if s == "systemd" {
		return errors.New(`commands cannot find a socket of systemd; write for example "unix:/run/newsfeed/newsfeed.sock"`)
	}
	return checkListen(s)
}

// splitListen returns the host and the port of an address, or false when it
// has none.
func splitListen(s string) (host string, port uint16, tcp bool) {
	host, number, err := net.SplitHostPort(s)
	if err != nil || strings.HasPrefix(s, "unix:") || strings.ContainsAny(host, "/ ") {
		return "", 0, false
	}
	n, err := strconv.ParseUint(number, 10, 16)
	return host, uint16(n), err == nil
}

// checkHost takes a name that an authority gives a certificate for: of several
// labels, and not an address.
func checkHost(s string) error {
	labels := strings.Split(s, ".")
	bad := len(s) > 253 || len(labels) < 2
	for _, l := range labels {
		bad = bad || l == "" || len(l) > 63 || strings.Trim(l, lower+digits+"-") != "" || strings.HasPrefix(l, "-") || strings.HasSuffix(l, "-")
	}
	if _, err := netip.ParseAddr(s); bad || err == nil {
		return fmt.Errorf(`%q is not the name of a host; write for example "news.example.org", in small letters`, s)
	}
	return nil
}

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// parseWeb parses an absolute http or https URL. Its error does not repeat the
// URL, which may hold a secret.
func parseWeb(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || !validPort(u) {
		return nil, errors.New("is not an absolute http or https URL")
	}
	return u, nil
}

func validPort(u *url.URL) bool {
	port := u.Port()
	if port == "" {
		return true
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && n > 0
}

func checkContact(s string) error {
	if _, err := parseWeb(s); s == "" || err == nil {
		return nil
	}
	if a, err := mail.ParseAddress(s); err == nil && a.Address == s {
		return nil
	}
	return fmt.Errorf(`%q is neither a URL nor a mail address; write for example "https://example.org/about" or "news@example.org"`, s)
}

func checkProxy(s string) error {
	if s == "" {
		return nil
	}
	u, err := url.Parse(s)
	if err == nil && u.Hostname() != "" && validPort(u) {
		switch u.Scheme {
		case "http", "https", "socks5", "socks5h":
			return nil
		}
	}
	return errors.New(`is not the URL of a proxy; write for example "http://127.0.0.1:3128" or "socks5://127.0.0.1:1080"`)
}

func checkSelector(css string) error {
	if css == "" {
		return nil
	}
	if _, err := cascadia.ParseGroup(css); err != nil {
		return fmt.Errorf(`%q is not a CSS selector (%w); write for example "article.news"`, css, err)
	}
	return nil
}
