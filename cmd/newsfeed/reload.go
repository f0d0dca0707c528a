package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"newsfeed/aggregator"
	"newsfeed/aggregator/fetch"
	"newsfeed/config"
	"newsfeed/storage/bolt"
)

// reloadJSON is what a reload changed, as newsfeed reload --json prints it.
type reloadJSON struct {
	Keys     []string  `json:"keys"` // single-valued ones that are otherwise now, such as poll.workers
	Sources  namesJSON `json:"sources"`
	Views    namesJSON `json:"views"`
	Restart  []string  `json:"restart"` // keys that are otherwise in the file, and wait for a restart
	Warnings []string  `json:"warnings"`
}

// namesJSON are the ids of sources or the names of views.
type namesJSON struct {
	Added   []string `json:"added"`
	Changed []string `json:"changed"`
	Removed []string `json:"removed"`
}

func newNamesJSON(n config.Names) namesJSON {
	return namesJSON{Added: orNone(n.Added), Changed: orNone(n.Changed), Removed: orNone(n.Removed)}
}

// orNone makes a missing list an empty one, for JSON.
func orNone(list []string) []string { return append([]string{}, list...) }

// reloader replaces the configuration of a running daemon. It is safe for
// concurrent use: one reload follows the other.
type reloader struct {
	load    func() (config.Config, []string, error) // nil: there is nothing to reload
	options func(config.Config) (aggregator.Options, error)
	base    string // URL of the daemon where the configuration names none
	log     *slog.Logger
	signs   vitals
	store   *bolt.Store
	client  *fetch.Client
	door    door

	mu      sync.Mutex    // guards the field below
	current config.Config // what holds now
}

func (d daemon) reloader(signs vitals, options func(config.Config) (aggregator.Options, error), store *bolt.Store, client *fetch.Client, door door) *reloader {
	return &reloader{
		load: d.load, options: options, base: d.config.Server.BaseURL, log: d.log,
		signs: signs, store: store, client: client, door: door, current: d.config,
	}
}

// run reloads at each signal until ctx ends.
func (r *reloader) run(ctx context.Context, signals <-chan os.Signal) error {
	for {
		select {
		case <-signals:
			_, _ = r.reload(ctx) // it has been told
		case <-ctx.Done():
			return nil
		}
	}
}

// reload reads the configuration anew and makes it the one that holds: all of
// it that needs no restart, or with an error nothing. The log and the service
// manager are told. It goes on where ctx ends: who asked for it may leave, and
// half of it must not remain.
func (r *reloader) reload(ctx context.Context) (reloadJSON, error) {
	ctx = context.WithoutCancel(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.signs.notify.reloading()
	changed, err := r.replace(ctx)
	r.signs.condition.refuse(err)
	if err != nil {
		r.log.Error("configuration not reloaded; the one before holds on", "err", err)
	} else {
		for _, w := range changed.Warnings {
			r.log.Warn("configuration", "warning", w)
		}
		if len(changed.Restart) > 0 {
			r.log.Warn("configuration needs a restart to take effect", "keys", changed.Restart)
		}
		r.log.Info("configuration reloaded", "keys", changed.Keys,
			"sources_added", len(changed.Sources.Added), "sources_changed", len(changed.Sources.Changed), "sources_removed", len(changed.Sources.Removed),
			"views_added", len(changed.Views.Added), "views_changed", len(changed.Views.Changed), "views_removed", len(changed.Views.Removed))
	}
	r.signs.notify.ready(r.signs.status(ctx))
	return changed, err
}

// replace validates all, then applies all. What is wrong with the configuration
// is an error of usage.
func (r *reloader) replace(ctx context.Context) (reloadJSON, error) {
	next, warnings, err := r.load()
	if err != nil {
		return reloadJSON{}, status{exitUsage, err}
	}
	next, restart := bound(r.current, next, r.base)
	options, err := r.options(next)
	if err != nil {
		return reloadJSON{}, status{exitUsage, err}
	}
	visits, err := fetchOptions(next, r.door.metrics.answered)
	if err != nil {
		return reloadJSON{}, status{exitUsage, err}
	}
	if err := r.limit(ctx, next); err != nil {
		return reloadJSON{}, err
	}
	r.client.Configure(visits) // before a source is polled that needs it
	if err := r.signs.aggregator.Reconfigure(ctx, options); err != nil {
		if errors.Is(err, aggregator.ErrUnconfigured) {
			// Its limits are the way out, so they stay.
			r.current.Storage.MaxSize, r.current.Storage.MinFree = next.Storage.MaxSize, next.Storage.MinFree
			err = fmt.Errorf("%w; only storage.max_size and storage.min_free hold now: reload again when the log says that the store takes records", err)
		}
		return reloadJSON{}, errors.Join(err, r.restore(ctx))
	}
	r.door.guard.Apply(guardOptions(next.Server))
	d := config.Differ(r.current, next)
	r.current = next
	return reloadJSON{
		Keys: orNone(d.Keys), Sources: newNamesJSON(d.Sources), Views: newNamesJSON(d.Views),
		Restart: orNone(restart), Warnings: orNone(warnings),
	}, nil
}

// restore brings back what the configuration that holds says of the store and
// of visits.
func (r *reloader) restore(ctx context.Context) error {
	visits, err := fetchOptions(r.current, r.door.metrics.answered)
	if err != nil {
		return err
	}
	r.client.Configure(visits)
	return r.limit(ctx, r.current)
}

func (r *reloader) limit(ctx context.Context, c config.Config) error {
	return r.store.Limit(ctx, int64(c.Storage.MaxSize), int64(c.Storage.MinFree))
}

// bound returns the configuration with what only a restart changes as it is,
// and the keys of that which would be otherwise. base is the URL by which the
// daemon is reached where the configuration names none.
func bound(current, next config.Config, base string) (config.Config, []string) {
	var restart []string
	keep := func(key string, now, then *string) {
		if *now != *then {
			restart = append(restart, key)
			*then = *now
		}
	}
	if next.Server.BaseURL == "" {
		next.Server.BaseURL = base
	}
	if current.Server.Listen != next.Server.Listen {
		keep("server.base_url", &current.Server.BaseURL, &next.Server.BaseURL) // it may follow from the address
	}
	keep("server.listen", &current.Server.Listen, &next.Server.Listen)
	keep("server.admin_listen", &current.Server.AdminListen, &next.Server.AdminListen)
	keep("storage.path", &current.Storage.Path, &next.Storage.Path)
	if !reflect.DeepEqual(current.Server.TLS, next.Server.TLS) {
		restart = append(restart, "server.tls")
		next.Server.TLS = current.Server.TLS
	}
	slices.Sort(restart)
	return next, restart
}

// reload answers with what a reload changed.
func (a api) reload(w http.ResponseWriter, r *http.Request) {
	if a.reloader == nil || a.reloader.load == nil {
		fail(w, badRequest("this daemon has no configuration to reload"))
		return
	}
	changed, err := a.reloader.reload(r.Context())
	if wrong := (status{}); errors.As(err, &wrong) {
		err = badRequest(wrong.Error())
	}
	if err != nil {
		fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(changed)
}

func (p *program) reloadCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "reload",
		Short: "Let the running daemon read its configuration anew",
		Long: "Lets the running daemon read its configuration anew. All of it is checked first; with a mistake\n" +
			"in it the daemon goes on with the one before. Sources that are not changed keep their schedule.\n" +
			"server.listen, server.admin_listen, server.tls and storage.path need a restart.",
		Example: "  newsfeed reload\n  newsfeed reload --json",
		Args:    usage(cobra.NoArgs),
		RunE:    func(c *cobra.Command, _ []string) error { return p.reload(c.Context()) },
	}
	p.jsonFlag(c)
	return c
}

func (p *program) reload(ctx context.Context) error {
	daemon, ok, err := p.daemon(ctx)
	if err != nil {
		return err
	}
	if !ok {
		c, _, err := p.loadBeside() // what is wrong with it may be why
		if err == nil {
			err = fmt.Errorf("no daemon answers at %s; 'newsfeed serve' starts one", c.Server.AdminListen)
		}
		return err
	}
	defer func() { _ = daemon.close() }()
	body, err := daemon.post(ctx, "/api/reload", struct{}{})
	if err != nil {
		return err
	}
	defer body.Close()
	var changed reloadJSON
	if err := json.NewDecoder(body).Decode(&changed); err != nil {
		return fmt.Errorf("read what was reloaded: %w", err)
	}
	if p.json {
		return json.NewEncoder(p.out).Encode(changed)
	}
	p.printReload(changed)
	return nil
}

// printReload prints a reload for people.
func (p *program) printReload(r reloadJSON) {
	for _, w := range r.Warnings {
		p.note("newsfeed: warning: %s\n", w)
	}
	lines := []string{}
	add := func(what string, names []string) {
		if len(names) > 0 {
			lines = append(lines, what+": "+strings.Join(names, ", "))
		}
	}
	add("changed", r.Keys)
	for noun, n := range map[string]namesJSON{"sources": r.Sources, "views": r.Views} {
		add(noun+" added", n.Added)
		add(noun+" changed", n.Changed)
		add(noun+" removed", n.Removed)
	}
	slices.Sort(lines)
	if len(lines) == 0 {
		lines = []string{"nothing changed"}
	}
	for _, line := range lines {
		fmt.Fprintln(p.out, line)
	}
	if len(r.Restart) > 0 {
		p.note("newsfeed: these take effect when the daemon starts again: %s\n", strings.Join(r.Restart, ", "))
	}
}
