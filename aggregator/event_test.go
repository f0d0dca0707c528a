package aggregator_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"newsfeed/storage"
)

// events returns what is stored of the events of a source, the oldest first.
func events(t *testing.T, store storage.Reader, id string) []string {
	t.Helper()
	list, err := store.Events(t.Context(), 0, storage.MaxPage)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range slices.Backward(list) {
		if e.Source == id {
			out = append(out, string(e.Kind)+": "+e.Detail)
		}
	}
	return out
}

func requireEvents(t *testing.T, store storage.Reader, id string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, events(t, store, id)); diff != "" {
		t.Errorf("events of %s (-want +got)\n%s", id, diff)
	}
}

// challenge answers with a page that wants to see a browser.
func challenge(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(code)
		fmt.Fprint(w, `<!DOCTYPE html><html><body><div id="px-captcha"></div></body></html>`)
	}
}

func TestASourceThatFailsIsToldBrokenOnceAndRecovered(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		store := fastStore(t)
		w.set("a.example/", turns(feed("one"), status(http.StatusInternalServerError)))
		run(t, w.daemon(store, "a.example/"))
		pass(3 * 24 * time.Hour)
		told := events(t, store, "a.example/")
		if len(told) != 1 || !strings.HasPrefix(told[0], "broken: 500 Internal Server Error; last read ") {
			t.Fatalf("told %q", told)
		}
		if st := state(t, store, "a.example/"); st.Trouble != storage.Broken || st.Failures < 4 {
			t.Errorf("trouble %q after %d failures", st.Trouble, st.Failures)
		}
		w.set("a.example/", feed("one"))
		pass(2 * 24 * time.Hour)
		told = events(t, store, "a.example/")
		if len(told) != 2 || !strings.HasPrefix(told[1], "recovered: last read ") {
			t.Errorf("told %q", told)
		}
		if st := state(t, store, "a.example/"); st.Trouble != "" {
			t.Errorf("trouble %q", st.Trouble)
		}
	})
}

func TestAnEventIsPartOfThePoll(t *testing.T) {
	s, store := newSite(t), openStore(t)
	a, _ := run(t, options(store, s, "/a", "/b", "/c", "/d", "/new"))
	s.set("/a", turns(feed("one"), challenge(http.StatusForbidden), challenge(http.StatusOK), feed("one")))
	s.set("/b", turns(feed("two"), status(http.StatusMovedPermanently, "Location", "/new?key=secret")))
	s.set("/c", turns(feed("three"), status(http.StatusGone)))
	s.set("/d", challenge(http.StatusServiceUnavailable))
	s.set("/new", feed("two"))
	poll(t, a, true)
	polled := poll(t, a, true)
	requireEvents(t, store, "a", "challenged: 403 Forbidden, a challenge page of HUMAN; last read 1 minute before")
	requireEvents(t, store, "b", "moved: "+s.URL+"/new?…")
	requireEvents(t, store, "c", "gone: 410 Gone; last read 1 minute before")
	for id, r := range polled {
		if st := state(t, store, id); st.Trouble == "" && strings.Contains("a c", id) {
			t.Errorf("%s: no trouble after %+v", id, r)
		}
	}
	poll(t, a, true)
	poll(t, a, true)
	requireEvents(t, store, "a",
		"challenged: 403 Forbidden, a challenge page of HUMAN; last read 1 minute before", "recovered: last read 1 minute before")
	requireEvents(t, store, "b", "moved: "+s.URL+"/new?…")
	requireEvents(t, store, "c", "gone: 410 Gone; last read 1 minute before")
	requireEvents(t, store, "d")
	requireEvents(t, store, "new")
}

func TestAnOutageOfOurNetworkIsNoEvent(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		store, list, log := w.twelve(t, 3*time.Hour)
		w.cut(list...)
		pass(2 * 24 * time.Hour)
		w.cut()
		pass(24 * time.Hour)
		if log.lines()[networkDown] == 0 {
			t.Fatal("no outage was noticed")
		}
		for _, id := range list {
			requireEvents(t, store, id)
		}
	})
}

func TestChallengesEverywhereAreNoOutage(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		store, list, log := w.twelve(t, 3*time.Hour)
		w.capture(challenge(http.StatusOK))
		pass(24 * time.Hour)
		if log.lines()[networkDown] != 0 {
			t.Error("an outage was noticed")
		}
		for _, id := range list {
			if st := state(t, store, id); st.Trouble != storage.Challenged || !strings.Contains(st.Error, "a challenge page of HUMAN") {
				t.Errorf("%s: trouble %q, error %q", id, st.Trouble, st.Error)
			}
		}
	})
}

func TestASourceEnabledAnewStartsOver(t *testing.T) {
	s, store := newSite(t), openStore(t)
	s.set("/a", turns(status(http.StatusGone), status(http.StatusGone), feed("one")))
	o := options(store, s, "/a")
	again := func() {
		t.Helper()
		for _, o.Sources[0].Disabled = range []bool{true, false} {
			a, stop := run(t, o)
			poll(t, a, false)
			stop()
		}
	}
	a, stop := run(t, o)
	poll(t, a, false)
	stop()
	requireEvents(t, store, "a", "gone: 410 Gone; never read")
	again()
	requireEvents(t, store, "a", "gone: 410 Gone; never read", "gone: 410 Gone; never read")
	again()
	requireEvents(t, store, "a", "gone: 410 Gone; never read", "gone: 410 Gone; never read")
	if st := state(t, store, "a"); st.Trouble != "" || st.LastSuccess.IsZero() {
		t.Errorf("state %+v", st)
	}
}
