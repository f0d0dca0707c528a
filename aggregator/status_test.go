package aggregator_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"newsfeed/aggregator"
	"newsfeed/storage"
)

// paths lists what a site was asked for, in order.
func (s *site) paths() []string {
	var list []string
	for _, h := range s.asked() {
		list = append(list, h.Get("Path"))
	}
	return list
}

func requirePaths(t *testing.T, s *site, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, s.paths()); diff != "" {
		t.Errorf("requests (-want +got)\n%s", diff)
	}
}

func TestA16_NotFoundCostsOneRequestAPoll(t *testing.T) {
	s, store := newSite(t), openStore(t)
	a, _ := run(t, options(store, s, "/news"))
	for n := 1; n <= 3; n++ {
		if r := poll(t, a, true)["news"]; r.Outcome != aggregator.Failed || r.Status != http.StatusNotFound {
			t.Errorf("poll %d: %+v", n, r)
		}
	}
	requirePaths(t, s, "/news", "/news", "/news")
}

func TestA17_ANewSourceCostsOneRequest(t *testing.T) {
	s, store := newSite(t), openStore(t)
	s.set("/a", feed("one"))
	s.set("/b", feed("two"))
	_, stop := run(t, options(store, s, "/a"))
	stop()
	a, _ := run(t, options(store, s, "/a", "/b"))
	poll(t, a, false)
	poll(t, a, false)
	if diff := cmp.Diff([]string{"one", "two"}, titles(t, store)); diff != "" {
		t.Errorf("entries (-want +got)\n%s", diff)
	}
	requirePaths(t, s, "/a", "/b")
}

// TestA30_GoneIsNotAskedForAMonth lets thirty days pass, with a restart.
func TestA30_GoneIsNotAskedForAMonth(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		store := fastStore(t)
		w.set("a.example/", turns(feed("one"), status(http.StatusGone)))
		o := w.daemon(store, "a.example/")
		_, stop := run(t, o)
		pass(15 * 24 * time.Hour)
		stop()
		run(t, o)
		pass(15 * 24 * time.Hour)
		if calls := w.asked(time.Time{}); len(calls) != 2 {
			t.Errorf("asked %v, want one document and one 410", calls)
		}
		st := state(t, store, "a.example/")
		if !st.Gone || !st.NextDue.IsZero() || !strings.Contains(st.DueReason, "gone") || st.LastSuccess.IsZero() {
			t.Errorf("state %+v", st)
		}
		if got := titles(t, store); len(got) != 1 {
			t.Errorf("entries %v, want the one it had", got)
		}
	})
}

func TestA32_ATemporaryMoveIsNotRemembered(t *testing.T) {
	for _, code := range []int{http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			s, store := newSite(t), openStore(t)
			s.set("/old", status(code, "Location", "/new"))
			s.set("/new", feed("one"))
			a, _ := run(t, options(store, s, "/old"))
			for range 2 {
				if r := poll(t, a, true)["old"]; r.Outcome == aggregator.Failed {
					t.Errorf("got %+v", r)
				}
			}
			requirePaths(t, s, "/old", "/new", "/old", "/new")
			if st := state(t, store, "old"); st.MovedTo != "" || st.Moving != "" {
				t.Errorf("moved to %q, moving to %q", st.MovedTo, st.Moving)
			}
		})
	}
}

// TestA44_ADeltaIsNoSuccess answers 226, for which nobody asked.
func TestA44_ADeltaIsNoSuccess(t *testing.T) {
	s, store := newSite(t), openStore(t)
	s.set("/a", feed("one", "two"))
	a, _ := run(t, options(store, s, "/a"))
	poll(t, a, true)
	before := state(t, store, "a")
	s.set("/a", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("IM", "feed")
		w.Header().Set("ETag", `"delta"`)
		w.WriteHeader(http.StatusIMUsed)
		fmt.Fprint(w, `<rss version="2.0"><channel><title>S</title><item><title>three</title></item></channel></rss>`)
	})
	if r := poll(t, a, true)["a"]; r.Outcome != aggregator.Failed || r.Status != http.StatusIMUsed {
		t.Errorf("got %+v", r)
	}
	after := state(t, store, "a")
	if after.Failures != 1 || after.Validators != before.Validators || !after.LastSuccess.Equal(before.LastSuccess) {
		t.Errorf("state %+v", after)
	}
	if diff := cmp.Diff([]string{"one", "two"}, titles(t, store)); diff != "" {
		t.Errorf("entries (-want +got)\n%s", diff)
	}
	for _, h := range s.asked() {
		if h.Get("A-Im") != "" {
			t.Errorf("A-IM: %s", h.Get("A-Im"))
		}
	}
}

func TestA45_WhatIsNotListedAnyMoreIsKept(t *testing.T) {
	s, store := newSite(t), openStore(t)
	var all []string
	for i := range 50 {
		all = append(all, fmt.Sprintf("item %02d", i))
	}
	s.set("/a", feed(all...))
	a, _ := run(t, options(store, s, "/a"))
	poll(t, a, true)
	s.set("/a", feed(all[:5]...))
	if r := poll(t, a, true)["a"]; r.New+r.Updated != 0 {
		t.Errorf("shrunk: %+v", r)
	}
	if diff := cmp.Diff(all, titles(t, store)); diff != "" {
		t.Errorf("entries (-want +got)\n%s", diff)
	}
	s.set("/a", feed(all...))
	if r := poll(t, a, true)["a"]; r.New != 0 {
		t.Errorf("listed again: %+v", r)
	}
	if diff := cmp.Diff(all, titles(t, store)); diff != "" {
		t.Errorf("entries (-want +got)\n%s", diff)
	}
}

// TestWhoAskedIsToldOfARefusal polls a source that asks for a pause.
func TestWhoAskedIsToldOfARefusal(t *testing.T) {
	for _, code := range []int{http.StatusTooManyRequests, http.StatusServiceUnavailable} {
		s, store := newSite(t), openStore(t)
		s.set("/a", status(code, "Retry-After", "3600"))
		a, _ := run(t, options(store, s, "/a"))
		if r := poll(t, a, true)["a"]; r.Outcome != aggregator.Failed || r.Status != code {
			t.Errorf("%d: %+v", code, r)
		}
	}
}

// TestA48_TenForcedPollsAreOneRequest forces a source ten times within
// MinForce, and once more when that is over.
func TestA48_TenForcedPollsAreOneRequest(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.set("a.example/", feed("one"))
		o := w.daemon(fastStore(t), "a.example/")
		o.MinForce = 10 * time.Second
		a, _ := run(t, o)
		pass(time.Minute)
		begin := time.Now()
		outcomes := map[aggregator.Outcome]int{}
		for range 10 {
			outcomes[poll(t, a, true, "a.example/")["a.example/"].Outcome]++
			pass(900 * time.Millisecond)
		}
		if diff := cmp.Diff(map[aggregator.Outcome]int{aggregator.Unchanged: 1, aggregator.Skipped: 9}, outcomes); diff != "" {
			t.Errorf("outcomes (-want +got)\n%s", diff)
		}
		pass(time.Second)
		poll(t, a, true, "a.example/")
		calls := w.asked(begin)
		if len(calls) != 2 || calls[1].at.Sub(calls[0].at) < o.MinForce {
			t.Errorf("asked %v, want once in %v", calls, o.MinForce)
		}
		for _, c := range calls {
			if c.header.Get("If-None-Match") != `"one"` {
				t.Errorf("%v was not conditional", c)
			}
		}
	})
}

// hinting answers with a document that has this in its channel, and three
// items of the last hours.
func hinting(channel string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel><title>S</title>%s`, channel)
		for i := range 3 {
			at := time.Now().Add(-time.Duration(i) * time.Hour).Truncate(time.Hour)
			fmt.Fprintf(w, `<item><title>%s</title><pubDate>%[1]s</pubDate></item>`, at.UTC().Format(time.RFC1123Z))
		}
		fmt.Fprint(w, `</channel></rss>`)
	}
}

// TestA38_SkippedHoursPassWithoutAPoll names all but four hours of the day.
func TestA38_SkippedHoursPassWithoutAPoll(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		var hours strings.Builder
		for h := range 24 {
			if h < 8 || h >= 12 {
				fmt.Fprintf(&hours, "<hour>%d</hour>", h)
			}
		}
		w.set("a.example/", hinting("<skipHours>"+hours.String()+"</skipHours>"))
		run(t, w.daemon(fastStore(t), "a.example/"))
		pass(time.Hour)
		begin := time.Now()
		pass(4 * 24 * time.Hour)
		calls := w.asked(begin)
		if len(calls) < 4 {
			t.Errorf("asked %v, want something each day", calls)
		}
		for _, c := range calls {
			if h := c.at.UTC().Hour(); h < 8 || h >= 12 {
				t.Errorf("%v: that hour is to be skipped", c)
			}
		}
	})
}

// TestA39_HourlyUpdatesAreNotAskedForOftener compares a source of hourly news
// with one that says so.
func TestA39_HourlyUpdatesAreNotAskedForOftener(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		const hourly = "<sy:updatePeriod> hourly </sy:updatePeriod><sy:updateFrequency>1</sy:updateFrequency>"
		w.set("plain.example/", hinting(""))
		w.set("hourly.example/", hinting(hourly))
		store := fastStore(t)
		o := w.daemon(store, "plain.example/", "hourly.example/")
		o.Budget = 1
		run(t, o)
		pass(24 * time.Hour)
		plain, said := gaps(w.asked(time.Time{}, "plain.example/")), gaps(w.asked(time.Time{}, "hourly.example/"))
		if len(plain) <= len(said) {
			t.Errorf("%d polls without the hint, %d with it: nothing is proven", len(plain), len(said))
		}
		for _, gap := range said {
			if gap < time.Hour {
				t.Errorf("asked again after %v", gap)
			}
		}
		if !hasBound(state(t, store, "hourly.example/"), "sy:updatePeriod") {
			t.Error("nothing says that the publisher had a say in it")
		}
	})
}

func hasBound(s storage.State, name string) bool {
	for _, b := range s.Bounds {
		if b.Name == name {
			return true
		}
	}
	return false
}
