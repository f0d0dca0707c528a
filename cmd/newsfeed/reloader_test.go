//go:build linux

package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"newsfeed/aggregator"
	"newsfeed/aggregator/publish"
	"newsfeed/config"
	"newsfeed/storage"
)

// newReloader returns that of a daemon without servers, whose aggregator
// commits to wrap of the store, and the configuration that it loads.
func newReloader(t *testing.T, wrap func(storage.Store) storage.Store) (*reloader, *config.Config) {
	t.Helper()
	c := loadConfig(t, "")
	c.Storage.Path = t.TempDir() + "/newsfeed.db"
	store, err := openStore(c, writing, tellers{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	log := slog.New(slog.DiscardHandler)
	client, err := newClient(c, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	door, err := newDoor(c, client, newMetrics(store, c.Storage.Path, log))
	if err != nil {
		t.Fatal(err)
	}
	optionsOf := func(c config.Config) (aggregator.Options, error) {
		return expressions{}.options(c, wrap(store), client, log)
	}
	options, err := optionsOf(c)
	if err != nil {
		t.Fatal(err)
	}
	agg := aggregator.New(options)
	if err := agg.Configure(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- agg.Run(ctx) }()
	t.Cleanup(func() { stop(); <-ended })
	health := &condition{publisher: publish.New(publish.Options{Store: store, Logger: log})}
	next := c
	d := daemon{config: c, log: log, load: func() (config.Config, []string, error) { return next, nil, nil }}
	signs := vitals{store: store, aggregator: agg, condition: health, notify: notifier{log}}
	return d.reloader(signs, optionsOf, store, client, door), &next
}

func TestE04_AReloadGoesOnWhenWhoAskedForItLeaves(t *testing.T) {
	for range 20 { // a dead context may win or lose against what is ready
		r, next := newReloader(t, func(s storage.Store) storage.Store { return s })
		next.Feed.Title, next.Storage.MaxSize = "Other", 9<<20
		ctx, leave := context.WithCancel(t.Context())
		leave()
		changed, err := r.reload(ctx)
		if err != nil || !slices.Contains(changed.Keys, "feed.title") {
			t.Fatalf("changed %q, %v", changed.Keys, err)
		}
		if feed, err := r.store.Settings(t.Context()); err != nil || feed.Feed.Title != "Other" {
			t.Fatalf("the feed is %q, %v", feed.Feed.Title, err)
		}
	}
}

// sealed is a store that cannot be written to.
type sealed struct{ storage.Store }

func (sealed) Commit(context.Context, ...storage.Record) error { return storage.ErrReadOnly }

func TestE04_AReloadSaysWhyTheStoreRefusesTheStart(t *testing.T) {
	r, next := newReloader(t, func(s storage.Store) storage.Store { return sealed{s} })
	next.Feed.Title, next.Storage.MaxSize = "Other", 9<<20
	_, err := r.reload(t.Context())
	if !errors.Is(err, aggregator.ErrUnconfigured) || !errors.Is(err, storage.ErrReadOnly) || errors.Is(err, storage.ErrFull) {
		t.Errorf("got %v", err)
	}
	if r.current.Storage.MaxSize != 9<<20 || r.current.Feed.Title == "Other" {
		t.Errorf("of the new configuration hold max_size = %v and the title %q", r.current.Storage.MaxSize, r.current.Feed.Title)
	}
	if room, err := r.store.Room(t.Context()); err != nil || !strings.Contains(room.Limit, "9.0 MiB") || room.Free > 9<<20 {
		t.Errorf("the store has %+v, %v", room, err)
	}
}

// TestE04_WhatStandsBeforeTheServerIsReloaded asks as readers do, before and
// after a reload.
func TestE04_WhatStandsBeforeTheServerIsReloaded(t *testing.T) {
	m := measure(t, &pages{}, "[[view]]\nname = \"some\"\ntoken = \"token-one\"\n")
	get := func(path string, header ...string) (status int) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, strings.TrimSuffix(m.url, "/")+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(header) == 1 {
			r.SetBasicAuth("ann", header[0])
		} else if len(header) == 2 {
			r.Header.Set(header[0], header[1])
		}
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		return response.StatusCode
	}
	ask := func(want int, path string, header ...string) {
		t.Helper()
		if got := get(path, header...); got != want {
			t.Errorf("%s with %q: status %d, want %d", path, header, got, want)
		}
	}
	ask(200, "/feeds/some.rss?token=token-one")
	m.config.Views = []config.View{m.config.Views[0]}
	m.config.Views[0].Token = "token-two"
	m.reload()
	m.await("the view under its other token", func(map[string]float64) bool {
		return get("/feeds/some.rss?token=token-two") == 200 // it is rendered first
	})
	ask(404, "/feeds/some.rss?token=token-one")

	m.config.Server.Username, m.config.Server.Password = "ann", "one"
	m.reload()
	ask(401, "/feed.rss")
	ask(200, "/feed.rss", "one")
	m.config.Server.Password = "two"
	m.reload()
	ask(401, "/feed.rss", "one")
	ask(200, "/feed.rss", "two")

	m.config.Server.Username, m.config.Server.Password = "", ""
	m.config.Server.RequestsPerMinute = 2
	m.reload()
	for _, client := range []string{"192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5"} {
		ask(200, "/feed.rss", "X-Forwarded-For", client)
	}
	m.config.Server.TrustedProxies = nil
	m.reload()
	for _, want := range []int{200, 200, 429} {
		ask(want, "/feed.rss", "X-Forwarded-For", "192.0.2.9")
	}

	m.config.Server.TLS.Hosts = []string{"news.example.org"}
	if changed := m.reload(); !slices.Equal(changed.Restart, []string{"server.tls"}) {
		t.Errorf("for a restart wait %q", changed.Restart)
	}
}

// TestE04_AllListsNameWhatNeedsARestart compares what people are told with what
// a reload leaves as it is.
func TestE04_AllListsNameWhatNeedsARestart(t *testing.T) {
	one := config.Default()
	other := one
	other.Server.Listen, other.Server.AdminListen, other.Storage.Path = "a", "b", "c"
	other.Server.TLS.Hosts = []string{"news.example.org"}
	_, restart := bound(one, other, "")
	if len(restart) != 4 {
		t.Fatalf("for a restart wait %q", restart)
	}
	texts := map[string]string{"the help of reload": (&program{}).reloadCommand().Long}
	for _, name := range []string{"operations.md", "troubleshooting.md"} {
		text, err := os.ReadFile("../../docs/" + name)
		if err != nil {
			t.Fatal(err)
		}
		texts[name] = strings.ReplaceAll(string(text), "`", "")
	}
	for name, text := range texts {
		found := false
		for line := range strings.Lines(text) {
			missing := slices.ContainsFunc(restart, func(key string) bool { return !strings.Contains(line, key) })
			found = found || !missing
		}
		if !found {
			t.Errorf("no line of %s names all of %q", name, restart)
		}
	}
}
