package config

import (
	"cmp"
	"net/mail"
	"path/filepath"
	"strings"
	"time"
)

func (c Config) validate(r *report) {
	c.Server.validate(r, c.Storage.Path)
	c.Storage.validate(r)
	c.Poll.validate(r)
	r.check("dedup.across_sources", checkAcross(c.Dedup.AcrossSources))
	c.Feed.validate(r)
	validateSources(r, c.Sources, c.Poll)
	validateViews(r, c.Views, c.Sources)
	c.Poll.validateBudget(r, len(c.Sources))
}

// validateExpressions reports what is wrong with an expression, by a judge.
func (c Config) validateExpressions(r *report, judge func(string) error) {
	for i, s := range c.Sources {
		if s.Where != "" {
			r.source(i).check("where", judge(s.Where))
		}
	}
	for i, v := range c.Views {
		if v.Where != "" {
			r.view(i).check("where", judge(v.Where))
		}
	}
}

// validateBudget warns of a budget that does not suffice to poll each source as
// seldom as is allowed.
func (p Poll) validateBudget(r *report, sources int) {
	least := float64(sources) / time.Duration(p.MaxInterval).Minutes()
	if p.RequestsPerMinute > 0 && float64(p.RequestsPerMinute) < least {
		r.warn("poll.requests_per_minute", "%d is less than %d sources need to be polled every poll.max_interval, %v; that is what they get",
			p.RequestsPerMinute, sources, p.MaxInterval)
	}
}

func (s Server) validate(r *report, store string) {
	r.check("server.listen", checkListen(s.Listen))
	if s.AdminListen != "" || store != "" { // without a store's path there is none beside it
		r.check("server.admin_listen", checkAdminListen(s.AdminListen))
	}
	switch host, _, tcp := splitListen(s.AdminListen); {
	case s.AdminListen == s.Listen && s.Listen != "systemd":
		r.problem("server.admin_listen", "is the same as server.listen; the admin listener needs an address of its own")
	case s.AdminListen == "unix:"+store:
		r.problem("server.admin_listen", "is the path of the store; write another one")
	case tcp && !isLoopback(host):
		r.warn("server.admin_listen", "can be reached from other machines and asks for no password; a unix socket is safer")
	}

	s.validateReaders(r)

	u, err := parseWeb(s.BaseURL)
	switch _, port, tcp := splitListen(s.Listen); {
	case s.BaseURL == "" && (tcp && port == 0 || checkListen(s.Listen) != nil):
	case s.BaseURL == "":
		r.problem("server.base_url", `cannot be told from server.listen %q; write for example "https://news.example.org/"`, s.Listen)
	case err != nil:
		r.problem("server.base_url", `%s; write for example "https://news.example.org/"`, err)
	case u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		r.problem("server.base_url", `may have a host and a path only; write for example "https://news.example.org/"`)
	}
}

// validateReaders judges who may read, and how.
func (s Server) validateReaders(r *report) {
	r.check("server.max_connections", within(s.MaxConnections, 16, 1_000_000))
	r.check("server.requests_per_minute", within(s.RequestsPerMinute, 0, 1_000_000_000))
	validateNetworks(r, "server.trusted_proxies", s.TrustedProxies)
	for i, n := range s.TrustedProxies {
		if n.Port != 0 {
			r.problem(element("server.trusted_proxies", i+1), "has a port, which says nothing of a proxy; write %q", n.Prefix)
		}
	}
	r.check("server.username", checkLine(s.Username))
	r.check("server.password", checkLine(string(s.Password)))
	switch host, _, tcp := splitListen(s.Listen); {
	case strings.Contains(s.Username, ":"):
		r.problem("server.username", "has a colon, which would end it; leave it out") // RFC 7617 section 2
	case s.Password != "" && s.Username == "":
		r.problem("server.password", "needs a name; write username too")
	case s.Password != "" && !s.TLS.On() && tcp && !isLoopback(host):
		r.warn("server.password", "is sent in the clear, for all on the way to read; set server.tls, or listen behind a proxy that has a certificate")
	}
	s.TLS.validate(r)
}

func (t TLS) validate(r *report) {
	switch {
	case (t.Cert == "") != (t.Key == ""):
		r.problem("server.tls.cert", "and server.tls.key go together; write both, or neither")
	case t.Cert != "" && len(t.Hosts) > 0:
		r.problem("server.tls.acme_hosts", "asks for another certificate than the one in cert; keep one of both")
	case len(t.Hosts) == 0 && t.Email+t.Directory != "":
		r.warn("server.tls.acme_hosts", `is empty, so that nothing is asked of an authority; write for example ["news.example.org"]`)
	case t.Cert != "":
		t.validateFiles(r)
	}
	for i, host := range t.Hosts {
		r.check(element("server.tls.acme_hosts", i+1), checkHost(host))
	}
	if _, err := mail.ParseAddress(t.Email); t.Email != "" && err != nil {
		r.problem("server.tls.acme_email", `%q is no mail address; write for example "news@example.org"`, t.Email)
	}
	if u, err := parseWeb(t.Directory); t.Directory != "" && (err != nil || u.Scheme != "https") {
		r.problem("server.tls.acme_directory", `is not the https URL of an authority's directory; "" is that of Let's Encrypt`)
	}
}

func (s Storage) validate(r *report) {
	if s.Path == "" || strings.HasSuffix(s.Path, string(filepath.Separator)) {
		r.problem("storage.path", `is not the name of a file; write for example "newsfeed.db"`)
	}
	r.check("storage.retention.age", within(s.Retention.Age, 0, longest))
	r.check("storage.retention.entries", checkLimit(s.Retention.Entries))
	r.check("storage.retention.bytes", checkRoom(s.Retention.Bytes))
	r.check("storage.max_size", checkRoom(s.MaxSize))
	if s.MaxSize > 0 && s.Retention.Bytes >= s.MaxSize {
		r.warn("storage.retention.bytes", "%v is never reached: polls pause before the file has storage.max_size, which is %v", s.Retention.Bytes, s.MaxSize)
	}
}

func (p Poll) validate(r *report) {
	r.check("poll.workers", within(p.Workers, 1, 10_000))
	r.check("poll.requests_per_minute", within(p.RequestsPerMinute, 0, 1_000_000))
	r.check("poll.min_interval", within(p.MinInterval, millisecond, longest))
	r.check("poll.min_force", within(p.MinForce, 0, day))
	r.check("poll.max_interval", within(p.MaxInterval, millisecond, longest))
	if p.MinInterval > p.MaxInterval {
		r.problem("poll.max_interval", "%v is below poll.min_interval; write %v or more", p.MaxInterval, p.MinInterval)
	}
	if p.MinInterval < 15*minute {
		r.warn("poll.min_interval", "%v is below 15m; many publishers block who asks that often", p.MinInterval)
	}
	if p.Schedule != "" {
		r.check("poll.schedule", checkSchedule(p.Schedule))
	}
	r.check("poll.timeout", within(p.Timeout, millisecond, 10*minute))
	r.check("poll.max_body", within(p.MaxBody, kibibyte, gibibyte))
	r.check("poll.host_interval", within(p.HostInterval, 0, hour))
	if p.HostInterval == 0 {
		r.warn("poll.host_interval", "0 leaves a host no pause between two requests")
	}
	r.check("poll.contact", checkContact(p.Contact))
	validateNetworks(r, "poll.allow_private", p.AllowPrivate)
	r.check("poll.proxy", checkProxy(p.Proxy))
}

func validateNetworks(r judged, key string, networks []Network) {
	for i, n := range networks {
		if !n.Prefix.IsValid() {
			r.problem(element(key, i+1), "is not a network")
		}
	}
}

func (f Feed) validate(r *report) {
	r.check("feed.title", cmp.Or(checkPresent(f.Title), checkLine(f.Title)))
	r.check("feed.limit", checkLimit(f.Limit))
	r.check("feed.window", within(f.Window, 0, longest))
	r.check("feed.share", within(f.Share, 0, 1))
}
