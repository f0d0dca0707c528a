// Package config reads the configuration: a TOML file and those that it
// includes, overridden by environment variables, checked as a whole.
//
// A Config is a plain value: nothing in this package is global, and nothing
// keeps a reference to a Config that it returned.
// Whatever is wrong is reported at once, each problem with its file, line, key
// and what to write instead.
package config

import (
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
)

// Config is a whole configuration. The zero value is not usable: start from
// Default.
type Config struct {
	// Include names further files, which have tables of sources and views only:
	// names or patterns of filepath.Match, relative to the file's folder. Load
	// adds their tables to Views and Sources and leaves Include empty.
	Include []string `toml:"include" env:"-"`

	// OPML names files whose subscriptions are sources too, as Include names
	// its own. Load adds them to Sources and leaves OPML empty.
	OPML []string `toml:"opml" env:"-"`

	Server  Server   `toml:"server" envPrefix:"SERVER_"`
	Storage Storage  `toml:"storage" envPrefix:"STORAGE_"`
	Poll    Poll     `toml:"poll" envPrefix:"POLL_"`
	Dedup   Dedup    `toml:"dedup" envPrefix:"DEDUP_"`
	Feed    Feed     `toml:"feed" envPrefix:"FEED_"`
	Views   []View   `toml:"view" env:"-"`
	Sources []Source `toml:"source" env:"-"`
}

// Server says where the feeds are served, by the public listener, and commands
// answered, by the admin one. A listen address is host:port, unix:/path or systemd
// (socket activation).
type Server struct {
	Listen      string `toml:"listen" env:"LISTEN"`
	AdminListen string `toml:"admin_listen" env:"ADMIN_LISTEN"` // Load derives an empty one

	// BaseURL is the public URL of this server. Load derives an empty one from
	// Listen and ends it in a slash. It stays empty when Listen asks for any
	// free port: then only who listens knows it.
	BaseURL string `toml:"base_url" env:"BASE_URL"`

	MaxConnections    int       `toml:"max_connections" env:"MAX_CONNECTIONS"`         // of readers, open at a time
	RequestsPerMinute int       `toml:"requests_per_minute" env:"REQUESTS_PER_MINUTE"` // of one client address; 0: no limit
	TrustedProxies    []Network `toml:"trusted_proxies" env:"-"`                       // believed for whom they ask; without ports
	Username          string    `toml:"username" env:"USERNAME"`                       // empty: all may read
	Password          Secret    `toml:"password" env:"-"`
	TLS               TLS       `toml:"tls" envPrefix:"TLS_"`
}

// TLS says from where the public server has its certificate: two PEM files, or
// an authority that is asked by ACME. With neither it speaks plain HTTP.
type TLS struct {
	Cert      string   `toml:"cert" env:"CERT"` // Load makes both absolute
	Key       string   `toml:"key" env:"KEY"`
	Hosts     []string `toml:"acme_hosts" env:"-"` // to have certificates for
	Email     string   `toml:"acme_email" env:"ACME_EMAIL"`
	Directory string   `toml:"acme_directory" env:"ACME_DIRECTORY"` // URL; empty: Let's Encrypt
}

// On reports whether the public server speaks TLS.
func (t TLS) On() bool { return t.Cert != "" || len(t.Hosts) > 0 }

// Scheme returns that of the public server's URLs.
func (s Server) Scheme() string {
	if s.TLS.On() {
		return "https"
	}
	return "http"
}

// Storage says where entries are kept, and how many.
type Storage struct {
	Path      string    `toml:"path" env:"PATH"` // Load makes it absolute
	Retention Retention `toml:"retention" envPrefix:"RETENTION_"`
	MaxSize   Size      `toml:"max_size" env:"MAX_SIZE"` // of the file; 0: none
	MinFree   Size      `toml:"min_free" env:"MIN_FREE"` // of the file's disk; 0: none
}

// Retention says what is kept, the newest entries first. 0: no bound.
type Retention struct {
	Age     Duration `toml:"age" env:"AGE"`
	Entries int      `toml:"entries" env:"ENTRIES"`
	Bytes   Size     `toml:"bytes" env:"BYTES"`
}

// Poll says how sources are polled.
type Poll struct {
	Workers           int       `toml:"workers" env:"WORKERS"`
	RequestsPerMinute int       `toml:"requests_per_minute" env:"REQUESTS_PER_MINUTE"` // 0: one poll a source and hour
	MinInterval       Duration  `toml:"min_interval" env:"MIN_INTERVAL"`
	MinForce          Duration  `toml:"min_force" env:"MIN_FORCE"`
	MaxInterval       Duration  `toml:"max_interval" env:"MAX_INTERVAL"`
	Schedule          string    `toml:"schedule" env:"SCHEDULE"` // cron expression, or empty
	Timeout           Duration  `toml:"timeout" env:"TIMEOUT"`
	MaxBody           Size      `toml:"max_body" env:"MAX_BODY"`
	HostInterval      Duration  `toml:"host_interval" env:"HOST_INTERVAL"`
	Contact           string    `toml:"contact" env:"CONTACT"` // URL or mail address; Load takes a public Server.BaseURL for an empty one
	AllowPrivate      []Network `toml:"allow_private" env:"-"`
	Proxy             string    `toml:"proxy" env:"PROXY"` // URL, or empty; may hold a password, and be in a file as a Secret is
}

// Dedup says what becomes of the same story in several sources.
type Dedup struct {
	AcrossSources string `toml:"across_sources" env:"ACROSS_SOURCES"` // merge, mark or off
	Similarity    bool   `toml:"similarity" env:"SIMILARITY"`         // near-duplicate texts count as the same story
}

// Feed describes the merged News Feed.
type Feed struct {
	Title  string   `toml:"title" env:"TITLE"`
	Limit  int      `toml:"limit" env:"LIMIT"`   // 0: none
	Window Duration `toml:"window" env:"WINDOW"` // 0: none

	// Share is the greatest part of Limit that the items of one source take in
	// a feed of many sources, though never less than an even part. 0 or 1: no
	// bound. It has no effect where Limit is 0.
	Share float64 `toml:"share" env:"SHARE"`
}

// View is a further feed: the entries of some sources and categories that meet
// a condition.
type View struct {
	Name       string   `toml:"name"`       // slug; part of the feed's path
	Title      string   `toml:"title"`      // Load sets an empty one to Name
	Categories []string `toml:"categories"` // any of them; none: all
	Sources    []string `toml:"sources"`    // ids, any of them; none: all
	Where      string   `toml:"where"`      // expression that its entries must meet; empty: none
	Limit      int      `toml:"limit"`      // 0: none; Load sets 100 unless the file says otherwise
	Token      Secret   `toml:"token"`      // needed to read it; empty: it is public
}

// Source is one configured news source.
type Source struct {
	ID          string   `toml:"id"`  // Load derives an empty one from URL
	URL         string   `toml:"url"` // may hold secrets, never to be shown
	Title       string   `toml:"title"`
	Categories  []string `toml:"categories"`
	Schedule    string   `toml:"schedule"`     // empty: as in Poll
	MinInterval Duration `toml:"min_interval"` // 0: as in Poll
	Format      string   `toml:"format"`       // auto, syndication, sitemap or html; Load sets an empty one to auto
	Select      Select   `toml:"select"`
	FullText    bool     `toml:"full_text"`
	Where       string   `toml:"where"` // expression that its entries must meet; empty: none
	Dedup       string   `toml:"dedup"` // merge, mark or off; empty: as in Dedup

	AllowPrivate []Network         `toml:"allow_private"` // in addition to those of Poll
	Headers      map[string]Secret `toml:"headers"`
	Username     string            `toml:"username"`
	Password     Secret            `toml:"password"`

	// Load sets these unless the file says otherwise.
	VerifyTLS bool `toml:"verify_tls"`
	HTTP2     bool `toml:"http2"`
	Enabled   bool `toml:"enabled"`
}

// Select are the CSS selectors by which a source of format html is read. All
// but Item are matched within an item; an empty one leaves the choice to the
// program.
type Select struct {
	Item    string `toml:"item"`
	Link    string `toml:"link"`
	Title   string `toml:"title"`
	Date    string `toml:"date"`
	Summary string `toml:"summary"`
	Image   string `toml:"image"`
}

// defaultLimit is the greatest number of items of a feed for which nothing
// else is said.
const defaultLimit = 100

// Default returns the configuration of an empty file, before anything is
// derived from where that file is.
func Default() Config {
	return Config{
		Server: Server{
			Listen: "127.0.0.1:8080", MaxConnections: 2048, RequestsPerMinute: 6000,
			TrustedProxies: []Network{
				{Prefix: netip.MustParsePrefix("127.0.0.0/8")},
				{Prefix: netip.MustParsePrefix("::1/128")},
			},
		},
		Storage: Storage{Path: "newsfeed.db", Retention: Retention{Age: 365 * day}, MinFree: 64 * mebibyte},
		Poll: Poll{
			Workers:      64,
			MinInterval:  15 * minute,
			MinForce:     10 * second,
			MaxInterval:  day,
			Timeout:      20 * second,
			MaxBody:      15 * mebibyte,
			HostInterval: second,
		},
		Dedup: Dedup{AcrossSources: "merge", Similarity: true},
		Feed:  Feed{Title: "News Feed", Limit: defaultLimit, Window: 7 * day, Share: 0.25},
	}
}

// Load reads the configuration: the defaults, then the file at path, then the
// files that it includes and the OPML files, then the environment as getenv tells it (an empty
// variable counts as absent), then the values derived from all these. The
// warnings, one line each, name what is accepted but hardly meant. An error
// about the configuration is an *Error.
func Load(path string, getenv func(string) string) (Config, []string, error) {
	return LoadWith(path, getenv, func(string) error { return nil })
}

// LoadWith is Load which also asks expression what is wrong with each where of
// sources and views, for their language is not this package's.
func LoadWith(path string, getenv func(string) string, expression func(string) error) (Config, []string, error) {
	return load(path, getenv, expression, folders{})
}

// LoadBeside is LoadWith for who is not the service that has the secrets: where
// systemd has handed over no credentials, a secret whose file is not there or
// must not be read is a warning, and some text that none is stands in its place.
func LoadBeside(path string, getenv func(string) string, expression func(string) error) (Config, []string, error) {
	return load(path, getenv, expression, folders{beside: true})
}

// load completes where.
func load(path string, getenv func(string) string, expression func(string) error, where folders) (Config, []string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return Config{}, nil, &Error{Problems: []Problem{unreadable(path, err)}}
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return Config{}, nil, fmt.Errorf("find folder of %s: %w", path, err)
	}

	c := Default()
	r := newReport(path)
	complete := r.decode(path, text, &c) && r.include(&c) && r.opml(&c)
	r.override(&c, getenv)
	if complete {
		r.preset(&c)
		c = c.derive(filepath.Dir(abs), getenv)
		where.config, where.credentials = filepath.Dir(abs), getenv("CREDENTIALS_DIRECTORY")
		r.readSecrets(&c, where)
		c.Server.TLS.Cert, c.Server.TLS.Key = where.find(c.Server.TLS.Cert), where.find(c.Server.TLS.Key)
		c.validate(r)
		c.validateExpressions(r, expression)
	}
	if err := r.err(); err != nil {
		return Config{}, nil, err
	}
	return c, r.warned(), nil
}

// Validate returns the warnings and, as an *Error, all that is wrong with a
// Config from which nothing is left to derive. Load has done so already.
func (c Config) Validate() ([]string, error) {
	r := newReport("")
	c.validate(r)
	return r.warned(), r.err()
}

func unreadable(path string, err error) Problem {
	const remedy = "; let the user who runs newsfeed read it, or name another with --config"
	p := Problem{File: path, Message: "cannot be read: " + err.Error() + remedy}
	var pathErr *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		p.Message = "there is no such file; name another with --config, or begin with a copy of config.example.toml"
	case errors.As(err, &pathErr):
		p.Message = "cannot be read: " + pathErr.Err.Error() + remedy
	}
	return p
}
