// Package aggregator polls the configured sources: each when it is due, many
// at a time, never two of one host, and commits what they bring.
//
// The whole way of an entry stands in poll.go. One goroutine, the loop, owns
// the queue of due times; one, the committer, owns the order of what is
// committed; each poll under way has one of its own.
package aggregator

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"github.com/robfig/cron/v3"
	"golang.org/x/sync/errgroup"

	"newsfeed/aggregator/fetch"
	"newsfeed/aggregator/filter"
	"newsfeed/aggregator/parse"
	"newsfeed/aggregator/schedule"
	"newsfeed/storage"
)

// Source is a configured source.
type Source struct {
	storage.SourceSettings
	Schedule    cron.Schedule // nil: by what it publishes
	MinInterval time.Duration // floor of its own; 0: the policy's
	Format      parse.Format
	Select      parse.Select // of pages
	FullText    bool         // visit the articles of which the source gives only a teaser
	Access      fetch.Access
	Filter      *filter.Filter // that entries must meet to be shown; nil: none
}

// View is a configured view.
type View struct {
	storage.View
	Filter *filter.Filter // that its entries must meet; nil: none
}

// Options are the settings of an Aggregator.
type Options struct {
	Store   storage.Store
	Client  *fetch.Client
	Policy  schedule.Policy
	Budget  int    // polls a minute of all sources; 0: one a source and hour
	BaseURL string // empty: as before
	Feed    storage.Feed
	Views   []View
	Sources []Source

	Similarity bool // near-duplicates of other entries are of their story

	Workers      int           // polls under way at a time
	HostInterval time.Duration // gap between two polls of a host
	MinForce     time.Duration // gap between two forced polls of a source
	Retention    Retention

	// Troubled, if not nil, is told of each trouble of the store and of its end.
	// It must not block.
	Troubled func(storage.Trouble)

	// Polled, if not nil, is told of the end of each poll, and how long it was
	// from its turn until its result was kept. It must not block.
	Polled func(Result, time.Duration)

	// Manual turns the schedule and the maintenance off: only what Poll is
	// asked for is done.
	Manual bool

	Log *slog.Logger
}

// Aggregator polls sources and commits what they bring. Poll and Prune need
// Run to run.
type Aggregator struct {
	o        Options
	sources  map[string]Source
	commits  chan commit
	requests chan *request
	finished chan finished
	stopped  chan struct{} // closed when the loop takes no more requests
	judged   chan struct{} // closed when stored entries have been judged by the filters
	underway atomic.Int64  // polls begun and not ended

	unconfigured atomic.Bool // the store has refused the configuration

	budget *schedule.Budget
	outage outage
	room   *room
}

// New returns an aggregator. Its sources' ids must be distinct.
func New(o Options) *Aggregator {
	o.Workers = max(o.Workers, 1)
	if o.Polled == nil {
		o.Polled = func(Result, time.Duration) {}
	}
	a := &Aggregator{
		o:        o,
		sources:  make(map[string]Source, len(o.Sources)),
		commits:  make(chan commit),
		requests: make(chan *request),
		finished: make(chan finished),
		stopped:  make(chan struct{}),
		judged:   make(chan struct{}),
		budget:   schedule.NewBudget(float64(o.Budget)),
		room:     newRoom(o),
	}
	for _, s := range o.Sources {
		a.sources[s.ID] = s
	}
	return a
}

// Run polls until ctx ends. Polls under way are then cancelled, but what is
// being committed is committed. Run returns nil after ctx ended and everything
// it started has stopped, else why it could not go on. Configure comes first.
func (a *Aggregator) Run(ctx context.Context) error {
	defer close(a.stopped)
	switch err := a.configureLate(ctx); {
	case ctx.Err() != nil:
		return nil
	case err != nil:
		return fmt.Errorf("apply configuration: %w", err)
	}
	reading := context.WithoutCancel(ctx) // short, and Run ends well when ctx has ended
	loop, err := a.newLoop(reading)
	if err != nil {
		return fmt.Errorf("read due times: %w", err)
	}
	committer, err := a.newCommitter(reading)
	if err != nil {
		return fmt.Errorf("read store: %w", err)
	}
	var group errgroup.Group
	group.Go(func() error { committer.run(context.WithoutCancel(ctx)); return nil })
	go func() {
		defer close(a.judged)
		judge := a.judgeAll
		if !a.o.Manual {
			judge = func(ctx context.Context) error { return a.persist(ctx, a.judgeAll) }
		}
		if err := judge(ctx); err != nil && ctx.Err() == nil {
			a.o.Log.Error("applying filters to stored entries", "err", err)
		}
	}()
	maintenance := a.maintenance(ctx)
	maintenance.Start()

	loop.run(ctx)

	<-maintenance.Stop().Done()
	<-a.judged
	close(a.commits)
	return group.Wait()
}

// maintenance returns the store's own jobs.
func (a *Aggregator) maintenance(ctx context.Context) *cron.Cron {
	log := cronLog{a.o.Log}
	c := cron.New(
		cron.WithLocation(time.UTC),
		cron.WithLogger(log),
		cron.WithChain(cron.Recover(log), cron.SkipIfStillRunning(cron.DiscardLogger)),
	)
	if a.o.Retention != (Retention{}) && !a.o.Manual {
		c.Schedule(cron.Every(pruneEvery), cron.FuncJob(func() {
			err := a.Prune(ctx, time.Now())
			if err != nil && ctx.Err() == nil && !storage.Refused(err) { // that has been told
				a.o.Log.Error("removing old entries", "err", err)
			}
		}))
	}
	return c
}

// cronLog passes on the errors of maintenance jobs.
type cronLog struct{ log *slog.Logger }

func (cronLog) Info(string, ...any) {}

func (l cronLog) Error(err error, msg string, args ...any) {
	l.log.Error("maintenance job: "+msg, append(args, "err", err)...)
}

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
	old, err := a.o.Store.Settings(ctx)
	if err != nil {
		return err
	}
	settings := storage.Settings{BaseURL: cmp.Or(a.o.BaseURL, old.BaseURL, someBaseURL), Feed: a.o.Feed}
	for _, v := range a.o.Views {
		settings.Views = append(settings.Views, v.View)
	}
	for _, s := range a.o.Sources {
		settings.Sources = append(settings.Sources, s.SourceSettings)
	}
	slices.SortFunc(settings.Sources, func(a, b storage.SourceSettings) int {
		return cmp.Compare(a.ID, b.ID)
	})
	if same(settings, old) {
		return nil
	}
	stats, err := a.o.Store.Stats(ctx)
	if err != nil {
		return err
	}
	now := time.Now()
	settings.Changed = visible(now, stats.Changed)
	records := []storage.Record{{Time: now, Settings: &settings}}
	again, err := a.enabledAgain(ctx, settings)
	if err != nil {
		return err
	}
	for _, s := range again {
		records = append(records, storage.Record{Time: now, Poll: &storage.Poll{Source: s.ID, State: s.State}})
	}
	return a.o.Store.Commit(ctx, records...)
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

// enabledAgain returns the sources whose state these settings reset: an
// operator who enables a source anew or gives it another URL wants it asked,
// whatever it answered before, though not sooner than its publisher allows.
func (a *Aggregator) enabledAgain(ctx context.Context, settings storage.Settings) ([]storage.Source, error) {
	var again []storage.Source
	for _, s := range settings.Sources {
		old, err := a.o.Store.Source(ctx, s.ID)
		if errors.Is(err, storage.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		moved := old.URL != s.URL
		if s.Disabled || !moved && !old.Hidden() {
			continue
		}
		gone := old.State.Gone
		old.State.Gone, old.State.Failures, old.State.NextDue, old.State.Trouble = false, 0, time.Time{}, ""
		if moved || gone {
			old.State.MovedTo, old.State.Moving = "", ""
		}
		if moved {
			old.State.Body, old.State.Validators = storage.Digest{}, storage.Validators{}
			old.State.NotBefore = time.Time{}
		}
		if old.State.NotBefore.After(time.Now()) {
			old.State.NextDue = old.State.NotBefore
		}
		again = append(again, old)
	}
	return again, nil
}
