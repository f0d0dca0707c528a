package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"newsfeed/aggregator"
	"newsfeed/aggregator/fetch"
	"newsfeed/aggregator/parse"
	"newsfeed/aggregator/schedule"
	"newsfeed/config"
	"newsfeed/storage"
	"newsfeed/storage/bolt"
)

// errNoStore says that a command which only reads found nothing to read.
var errNoStore = errors.New("there is no store yet")

// opening is what a command wants of the store.
type opening int

const (
	reading opening = iota // one that is there
	serving                // one that is there, to be written to when that can be
	writing                // a new one too
)

func openStore(c config.Config, o opening, told tellers) (*bolt.Store, error) {
	if o == writing {
		if err := os.MkdirAll(filepath.Dir(c.Storage.Path), 0o700); err != nil {
			return nil, asUnwritable(fmt.Errorf("make folder of the store: %w", err))
		}
	}
	s, err := bolt.Open(c.Storage.Path, bolt.Options{
		ReadOnly: o != writing,
		Later:    o == serving,
		MaxBytes: int64(c.Storage.MaxSize),
		MinFree:  int64(c.Storage.MinFree),

		Migrating: told.migrating,
		Doubtful:  told.doubtful,
	})
	if errors.Is(err, fs.ErrNotExist) && o != writing {
		return nil, fmt.Errorf("%w at %s", errNoStore, c.Storage.Path)
	}
	switch {
	case o == writing:
		err = asUnwritable(err)
	case o == reading && errors.Is(err, fs.ErrPermission):
		err = forbidden{err}
	}
	return s, err
}

// newClient returns the one client through which all requests go out. answered,
// if not nil, is told of each answer.
func newClient(c config.Config, answered func(status int, bytes int64)) (*fetch.Client, error) {
	o, err := fetchOptions(c, answered)
	if err != nil {
		return nil, err
	}
	return fetch.New(o), nil
}

// fetchOptions turns the configuration into those of the client.
func fetchOptions(c config.Config, answered func(status int, bytes int64)) (fetch.Options, error) {
	o := fetch.Options{
		UserAgent:    userAgent(c.Poll.Contact),
		Timeout:      time.Duration(c.Poll.Timeout),
		MaxBody:      int64(c.Poll.MaxBody),
		HostInterval: time.Duration(c.Poll.HostInterval),
		AllowPrivate: allowed(c.Poll.AllowPrivate),
		Answered:     answered,
	}
	if c.Poll.Proxy != "" {
		proxy, err := url.Parse(c.Poll.Proxy)
		if err != nil {
			return fetch.Options{}, fmt.Errorf("read poll.proxy: %w", err)
		}
		o.Proxy = proxy
	}
	return o, nil
}

// userAgent names the program and whom to ask about it.
func userAgent(contact string) string {
	agent := "newsfeed/" + version()
	if contact != "" {
		agent += " (+" + contact + ")"
	}
	return agent
}

func allowed(networks []config.Network) []fetch.Allow {
	var list []fetch.Allow
	for _, n := range networks {
		list = append(list, fetch.Allow{Prefix: n.Prefix, Port: n.Port})
	}
	return list
}

// access returns what is the operator's of the requests to a source.
func access(s config.Source) fetch.Access {
	a := fetch.Access{
		Allow:          allowed(s.AllowPrivate),
		AnyCertificate: !s.VerifyTLS,
		HTTP1:          !s.HTTP2,
	}
	if len(s.Headers) > 0 {
		a.Header = http.Header{}
	}
	for name, value := range s.Headers {
		a.Header.Set(name, string(value))
	}
	if s.Username != "" {
		a.User = url.UserPassword(s.Username, string(s.Password))
	}
	return a
}

// options turns the configuration into those of a daemon's aggregator.
func (e expressions) options(c config.Config, store storage.Store, client *fetch.Client, log *slog.Logger) (aggregator.Options, error) {
	sources, err := e.sources(c)
	if err != nil {
		return aggregator.Options{}, err
	}
	views, err := e.views(c)
	if err != nil {
		return aggregator.Options{}, err
	}
	return aggregator.Options{
		Store:        store,
		Client:       client,
		Policy:       policy(c),
		Budget:       c.Poll.RequestsPerMinute,
		BaseURL:      c.Server.BaseURL,
		Feed:         feed(c),
		Views:        views,
		Sources:      sources,
		Similarity:   c.Dedup.Similarity,
		Workers:      c.Poll.Workers,
		HostInterval: time.Duration(c.Poll.HostInterval),
		MinForce:     time.Duration(c.Poll.MinForce),
		Retention:    retention(c),
		Log:          log,
	}, nil
}

func retention(c config.Config) aggregator.Retention {
	r := c.Storage.Retention
	return aggregator.Retention{Age: time.Duration(r.Age), Entries: r.Entries, Bytes: int64(r.Bytes)}
}

func feed(c config.Config) storage.Feed {
	return storage.Feed{
		Title:  c.Feed.Title,
		Limit:  c.Feed.Limit,
		Window: time.Duration(c.Feed.Window),
		Across: storage.Across(c.Dedup.AcrossSources),
		Share:  c.Feed.Share,
	}
}

func (e expressions) views(c config.Config) ([]aggregator.View, error) {
	var list []aggregator.View
	for _, v := range c.Views {
		view := aggregator.View{View: storage.View{
			Name: v.Name, Title: v.Title, Sources: v.Sources, Categories: v.Categories, Where: v.Where, Limit: v.Limit, Token: string(v.Token),
		}}
		var err error
		if view.Filter, err = e.compile(v.Where); err != nil {
			return nil, fmt.Errorf("read where of view %s: %w", v.Name, err)
		}
		list = append(list, view)
	}
	return list, nil
}

func policy(c config.Config) schedule.Policy {
	return schedule.Policy{
		Min:     time.Duration(c.Poll.MinInterval),
		Max:     time.Duration(c.Poll.MaxInterval),
		Backoff: firstBackoff,
	}
}

// firstBackoff is the wait after the first failure of a source.
const firstBackoff = 5 * time.Minute

func (e expressions) sources(c config.Config) ([]aggregator.Source, error) {
	list := make([]aggregator.Source, 0, len(c.Sources))
	for _, s := range c.Sources {
		src := aggregator.Source{
			SourceSettings: storage.SourceSettings{
				ID: s.ID, URL: s.URL, Title: s.Title, Categories: s.Categories, Disabled: !s.Enabled, Where: s.Where,
				Across: storage.Across(s.Dedup),
			},
			MinInterval: time.Duration(s.MinInterval),
			Format:      parse.Format(s.Format),
			FullText:    s.FullText,
			Access:      access(s),
		}
		if s.Select != (config.Select{}) {
			selectors := parse.Select(s.Select)
			src.Select = &selectors
			if err := selectors.Validate(); err != nil {
				return nil, fmt.Errorf("read source %s: %w", s.ID, err)
			}
		}
		var err error
		if src.Filter, err = e.compile(s.Where); err != nil {
			return nil, fmt.Errorf("read where of source %s: %w", s.ID, err)
		}
		if expr := cmp.Or(s.Schedule, c.Poll.Schedule); expr != "" {
			if src.Schedule, err = schedule.ParseSchedule(expr); err != nil {
				return nil, fmt.Errorf("read schedule of source %s: %w", s.ID, err)
			}
		}
		list = append(list, src)
	}
	return list, nil
}
