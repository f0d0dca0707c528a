package parse_test

import (
	"fmt"
	"strings"
	"testing"

	"newsfeed/aggregator/parse"
)

func TestOfALongSitemapTheNewestAreRead(t *testing.T) {
	const n = parse.MaxItems + 1000
	for name, entry := range map[string]func(i int) string{
		"dated, the newest last":  func(i int) string { return fmt.Sprintf("<lastmod>2026-%02d-%02d</lastmod>", 1+i/1000, 1+i%28) },
		"dated, the newest first": func(i int) string { return fmt.Sprintf("<lastmod>2026-%02d-%02d</lastmod>", 12-i/1000, 1+i%28) },
		"without dates":           func(int) string { return "" },
	} {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			b.WriteString(`<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`)
			for i := range n {
				fmt.Fprintf(&b, "<url><loc>https://example.org/%d</loc>%s</url>", i, entry(i))
			}
			b.WriteString("</urlset>")
			doc, err := parse.Scan([]byte(b.String()), parse.Options{})
			if err != nil {
				t.Fatal(err)
			}
			items, err := doc.Items(nil)
			if err != nil || len(items) != parse.MaxItems || len(doc.Warnings) != 1 {
				t.Fatalf("%d items, %v, warnings %q", len(items), err, doc.Warnings)
			}
			first := 1000 // the oldest are left out
			if strings.HasSuffix(name, "first") {
				first = 0
			}
			if got := items[0].Link("alternate"); got != fmt.Sprintf("https://example.org/%d", first) {
				t.Errorf("the first is %s", got)
			}
		})
	}
}
