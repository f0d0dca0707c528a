// Package aggregator polls the configured sources: each when it is due, many
// at a time, never two of one host, and commits what they bring.
//
// The whole way of an entry stands in poll.go. One goroutine, the loop, owns
// the queue of due times; one, the committer, owns the order of what is
// committed; each poll under way has one of its own.
package aggregator

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
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
	Select      *parse.Select // of pages; nil: as parse chooses
	FullText    bool          // visit the articles of which the source gives only a teaser
	Access      fetch.Access
	Filter      *filter.Filter // that entries must meet to be shown; nil: none

	read storage.Digest // what reading returns, once it is known
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
	o       lasting
	current atomic.Pointer[configuration]

	commits  chan commit
	switches chan *reconfiguration // to the committer
	requests chan *request
	reloads  chan *reconfiguration // to the loop
	pings    chan chan<- struct{}
	finished chan finished
	stopped  chan struct{} // closed when the loop takes no more requests
	judged   chan struct{} // closed when stored entries have been judged by the filters
	unjudged chan struct{} // holds one when there are other filters since
	underway atomic.Int64  // polls begun and not ended
	reading  chan struct{} // holds one for each poll that makes entries of documents

	unconfigured atomic.Bool // the store has refused the configuration

	budget *schedule.Budget
	outage outage
	room   *room
	tally  tally
}

// New returns an aggregator. Its sources' ids must be distinct.
func New(o Options) *Aggregator {
	if o.Polled == nil {
		o.Polled = func(Result, time.Duration) {}
	}
	a := &Aggregator{
		o:        lasting{o.Store, o.Client, o.Polled, o.Manual, o.Log},
		commits:  make(chan commit),
		switches: make(chan *reconfiguration),
		requests: make(chan *request),
		reloads:  make(chan *reconfiguration),
		pings:    make(chan chan<- struct{}),
		finished: make(chan finished),
		stopped:  make(chan struct{}),
		judged:   make(chan struct{}),
		unjudged: make(chan struct{}, 1),
		reading:  make(chan struct{}, runtime.GOMAXPROCS(0)+1),
		budget:   schedule.NewBudget(float64(o.Budget)),
		room:     newRoom(o),
		tally:    tally{failing: map[string]bool{}},
	}
	a.current.Store(newConfiguration(o))
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
	judge := make(chan struct{})
	go func() { defer close(judge); a.judgeOn(ctx) }()
	maintenance := a.maintenance(ctx)
	maintenance.Start()

	loop.run(ctx)

	<-maintenance.Stop().Done()
	<-judge
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
	if !a.o.Manual {
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
