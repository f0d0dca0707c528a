package publish_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"newsfeed/aggregator/publish"
	"newsfeed/aggregator/publish/feedcheck"
	"newsfeed/storage"
)

// eventful is the fixture with an event of each kind, and of sources that are
// no longer there.
func eventful() *memory {
	m := fixture()
	m.source("closed", "https://closed.example/feed", storage.About{Title: "The Closed", Link: "https://closed.example/"})
	m.sources[len(m.sources)-1].Removed = true
	m.settings.Sources = m.settings.Sources[:len(m.settings.Sources)-1]
	for _, e := range []storage.Event{
		{Source: "harbour", Kind: storage.Broken, Detail: "500 Internal Server Error; last read 2 hours before"},
		{Source: "valley", Kind: storage.Challenged, Detail: "403 Forbidden, a challenge page of HUMAN; last read 20 minutes before"},
		{Source: "harbour", Kind: storage.Recovered, Detail: "last read 5 hours before"},
		{Source: "planet", Kind: storage.Moved, Detail: "https://planet.example/new?a=1&b=<2>"},
		{Source: "closed", Kind: storage.Gone, Detail: "410 Gone; last read 1 hour before"},
		{Source: "talk", Kind: storage.Silent, Detail: "nothing new for 8 days; news used to be 5 hours apart"},
		{Source: "talk", Kind: storage.Resumed, Detail: "nothing new for 9 days\x07 before"},
		{Source: "nobody", Kind: "a kind to come", Detail: strings.Repeat("long ", 200)},
		{Source: "harbour", Kind: storage.Gone},
	} {
		m.events = append(m.events, e)
		last := &m.events[len(m.events)-1]
		last.Number, last.Time = uint64(len(m.events)), second(1000+len(m.events))
	}
	return m
}

// health renders and checks the health feed.
func health(t *testing.T, r storage.Reader) publish.Rendering {
	t.Helper()
	out, err := publish.RenderHealth(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	for _, violation := range feedcheck.Atom(out.Body) {
		t.Error(violation)
	}
	return out
}

func decodeAtom(t *testing.T, body []byte) (doc atomDocument) {
	t.Helper()
	if err := xml.Unmarshal(body, &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestRenderHealth_Golden(t *testing.T) {
	got := health(t, eventful())
	golden := filepath.Join("testdata", "health.atom.golden")
	if *update {
		if err := os.WriteFile(golden, got.Body, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "health feed", string(got.Body), string(want))
	equal(t, "Last-Modified", got.LastModified, second(1009))
	for _, secret := range []string{"s3cret", "pa55word", "reader"} {
		if bytes.Contains(got.Body, []byte(secret)) {
			t.Errorf("%s is shown", secret)
		}
	}
}

func TestTheHealthFeedShowsTheLastEvents(t *testing.T) {
	m := fixture()
	equal(t, "entries without events", len(decodeAtom(t, health(t, m).Body).Entries), 0)
	for n := range 250 {
		m.events = append(m.events, storage.Event{Number: uint64(n + 1), Source: "talk", Time: second(n), Kind: storage.Gone})
	}
	got := decodeAtom(t, health(t, m).Body)
	equal(t, "entries", len(got.Entries), 100)
	equal(t, "the last", got.Entries[0].ID, "tag:news.example,2026:/health/250")
	equal(t, "the first", got.Entries[99].ID, "tag:news.example,2026:/health/151")
	equal(t, "updated", got.Updated, second(249).Format("2006-01-02T15:04:05Z"))
}

func TestIDsOfEventsAreOfTheServer(t *testing.T) {
	for address, want := range map[string]string{
		"https://news.example/a%20b/": "tag:news.example,2026:/a%20b/health/1",
		"http://127.0.0.1:8080/":      "tag:127.0.0.1,2026:8080/health/1",
		"http://[::1]:8080/":          "tag:--1,2026:8080/health/1",
	} {
		m := fixture()
		m.settings.BaseURL = address
		m.events = []storage.Event{{Number: 1, Source: "talk", Time: second(1), Kind: storage.Gone}}
		equal(t, address, decodeAtom(t, health(t, m).Body).Entries[0].ID, want)
	}
}

func TestEventsAreInNoContentFeed(t *testing.T) {
	for _, sel := range []publish.Selection{{}, {Source: "harbour"}, {Category: "politics"}, {View: "shore"}} {
		for _, f := range publish.Formats() {
			if !bytes.Equal(render(t, fixture(), sel, f).Body, render(t, eventful(), sel, f).Body) {
				t.Errorf("%s tells of events", sel.Path(f))
			}
		}
	}
}

func TestTheHealthFeedNeedsSettings(t *testing.T) {
	if _, err := publish.RenderHealth(t.Context(), &memory{}); err == nil {
		t.Error("no error")
	}
	broken := errors.New("disk on fire")
	if _, err := publish.RenderHealth(context.Background(), &memory{err: broken}); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
}

func TestTheHealthFeedIsServed(t *testing.T) {
	store := eventful()
	s := serve(t, store)
	want := health(t, store)
	first, body := s.get("/health.atom")
	equal(t, "status", first.StatusCode, http.StatusOK)
	equal(t, "body", string(body), string(want.Body))
	equal(t, "type", first.Header.Get("Content-Type"), "application/atom+xml; charset=utf-8")
	equal(t, "ETag", first.Header.Get("ETag"), want.ETag)
	equal(t, "Last-Modified", first.Header.Get("Last-Modified"), second(1009).Format(http.TimeFormat))
	equal(t, "Link", first.Header.Get("Link"), fmt.Sprintf(`<%s/health.atom>; rel="self"; type="application/atom+xml"`, s.url))
	for _, condition := range []string{"If-None-Match: " + want.ETag, "If-Modified-Since: " + second(1009).Format(http.TimeFormat)} {
		again, _ := s.get("/health.atom", condition)
		equal(t, condition, again.StatusCode, http.StatusNotModified)
	}

	store.change(func(m *memory) { m.put(entry("talk", 70, func(*storage.Entry) {})) })
	again, _ := s.get("/health.atom")
	equal(t, "ETag after news", again.Header.Get("ETag"), want.ETag)
	equal(t, "Last-Modified after news", again.Header.Get("Last-Modified"), first.Header.Get("Last-Modified"))

	store.change(func(m *memory) {
		m.events = append(m.events, storage.Event{Number: 10, Source: "talk", Time: second(1009), Kind: storage.Gone})
	})
	next, body := s.get("/health.atom", "If-None-Match: "+want.ETag)
	equal(t, "status after an event", next.StatusCode, http.StatusOK)
	equal(t, "entries", len(decodeAtom(t, body).Entries), 10)
	since, _ := s.get("/health.atom", "If-Modified-Since: "+first.Header.Get("Last-Modified"))
	equal(t, "status after an event, by time", since.StatusCode, http.StatusOK)
}
