package dedup_test

import (
	"fmt"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"newsfeed/aggregator/dedup"
	"newsfeed/aggregator/normalize"
	"newsfeed/aggregator/parse"
	"newsfeed/storage"
)

// realReports returns the longer entries of real documents that are no part of
// the project, in order of publication.
func realReports(t *testing.T) []storage.Entry {
	t.Helper()
	paths, err := filepath.Glob("../../../shared/feeds/*.*")
	if err != nil {
		t.Fatal(err)
	}
	var reports []storage.Entry
	for _, path := range paths {
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := parse.Scan(body, parse.Options{})
		if err != nil {
			continue // not a feed: the corpus has some
		}
		items, err := doc.Items(nil)
		if err != nil {
			continue
		}
		entries, _ := normalize.Entries(normalize.Source{ID: filepath.Base(path), URL: "https://example.org/feed", Format: doc.Format}, doc.Header, items, start)
		for _, e := range entries {
			if len(strings.Fields(e.Title)) >= 4 && len(strings.Fields(plainText(e.Content))) >= 150 {
				reports = append(reports, e)
			}
		}
	}
	if reports == nil {
		t.Skip("no real documents here")
	}
	slices.SortStableFunc(reports, func(a, b storage.Entry) int { return a.Effective.Compare(b.Effective) })
	return reports
}

var tags = regexp.MustCompile(`<[^>]*>`)

func plainText(markup string) string { return html.UnescapeString(tags.ReplaceAllString(markup, " ")) }

// asReport makes a report of a real entry. Its other headline is the beginning
// of the first.
func asReport(e storage.Entry) report {
	words := strings.Fields(e.Title)
	r := report{title: e.Title, other: strings.Join(words[:(len(words)+1)/2], " ")}
	for s := range strings.SplitAfterSeq(strings.Join(strings.Fields(plainText(e.Content)), " "), ". ") {
		r.sentences = append(r.sentences, s)
	}
	for len(r.sentences) < 6 {
		r.sentences = append(r.sentences, "")
	}
	return r
}

// renamed puts the headline of another article above the text: the hardest that
// an outlet could write.
func renamed(headline string, share float64) edit {
	return edit{
		fmt.Sprintf("%.0f%% of words edited, headline of another article", 100*share),
		func(p press, r report) (string, string) { return headline, p.edited(r, share) }, 0.9,
	}
}

func TestCopiesOfRealArticlesAreFound(t *testing.T) {
	alone(t)
	reports := realReports(t)
	asked, missed := make([]int, len(edits)+3), make([]int, len(edits)+3)
	p, w := newPress(7), newWire()
	for i, e := range reports {
		s := dedup.SketchOf(e)
		m := dedup.Member{ID: fmt.Sprint(i), Source: e.Source, Story: fmt.Sprint(i), Time: e.Effective, Seen: e.Effective}
		match, joined := best(&w.window, m, &s, &w.rarity)
		if joined {
			m.Story = match.Story
		} else {
			w.rarity.Add(s)
		}
		w.window.Add(m, &s)
		if joined {
			continue
		}
		r := asReport(e)
		headline := reports[(i+57)%len(reports)].Title
		for k, edit := range append(edits, renamed(headline, 0.03), renamed(headline, 0.08), renamed(headline, 0.15)) {
			title, html := edit.make(p, r)
			s := dedup.NewSketch(title, html)
			copied := dedup.Member{ID: "copy", Source: "outlet", Time: e.Effective, Seen: e.Effective}
			asked[k]++
			if match, ok := best(&w.window, copied, &s, &w.rarity); !ok || match.Story != m.Story {
				missed[k]++
			}
		}
	}
	for k, edit := range append(edits, renamed("", 0.03), renamed("", 0.08), renamed("", 0.15)) {
		share := float64(missed[k]) / float64(max(1, asked[k]))
		t.Logf("recall %.3f of %d: %s", 1-share, asked[k], edit.name)
		if share > edit.most {
			t.Errorf("%s: missed %.3f of the copies, want at most %.2f", edit.name, share, edit.most)
		}
	}
}
