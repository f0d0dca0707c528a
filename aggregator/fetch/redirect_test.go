package fetch_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"newsfeed/aggregator/fetch"
)

// hops serves "/301/308/end" as a 301 to "/308/end", which is a 308 to "/end".
// Other statuses lead nowhere.
func hops(w http.ResponseWriter, r *http.Request) {
	first, rest, _ := strings.Cut(r.URL.Path[1:], "/")
	if status, err := strconv.Atoi(first); err == nil {
		w.Header().Set("Location", "/"+rest)
		w.WriteHeader(status)
	}
}

func TestA31_A32_OnlyPermanentRedirectsAreReported(t *testing.T) {
	tests := []struct{ path, url, permanent string }{
		{"/end", "/end", ""},
		{"/301/end", "/end", "/end"},
		{"/308/end", "/end", "/end"},
		{"/301/308/end", "/end", "/end"},
		{"/301/302/end", "/end", "/302/end"},
		{"/301/302/301/end", "/end", "/302/301/end"},
		{"/302/301/end", "/end", ""},
		{"/303/end", "/end", ""},
		{"/307/end", "/end", ""},
	}
	s := newSite(t, hops)
	for _, test := range tests {
		t.Run(test.path, func(t *testing.T) {
			visit := mustGet(t, newClient(t), fetch.Request{URL: s.URL + test.path})
			if got := strings.TrimPrefix(visit.URL, s.URL); got != test.url {
				t.Errorf("ended at %s, want %s", got, test.url)
			}
			if got := strings.TrimPrefix(visit.Permanent, s.URL); got != test.permanent {
				t.Errorf("permanent %q, want %q", got, test.permanent)
			}
		})
	}
}

func TestA31_AMoveIsReportedWhereItEndsIn304(t *testing.T) {
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") != "" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		hops(w, r)
	})
	known := fetch.Validators{URL: s.URL + "/end", ETag: `"e"`}
	visit := mustGet(t, newClient(t), fetch.Request{URL: s.URL + "/301/308/end", Validators: known})
	if !visit.Unchanged || visit.Permanent != s.URL+"/end" {
		t.Errorf("status %d, permanent %q", visit.Status, visit.Permanent)
	}
}

func TestA31_WhereASourceMovedIsAskedFirst(t *testing.T) {
	s := newSite(t, hops)
	c := newClient(t)
	visit := mustGet(t, c, fetch.Request{URL: s.URL + "/301/end"})
	mustGet(t, c, fetch.Request{URL: s.URL + "/301/end", MovedTo: visit.Permanent})
	s.wantAsked(t, "/301/end", "/end", "/end")
}

func TestA32_ATemporaryRedirectIsFollowedAnewEachTime(t *testing.T) {
	for _, status := range []string{"302", "303", "307"} {
		t.Run(status, func(t *testing.T) {
			s := newSite(t, hops)
			c := newClient(t)
			var visit fetch.Visit
			for range 2 {
				visit = mustGet(t, c, fetch.Request{URL: s.URL + "/" + status + "/end", MovedTo: visit.Permanent, Validators: visit.Validators})
			}
			s.wantAsked(t, "/"+status+"/end", "/end", "/"+status+"/end", "/end")
		})
	}
}

// wantAsked checks which paths the site was asked for.
func (s *site) wantAsked(t *testing.T, paths ...string) {
	t.Helper()
	var got []string
	for _, r := range s.requests() {
		got = append(got, r.URL.Path)
	}
	if diff := cmp.Diff(paths, got); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestA33_RedirectsAreBounded(t *testing.T) {
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/loop" {
			http.Redirect(w, r, "/loop#again", http.StatusMovedPermanently)
			return
		}
		hops(w, r)
	})
	c := newClient(t)
	mustGet(t, c, fetch.Request{URL: s.URL + strings.Repeat("/302", 5) + "/end"})
	wantError(t, c, fetch.Request{URL: s.URL + strings.Repeat("/302", 6) + "/end"}, "more than 5 redirects")
	before := len(s.requests())
	wantError(t, c, fetch.Request{URL: s.URL + strings.Repeat("/301", 20) + "/end"}, "more than 5 redirects")
	if n := len(s.requests()) - before; n != 6 {
		t.Errorf("%d requests, want 6", n)
	}
	wantError(t, c, fetch.Request{URL: s.URL + "/loop"}, "redirect loop")
}

func TestA33_NoRedirectFromHTTPSToHTTP(t *testing.T) {
	plain := newSite(t, func(http.ResponseWriter, *http.Request) {})
	secure := newTLSSite(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, plain.URL, http.StatusFound)
	})
	wantError(t, newClient(t, secure.trusted), fetch.Request{URL: secure.URL}, "redirect from https to http")
	if len(plain.requests()) != 0 {
		t.Error("the redirect was followed")
	}
}

func TestD08_RedirectWithoutUsableTarget(t *testing.T) {
	tests := []struct{ location, want string }{
		{"", "302 Found"},
		{"ftp://example.org/feed", "redirect: URL is neither http nor https"},
		{"file:///etc/passwd", "neither http nor https"},
		{"javascript:alert(1)", "neither http nor https"},
		{"http://", "redirect: URL without a host"},
		{"http://exa mple/", "redirect: not a valid URL"},
		{"http://h:99999/", "not a valid URL"},
		{"gopher://example.org/", "neither http nor https"},
		{"data:text/xml,<rss/>", "neither http nor https"},
		{"unix:/run/newsfeed.sock", "neither http nor https"},
		{"http://news.example:25/", "port 25 is not allowed"},
		{"//news.example:6/", "port 6 is not allowed"},
		{"http://127.0.0.1:22/", "dial 127.0.0.1: private address"},
	}
	for _, test := range tests {
		t.Run(test.location, func(t *testing.T) {
			s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
				if test.location != "" {
					w.Header().Set("Location", test.location)
				}
				w.WriteHeader(http.StatusFound)
			})
			wantError(t, newClient(t), fetch.Request{URL: s.URL}, test.want)
		})
	}
}

func TestErrorAfterRedirectNamesTheHost(t *testing.T) {
	elsewhere := newSite(t, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusGone) })
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL+"/?token=1", http.StatusFound)
	})
	err := wantError(t, newClient(t), fetch.Request{URL: s.URL}, "")
	if want := "redirected to " + strings.TrimPrefix(elsewhere.URL, "http://") + ": 410 Gone"; err.Error() != want {
		t.Errorf("error %q, want %q", err, want)
	}
}
