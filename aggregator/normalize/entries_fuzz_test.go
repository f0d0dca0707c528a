package normalize_test

import (
	"bytes"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
	"unicode/utf8"

	"newsfeed/aggregator/normalize"
	"newsfeed/aggregator/parse"
	"newsfeed/storage"
)

// FuzzEntries takes any bytes for a document from the web, the way of a poll,
// and checks what storage.Entry promises of the result.
func FuzzEntries(f *testing.F) {
	paths, err := filepath.Glob("../parse/testdata/*.*")
	if err != nil || len(paths) == 0 {
		f.Fatal("no seeds", err)
	}
	for _, path := range paths {
		if filepath.Ext(path) == ".golden" {
			continue
		}
		body, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body, "")
		f.Add(body, "html")
	}
	f.Fuzz(func(t *testing.T, body []byte, format string) { checkDocument(t, body, format) })
}

// TestD18_DamagedDocumentsBecomeSafeEntries is FuzzEntries with damage that is
// the same in every run.
func TestD18_DamagedDocumentsBecomeSafeEntries(t *testing.T) {
	paths, err := filepath.Glob("../parse/testdata/*.*")
	if err != nil || len(paths) == 0 {
		t.Fatal("no documents", err)
	}
	r := rand.New(rand.NewPCG(18, 0))
	for _, path := range paths {
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for range 20 {
			checkDocument(t, damaged(r, body), []string{"", "html"}[r.IntN(2)])
			if t.Failed() {
				t.Fatal(path)
			}
		}
	}
}

// damaged returns a body with some bytes changed, moved, doubled or left out.
func damaged(r *rand.Rand, body []byte) []byte {
	out := bytes.Clone(body)
	for range 1 + r.IntN(8) {
		if len(out) < 2 {
			return out
		}
		from := r.IntN(len(out) - 1)
		to := min(len(out), from+1+r.IntN(40))
		switch r.IntN(5) {
		case 0:
			out = slices.Delete(out, from, to)
		case 1:
			out = slices.Insert(out, r.IntN(len(out)), bytes.Clone(out[from:to])...)
		case 2:
			out[from] = byte(r.IntN(256))
		case 3:
			out = slices.Insert(out, from, []byte([]string{"<", "]]>", "&", "<!--", "\x00", "\"", "<![CDATA[", "</item>", "<entry>", "xml:base='//x'"}[r.IntN(10)])...)
		case 4:
			out = out[:to]
		}
	}
	return out
}

func checkDocument(t *testing.T, body []byte, format string) {
	t.Helper()
	doc, err := parse.Scan(body, parse.Options{Format: parse.Format(format)})
	if err != nil {
		return
	}
	items, err := doc.Items(nil)
	if err != nil {
		return
	}
	now := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	place := normalize.Source{ID: "s", URL: "https://example.org/feed", Format: doc.Format}
	entries, _ := normalize.Entries(place, doc.Header, items, now)
	if len(entries) != len(items) {
		t.Fatalf("%d entries of %d items", len(entries), len(items))
	}
	for _, e := range entries {
		checkEntry(t, e, now)
	}
	about := normalize.About(place, doc.Header, now)
	checkPlain(t, about.Title, about.Description, about.Rights, about.ID)
	checkURLs(t, about.Link, about.Self, about.Hub, about.Image)
}

func checkEntry(t *testing.T, e storage.Entry, now time.Time) {
	t.Helper()
	for _, safe := range []string{e.Summary, e.Content} {
		for _, p := range walk(safe).problems {
			t.Errorf("%s in %q", p, safe)
		}
	}
	checkPlain(t, e.GUID, e.Title, e.Language, e.Rights)
	checkPlain(t, e.Categories...)
	checkURLs(t, e.URL, e.CanonicalURL, e.Comments)
	for _, a := range e.Authors {
		checkPlain(t, a.Name, a.Email)
		checkURLs(t, a.URL)
	}
	for _, m := range e.Media {
		checkPlain(t, m.Type, m.Title, m.Caption, m.Credit)
		checkURLs(t, m.URL)
		if m.Bytes < 0 || m.Width < 0 || m.Height < 0 || m.Duration < 0 {
			t.Errorf("a negative size: %+v", m)
		}
	}
	for _, at := range []time.Time{e.Published, e.Updated, e.Effective} {
		if at.After(now) {
			t.Errorf("a time after now: %v", at)
		}
	}
	if e.Effective.IsZero() || e.FirstSeen != now {
		t.Errorf("times %v, %v", e.Effective, e.FirstSeen)
	}
}

// checkPlain checks that texts are what XML allows.
func checkPlain(t *testing.T, texts ...string) {
	t.Helper()
	for _, s := range texts {
		if !utf8.ValidString(s) {
			t.Errorf("not UTF-8: %q", s)
		}
		for _, r := range s {
			if r < ' ' && r != '\t' && r != '\n' || r == 0xFFFE || r == 0xFFFF {
				t.Errorf("illegal %U in %q", r, s)
			}
		}
	}
}

// checkURLs checks that addresses are absolute and of the web.
func checkURLs(t *testing.T, urls ...string) {
	t.Helper()
	for _, s := range urls {
		if s == "" {
			continue
		}
		if u, err := url.Parse(s); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			t.Errorf("no address of the web: %q", s)
		}
	}
}
