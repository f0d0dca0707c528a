package fetch_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"newsfeed/aggregator/fetch"
)

func TestA01_ValidatorsAreByteExact(t *testing.T) {
	const etag, modified = `W/"a b"`, "yesterday, about noon"
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", etag)
		w.Header().Set("Last-Modified", modified)
	})
	c := newClient(t)
	visit := mustGet(t, c, fetch.Request{URL: s.URL + "/feed"})
	want := fetch.Validators{URL: s.URL + "/feed", ETag: etag, LastModified: modified}
	if diff := cmp.Diff(want, visit.Validators); diff != "" {
		t.Error(diff)
	}
	mustGet(t, c, fetch.Request{URL: s.URL + "/feed", Validators: visit.Validators})
	h := s.last(t).Header
	if h.Get("If-None-Match") != etag || h.Get("If-Modified-Since") != modified {
		t.Errorf("sent %v", h)
	}
}

func TestA02_BothValidatorsAreSent(t *testing.T) {
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") == `"e"` && r.Header.Get("If-Modified-Since") == "l" {
			w.WriteHeader(http.StatusNotModified)
		}
	})
	known := fetch.Validators{URL: s.URL, ETag: `"e"`, LastModified: "l"}
	visit := mustGet(t, newClient(t), fetch.Request{URL: s.URL, Validators: known})
	if !visit.Unchanged || visit.Status != http.StatusNotModified {
		t.Errorf("status %d, want 304", visit.Status)
	}
	if diff := cmp.Diff(known, visit.Validators); diff != "" {
		t.Errorf("a 304 without validators changed them:\n%s", diff)
	}
}

func TestA03_A04_A05_WhatResponsesDoToValidators(t *testing.T) {
	tests := []struct {
		name           string
		status         int
		etag, modified string
		want           fetch.Validators // without URL
	}{
		{"200 replaces both", 200, `"2"`, "L2", fetch.Validators{ETag: `"2"`, LastModified: "L2"}},
		{"200 without Last-Modified clears it", 200, `"2"`, "", fetch.Validators{ETag: `"2"`}},
		{"200 without ETag clears it", 200, "", "L2", fetch.Validators{LastModified: "L2"}},
		{"200 without both clears both", 200, "", "", fetch.Validators{}},
		{"304 replaces what it names", 304, "", "L2", fetch.Validators{ETag: `"1"`, LastModified: "L2"}},
		{"304 naming both", 304, `"2"`, "L2", fetch.Validators{ETag: `"2"`, LastModified: "L2"}},
		{"304 naming none", 304, "", "", fetch.Validators{ETag: `"1"`, LastModified: "L1"}},
		{"200 with an unusable ETag", 200, strings.Repeat("e", 5000), "L2", fetch.Validators{LastModified: "L2"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
				if test.etag != "" {
					w.Header().Set("ETag", test.etag)
				}
				if test.modified != "" {
					w.Header().Set("Last-Modified", test.modified)
				}
				w.WriteHeader(test.status)
			})
			known := fetch.Validators{URL: s.URL, ETag: `"1"`, LastModified: "L1"}
			visit := mustGet(t, newClient(t), fetch.Request{URL: s.URL, Validators: known})
			if test.want != (fetch.Validators{}) {
				test.want.URL = s.URL
			}
			if diff := cmp.Diff(test.want, visit.Validators); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestA11_ValidatorsReachOnlyTheirURL(t *testing.T) {
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/a":
			http.Redirect(w, r, "/b", http.StatusFound)
		case r.Header.Get("If-None-Match") == `"b"`:
			w.WriteHeader(http.StatusNotModified)
		default:
			w.Header().Set("ETag", `"b"`)
		}
	})
	c := newClient(t)
	visit := mustGet(t, c, fetch.Request{URL: s.URL + "/a"})
	if visit.Validators.URL != s.URL+"/b" {
		t.Errorf("validators of %q", visit.Validators.URL)
	}
	visit = mustGet(t, c, fetch.Request{URL: s.URL + "/a", Validators: visit.Validators})
	if !visit.Unchanged {
		t.Errorf("status %d, want 304 from the redirect's target", visit.Status)
	}
	mustGet(t, c, fetch.Request{URL: s.URL + "/a", Validators: fetch.Validators{URL: s.URL + "/a", ETag: `"b"`}})
	var conditions []string
	for _, r := range s.requests() {
		conditions = append(conditions, r.URL.Path+" "+r.Header.Get("If-None-Match"))
	}
	want := []string{"/a ", "/b ", "/a ", `/b "b"`, `/a "b"`, "/b "}
	if diff := cmp.Diff(want, conditions); diff != "" {
		t.Error(diff)
	}
}

func TestUnaskedNotModifiedIsAnError(t *testing.T) {
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNotModified) })
	wantError(t, newClient(t), fetch.Request{URL: s.URL}, "304 Not Modified to an unconditional request")
}

// wantNever checks that none of n requests had such a header.
func (s *site) wantNever(t *testing.T, n int, names ...string) {
	t.Helper()
	if got := len(s.requests()); got != n {
		t.Errorf("%d requests, want %d", got, n)
	}
	for _, r := range s.requests() {
		for _, name := range names {
			if r.Header[name] != nil {
				t.Errorf("%s of %s: %q", name, r.URL, r.Header[name])
			}
		}
	}
}

func TestA12_CookiesAreNotKept(t *testing.T) {
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "id" + r.URL.Path[1:], Value: "1", Path: "/"})
		if r.URL.Path == "/a" {
			http.Redirect(w, r, "/b", http.StatusMovedPermanently)
		}
	})
	c := newClient(t)
	mustGet(t, c, fetch.Request{URL: s.URL + "/a"})
	mustGet(t, c, fetch.Request{URL: s.URL + "/a"})
	s.wantNever(t, 4, "Cookie", "Cookie2")
}

func TestA13_NoHopHasAReferer(t *testing.T) {
	elsewhere := newTLSSite(t, func(http.ResponseWriter, *http.Request) {})
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, map[string]string{"/a": "/b", "/b": "/c", "/c": elsewhere.URL}[r.URL.Path], http.StatusMovedPermanently)
	})
	mustGet(t, newClient(t, elsewhere.trusted), fetch.Request{URL: s.URL + "/a"})
	s.wantNever(t, 3, "Referer", "Origin")
	elsewhere.wantNever(t, 1, "Referer", "Origin")
}

func TestA14_URLIsAskedVerbatim(t *testing.T) {
	tests := []struct{ url, want string }{
		{"", "/"},
		{"?b=2&a=1", "/?b=2&a=1"},
		{"/feed?", "/feed?"},
		{"/feed#fragment", "/feed"},
		{"/a%2Fb%2fc/%7Euser/~user", "/a%2Fb%2fc/%7Euser/~user"},
		{"//double//slash/", "//double//slash/"},
		{"/a/../b/./c", "/a/../b/./c"},
		{"/a;v=1,2:3@4!$&'()*+=[5]", "/a;v=1,2:3@4!$&'()*+=[5]"},
		{"/?q=%E4+%zz&&x=|{}^`\\'", "/?q=%E4+%zz&&x=|{}^`\\'"},
		{"/a%2Fb|c d", "/a%2Fb%7Cc%20d"},
		{"/новини?т=é \"<>", "/%D0%BD%D0%BE%D0%B2%D0%B8%D0%BD%D0%B8?%D1%82=%C3%A9%20%22%3C%3E"},
	}
	for _, test := range tests {
		t.Run(test.url, func(t *testing.T) {
			s := newSite(t, func(http.ResponseWriter, *http.Request) {})
			mustGet(t, newClient(t), fetch.Request{URL: s.URL + test.url})
			if got := s.last(t).RequestURI; got != test.want {
				t.Errorf("asked for %s, want %s", got, test.want)
			}
			s.wantNever(t, 1, "Cache-Control", "Pragma")
		})
	}
}

func TestA15_OnlyGET(t *testing.T) {
	s := newSite(t, hops)
	c := newClient(t, briskly)
	for _, path := range []string{"/301/end", "/302/end", "/303/end", "/307/end", "/308/end"} {
		mustGet(t, c, fetch.Request{URL: s.URL + path, Validators: fetch.Validators{URL: s.URL + path, ETag: `"e"`}})
		mustGet(t, c, fetch.Request{URL: s.URL + path, Page: true}) // and robots.txt before the first
	}
	for _, status := range []int{400, 405, 501} {
		wantError(t, c, fetch.Request{URL: s.URL + "/" + strconv.Itoa(status) + "/"}, strconv.Itoa(status))
	}
	if n := len(s.requests()); n != 24 {
		t.Errorf("%d requests, want 24", n)
	}
	for _, r := range s.requests() {
		if r.Method != http.MethodGet || r.ContentLength != 0 {
			t.Errorf("%s %s with %d bytes", r.Method, r.URL, r.ContentLength)
		}
	}
}

func TestA42_A40_EveryHopSaysWhoAsksAndForWhat(t *testing.T) {
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/a" {
			http.Redirect(w, r, "/b", http.StatusSeeOther)
		}
	})
	mustGet(t, newClient(t), fetch.Request{URL: s.URL + "/a"})
	for _, r := range s.requests() {
		want := http.Header{
			"Accept": {"application/atom+xml, application/rss+xml, application/rdf+xml, application/feed+json, " +
				"application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1"},
			"Accept-Encoding": {"gzip"},
			"User-Agent":      {"newsfeed/1.0 (+https://example.org/)"},
		}
		if diff := cmp.Diff(want, r.Header); diff != "" {
			t.Error(diff)
		}
	}
}

func TestA40_NoUserAgentOfTheLibrary(t *testing.T) {
	s := newSite(t, func(http.ResponseWriter, *http.Request) {})
	c := newClient(t, func(o *fetch.Options) { o.UserAgent = "" })
	mustGet(t, c, fetch.Request{URL: s.URL})
	if got := s.last(t).Header["User-Agent"]; got != nil {
		t.Errorf("sent %q", got)
	}
}

func TestD35_CredentialsStayOnTheirHost(t *testing.T) {
	elsewhere := newSite(t, func(http.ResponseWriter, *http.Request) {})
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/here":
			http.Redirect(w, r, "/", http.StatusFound)
		case "/away":
			http.Redirect(w, r, strings.Replace(elsewhere.URL, "http://", "http://u:p@", 1), http.StatusFound)
		}
	})
	withUser := func(raw string) string { return strings.Replace(raw, "http://", "http://ann:s%3Acret@", 1) }
	tests := []struct {
		name    string
		request fetch.Request
		at      *site
		want    bool
	}{
		{"userinfo in the URL", fetch.Request{URL: withUser(s.URL)}, s, true},
		{"user given", fetch.Request{URL: s.URL, Access: fetch.Access{User: url.UserPassword("ann", "s:cret")}}, s, true},
		{"redirect on the host", fetch.Request{URL: withUser(s.URL + "/here")}, s, true},
		{"redirect to another", fetch.Request{URL: withUser(s.URL + "/away")}, elsewhere, false},
		{"moved on the host", fetch.Request{URL: withUser(s.URL + "/old"), MovedTo: s.URL + "/new"}, s, true},
		{"moved to another", fetch.Request{URL: withUser(s.URL), MovedTo: elsewhere.URL}, elsewhere, false},
	}
	wantError(t, newClient(t), fetch.Request{URL: s.URL, MovedTo: "feed"}, "moved URL: URL is neither http nor https")
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.request.Header = http.Header{"X-Token": {"t"}, "User-Agent": {"browser"}, "If-None-Match": {"x"}}
			visit := mustGet(t, newClient(t), test.request)
			r := test.at.last(t)
			name, password, ok := r.BasicAuth()
			if ok != test.want || ok && (name != "ann" || password != "s:cret") {
				t.Errorf("sent credentials %v: %q %q", ok, name, password)
			}
			if got := r.Header.Get("X-Token") != ""; got != test.want {
				t.Errorf("sent the extra header: %v", got)
			}
			if r.UserAgent() == "browser" || r.Header["If-None-Match"] != nil {
				t.Errorf("extra fields replaced ours: %v", r.Header)
			}
			if strings.Contains(visit.URL, "@") {
				t.Errorf("URL %q shows the userinfo", visit.URL)
			}
		})
	}
}
