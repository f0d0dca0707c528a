package publish_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"newsfeed/aggregator/publish"
)

// site is a running server and a client that does nothing by itself.
type site struct {
	*testing.T
	url    string
	client http.Client
}

func serve(t *testing.T, store *memory) site {
	server := httptest.NewServer(publish.New(publish.Options{Store: store, Refetches: -1}).Handler())
	t.Cleanup(server.Close)
	store.settings.BaseURL = server.URL + "/"
	return site{T: t, url: server.URL, client: http.Client{Transport: &http.Transport{DisableCompression: true, DisableKeepAlives: true}}}
}

// do sends a request with headers given as "Name: value".
func (s site) do(method, path string, headers ...string) (*http.Response, []byte) {
	s.Helper()
	r, err := http.NewRequestWithContext(s.Context(), method, s.url+path, nil)
	if err != nil {
		s.Fatal(err)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Add(name, value)
	}
	res, err := s.client.Do(r)
	if err != nil {
		s.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		s.Fatal(err)
	}
	return res, body
}

func (s site) get(path string, headers ...string) (*http.Response, []byte) {
	s.Helper()
	return s.do(http.MethodGet, path, headers...)
}

func TestC26_TheSelfLinkLeadsToTheSameBytes(t *testing.T) {
	store := fixture()
	store.entries[0].Categories = append(store.entries[0].Categories, "Käse / Brot?")
	s := serve(t, store)
	self := regexp.MustCompile(`(?:rel="self" type="[^"]*" href|"feed_url")[=:]"([^"]*)"`)
	for _, path := range []string{"/feed", "/sources/talk", "/categories/POLITICS", "/categories/k%C3%A4se%20%2F%20brot%3F"} {
		for _, f := range publish.Formats() {
			res, body := s.get(path + f.Ext())
			equal(t, path, res.StatusCode, http.StatusOK)
			link := self.FindSubmatch(body)
			if link == nil {
				t.Fatalf("%s%s has no link to itself", path, f.Ext())
			}
			again, twin := s.get(strings.TrimPrefix(string(link[1]), s.url))
			if !bytes.Equal(body, twin) || again.Header.Get("ETag") != res.Header.Get("ETag") {
				t.Errorf("%s%s differs from its self link %s", path, f.Ext(), link[1])
			}
		}
	}
}

func TestC28_Headers(t *testing.T) {
	s := serve(t, fixture())
	for path, mediaType := range map[string]string{
		"/feed.rss": "application/rss+xml", "/feed.atom": "application/atom+xml", "/feed.json": "application/feed+json",
		"/sources/talk.rss": "application/rss+xml", "/categories/politics.json": "application/feed+json",
	} {
		res, body := s.get(path)
		vary := "Accept, Accept-Encoding, A-IM" // XML is shown to browsers under another type
		if strings.HasSuffix(path, ".json") {
			vary = "Accept-Encoding, A-IM"
		}
		for name, want := range map[string]string{
			"Content-Type":                mediaType + "; charset=utf-8",
			"X-Content-Type-Options":      "nosniff",
			"Content-Security-Policy":     "default-src 'none'; style-src 'self'; sandbox",
			"Cache-Control":               "max-age=300",
			"Vary":                        vary,
			"Access-Control-Allow-Origin": "*",
			"Content-Length":              strconv.Itoa(len(body)),
			"Content-Encoding":            "",
			"Set-Cookie":                  "",
		} {
			equal(t, path+" "+name, res.Header.Get(name), want)
		}
		if tag := res.Header.Get("ETag"); !regexp.MustCompile(`^W/"[0-9a-f]{32}"$`).MatchString(tag) {
			t.Errorf("%s has the ETag %s", path, tag)
		}
	}
	res, _ := s.get("/feed.atom")
	equal(t, "Link", res.Header.Get("Link"), `<`+s.url+`/feed.atom>; rel="self"; type="application/atom+xml", `+
		`<`+s.url+`/feed.rss>; rel="alternate"; type="application/rss+xml", `+
		`<`+s.url+`/feed.json>; rel="alternate"; type="application/feed+json"`)
}

func TestC29_ConditionalRequests(t *testing.T) {
	s := serve(t, fixture())
	first, _ := s.get("/feed.rss")
	tag, strong := first.Header.Get("ETag"), strings.TrimPrefix(first.Header.Get("ETag"), "W/")
	const (
		before  = "If-Modified-Since: Sat, 01 Mar 2025 12:00:24 GMT"
		exactly = "If-Modified-Since: Sat, 01 Mar 2025 12:00:25 GMT"
		after   = "If-Modified-Since: Sat, 01 Mar 2025 12:00:26 GMT"
	)
	equal(t, "Last-Modified", first.Header.Get("Last-Modified"), "Sat, 01 Mar 2025 12:00:25 GMT")
	for name, test := range map[string]struct {
		headers []string
		want    int
	}{
		"nothing":               {nil, 200},
		"the tag":               {[]string{"If-None-Match: " + tag}, 304},
		"the tag, strong":       {[]string{"If-None-Match: " + strong}, 304},
		"another tag":           {[]string{`If-None-Match: W/"x"`}, 200},
		"any":                   {[]string{"If-None-Match: *"}, 304},
		"a list":                {[]string{`If-None-Match: "y", W/"a,b" ,,` + tag}, 304},
		"a list without it":     {[]string{`If-None-Match: "y", "x"`}, 200},
		"two headers":           {[]string{`If-None-Match: "y"`, "If-None-Match: " + tag}, 304},
		"no quotes":             {[]string{"If-None-Match: " + strings.Trim(strong, `"`)}, 200},
		"no end":                {[]string{`If-None-Match: ` + strings.TrimSuffix(strong, `"`)}, 200},
		"empty":                 {[]string{"If-None-Match: "}, 200},
		"before":                {[]string{before}, 200},
		"exactly":               {[]string{exactly}, 304},
		"after":                 {[]string{after}, 304},
		"RFC 850 date":          {[]string{"If-Modified-Since: Saturday, 01-Mar-25 12:00:25 GMT"}, 304},
		"asctime date":          {[]string{"If-Modified-Since: Sat Mar  1 12:00:25 2025"}, 304},
		"no date":               {[]string{"If-Modified-Since: yesterday"}, 200},
		"the tag, and before":   {[]string{"If-None-Match: " + tag, before}, 304},
		"another tag and after": {[]string{`If-None-Match: "x"`, after}, 200},
	} {
		t.Run(name, func(t *testing.T) {
			res, body := s.get("/feed.rss", test.headers...)
			equal(t, "status", res.StatusCode, test.want)
			if test.want != 304 {
				return
			}
			if len(body) != 0 {
				t.Errorf("has a body of %d bytes", len(body))
			}
			for _, header := range []string{"ETag", "Last-Modified", "Cache-Control", "Vary", "Access-Control-Allow-Origin"} {
				equal(t, header, res.Header.Get(header), first.Header.Get(header))
			}
			for _, header := range []string{"Content-Type", "Content-Length", "Content-Encoding", "Link", "Content-Security-Policy"} {
				equal(t, header, res.Header.Get(header), "")
			}
		})
	}
}

func TestC30_OneTagForEveryEncoding(t *testing.T) {
	s := serve(t, fixture())
	plain, body := s.get("/feed.atom")
	for coding, decode := range decoders {
		coded, compressed := s.get("/feed.atom", "Accept-Encoding: "+coding)
		if !bytes.Equal(decode(t, compressed), body) {
			t.Errorf("%s holds something else", coding)
		}
		equal(t, "Content-Encoding", coded.Header.Get("Content-Encoding"), coding)
		equal(t, "Content-Length", coded.ContentLength, int64(len(compressed)))
		equal(t, "ETag", coded.Header.Get("ETag"), plain.Header.Get("ETag"))
		for other := range decoders {
			res, _ := s.get("/feed.atom", "If-None-Match: "+coded.Header.Get("ETag"), "Accept-Encoding: "+other)
			equal(t, coding+" revalidated with "+other, res.StatusCode, http.StatusNotModified)
		}
	}
}

func TestC33_AcceptEncoding(t *testing.T) {
	s := serve(t, fixture())
	for accept, want := range map[string]string{
		"":                               "",
		"gzip":                           "gzip",
		"GZip":                           "gzip",
		"x-gzip":                         "gzip",
		"deflate, gzip;q=1.0, *;q=0.5":   "gzip",
		"gzip;q=0":                       "",
		"gzip; Q=0.001":                  "gzip",
		"gzip;q=0.5, identity":           "",
		"gzip;q=0.5, identity;q=0.5":     "gzip",
		"identity;q=0, gzip;q=0.1":       "gzip",
		"*":                              "gzip",
		"*;q=0":                          "",
		"gzip;q=0, *":                    "",
		"br, zstd":                       "zstd",
		"gzip, deflate, br":              "br",
		"gzip, deflate, br, zstd":        "zstd",
		"br;q=0.8, gzip;q=0.9, zstd;q=0": "gzip",
		"BR;q=0.9, gzip;q=0.8":           "br",
		"zstd;q=0.5, identity":           "",
		"br, *;q=0":                      "br",
		"gzip;q=0, identity;q=0, *;q=0":  "",
		"gzipped":                        "",
		"gzip;q=x":                       "",
		"gzip;q=2":                       "",
		"gzip;q=NaN":                     "",
		"gzip;level=9":                   "",
		" , gzip ; q = 0.7 ,":            "gzip",
		"identity":                       "",
		"compress;q=0.5, gzip;q=1.0 , *": "gzip",
	} {
		res, _ := s.get("/feed.rss", "Accept-Encoding: "+accept)
		equal(t, accept, res.Header.Get("Content-Encoding"), want)
	}
}

func TestC33_MethodsAndPaths(t *testing.T) {
	s := serve(t, fixture())
	for _, test := range []struct {
		method, path string
		status       int
	}{
		{"GET", "/feed.rss?utm_source=x&y", 200},
		{"GET", "/sources/talk.rss?a=b", 200},
		{"GET", "/?q", 200},
		{"GET", "/feed", 404},
		{"GET", "/feed.xml", 404},
		{"GET", "/sources/talk", 404},
		{"GET", "/sources/.rss", 404},
		{"GET", "/sources/nobody.rss", 404},
		{"GET", "/sources/", 404},
		{"GET", "/categories/nothing.json", 404},
		{"GET", "/nowhere", 404},
		{"POST", "/feed.rss", 405},
		{"PUT", "/sources/talk.atom", 405},
		{"DELETE", "/", 405},
		{"OPTIONS", "/categories/politics.json", 405},
	} {
		res, body := s.do(test.method, test.path)
		equal(t, test.method+" "+test.path, res.StatusCode, test.status)
		if test.status == 405 {
			equal(t, test.path+" Allow", res.Header.Get("Allow"), "GET, HEAD")
		}
		if test.status != 200 {
			equal(t, test.path+" X-Content-Type-Options", res.Header.Get("X-Content-Type-Options"), "nosniff")
			if len(body) > 600 {
				t.Errorf("%s: the page has %d bytes", test.path, len(body))
			}
		}
		if test.status == 404 {
			equal(t, test.path+" Content-Type", res.Header.Get("Content-Type"), "text/html; charset=utf-8")
			equal(t, test.path+" Cache-Control", res.Header.Get("Cache-Control"), "no-store")
			if home := `<a href="/">`; !strings.Contains(string(body), home) {
				t.Errorf("%s: the page does not lead home: %s", test.path, body)
			}
		}
	}
}

func TestC33_HeadIsGetWithoutBody(t *testing.T) {
	s := serve(t, fixture())
	for _, path := range []string{"/feed.rss", "/feed.json", "/sources/talk.atom", "/"} {
		for _, header := range []string{"Accept: */*", "Accept-Encoding: gzip", "If-None-Match: *"} {
			get, _ := s.get(path, header)
			head, body := s.do(http.MethodHead, path, header)
			if len(body) != 0 {
				t.Errorf("HEAD %s has a body", path)
			}
			get.Header.Del("Date")
			head.Header.Del("Date")
			equal(t, path+" status", head.StatusCode, get.StatusCode)
			equal(t, path+" header", head.Header, get.Header)
		}
	}
}

func TestC39_TheHomePageLeadsToTheFeeds(t *testing.T) {
	s := serve(t, fixture())
	_, body := s.get("/")
	for _, f := range publish.Formats() {
		link := `<link rel="alternate" type="` + strings.ReplaceAll(f.MediaType(), "+", "&#43;") + `"`
		if !strings.Contains(string(body), link) || !strings.Contains(string(body), ` href="`+s.url+`/feed`+f.Ext()+`">`) {
			t.Errorf("no link to %s in\n%s", f, body)
		}
	}
	if strings.Contains(string(body), "<News>") {
		t.Error("the title is not escaped")
	}
}

func TestWithoutSettingsNothingIsServedYet(t *testing.T) {
	store := &memory{}
	s := serve(t, store)
	store.settings.BaseURL = ""
	for _, path := range []string{"/", "/feed.rss", "/sources/talk.rss"} {
		res, _ := s.get(path)
		equal(t, path, res.StatusCode, http.StatusServiceUnavailable)
		equal(t, "Retry-After", res.Header.Get("Retry-After"), "5")
	}
}
