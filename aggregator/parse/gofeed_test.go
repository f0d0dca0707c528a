package parse_test

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/mmcdole/gofeed"

	"newsfeed/aggregator/parse"
)

// TestNothingThatGofeedReadsIsLost compares the reader in front of gofeed with
// gofeed itself on real documents.
func TestNothingThatGofeedReadsIsLost(t *testing.T) {
	compared := 0
	for _, d := range documents(t) {
		n, lost := losses(d.body)
		compared += n
		for _, l := range lost {
			t.Errorf("%s: %s", d.name, l)
		}
	}
	t.Logf("%d items compared", compared)
	if compared < 5000 {
		t.Errorf("only %d items compared", compared)
	}
}

// losses reads a document both ways and tells what gofeed finds in its items
// and Items does not have. n is the number of items compared: none when gofeed
// cannot read the document, or sees other items.
func losses(body []byte) (n int, lost []string) {
	feed, err := gofeed.NewParser().Parse(bytes.NewReader(body))
	if err != nil {
		return 0, nil
	}
	doc, err := parse.Scan(body, parse.Options{})
	if err != nil {
		return 0, nil
	}
	items, err := doc.Items(nil)
	if err != nil || len(items) != len(feed.Items) {
		return 0, nil
	}
	for i, g := range feed.Items {
		for _, l := range lossesOf(items[i], g) {
			lost = append(lost, fmt.Sprintf("item %d: %s", i+1, l))
		}
	}
	return len(items), lost
}

func lossesOf(item parse.Item, g *gofeed.Item) (lost []string) {
	miss := func(what, value string, has bool) {
		if strings.TrimSpace(value) != "" && !has {
			lost = append(lost, fmt.Sprintf("%s %q", what, value))
		}
	}
	miss("title", g.Title, item.Title.Value != "")
	miss("text", g.Description, item.Summary.Value != "" || item.Content.Value != "")
	miss("content", g.Content, item.Content.Value != "" || item.Summary.Value != "")
	miss("guid", g.GUID, item.GUID != "")
	miss("link", g.Link, len(item.Links) > 0 || item.Permalink)
	dates := slices.Concat(item.Published, item.Updated)
	miss("published", g.Published, slices.Contains(dates, strings.TrimSpace(g.Published)))
	miss("updated", g.Updated, slices.Contains(dates, strings.TrimSpace(g.Updated)))
	for _, a := range g.Authors {
		miss("author", a.Name, altered(a.Name) || slices.ContainsFunc(item.Authors, func(p parse.Person) bool { return strings.Contains(p.Name, strings.TrimSpace(a.Name)) }))
		miss("mail", a.Email, slices.ContainsFunc(item.Authors, func(p parse.Person) bool {
			return strings.Contains(p.Email+p.Name, strings.TrimSpace(a.Email))
		}))
	}
	for _, c := range g.Categories {
		miss("category", c, altered(c) || slices.ContainsFunc(item.Categories, func(o parse.Category) bool {
			return o.Term == strings.TrimSpace(c) || o.Label == strings.TrimSpace(c)
		}))
	}
	for _, e := range g.Enclosures {
		miss("enclosure", e.URL, slices.ContainsFunc(item.Media, func(m parse.Media) bool { return m.URL == strings.TrimSpace(e.URL) }))
	}
	return lost
}

// altered reports whether a name is one that Items has in a better form: with
// its line ends as XML has them, without elements, or without the damage of
// UTF-8 that was taken for Latin-1.
func altered(name string) bool {
	return strings.Contains(name, "\r\n") || strings.Contains(name, "<name>") || strings.Contains(name, "Ã")
}

// FuzzNothingThatGofeedReadsIsLost makes well-formed documents of the elements
// that feeds have, in any order, and compares the two readers.
func FuzzNothingThatGofeedReadsIsLost(f *testing.F) {
	f.Add(false, []byte("\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f"))
	f.Add(true, []byte("\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f"))
	f.Add(false, []byte("dcba\xff\x80\x12\x33\x54\x75\x96\xb7\xd8\xf9"))
	f.Fuzz(func(t *testing.T, isAtom bool, choices []byte) {
		document := madeOf(isAtom, choices[:min(len(choices), 400)])
		if _, lost := losses([]byte(document)); lost != nil {
			t.Errorf("%s\n%s", strings.Join(lost, "\n"), document)
		}
	})
}

// madeOf makes a document of choices: each byte adds an element or, in time,
// ends the item.
func madeOf(isAtom bool, choices []byte) string {
	elements := []string{
		"<title>TEXT</title>", "<link>https://example.org/NAME</link>", "<description>TEXT</description>", `<guid isPermaLink="false">TEXT</guid>`,
		"<pubDate>Mon, 02 Nov 2026 10:00:0DIGIT GMT</pubDate>", "<author>TEXT</author>", "<category>TEXT</category>", "<dc:creator>TEXT</dc:creator>",
		"<dc:date>2026-11-0DIGITT00:00:00Z</dc:date>", "<dc:subject>TEXT</dc:subject>", "<content:encoded>&lt;p>TEXT</content:encoded>",
		`<enclosure url="https://example.org/NAME.mp3" length="DIGIT" type="audio/mpeg"/>`, "<itunes:author>TEXT</itunes:author>",
		`<media:content url="https://example.org/NAME.jpg"/>`, `<atom:link rel="alternate" href="https://example.org/NAME"/>`, "<comments>https://example.org/NAME</comments>",
	}
	open, item, end, close := `<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/" `+
		`xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:media="http://search.yahoo.com/mrss/" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>T</title>`,
		"<item>", "</item>", "</channel></rss>"
	if isAtom {
		elements = []string{
			"<title>TEXT</title>", `<title type="html">&lt;b>TEXT&lt;/b></title>`, `<link href="https://example.org/NAME"/>`, `<link rel="enclosure" href="https://example.org/NAME.mp3"/>`,
			`<link rel="related" href="https://example.org/NAME"/>`, "<summary>TEXT</summary>", `<content type="html">&lt;p>TEXT</content>`,
			`<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">TEXT</div></content>`, "<id>urn:NAME:DIGIT</id>", "<published>2026-11-0DIGITT00:00:00Z</published>",
			"<updated>2026-11-0DIGITT01:00:00Z</updated>", "<author><name>TEXT</name><email>TEXT@example.org</email></author>", `<category term="NAME"/>`,
			`<category term="t" label="NAME"/>`, "<contributor><name>TEXT</name></contributor>", "<rights>TEXT</rights>",
		}
		open, item, end, close = `<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title>`, "<entry>", "</entry>", "</feed>"
	}
	words := []string{"one", "Two words", "drei &amp; vier", "<![CDATA[fünf < sechs]]>", "Ünï", "a-b_c", "0", "", " seven "}
	names := []string{"one", "two-2", "3", "%C3%BC"}
	var b strings.Builder
	b.WriteString(open + item)
	for i, c := range choices {
		if c >= 240 {
			b.WriteString(end + item)
			continue
		}
		fill := strings.NewReplacer("TEXT", words[(int(c)/16+i)%len(words)], "NAME", names[(int(c)/16+i)%len(names)], "DIGIT", strconv.Itoa(1+i%9))
		b.WriteString(fill.Replace(elements[c%16]))
	}
	b.WriteString(end + close)
	return b.String()
}
