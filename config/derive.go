package config

import (
	"net"
	"net/netip"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// derive fills in what the configuration leaves open. dir is the absolute
// folder of the configuration file.
func (c Config) derive(dir string, getenv func(string) string) Config {
	if p := c.Storage.Path; p != "" && !filepath.IsAbs(p) {
		c.Storage.Path = filepath.Join(stateDir(dir, getenv), p)
	}
	if p := c.Storage.Path; p != "" && c.Server.AdminListen == "" {
		c.Server.AdminListen = "unix:" + strings.TrimSuffix(p, filepath.Ext(p)) + ".sock"
	}
	if c.Server.BaseURL == "" {
		c.Server.BaseURL = c.Server.baseURL()
	} else {
		c.Server.BaseURL = strings.TrimSuffix(c.Server.BaseURL, "/") + "/"
		if c.Poll.Contact == "" && isPublic(c.Server.BaseURL) {
			c.Poll.Contact = c.Server.BaseURL
		}
	}
	for i, s := range c.Sources {
		if s.ID == "" {
			c.Sources[i].ID = sourceID(s.URL)
		}
	}
	for i, v := range c.Views {
		if v.Title == "" {
			c.Views[i].Title = v.Name
		}
	}
	return c
}

// stateDir is where a relative path of the store begins.
func stateDir(dir string, getenv func(string) string) string {
	// systemd lists several folders with colons between (systemd.exec).
	if state, _, _ := strings.Cut(getenv("STATE_DIRECTORY"), ":"); state != "" {
		return state
	}
	if dir == "/etc/newsfeed" || strings.HasPrefix(dir, "/etc/newsfeed/") {
		return "/var/lib/newsfeed"
	}
	return dir
}

// baseURL returns the URL of the server by where it listens and for whom it has
// a certificate, or "" when that cannot be told.
func (s Server) baseURL() string {
	host, port, tcp := splitListen(s.Listen)
	if len(s.TLS.Hosts) > 0 {
		host = s.TLS.Hosts[0]
	}
	switch {
	case !tcp || port == 0:
		return ""
	case port == 443 && s.TLS.On() && host != "":
		return "https://" + host + "/"
	}
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return s.Scheme() + "://" + net.JoinHostPort(host, strconv.Itoa(int(port))) + "/"
}

// isPublic reports whether a URL is one of which other machines can be told.
func isPublic(address string) bool {
	u, err := parseWeb(address)
	return err == nil && !isLoopback(u.Hostname())
}

// sourceID makes an id from the host and the path of a URL, without what most
// of them have: https://www.example.org/news/rss.xml is example-org-news. It
// returns "" when nothing is left.
func sourceID(address string) string {
	u, err := parseWeb(address)
	if err != nil {
		return ""
	}
	parts := words(strings.TrimPrefix(strings.ToLower(u.Host), "www."))
	rest := strings.ToLower(u.Path)
	for _, w := range words(strings.TrimSuffix(rest, path.Ext(rest))) {
		if !slices.Contains([]string{"rss", "feed", "atom", "xml", "index"}, w) {
			parts = append(parts, w)
		}
	}
	id := strings.Join(parts, "-")
	return strings.TrimRight(id[:min(len(id), maxSlug)], "-")
}

func words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
}
