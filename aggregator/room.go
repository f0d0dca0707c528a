package aggregator

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/dustin/go-humanize"

	"newsfeed/storage"
)

const (
	// lookEvery is how often the store is asked for its room while it has some.
	lookEvery = time.Second

	// The pause before a store in trouble is looked at again, which doubles from
	// the first one on. A look costs nothing; a try costs the visit to a source.
	firstPause = time.Second
	longLook   = longestSleep
	longTry    = 10 * time.Minute

	// calm is how long a store must have had no trouble for the next one to
	// count as another.
	calm = 2 * longTry

	// What a full store refused once may fit in the next time, and what comes
	// after it not any more: a commit frees pages for another. So it is well only
	// when it has taken the entries of the smallest poll it refused several times
	// over, or once and has then refused nothing for a while.
	fitsTimes = 4
	fitsFor   = 10 * time.Second
)

// room knows whether the store takes what polls bring. Where it does not, polls
// wait: what they bring would be thrown away, and fetched again. It is safe for
// concurrent use.
type room struct {
	store storage.Limited // nil: trouble shows when a commit fails
	log   *slog.Logger
	tell  func(storage.Trouble)

	mu      sync.Mutex // guards the fields below
	trouble storage.Trouble
	size    int       // entries of the smallest poll that was refused; 0: none was
	trying  bool      // a poll was let through to try
	fitted  int       // entries that were taken since one was refused
	fits    time.Time // when these became as many as size; zero: they are fewer
	pause   int       // how often the pause has doubled
	next    time.Time // when it is to be looked at again
	ended   time.Time // the last trouble
	resumed bool      // since hasResumed was asked last
}

func newRoom(o Options) *room {
	store, _ := o.Store.(storage.Limited)
	tell := o.Troubled
	if tell == nil {
		tell = func(storage.Trouble) {}
	}
	return &room{store: store, log: o.Log, tell: tell}
}

// look returns why nothing should be brought to the store now, or nil. In
// trouble it takes more room to be out of it. Other errors are for commits to
// find.
func (r *room) look(ctx context.Context, troubled bool) error {
	if r.store == nil {
		return nil
	}
	has, err := r.store.Room(ctx)
	switch {
	case errors.Is(err, storage.ErrReadOnly):
		return err
	case err == nil && (has.Short() || troubled && !has.Ample()):
		return fmt.Errorf("%w: %s are left of %s, and %s are kept free", storage.ErrFull,
			humanize.IBytes(uint64(max(0, has.Free))), has.Limit, humanize.IBytes(uint64(has.Least)))
	}
	return nil
}

// holds reports whether polls wait. Where the store refused a commit, one poll
// at a time is let through to try; busy says that some are under way.
func (r *room) holds(ctx context.Context, busy bool) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	troubled := r.isTroubled()
	if now.Before(r.next) || r.size > 0 && busy {
		return troubled
	}
	err := r.look(ctx, troubled)
	switch {
	case err == nil && !r.fits.IsZero() && now.Sub(r.fits) >= fitsFor:
		r.end(now)
	case err == nil && (!troubled || r.size > 0):
		r.next = now.Add(lookEvery)
	case err == nil:
		r.end(now)
	case troubled:
		r.wait(now, longLook)
	default:
		r.begin(err, now)
	}
	return err != nil
}

// sleep returns for how long a trouble makes polls wait, at most longest.
func (r *room) sleep(longest time.Duration) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.isTroubled() {
		return longest
	}
	return min(max(time.Until(r.next), lookEvery), longest)
}

// begun takes in that a poll has begun: in trouble, to try.
func (r *room) begun() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.isTroubled() {
		r.trying = true
		r.wait(time.Now(), longTry)
	}
}

// failed takes in why so many entries could not be committed.
func (r *room) failed(err error, entries int) {
	if !storage.Refused(err) {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.isTroubled() {
		r.begin(err, time.Now())
	}
	entries = max(entries, 1)
	if r.size == 0 || entries < r.size {
		r.size = entries
	}
	r.trying, r.fitted, r.fits = false, 0, time.Time{}
}

// taken takes in that so many entries of a poll were committed. Many a poll
// brings nothing and fits in when others do not: then the next one may try.
func (r *room) taken(entries int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	switch {
	case !r.isTroubled() && entries > 0:
		r.next = now // there is less room than there was
		return
	case !r.trying:
		return
	}
	r.trying, r.next, r.pause = false, now, max(0, r.pause-1)
	r.fitted += entries
	switch {
	case r.fitted >= fitsTimes*r.size, r.fitted >= r.size && r.trouble.Cause != storage.ErrFull:
		r.end(now)
	case r.fitted >= r.size && r.fits.IsZero():
		r.fits = now
	}
}

func (r *room) isTroubled() bool { return r.trouble != storage.Trouble{} }

// cause returns what keeps the store from taking records, or nil.
func (r *room) cause() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.trouble.Cause
}

// begin, wait and end change the state. The caller holds the mutex.
func (r *room) begin(err error, now time.Time) {
	r.trouble = storage.Trouble{Since: wall(now), Cause: storage.Cause(err), Why: line(err)}
	if now.Sub(r.ended) > calm {
		r.pause = 0
	}
	r.wait(now, longLook)
	r.log.Error("the store takes nothing more; polls wait until it does, and what it holds is served", "err", r.trouble.Why)
	r.tell(r.trouble)
}

func (r *room) wait(now time.Time, most time.Duration) {
	pause := min(firstPause<<r.pause, most)
	if pause < most {
		r.pause++
	}
	r.next = now.Add(pause)
}

func (r *room) end(now time.Time) {
	r.log.Info("the store takes records again; polls resume", "after", now.Sub(r.trouble.Since).Round(time.Second))
	r.trouble, r.size, r.trying, r.fitted, r.fits = storage.Trouble{}, 0, false, 0, time.Time{}
	r.ended, r.next, r.resumed = now, now, true
	r.tell(r.trouble)
}

// hasResumed reports, once, that a trouble has ended.
func (r *room) hasResumed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	resumed := r.resumed
	r.resumed = false
	return resumed
}

// Trouble returns that of the store, because of which polls wait.
func (a *Aggregator) Trouble() storage.Trouble {
	a.room.mu.Lock()
	defer a.room.mu.Unlock()
	return a.room.trouble
}

// persist calls do again, with growing pauses, for as long as the store refuses
// what it commits.
func (a *Aggregator) persist(ctx context.Context, do func(context.Context) error) error {
	for pause := firstPause; ; pause = min(2*pause, longTry) {
		err := do(ctx)
		if !storage.Refused(err) {
			return err
		}
		a.room.failed(err, 0)
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
