package normalize_test

import (
	"html"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"newsfeed/aggregator/normalize"
	"newsfeed/aggregator/parse"
)

// TestD28_ABrowserRunsNothing shows sanitized HTML to Chromium: all vectors in
// all surroundings, and all text of real documents. Nothing may run, and
// nothing may be asked for but what the walker has allowed. The browser must
// read the tree that was written, also when it writes that tree and parses it
// once more.
//
// That the same browser sees the vectors act before they are sanitized is
// shown first: its silence would say nothing otherwise.
func TestD28_ABrowserRunsNothing(t *testing.T) {
	published := publishedVectors(t)
	b := openBrowser(t)
	mustSeeDeeds(t, b)
	mustAct(t, b, "own", thirdOf(ownVectors()), 0.5)
	mustAct(t, b, "published", thirdOf(slices.DeleteFunc(slices.Clone(published), isNoPage)), 0.4)

	mustNotAct(t, b, "own vectors", sanitized(ownVectors()))
	mustNotAct(t, b, "published vectors", sanitized(published))
	mustNotAct(t, b, "real documents", realTexts(t))
}

// mustSeeDeeds checks that no kind of deed goes unseen.
func mustSeeDeeds(t *testing.T, b *browser) {
	t.Helper()
	documents := []struct{ html, deed string }{
		{`<script>x()</script>`, "script"},
		{`<script>x(</script>`, "script"},
		{`<p onclick=x()>a</p>`, "script"},
		{`<a href=javascript:x()>a</a>`, "script"},
		{`<button autofocus onfocus=x()>a</button>`, "script"},
		{`<script>setTimeout("x()")</script>`, "script"},
		{`<script>confirm(1)</script>`, "dialog"},
		{`<script>console.log(1)</script>`, "message"},
		{`<script>open("https://a.example/")</script>`, "window"},
		{`<a href="data:text/html,a">a</a>`, "page"},
		{`<a href=tel:1>a</a>`, "link"},
		{`<meta http-equiv=refresh content="0;url=https://a.example/">`, ""},
		{`<form action=//a.example/><button>a</button></form>`, ""},
		{`<style>p{background:url(//a.example/)}</style><p>a</p>`, ""},
		{`<img loading=lazy src=//a.example/>`, ""},
	}
	for _, d := range documents {
		did := b.load(t, []string{d.html}, 10*time.Second)[0]
		if d.deed == "" && len(did.requests) == 0 || d.deed != "" && !strings.Contains(strings.Join(did.deeds(), "\n"), d.deed) {
			t.Errorf("%s: seen %q, requests %q", d.html, did.deeds(), did.requests)
		}
	}
}

var script = regexp.MustCompile(`(?i)<.*(script|on[a-z]+\W*=)`)

// isNoPage reports whether a vector of a list needs a page around it, or opens
// a dialog for ever, whenever it gets the focus back.
func isNoPage(vector string) bool {
	return !script.MatchString(vector) || strings.Contains(strings.ToLower(vector), "autofocus")
}

// publishedVectors reads the lists in the folder that NEWSFEED_XSS_VECTORS
// names, a vector a line. They are not part of the project.
func publishedVectors(t *testing.T) []string {
	t.Helper()
	folder := os.Getenv("NEWSFEED_XSS_VECTORS")
	lists, err := filepath.Glob(filepath.Join(folder, "*.txt"))
	if err != nil || folder == "" || len(lists) == 0 {
		missing(t, "NEWSFEED_XSS_VECTORS names no folder with lists of vectors")
	}
	set := map[string]bool{}
	for _, list := range lists {
		body, err := os.ReadFile(list)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(body)) {
			line = strings.TrimRight(line, "\r\n")
			set[line] = true
			if decoded, err := url.PathUnescape(line); err == nil {
				set[decoded] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// thirdOf returns every third: each document that acts takes a browser long.
func thirdOf(list []string) []string {
	var some []string
	for chunk := range slices.Chunk(list, 3) {
		some = append(some, chunk[0])
	}
	return some
}

// mustAct checks that a good part of the documents acts in the browser.
func mustAct(t *testing.T, b *browser, kind string, documents []string, part float64) {
	t.Helper()
	start, acting := time.Now(), 0
	for chunk := range slices.Chunk(documents, 20) {
		for _, did := range b.load(t, chunk, 5*time.Second) {
			if len(did.deeds()) > 0 || len(did.requests) > 0 {
				acting++
			}
		}
	}
	t.Logf("%d of %d %s vectors act (%v)", acting, len(documents), kind, time.Since(start).Round(time.Millisecond))
	if float64(acting) < part*float64(len(documents)) {
		t.Errorf("that is too few: the browser is not watched well")
	}
}

// sanitized returns what becomes of vectors in all surroundings, each text
// once.
func sanitized(list []string) []string {
	set := map[string]bool{}
	for _, v := range list {
		for _, s := range surrounded(v) {
			set[normalize.SafeHTML(s, page)] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// realTexts returns the sanitized texts of real documents.
func realTexts(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(corpus, "*.*"))
	if err != nil {
		t.Fatal(err)
	}
	if len(paths) == 0 {
		t.Log("no real documents here")
	}
	set := map[string]bool{}
	for _, path := range paths {
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := parse.Scan(body, parse.Options{})
		if err != nil {
			continue // it is no feed
		}
		items, err := doc.Items(nil)
		if err != nil {
			t.Fatal(path, err)
		}
		entries, _ := normalize.Entries(normalize.Source{ID: "s", URL: "https://example.org/feed", Format: doc.Format}, doc.Header, items, now)
		for _, e := range entries {
			set[e.Content], set[e.Summary] = true, true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

const (
	frameSize = 100_000 // bytes of the document in one frame
	pageSize  = 20      // frames of one page
)

// mustNotAct checks that the texts do nothing in the browser. It shows many in
// one document: none of them reaches into the next.
func mustNotAct(t *testing.T, b *browser, kind string, texts []string) {
	t.Helper()
	start, size, requests := time.Now(), 0, 0
	b.reached()
	for documents := range slices.Chunk(together(texts), pageSize) {
		hosts := map[string]bool{}
		for i, did := range b.load(t, documents, time.Minute) {
			size += len(documents[i])
			requests += len(did.requests)
			for _, host := range mustBeQuiet(t, b, documents[i], did) {
				hosts[host] = true
			}
		}
		for _, host := range b.reached() {
			if !hosts[host] {
				t.Errorf("connection to %s", host)
			}
		}
	}
	t.Logf("%s: %d texts, %d bytes, %d requests (%v)", kind, len(texts), size, requests, time.Since(start).Round(time.Millisecond))
}

// together joins texts to documents.
func together(texts []string) []string {
	var all []string
	var b strings.Builder
	for i, s := range texts {
		b.WriteString(s)
		if b.Len() >= frameSize || i == len(texts)-1 {
			all = append(all, b.String())
			b.Reset()
		}
	}
	return all
}

// mustBeQuiet returns the hosts of what the document may load.
func mustBeQuiet(t *testing.T, b *browser, document string, did behaviour) []string {
	t.Helper()
	w := walk(document)
	for _, p := range w.problems {
		t.Error(p)
	}
	written, _ := writtenTree(document) // what is wrong with it is among the problems
	switch {
	case !did.done:
		t.Errorf("not shown to the end: %.300q", document)
	case did.tree != written:
		t.Errorf("the browser reads %s", difference(written, did.tree))
	case did.copy != withoutFirstBreaks(written):
		t.Errorf("the browser reads in a copy %s", difference(written, did.copy))
	}
	for _, deed := range did.deeds() {
		t.Errorf("%s: %.300q", deed, document)
	}
	allowed := b.resolve(t, w.loads)
	for _, r := range did.requests {
		if !allowed[r] {
			t.Errorf("request for %s", r)
		}
	}
	var hosts []string
	for u := range allowed {
		if parsed, err := url.Parse(u); err == nil {
			hosts = append(hosts, parsed.Hostname())
		}
	}
	return hosts
}

var firstBreak = regexp.MustCompile(markElement + "pre[^" + markInside + "]*" + markInside + "\n")

// withoutFirstBreaks is what is left of a tree that a browser has written: it
// writes one line end at the beginning of a pre element where two would have to
// stand.
func withoutFirstBreaks(tree string) string {
	return firstBreak.ReplaceAllStringFunc(tree, func(s string) string { return strings.TrimSuffix(s, "\n") })
}

// difference shows two texts from where they differ.
func difference(want, got string) string {
	i := 0
	for i < min(len(want), len(got)) && want[i] == got[i] {
		i++
	}
	from := max(0, i-40)
	return html.EscapeString(strings.ToValidUTF8(got[from:min(len(got), i+80)], "")) + " in place of " + strings.ToValidUTF8(want[from:min(len(want), i+80)], "")
}
