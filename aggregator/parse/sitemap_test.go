package parse_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func sitemapOfItem(item string) string {
	return `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"` +
		` xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" xmlns:video="http://www.google.com/schemas/sitemap-video/1.1"` +
		` xmlns:xhtml="http://www.w3.org/1999/xhtml"><url>` + item + `</url></urlset>`
}

// TestSitemapItems shows what an address in a sitemap says.
func TestSitemapItems(t *testing.T) {
	for _, tt := range sitemapItems {
		items, _ := readWhole(t, sitemapOfItem(tt.item))
		if diff := cmp.Diff(tt.want, say(items[0])); diff != "" {
			t.Errorf("%s\n(-want +got)\n%s", tt.item, diff)
		}
	}
}

var sitemapItems = []struct{ item, want string }{
	{`<loc> http://x.example/?a=1&amp;b=2 </loc><lastmod>2026-01-02</lastmod><changefreq>daily</changefreq><priority>0.5</priority>`, `alternate=http://x.example/?a=1&b=2 | updated=2026-01-02`},
	{`<loc>http://x.example/a</loc><xhtml:link rel="alternate" hreflang="de" href="http://x.example/de"/>`, `alternate=http://x.example/a`},
	{`<loc>http://x.example/a</loc><news:news><news:publication><news:name>N</news:name><news:language>zh-cn</news:language></news:publication><news:publication_date>2026-01-01</news:publication_date><news:title>A &amp; &lt;B&gt;</news:title><news:keywords>a, b,</news:keywords><news:stock_tickers>NYSE:X</news:stock_tickers></news:news>`, `alternate=http://x.example/a | title:text=A & <B> | category=a | category=b | published=2026-01-01 | lang=zh-cn`},
	{`<loc>http://x.example/a</loc><image:image><image:loc>http://x.example/1.jpg</image:loc><image:title>T</image:title><image:caption>C</image:caption></image:image><image:image><image:loc>http://x.example/2.jpg</image:loc></image:image><image:image/>`, `alternate=http://x.example/a | image image T C=http://x.example/1.jpg | image image=http://x.example/2.jpg`},
	{`<loc>http://x.example/a</loc><video:video><video:thumbnail_loc>http://x.example/t.jpg</video:thumbnail_loc><video:title>V</video:title><video:description>D</video:description><video:player_loc>http://x.example/p</video:player_loc><video:content_loc>http://x.example/v.mp4</video:content_loc><video:duration>60</video:duration><video:publication_date>2026-01-03</video:publication_date><video:tag>a</video:tag><video:category>b</video:category><video:uploader info="http://x.example/u">U</video:uploader></video:video>`, `alternate=http://x.example/a | title:text=V | summary:text=D | author=U; ; http://x.example/u | category=a | category=b | published=2026-01-03 | content video 60 V D=http://x.example/v.mp4 | thumbnail image=http://x.example/t.jpg`},
	{`<loc>http://x.example/a</loc><video:video><video:title>V</video:title><video:player_loc>http://x.example/p</video:player_loc><video:publication_date>2026-01-03</video:publication_date></video:video><news:news><news:title>N</news:title><news:publication_date>2026-01-01</news:publication_date></news:news>`, `alternate=http://x.example/a | title:text=N | published=2026-01-01 | published=2026-01-03 | content video V=http://x.example/p`},
}
