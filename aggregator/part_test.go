package aggregator_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"newsfeed/aggregator"
)

// sitemapIndex answers with an index of these parts, each "path" or "path date".
func sitemapIndex(parts ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`)
		for _, part := range parts {
			path, modified, _ := strings.Cut(part, " ")
			fmt.Fprintf(w, "<sitemap><loc>http://%s%s</loc>", r.Host, path)
			if modified != "" {
				fmt.Fprintf(w, "<lastmod>%s</lastmod>", modified)
			}
			fmt.Fprint(w, "</sitemap>")
		}
		fmt.Fprint(w, "</sitemapindex>")
	}
}

// newsSitemap answers with articles of these titles, and an ETag.
func newsSitemap(titles ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		etag := fmt.Sprintf("%q", strings.Join(titles, "+"))
		w.Header().Set("ETag", etag)
		if r.Header.Get("If-None-Match") == etag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		var b bytes.Buffer
		fmt.Fprint(&b, `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">`)
		for _, title := range titles {
			fmt.Fprintf(&b, `<url><loc>http://%s/%s</loc><news:news><news:publication_date>2026-11-01</news:publication_date><news:title>%[2]s</news:title></news:news></url>`, r.Host, title)
		}
		fmt.Fprint(&b, "</urlset>")
		if !strings.HasSuffix(r.URL.Path, ".gz") {
			_, _ = w.Write(b.Bytes())
			return
		}
		z := gzip.NewWriter(w)
		_, _ = z.Write(b.Bytes())
		_ = z.Close()
	}
}

func TestSitemapIndexIsOneSource(t *testing.T) {
	s, store := newSite(t), openStore(t)
	s.set("/index.xml", sitemapIndex("/old.xml 2026-01-01", "/new.xml.gz 2026-11-01", "/undated.xml", "/gone.xml 2026-02-01"))
	s.set("/old.xml", newsSitemap("one"))
	s.set("/new.xml.gz", newsSitemap("two", "three"))
	s.set("/undated.xml", newsSitemap("four"))
	a, _ := run(t, options(store, s, "/index.xml"))

	steps := []struct {
		name   string
		change func()
		want   aggregator.Outcome
		asked  []string
		titles []string
	}{
		{
			"first", nil, aggregator.Changed,
			[]string{"/index.xml", "/new.xml.gz", "/gone.xml", "/old.xml", "/undated.xml"},
			[]string{"four", "one", "three", "two"},
		},
		{"what says nothing is asked again", nil, aggregator.Unchanged, []string{"/index.xml", "/undated.xml"}, []string{"four", "one", "three", "two"}},
		{"what the index calls new is asked, conditionally", func() {
			s.set("/index.xml", sitemapIndex("/old.xml 2026-11-02", "/new.xml.gz 2026-11-01"))
		}, aggregator.Unchanged, []string{"/index.xml", "/old.xml"}, []string{"four", "one", "three", "two"}},
		{"a part grows", func() {
			s.set("/index.xml", sitemapIndex("/old.xml 2026-11-03", "/new.xml.gz 2026-11-01"))
			s.set("/old.xml", newsSitemap("one", "five"))
		}, aggregator.Changed, []string{"/index.xml", "/old.xml"}, []string{"five", "four", "one", "three", "two"}},
		{"a part fails", func() {
			s.set("/index.xml", sitemapIndex("/old.xml 2026-11-04", "/new.xml.gz 2026-11-04"))
			s.set("/old.xml", status(http.StatusInternalServerError))
			s.set("/new.xml.gz", newsSitemap("six"))
		}, aggregator.Changed, []string{"/index.xml", "/new.xml.gz", "/old.xml"}, []string{"five", "four", "one", "six", "three", "two"}},
		{"and is tried again", func() {
			s.set("/old.xml", newsSitemap("seven"))
		}, aggregator.Changed, []string{"/index.xml", "/old.xml"}, []string{"five", "four", "one", "seven", "six", "three", "two"}},
		{"all parts fail", func() {
			s.set("/index.xml", sitemapIndex("/old.xml 2026-11-05"))
			s.set("/old.xml", status(http.StatusInternalServerError))
		}, aggregator.Failed, []string{"/index.xml", "/old.xml"}, []string{"five", "four", "one", "seven", "six", "three", "two"}},
	}
	for _, step := range steps {
		if step.change != nil {
			step.change()
		}
		before := len(s.asked())
		if r := poll(t, a, true)["index.xml"]; r.Outcome != step.want {
			t.Errorf("%s: %+v, want %s", step.name, r, step.want)
		}
		var asked []string
		for _, h := range s.asked()[before:] {
			asked = append(asked, h.Get("Path"))
		}
		if diff := cmp.Diff(step.asked, asked); diff != "" {
			t.Errorf("%s: requests (-want +got):\n%s", step.name, diff)
		}
		if diff := cmp.Diff(step.titles, titles(t, store)); diff != "" {
			t.Errorf("%s: entries (-want +got):\n%s", step.name, diff)
		}
	}
}

func TestPartsOfAnIndexAreVisitedTenAtATime(t *testing.T) {
	s, store := newSite(t), openStore(t)
	var parts []string
	for i := range 25 {
		path := fmt.Sprintf("/part%02d.xml", i)
		s.set(path, newsSitemap(fmt.Sprint(i)))
		parts = append(parts, fmt.Sprintf("%s 2026-10-%02d", path, 1+i))
	}
	s.set("/index.xml", sitemapIndex(parts...))
	a, _ := run(t, options(store, s, "/index.xml"))
	for i, want := range []int{10, 20, 25, 25} {
		poll(t, a, true)
		if got := len(titles(t, store)); got != want {
			t.Errorf("%d entries after poll %d, want %d", got, i+1, want)
		}
	}
	if !slices.Contains(titles(t, store), "24") {
		t.Error("the newest part was not read")
	}
	if n := len(s.asked()); n != 4+25 {
		t.Errorf("%d requests, want 29", n)
	}
}

func TestPartsThatFailDoNotKeepTheOthersFromBeingRead(t *testing.T) {
	s, store := newSite(t), openStore(t)
	var parts []string
	for i := range 15 {
		path := fmt.Sprintf("/part%02d.xml", i)
		s.set(path, newsSitemap(fmt.Sprint(i)))
		if i >= 5 { // the ten newest
			s.set(path, status(http.StatusForbidden))
		}
		parts = append(parts, fmt.Sprintf("%s 2026-10-%02d", path, 1+i))
	}
	s.set("/index.xml", sitemapIndex(parts...))
	a, _ := run(t, options(store, s, "/index.xml"))
	if r := poll(t, a, true)["index.xml"]; r.Outcome != aggregator.Failed {
		t.Errorf("first poll: %+v", r)
	}
	if r := poll(t, a, true)["index.xml"]; r.Outcome != aggregator.Changed || r.New != 5 {
		t.Errorf("second poll: %+v", r)
	}
}

func TestASourceReadInAnotherWayIsAskedAnew(t *testing.T) {
	s, store := newSite(t), openStore(t)
	s.set("/a", feed("one"))
	o := options(store, s, "/a")
	a, stop := run(t, o)
	poll(t, a, true)
	poll(t, a, true)
	stop()
	o.Sources[0].Categories = []string{"World"}
	a, _ = run(t, o)
	poll(t, a, true)
	poll(t, a, true)
	var conditional []bool
	for _, h := range s.asked() {
		conditional = append(conditional, h.Get("If-None-Match") != "")
	}
	if diff := cmp.Diff([]bool{false, true, false, true}, conditional); diff != "" {
		t.Errorf("conditional requests (-want +got):\n%s", diff)
	}
	if e := only(t, store, "one"); !slices.Contains(e.Categories, "World") {
		t.Errorf("categories %q", e.Categories)
	}
}
