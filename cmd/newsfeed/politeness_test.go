package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"newsfeed/aggregator"
	"newsfeed/storage"
)

// publishers answers by the last part of the path, as a source would do that is
// in the state of that name. Only while throttling is set, busy wants peace.
func publishers(throttling *atomic.Bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch name := path.Base(r.URL.Path); {
		case name == "failing":
			w.WriteHeader(http.StatusInternalServerError)
		case name == "gone":
			w.WriteHeader(http.StatusGone)
		case name == "moved":
			w.Header().Set("Location", "/elsewhere?token=SECRET")
			w.WriteHeader(http.StatusMovedPermanently)
		case name == "busy" && throttling.Load():
			w.Header().Set("Retry-After", "18000")
			w.WriteHeader(http.StatusTooManyRequests)
		case r.Header.Get("If-None-Match") != "":
			w.WriteHeader(http.StatusNotModified)
		default:
			w.Header().Set("ETag", `"1"`)
			fmt.Fprintf(w, `<rss version="2.0"><channel><title>The %s one</title><item><title>An item of %[1]s</title></item></channel></rss>`, name)
		}
	})
}

// TestA49_SourcesTellAllAboutTheirPolls has a source in each state, and one
// whose host asked to be left alone because of another.
func TestA49_SourcesTellAllAboutTheirPolls(t *testing.T) {
	var throttling atomic.Bool
	bases := serve(t, publishers(&throttling))
	if len(bases) < 2 {
		t.Skip("needs two hosts on loopback")
	}
	var b strings.Builder
	b.WriteString("[poll]\nallow_private = [\"127.0.0.0/8\"]\nhost_interval = \"0\"\nmin_force = \"0\"\n")
	for _, s := range []struct{ id, base string }{
		{"ok", bases[0]},
		{"failing", bases[0]},
		{"moved", bases[0]},
		{"gone", bases[0]},
		{"new", bases[0]},
		{"busy", bases[1]},
		{"paused", bases[1]},
	} {
		fmt.Fprintf(&b, "[[source]]\nid = %q\nurl = %q\n", s.id, s.base+"/"+s.id)
	}
	config := filepath.Join(t.TempDir(), "newsfeed.toml")
	if err := os.WriteFile(config, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		poll(t, exitPartly, "-c", config, "--force", "ok", "failing", "moved", "gone", "busy", "paused")
	}
	throttling.Store(true)
	newsfeed(t, "poll", "-c", config, "--force", "busy")

	code, out, errs := newsfeed(t, "sources", "-c", config, "--json")
	if code != exitDone || strings.Contains(out, "SECRET") {
		t.Fatalf("status %d: %s%s", code, out, errs)
	}
	checkGolden(t, filepath.Join("testdata", "sources.golden"), timeless(out, bases))

	var list []sourceJSON
	if err := json.Unmarshal([]byte(out), &list); err != nil {
		t.Fatal(err)
	}
	byID := map[string]sourceJSON{}
	for _, s := range list {
		byID[s.ID] = s
		latest := ""
		for _, bound := range s.DueBounds {
			latest = max(latest, bound.At)
		}
		if s.NextDue != latest {
			t.Errorf("%s is due at %q, the latest bound is %q", s.ID, s.NextDue, latest)
		}
	}
	asked, err := time.Parse(time.RFC3339, byID["busy"].LastPoll)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"busy", "paused"} {
		due, err := time.Parse(time.RFC3339, byID[id].NextDue)
		if wait := due.Sub(asked); err != nil || wait < 5*time.Hour-time.Second || wait > 5*time.Hour+time.Second {
			t.Errorf("%s is due %v after its host asked for five hours: %v", id, wait, err)
		}
	}
}

// timeless is a JSON document, indented, with its times and the addresses of
// servers taken out.
func timeless(document string, bases []string) string {
	var indented bytes.Buffer
	if err := json.Indent(&indented, []byte(document), "", " "); err != nil {
		return err.Error()
	}
	text := regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`).ReplaceAllString(indented.String(), "TIME")
	for i, base := range bases {
		text = strings.ReplaceAll(text, base, fmt.Sprintf("http://host%d.example", i))
	}
	return text
}

func TestPolitenessIsCountedByDomain(t *testing.T) {
	now := time.Date(2026, time.November, 2, 12, 0, 0, 0, time.UTC)
	ago := func(hours int) time.Time { return now.Add(-time.Duration(hours) * time.Hour) }
	source := func(url string, s storage.State) storage.Source {
		return storage.Source{SourceSettings: storage.SourceSettings{URL: url}, State: s}
	}
	sources := []storage.Source{
		source("https://www.one.example/a", storage.State{
			Traffic: storage.Traffic{Since: ago(48), Requests: 30, Conditional: 20, NotModified: 10, Gap: 3 * time.Second},
		}),
		source("https://news.one.example/b", storage.State{
			Status: http.StatusTooManyRequests, Failures: 1, NotBefore: now.Add(time.Hour),
			Traffic: storage.Traffic{Since: ago(24), Requests: 10, Conditional: 10, Gap: 1500 * time.Millisecond},
		}),
		source("https://one.example/never-asked", storage.State{}),
		source("https://one.example/moved", storage.State{
			MovedTo: "https://two.example/",
			Traffic: storage.Traffic{Since: ago(1), Requests: 4, Conditional: 3, NotModified: 3},
		}),
		source("https://two.example/patient", storage.State{
			Status: http.StatusNotFound, Failures: 1, NotBefore: now.Add(time.Hour), // of its own, not of its host
			Traffic: storage.Traffic{Since: ago(2), Requests: 1},
		}),
	}
	want := []domainJSON{
		{
			Domain: "one.example", Sources: 2, Since: rfc3339(ago(48)), Requests: 40, RequestsPerDay: 20,
			ConditionalShare: 0.75, NotModifiedShare: 0.25, ShortestGap: 1.5, PausedUntil: rfc3339(now.Add(time.Hour)),
		},
		{
			Domain: "two.example", Sources: 2, Since: rfc3339(ago(2)), Requests: 5, RequestsPerDay: 5,
			ConditionalShare: 0.6, NotModifiedShare: 0.6,
		},
	}
	if diff := cmp.Diff(want, politeness(sources, now)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]domainJSON{}, politeness(nil, now)); diff != "" {
		t.Errorf("of no sources (-want +got)\n%s", diff)
	}
}

// TestANewSourceOfAPausedHostWaits: it waits for the end of the pause.
func TestANewSourceOfAPausedHostWaits(t *testing.T) {
	now := time.Now()
	until := now.Add(time.Hour)
	busy := storage.Source{
		SourceSettings: storage.SourceSettings{ID: "busy", URL: "https://one.example/busy"},
		State:          storage.State{Status: http.StatusTooManyRequests, NotBefore: until, LastPoll: now, NextDue: until, Failures: 1},
	}
	fresh := storage.Source{SourceSettings: storage.SourceSettings{ID: "fresh", URL: "https://one.example/fresh"}}
	j := newSourceJSON(fresh, aggregator.Pauses([]storage.Source{busy, fresh}, now))
	if j.NextDue != rfc3339(until) {
		t.Errorf("next due %q, want %q; why says: %s", j.NextDue, rfc3339(until), unplanned(j))
	}
}
