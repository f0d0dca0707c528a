package aggregator

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"newsfeed/aggregator/fetch"
	"newsfeed/storage"
)

// lasting are the options that Reconfigure leaves as they are.
type lasting struct {
	Store  storage.Store
	Client *fetch.Client
	Polled func(Result, time.Duration)
	Manual bool
	Log    *slog.Logger
}

// configuration is what Reconfigure replaces as a whole. It is never changed.
type configuration struct {
	Options
	byID map[string]*Source // of Options.Sources
}

func newConfiguration(o Options) *configuration {
	o.Workers = max(o.Workers, 1)
	o.Sources = slices.Clone(o.Sources)
	c := &configuration{Options: o, byID: make(map[string]*Source, len(o.Sources))}
	for i := range o.Sources {
		s := &o.Sources[i]
		s.read = s.reading()
		c.byID[s.ID] = s
	}
	return c
}

// source returns a source, and whether it is configured. One that is not is zero.
func (c *configuration) source(id string) (Source, bool) {
	if s := c.byID[id]; s != nil {
		return *s, true
	}
	return Source{}, false
}

// polled returns a source if it is to be polled.
func (c *configuration) polled(id string) (Source, bool) {
	s, ok := c.source(id)
	return s, ok && !s.Disabled
}

// settings returns what of it the store keeps. BaseURL stays as in old where
// the configuration has none.
func (c *configuration) settings(old storage.Settings) storage.Settings {
	settings := storage.Settings{BaseURL: cmp.Or(c.BaseURL, old.BaseURL, someBaseURL), Feed: c.Feed}
	for _, v := range c.Views {
		settings.Views = append(settings.Views, v.View)
	}
	for _, s := range c.Sources {
		settings.Sources = append(settings.Sources, s.SourceSettings)
	}
	slices.SortFunc(settings.Sources, func(a, b storage.SourceSettings) int {
		return cmp.Compare(a.ID, b.ID)
	})
	return settings
}

// config returns the configuration that holds now.
func (a *Aggregator) config() *configuration { return a.current.Load() }

// someBaseURL stands in until somebody knows at which address feeds are served.
const someBaseURL = "http://localhost/"

// Configure brings the configuration into the store, if it is not there yet.
// Where the store refuses it, what is served stays as it was configured before;
// Run, unless Manual, then brings it in when the store takes it, and polls from
// then on.
func (a *Aggregator) Configure(ctx context.Context) error {
	err := a.configure(ctx)
	switch {
	case storage.Refused(err) && !a.o.Manual:
		a.room.failed(err, 0)
		a.unconfigured.Store(true)
	case err != nil:
		return fmt.Errorf("apply configuration: %w", err)
	}
	a.room.holds(ctx, false) // whoever asks from now on is told
	return nil
}

// configureLate does what Configure could not.
func (a *Aggregator) configureLate(ctx context.Context) error {
	if !a.unconfigured.Load() {
		return nil
	}
	if err := a.persist(ctx, a.configure); err != nil {
		return err
	}
	a.unconfigured.Store(false)
	return nil
}

func (a *Aggregator) configure(ctx context.Context) error {
	stats, err := a.o.Store.Stats(ctx)
	if err != nil {
		return err
	}
	now := time.Now()
	records, err := a.records(ctx, a.config(), now, visible(now, stats.Changed))
	if err != nil || len(records) == 0 {
		return err
	}
	return a.o.Store.Commit(ctx, records...)
}

// records returns those that bring a configuration into the store, to be
// visible in that second; none: it is there.
func (a *Aggregator) records(ctx context.Context, c *configuration, now, changed time.Time) ([]storage.Record, error) {
	old, err := a.o.Store.Settings(ctx)
	if err != nil {
		return nil, err
	}
	settings := c.settings(old)
	if same(settings, old) {
		return nil, nil
	}
	settings.Changed = changed
	records := []storage.Record{{Time: now, Settings: &settings}}
	again, err := a.enabledAgain(ctx, settings, old)
	if err != nil {
		return nil, err
	}
	for _, s := range again {
		records = append(records, storage.Record{Time: now, Poll: &storage.Poll{Source: s.ID, State: s.State}})
	}
	return records, nil
}

// same reports whether two settings differ in nothing but when they were made.
func same(a, b storage.Settings) bool {
	return a.BaseURL == b.BaseURL && a.Feed == b.Feed &&
		slices.EqualFunc(a.Views, b.Views, func(a, b storage.View) bool {
			return a.Name == b.Name && a.Title == b.Title && a.Where == b.Where && a.Limit == b.Limit && a.Token == b.Token &&
				slices.Equal(a.Sources, b.Sources) && slices.Equal(a.Categories, b.Categories)
		}) &&
		slices.EqualFunc(a.Sources, b.Sources, func(a, b storage.SourceSettings) bool {
			return a.ID == b.ID && a.URL == b.URL && a.Title == b.Title && a.Across == b.Across &&
				a.Disabled == b.Disabled && a.Where == b.Where && slices.Equal(a.Categories, b.Categories)
		})
}

// enabledAgain returns the sources whose state these settings reset, after
// those of old: an operator who enables a source anew or gives it another URL
// wants it asked, whatever it answered before, though not sooner than its
// publisher allows.
func (a *Aggregator) enabledAgain(ctx context.Context, settings, old storage.Settings) ([]storage.Source, error) {
	before := make(map[string]storage.SourceSettings, len(old.Sources))
	for _, s := range old.Sources {
		before[s.ID] = s
	}
	var again []storage.Source
	for _, s := range settings.Sources {
		if was := before[s.ID]; s.Disabled || was.URL == s.URL && !was.Disabled {
			continue
		}
		old, err := a.o.Store.Source(ctx, s.ID)
		if errors.Is(err, storage.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		again = append(again, resetState(old, old.URL != s.URL))
	}
	return again, nil
}

// resetState returns a source that is to be asked anew, where moved at another
// URL.
func resetState(s storage.Source, moved bool) storage.Source {
	gone := s.State.Gone
	s.State.Gone, s.State.Failures, s.State.NextDue, s.State.Trouble = false, 0, time.Time{}, ""
	if moved || gone {
		s.State.MovedTo, s.State.Moving = "", ""
	}
	if moved {
		s.State.Body, s.State.Validators = storage.Digest{}, storage.Validators{}
		s.State.NotBefore = time.Time{}
	}
	if s.State.NotBefore.After(time.Now()) {
		s.State.NextDue = s.State.NotBefore
	}
	return s
}
