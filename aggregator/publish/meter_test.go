package publish_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"newsfeed/aggregator/publish"
	"newsfeed/internal/bubble"
)

// loop asks often and returns how many answers were 429, and the last one.
func loop(t *testing.T, h http.Handler, times int, path, from string, headers ...string) (refused int, last http.Header) {
	t.Helper()
	for range times {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
		r.RemoteAddr = from
		for _, header := range headers {
			name, value, _ := strings.Cut(header, ": ")
			r.Header.Set(name, value)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if last = w.Header(); w.Code == http.StatusTooManyRequests {
			refused++
		}
	}
	return refused, last
}

func TestC34_AClientInALoopIsToldToWait(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		pass(10 * time.Second)
		h := publish.New(publish.Options{Store: fixture(), Refetches: 10}).Handler()
		const client = "203.0.113.7:1000"
		refused, last := loop(t, h, 25, "/feed.rss", client)
		equal(t, "refused", refused, 15)
		equal(t, "Cache-Control", last.Get("Cache-Control"), "no-store")
		wait, err := strconv.Atoi(last.Get("Retry-After"))
		if err != nil || wait < 1 || wait > 61 {
			t.Errorf("Retry-After is %q", last.Get("Retry-After"))
		}
		for name, test := range map[string]struct {
			path, from string
			headers    []string
		}{
			"conditional by tag":  {"/feed.rss", client, []string{`If-None-Match: "x"`}},
			"conditional by date": {"/feed.rss", client, []string{"If-Modified-Since: Sat, 01 Mar 2025 12:00:24 GMT"}},
			"another feed":        {"/sources/talk.rss", client, nil},
			"another client":      {"/feed.rss", "203.0.113.8:1000", nil},
			"another agent":       {"/feed.rss", client, []string{"User-Agent: other"}},
			"the page":            {"/", client, nil},
		} {
			refused, _ := loop(t, h, 10, test.path, test.from, test.headers...)
			equal(t, name, refused, 0)
		}
		for _, path := range []string{"/feed.json", "/health.atom", "/sources.opml", "/sources/talk.atom", "/sources"} {
			refused, _ := loop(t, h, 25, path, client)
			equal(t, path, refused, 15)
		}
		refused, _ = loop(t, h, 1, "/feed.rss?x=y", "203.0.113.7:1001")
		equal(t, "with other arguments, on another connection", refused, 1)
		pass(time.Duration(wait) * time.Second)
		refused, _ = loop(t, h, 10, "/feed.rss", client)
		equal(t, "after the wait", refused, 0)
	})
}

func TestC34_WhoIsOneClient(t *testing.T) {
	forwarded := func(s string) string { return "X-Forwarded-For: " + s }
	const agent = "User-Agent: reader/1"
	for name, test := range map[string]struct {
		from    [2]string
		headers [2][]string
		one     bool
	}{
		"one network of IPv6":         {from: [2]string{"[2001:db8::1]:1", "[2001:db8::2]:1"}, one: true},
		"two networks of IPv6":        {from: [2]string{"[2001:db8:0:1::1]:1", "[2001:db8:0:2::1]:1"}},
		"a liar":                      {from: [2]string{"192.0.2.9:1", "192.0.2.9:1"}, headers: [2][]string{{forwarded("1.1.1.1")}, {forwarded("2.2.2.2")}}, one: true},
		"on this machine, with names": {from: [2]string{"[::1]:1", "[::1]:2"}, headers: [2][]string{{agent}, {agent}}, one: true},
		"on this machine":             {from: [2]string{"127.0.0.1:1", "127.0.0.1:1"}},
		"on a unix socket":            {from: [2]string{"@", "@"}, headers: [2][]string{{agent}, {agent}}},
	} {
		h := publish.New(publish.Options{Store: fixture(), Refetches: 1}).Handler()
		loop(t, h, 1, "/feed.rss", test.from[0], test.headers[0]...)
		refused, _ := loop(t, h, 1, "/feed.rss", test.from[1], test.headers[1]...)
		equal(t, name, refused == 1, test.one)
	}
}

func TestC34_WhatIsRememberedOfClientsIsBounded(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		h := publish.New(publish.Options{Store: fixture(), Refetches: 1}).Handler()
		for i := range 20_000 {
			loop(t, h, 1, "/feed.rss", fmt.Sprintf("198.%d.%d.1:1", i>>8, i&255))
		}
		refused, _ := loop(t, h, 5, "/feed.rss", "203.0.113.7:1")
		equal(t, "of one too many", refused, 0)
		refused, _ = loop(t, h, 1, "/feed.rss", "198.0.0.1:1")
		equal(t, "of the first", refused, 1)
	})
}
