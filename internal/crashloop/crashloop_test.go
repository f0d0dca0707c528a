package crashloop

import (
	"bytes"
	"context"
	"crypto/sha256"
	"flag"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"newsfeed/storage"
)

var (
	cycles = flag.Int("cycles", 6, "how often the daemon is killed")
	seed   = flag.Uint64("seed", rand.Uint64(), "of the moments and the news")
	polls  = flag.Int("polls", 250, "acknowledged between two kills, on average")
)

const (
	sources = 60 // polled when asked for
	timed   = 30 // polled by schedule
	hosts   = 4  // polled at a time

	// startup is about how long a daemon needs to start.
	startup = 120 * time.Millisecond

	// thorough is in how many cycles the indexes are compared once.
	thorough = 10

	// quiet is in how many cycles the site has no news twice: in the first of
	// the two the store takes in what was left, in the second nothing changes,
	// and what is served can be compared with what is stored.
	quiet = 6
)

// loop is a run of the test.
type loop struct {
	*testing.T
	random  *rand.Rand
	site    *site
	program *program
	ledger  *ledger
	reader  *reader

	sources     map[string]storage.Source // as they were stored after the last life
	version     uint64                    // of what is published, then
	transaction int                       // the last one, then
	asked       int                       // times the forced sources were asked for, in this life

	starts, same, requests, due, transactions int // figures
}

// TestF17_NothingIsLostWhenKilled kills the daemon while it polls and serves as
// much as it can. After each time: the store opens (1) and is consistent (2),
// all that was acknowledged is there (3) and once (4), with the validators of
// each document its items (5); no source was asked before its time (6); what
// is rendered is the same in each process, and what was served if nothing has
// changed since (7); and Last-Modified tells whether the bytes are the same
// (8).
func TestF17_NothingIsLostWhenKilled(t *testing.T) {
	t.Logf("seed %d", *seed)
	s := newSite(t, *seed, sources, timed, hosts)
	p := build(t, s)
	l := &loop{T: t, random: rand.New(rand.NewPCG(*seed, 0)), site: s, program: p, ledger: newLedger(), reader: newReader(t, p.base)}
	begin := time.Now()
	for n := 1; n <= *cycles; n++ {
		l.live(n%quiet == 4 || n%quiet == 5)
		l.check(n%thorough == 0 || n == *cycles)
		if n%50 == 0 || n == *cycles || t.Failed() {
			l.report(n, begin)
		}
		if t.Failed() {
			t.FailNow()
		}
	}
}

// live lets the daemon live for a while, and kills it.
func (l *loop) live(frozen bool) {
	l.site.begin(frozen)
	arrived := make(chan struct{})
	d := &driver{site: l.site, ledger: l.ledger, client: l.program.admin(), arrived: arrived}
	ctx, stop := context.WithCancel(l.Context())
	defer stop()
	command, said := l.program.serve(l.T)
	var work sync.WaitGroup
	work.Go(func() { d.run(ctx) })
	work.Go(func() { l.reader.run(ctx) })
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()

	// One life in ten ends while it begins.
	wait, after := 0, time.Duration(l.random.Int64N(int64(startup)))
	if l.random.IntN(10) > 0 {
		wait, after = l.random.IntN(2**polls*10/9), after/10
	} else {
		l.starts++
	}
	for range wait {
		select {
		case <-arrived:
		case err := <-ended:
			l.Fatalf("the daemon ended by itself: %v: %s", err, said)
		}
	}
	timer := time.NewTimer(after)
	for waiting := true; waiting; {
		select {
		case <-arrived:
		case <-timer.C:
			waiting = false
		}
	}
	_ = command.Process.Kill()
	<-ended
	// What had been acknowledged before may still have to be read.
	done := make(chan struct{})
	go func() { work.Wait(); close(done) }()
	drain := time.AfterFunc(50*time.Millisecond, stop)
	defer drain.Stop()
	for draining := true; draining; {
		select {
		case <-arrived:
		case <-done:
			draining = false
		}
	}
	l.asked = d.asked
}

// check looks after what a life has left.
func (l *loop) check(thoroughly bool) {
	o := openStore(l.T, l.program.store)
	if o == nil {
		if l.ledger.count() > 0 {
			l.Error("there is no store, but polls were acknowledged")
		}
		return
	}
	o.holds(l.site, l.ledger)
	if thoroughly {
		o.agrees()
	}
	settings, err := o.Settings(l.Context())
	o.no(err)
	o.no(o.Close())
	l.punctual(o)
	now := checkFile(l.T, l.program.store)
	l.transactions += now - l.transaction
	l.transaction = now
	if len(settings.Sources) > 0 { // else it was killed before it had any
		l.rendered(o.stats.Version)
	}
	l.sources, l.version = o.sources, o.stats.Version
}

// punctual checks that no source was asked sooner than the store said before
// the life that has ended, or than its floor allows within it.
func (l *loop) punctual(o *opened) {
	for _, src := range l.site.sources {
		before := l.sources[src.id].State
		asked := l.site.requests(src.id)
		l.requests += len(asked)
		if !src.timed {
			first := 0 // before there is a state it is due at once
			if before.LastPoll.IsZero() {
				first = 1
			}
			if len(asked) > l.asked+first {
				l.Errorf("source %s: %d requests, %d were asked for", src.id, len(asked), l.asked)
			}
			continue
		}
		l.due += len(asked)
		for i, at := range asked {
			if i == 0 && at.Before(before.NextDue) {
				l.Errorf("source %s: asked %v before it was due", src.id, before.NextDue.Sub(at))
			}
			if i > 0 && at.Sub(asked[i-1]) < floor {
				l.Errorf("source %s: asked again after %v", src.id, at.Sub(asked[i-1]))
			}
		}
		if after := o.sources[src.id].State; !after.LastPoll.IsZero() && after.NextDue.Sub(after.LastPoll) < floor {
			l.Errorf("source %s: due %v after its poll", src.id, after.NextDue.Sub(after.LastPoll))
		}
	}
}

// rendered renders the feeds in processes of their own.
func (l *loop) rendered(version uint64) {
	for _, f := range []struct{ path, feed, format string }{
		{"feed.rss", "feed", "rss"}, {"feed.atom", "feed", "atom"}, {"feed.json", "feed", "json"}, {"feeds/even.rss", "feeds/even", "rss"},
	} {
		served := l.reader.served[f.path]
		compare := version == l.version && len(served) > 0
		twice := l.random.IntN(len(paths)) == 0
		if !compare && !twice {
			continue
		}
		body := l.program.render(l.T, f.feed, f.format)
		if twice && !bytes.Equal(body, l.program.render(l.T, f.feed, f.format)) {
			l.Errorf("%s: two processes render it differently", f.path)
		}
		if compare {
			l.same++
			if len(served) > 1 || !served[sha256.Sum256(body)] {
				l.Errorf("%s: nothing has changed, but what was served, in %d editions, is not what is stored", f.path, len(served))
			}
		}
	}
}

func (l *loop) report(n int, begin time.Time) {
	count := l.ledger.count()
	l.Logf("%d kills in %v, %d of them while starting; %d polls acknowledged, %d between two kills on average, in %d transactions, %d between two kills",
		n, time.Since(begin).Round(time.Second), l.starts, count, count/n, l.transactions, l.transactions/n)
	l.Logf("%d requests to sources, %d of them by schedule; %d editions read, %d compared with the store", l.requests, l.due, l.reader.count, l.same)
}
