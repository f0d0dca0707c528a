package fetch_test

import (
	"bytes"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"newsfeed/aggregator/fetch"
)

func briskly(o *fetch.Options) { o.PageInterval = time.Millisecond }

func TestA46_RobotsAreObeyedForPages(t *testing.T) {
	const forbidden = "robots.txt of 127.0.0.1"
	tests := []struct {
		name   string
		status int
		robots string
		want   string // of the error for /news/a; empty: none
	}{
		{"none", 404, "", ""},
		{"forbidden to ask", 403, "", ""},
		{"empty", 200, "", ""},
		{"all forbidden", 200, "User-agent: *\nDisallow: /\n", forbidden},
		{"this program by name", 200, "User-agent: Newsfeed\nDisallow: /news\n\nUser-agent: *\nAllow: /\n", forbidden},
		{"others by name", 200, "User-agent: otherbot\nDisallow: /\n", ""},
		{"the longer rule wins", 200, "User-agent: *\nDisallow: /\nAllow: /news/\n", ""},
		{"wildcards", 200, "User-agent: *\nDisallow: /*/a$\n", forbidden},
		{"bad lines do not count", 200, "User-agent: *\nCrawl-delay: soon\nDisallow: /news/\n", forbidden},
		{"a page in its place", 200, "<!doctype html><title>Disallow: none</title><p>Hello", ""},
		{"server error", 503, "", "could not be read"},
		{"too many requests", 429, "", "could not be read"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/robots.txt" {
					w.WriteHeader(test.status)
					_, _ = w.Write([]byte(test.robots))
				}
			})
			c := newClient(t, briskly)
			for range 2 {
				if test.want == "" {
					mustGet(t, c, fetch.Request{URL: s.URL + "/news/a", Page: true})
					continue
				}
				err := wantError(t, c, fetch.Request{URL: s.URL + "/news/a", Page: true}, test.want)
				if robots := (*fetch.RobotsError)(nil); !errors.As(err, &robots) {
					t.Errorf("got %T, want a *RobotsError", err)
				}
			}
			var asked []string
			for _, r := range s.requests() {
				asked = append(asked, r.URL.Path)
			}
			want := []string{"/robots.txt"}
			if test.want == "" {
				want = append(want, "/news/a", "/news/a")
			}
			if diff := cmp.Diff(want, asked); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRobotsHoldAfterARedirect(t *testing.T) {
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/robots.txt":
			_, _ = w.Write([]byte("User-agent: *\nDisallow: /private/\n"))
		case "/news":
			http.Redirect(w, r, "/private/news", http.StatusFound)
		}
	})
	wantError(t, newClient(t, briskly), fetch.Request{URL: s.URL + "/news", Page: true}, "forbids it")
	if last := s.last(t).URL.Path; last == "/private/news" {
		t.Error("the forbidden page was asked for")
	}
}

func TestSourcesAreNotAskedForRobots(t *testing.T) {
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {})
	mustGet(t, newClient(t), fetch.Request{URL: s.URL + "/feed"})
	if n := len(s.requests()); n != 1 {
		t.Errorf("%d requests, want 1", n)
	}
}

func TestPagesKeepAGapOfTheirOwn(t *testing.T) {
	const gap = 30 * time.Millisecond
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {})
	c := newClient(t, func(o *fetch.Options) { o.PageInterval = gap })
	begin := time.Now()
	for _, path := range []string{"/a", "/b", "/c"} { // and robots.txt before them
		mustGet(t, c, fetch.Request{URL: s.URL + path, Page: true})
	}
	if took := time.Since(begin); took < 3*gap {
		t.Errorf("four requests took %v, want gaps of %v", took, gap)
	}
	if accept := s.last(t).Header.Get("Accept"); !strings.HasPrefix(accept, "text/html") {
		t.Errorf("Accept %q", accept)
	}
}

func TestGzipFileIsUnzipped(t *testing.T) {
	text := []byte(strings.Repeat("<url>news</url>", 100))
	tests := []struct {
		name, encoding string
		body           []byte
	}{
		{"as it is", "", zipped(t, text)},
		{"and encoded", "gzip", zipped(t, zipped(t, text))},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
				if test.encoding != "" {
					w.Header().Set("Content-Encoding", test.encoding)
				}
				_, _ = w.Write(test.body)
			})
			if visit := mustGet(t, newClient(t), fetch.Request{URL: s.URL + "/sitemap.xml.gz"}); !bytes.Equal(visit.Body, text) {
				t.Errorf("got %d bytes, want %d", len(visit.Body), len(text))
			}
		})
	}
	t.Run("bomb", func(t *testing.T) {
		s := newSite(t, func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write(zipped(t, make([]byte, 16<<20))) })
		wantError(t, newClient(t), fetch.Request{URL: s.URL}, "gzip file: body over 15 MiB")
	})
}
