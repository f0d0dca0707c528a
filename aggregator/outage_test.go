package aggregator_test

import (
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"newsfeed/aggregator/schedule"
	"newsfeed/storage"
)

// logbook counts what is logged from Info on, by its first words.
type logbook struct {
	mu    sync.Mutex // guards count
	count map[string]int
}

func newLogbook() *logbook { return &logbook{count: map[string]int{}} }

// twelve runs a daemon with sources on twelve hosts, all of which are well, for
// so long.
func (w *world) twelve(t *testing.T, span time.Duration) (storage.Store, []string, *logbook) {
	t.Helper()
	store, list, log := fastStore(t), w.hosts(12), newLogbook()
	o := w.daemon(store, list...)
	o.Log = log.logger()
	run(t, o)
	pass(span)
	return store, list, log
}

func (l *logbook) Write(line []byte) (int, error) {
	_, message, _ := strings.Cut(string(line), "msg=")
	words := strings.Fields(strings.Trim(message, "\"\n"))
	l.mu.Lock()
	defer l.mu.Unlock()
	l.count[strings.Join(words[:min(len(words), 4)], " ")]++
	return len(line), nil
}

func (l *logbook) logger() *slog.Logger { return slog.New(slog.NewTextHandler(l, nil)) }

func (l *logbook) lines() map[string]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.count)
}

// The lines about an outage.
const networkDown, networkBack = "our own network seems", "our own network is"

// failures returns how often each source has failed in a row, 0 left out.
func failures(t *testing.T, store storage.Reader) map[string]int {
	t.Helper()
	sources, err := store.Sources(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, s := range sources {
		if n := s.State.Failures; n > 0 {
			count[s.ID] = n
		}
	}
	return count
}

// firsts keeps the first call of each address.
func firsts(calls []call) []call {
	seen := map[string]bool{}
	return slices.DeleteFunc(calls, func(c call) bool {
		again := seen[c.address]
		seen[c.address] = true
		return again
	})
}

func welcome(w http.ResponseWriter, _ *http.Request) {
	fmt.Fprint(w, "<!doctype html><title>Welcome</title><p>Log in to use the network.")
}

// TestOutage_IsNobodysFailure takes the network away for six hours from twelve
// sources that were well, and gives it back.
func TestOutage_IsNobodysFailure(t *testing.T) {
	for name, fail := range map[string]func(w *world, list []string){
		"nobody can be reached": func(w *world, list []string) { w.cut(list...) },
		"a captive portal":      func(w *world, _ []string) { w.capture(welcome) },
		"a portal elsewhere": func(w *world, _ []string) {
			w.capture(status(http.StatusFound, "Location", "http://192.168.1.1/login"))
		},
		"a portal that is there for good": func(w *world, _ []string) {
			w.capture(status(http.StatusMovedPermanently, "Location", "http://192.168.1.1/login"))
		},
		"a portal that says so": func(w *world, _ []string) { w.capture(status(http.StatusNetworkAuthenticationRequired)) },
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				store, list, log := w.twelve(t, 24*time.Hour)
				fail(w, list)
				pass(6 * time.Hour)
				if count := failures(t, store); len(count) > 0 {
					t.Errorf("failures are counted: %v", count)
				}
				w.cut()
				w.capture(nil)
				back := time.Now()
				pass(30 * time.Minute)
				polls := firsts(w.asked(back, list...))
				if len(polls) != len(list) || polls[0].at.Sub(back) > 5*time.Minute {
					t.Errorf("polls resume at %v, the network at %v", polls, back)
				}
				if diff := cmp.Diff(map[string]int{networkDown: 1, networkBack: 1}, log.lines()); diff != "" {
					t.Errorf("log (-want +got)\n%s", diff)
				}
			})
		})
	}
}

// TestOutage_PollsWaitAndComeBackSpread has so many sources that polls must
// wait for the network.
func TestOutage_PollsWaitAndComeBackSpread(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		const sources = 100
		store, list, log := fastStore(t), w.hosts(sources), newLogbook()
		o := w.daemon(store, list...)
		o.Log = log.logger()
		_, stop := run(t, o)
		pass(time.Hour)
		stop()
		run(t, o) // now with some experience
		pass(90 * time.Minute)
		w.cut(list...)
		passUntil(t, func() bool { return log.lines()[networkDown] > 0 })
		known := time.Now()
		pass(3 * time.Hour)
		tries := w.asked(known)
		for i, gap := range gaps(tries) {
			if gap < 30*time.Second-time.Millisecond {
				t.Errorf("tries again after %v, at %v", gap, tries[i+1].at)
			}
		}
		if len(tries) < 100 {
			t.Errorf("tries %d times in three hours", len(tries))
		}

		w.cut()
		back := time.Now()
		pass(30 * time.Minute)
		polls := firsts(w.asked(back))
		requireSpread(t, polls, back, sources)
		if polls[0].at.Sub(back) > time.Minute {
			t.Errorf("polls resume at %v, the network at %v", polls[0].at, back)
		}
		if count := failures(t, store); len(count) > 0 {
			t.Errorf("failures are counted: %v", count)
		}
	})
}

// TestOutage_OfSourcesPolledTogether lets sources fail in the same moment, several
// times: in which order their polls end is for the machine to choose.
func TestOutage_OfSourcesPolledTogether(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		store, list := openStore(t), w.hosts(12)
		hourly, err := schedule.ParseSchedule("@hourly")
		if err != nil {
			t.Fatal(err)
		}
		o := w.daemon(store, list...)
		for i := range o.Sources {
			o.Sources[i].Schedule = hourly
		}
		run(t, o)
		pass(150 * time.Minute)
		for n := range 8 {
			w.cut(list...)
			pass(2 * time.Hour)
			if count := failures(t, store); len(count) > 0 {
				t.Errorf("outage %d: failures are counted: %v", n, count)
			}
			w.cut()
			pass(2 * time.Hour)
		}
	})
}

// TestOutage_AFewHostsThatFailAreNone takes one host of twelve away, or two.
func TestOutage_AFewHostsThatFailAreNone(t *testing.T) {
	for failing := 1; failing <= 2; failing++ {
		t.Run(fmt.Sprint(failing), func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				store, list, log := w.twelve(t, 24*time.Hour)
				begin := time.Now()
				w.cut(list[:failing]...)
				pass(6 * time.Hour)
				count := failures(t, store)
				for _, a := range list[:failing] {
					if count[a] < 4 {
						t.Errorf("%s: %d failures in six hours", a, count[a])
					}
				}
				if len(count) != failing {
					t.Errorf("failures: %v", count)
				}
				if polls := w.asked(begin, list[failing:]...); len(polls) < 5*(len(list)-failing) {
					t.Errorf("the others are polled only %d times in six hours", len(polls))
				}
				if lines := log.lines(); lines[networkDown] > 0 {
					t.Errorf("logged: %v", lines)
				}
			})
		})
	}
}

// TestOutage_EarlierFailuresDoNotGrow lets a source fail for a day before all
// others do.
func TestOutage_EarlierFailuresDoNotGrow(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		store, list, log := w.twelve(t, time.Hour)
		w.cut(list[0])
		pass(12 * time.Hour)
		w.cut(list...)
		passUntil(t, func() bool { return log.lines()[networkDown] > 0 })
		known, before := time.Now(), failures(t, store)[list[0]]
		pass(12 * time.Hour)
		if len(w.asked(known, list[0])) < 3 {
			t.Error("it was not even tried: nothing is proven")
		}
		if after := failures(t, store)[list[0]]; before < 5 || after != before {
			t.Errorf("%d failures, %d before the outage", after, before)
		}
	})
}

// TestOutage_ASourceInTheLocalNetworkAnswers: one of twelve goes on answering.
func TestOutage_ASourceInTheLocalNetworkAnswers(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		store, list, log := w.twelve(t, 24*time.Hour)
		w.cut(list[1:]...)
		pass(6 * time.Hour)
		if count := failures(t, store); len(count) > 0 {
			t.Errorf("failures are counted: %v; logged %v", count, log.lines())
		}
	})
}
