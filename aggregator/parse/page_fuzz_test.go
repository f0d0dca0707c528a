package parse_test

import (
	"testing"

	"newsfeed/aggregator/parse"
)

// FuzzPage starts from the corpus in testdata/fuzz/FuzzPage.
func FuzzPage(f *testing.F) {
	f.Fuzz(func(t *testing.T, page []byte, item, link, title, date, summary, image string) {
		s := parse.Select{Item: item, Link: link, Title: title, Date: date, Summary: summary, Image: image}
		_, _ = parse.FullText(page, "text/html", "https://page.example/") // an error is as good as an item
		for _, l := range parse.Discover(page, "text/html", "https://page.example/") {
			if l.Href == "" || l.Rel != "alternate" {
				t.Errorf("discovered %+v", l)
			}
		}
		doc, err := scanPage(page, s)
		if err != nil {
			return
		}
		if s.Validate() != nil {
			t.Errorf("read with selectors that are not valid: %+v", s)
		}
		items, err := doc.Items(nil)
		if err != nil || len(items) != doc.Len() || len(items) == 0 || len(items) > parse.MaxItems {
			t.Errorf("%d items of %d: %v", len(items), doc.Len(), err)
		}
		for i, item := range items {
			if item.Empty() {
				t.Errorf("item %d is empty", i)
			}
		}
	})
}
