package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"newsfeed/aggregator"
	"newsfeed/aggregator/publish"
	"newsfeed/config"
)

// daemon is a running newsfeed: one store, and around it what polls and what
// publishes.
type daemon struct {
	config config.Config
	log    *slog.Logger
	notify notifier

	// load reads the configuration anew; nil: it is never reloaded.
	load func() (config.Config, []string, error)

	expressions expressions // of the configuration that was loaded last

	// started, if not nil, is called once the listeners are bound, with the
	// public URL.
	started func(baseURL string)
}

// run serves until ctx ends, then drains: no new connections, requests under
// way finish, fetches are cancelled, what is being committed is committed.
func (d daemon) run(ctx context.Context) (err error) {
	hangups := make(chan os.Signal, 1)
	if d.load != nil {
		signal.Notify(hangups, reloadSignal)
		defer signal.Stop(hangups)
	}
	sockets, err := inherit()
	if err != nil {
		return err
	}
	defer sockets.close()
	public, err := sockets.public(d.config.Server.Listen)
	if err != nil {
		return fmt.Errorf("listen for readers (server.listen): %w", err)
	}
	defer closeAll(public)
	if d.config.Server.BaseURL == "" {
		d.config.Server.BaseURL = d.config.Server.Scheme() + "://" + public[0].Addr().String() + "/"
	}
	store, unwritable, err := openToServe(d.config, logTellers(d.log).and(d.notify))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	figures := newMetrics(store, d.config.Storage.Path, d.log)
	client, err := newClient(d.config, figures.answered)
	if err != nil {
		return err
	}
	defer client.Close()
	door, err := newDoor(d.config, client, figures)
	if err != nil {
		return err
	}
	bound := slices.Clone(public)
	admin, err := sockets.admin(d.config.Server.AdminListen)
	switch {
	case err != nil && unwritable != nil:
		d.log.Warn("commands are not answered until the store can be written to", "err", err)
	case err != nil:
		return fmt.Errorf("listen for commands (server.admin_listen): %w", err)
	default:
		defer admin.Close()
		bound = append(bound, admin)
	}
	if unused := sockets.close(); len(unused) > 0 {
		d.log.Warn(`sockets were passed that are not used; server.listen = "systemd" asks for them`, "names", unused)
	}

	counted := countedStore{store, figures}
	publisher := publish.New(publish.Options{Store: store, Changed: store.Changed(), Writer: counted, Logger: d.log, Shown: figures.shown})
	health := &condition{publisher: publisher, started: time.Now()}
	figures.troubled(health.trouble)
	figures.reloaded(health.reloaded)
	optionsOf := func(c config.Config) (aggregator.Options, error) {
		o, err := d.expressions.options(c, counted, client, d.log)
		o.Troubled, o.Polled = health.set, figures.polled
		return o, err
	}
	options, err := optionsOf(d.config)
	if err != nil {
		return status{exitUsage, err}
	}
	agg := aggregator.New(options)
	if err := agg.Configure(ctx); err != nil {
		return err
	}
	signs := vitals{store: store, aggregator: agg, condition: health, listeners: bound, notify: d.notify}
	reload := d.reloader(signs, optionsOf, store, client, door)

	// The servers stop after requests have drained, the rest at once; the
	// store is closed when all have stopped.
	group, ctx := errgroup.WithContext(ctx)
	for _, l := range public {
		group.Go(func() error { return serveUntil(ctx, door.guard.Listener(l), door.server(publisher.Handler())) })
	}
	group.Go(func() error {
		return d.serveCommands(ctx, admin, api{store: store, aggregator: agg, condition: health, metrics: figures, reloader: reload}.handler())
	})
	d.hasStarted(ctx, group, signs) // before the first rendering and the first polls, which take the processor
	group.Go(func() error { return agg.Run(ctx) })
	group.Go(func() error { return publisher.Run(ctx) })
	group.Go(func() error { counted.readSources(ctx); return nil })
	group.Go(func() error { return reload.run(ctx, hangups) })
	group.Go(func() error { giveBack(ctx); return nil })
	return group.Wait()
}

func closeAll(listeners []net.Listener) {
	for _, l := range listeners {
		_ = l.Close() // most are closed already
	}
}

// commandsAgain is the pause before the admin socket is tried again.
const commandsAgain = time.Second

// serveCommands answers commands until ctx ends. admin is nil where their socket
// has no place beside a store that can only be read; commands can read it
// themselves until there is one.
func (d daemon) serveCommands(ctx context.Context, admin net.Listener, h http.Handler) error {
	for admin == nil {
		select {
		case <-time.After(commandsAgain):
			admin, _ = listen(d.config.Server.AdminListen, 0o600)
		case <-ctx.Done():
			return nil
		}
	}
	defer admin.Close()
	if admin.Addr().Network() == "tcp" {
		h = unbrowsed(d.config.Server.AdminListen, h)
	}
	return serveHTTP(ctx, admin, h, d.log)
}

// hasStarted tells that the daemon serves, from then on how it is, and later
// that it stops.
func (d daemon) hasStarted(ctx context.Context, group *errgroup.Group, signs vitals) {
	d.log.Info("started", "version", version(), "url", d.config.Server.BaseURL, "sources", len(d.config.Sources), "store", d.config.Storage.Path)
	status := signs.status(ctx)
	d.notify.ready(status)
	if d.started != nil {
		d.started(d.config.Server.BaseURL)
	}
	group.Go(func() error { return signs.report(ctx, status) })
	group.Go(func() error { return signs.watch(ctx) })
	group.Go(func() error {
		<-ctx.Done()
		d.notify.stopping()
		d.log.Info("stopping")
		return nil
	})
}
