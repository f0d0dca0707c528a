package parse_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"newsfeed/aggregator/parse"
)

// readAsFar reads a document as far as it can be read; an error is as good as
// items.
func readAsFar(doc string) []parse.Item {
	d, err := parse.Scan([]byte(doc), parse.Options{})
	if err != nil {
		return nil
	}
	items, _ := d.Items(nil)
	return items
}

func rssWith(item string) string {
	return `<rss version="2.0"><channel><title>T</title><item><title>a</title>` + item + `</item></channel></rss>`
}

func atomWith(entry string) string {
	return `<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry><id>urn:a</id><title>a</title>` + entry + `</entry></feed>`
}

// TestD14_BoundsOfDocuments gives each bound a document far beyond it.
func TestD14_BoundsOfDocuments(t *testing.T) {
	const most = 1 << 20
	nested := func(tag string, n int) string {
		return strings.Repeat("<"+tag+">", n) + strings.Repeat("</"+tag+">", n)
	}
	each := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	for name, doc := range map[string]string{
		"depth of an item":            rssWith(nested("a", most/7)),
		"depth of an entry":           atomWith(nested("a", most/7)),
		"depth of XHTML":              atomWith(`<content type="xhtml">` + nested("div", most/11) + `</content>`),
		"depth of the header":         `<rss version="2.0"><channel>` + nested("a", most/7) + `<title>T</title></channel></rss>`,
		"depth of what never ends":    `<rss version="2.0"><channel><title>T</title>` + strings.Repeat("<a>", most/3),
		"depth of items":              `<rss version="2.0"><channel><title>T</title>` + nested("item", most/13) + `</channel></rss>`,
		"depth of sources":            atomWith(nested("source", most/17)),
		"depth of categories":         rssWith(nested("itunes:category", most/35)),
		"depth of groups":             rssWith(nested("media:group", most/27)),
		"elements of an item":         rssWith(strings.Repeat("<a/>", most/4)),
		"elements of an entry":        atomWith(strings.Repeat("<a/>", most/4)),
		"elements of XHTML":           atomWith(`<content type="xhtml">` + strings.Repeat("<br/>", most/5) + `</content>`),
		"elements of the header":      `<rss version="2.0"><channel><title>T</title>` + strings.Repeat("<a/>", most/4) + `</channel></rss>`,
		"links":                       atomWith(strings.Repeat(`<link href="a"/>`, most/16)),
		"authors":                     atomWith(strings.Repeat(`<author><name>a</name></author>`, most/31)),
		"categories":                  rssWith(strings.Repeat(`<category>a</category>`, most/22)),
		"media":                       rssWith(strings.Repeat(`<media:content url="a"/>`, most/24)),
		"items":                       `<rss version="2.0"><channel><title>T</title>` + strings.Repeat("<item/>", most/7) + `</channel></rss>`,
		"attributes of an item":       rssWith("<a " + strings.Repeat("b='c' ", most/6) + "/>"),
		"attributes of the root":      "<rss " + strings.Repeat("b='c' ", most/6) + "><channel><title>T</title></channel></rss>",
		"attributes of a link":        atomWith("<link " + strings.Repeat("b='c' ", most/6) + "/>"),
		"namespaces of an item":       rssWith(each(most/20, "<a xmlns:x%d='u'/>")),
		"namespaces of the root":      "<rss" + each(most/20, " xmlns:x%d='u'") + "><channel><title>T</title></channel></rss>",
		"namespaces, nested":          rssWith(each(most/20, "<x%[1]d:a xmlns:x%[1]d='u'>")),
		"namespaces of XHTML":         atomWith(`<content type="xhtml">` + each(most/30, "<x%[1]d:a xmlns:x%[1]d='u'>") + `</content>`),
		"bases of XHTML":              atomWith(`<content type="xhtml">` + strings.Repeat("<a xml:base='b/'>", most/20) + `</content>`),
		"bases that grow":             atomWith(`<content type="xhtml">` + strings.Repeat("<a xml:base='"+strings.Repeat("b", 4000)+"/'>", 100) + strings.Repeat("<img src='c'/>", most/28) + `</content>`),
		"long text":                   rssWith("<title>" + strings.Repeat("a", 4*most) + "</title>"),
		"long attribute":              atomWith("<link href='" + strings.Repeat("a", 4*most) + "'/>"),
		"long name":                   rssWith("<" + strings.Repeat("a", 4*most) + "/>"),
		"long comment":                rssWith("<!--" + strings.Repeat("a", 4*most) + "-->"),
		"long section":                rssWith("<description><![CDATA[" + strings.Repeat("a", 4*most) + "]]></description>"),
		"long declaration":            "<!DOCTYPE rss [" + strings.Repeat("<!ELEMENT a (b)>", most/16) + "]>" + rssWith(""),
		"entities":                    "<!DOCTYPE rss [" + each(most/30, "<!ENTITY a%d 'aaaaaaaaaaa'>") + "]>" + rssWith("&a1;"),
		"text and CDATA":              rssWith("<description>" + strings.Repeat("a<![CDATA[b]]>", most/14) + "</description>"),
		"references":                  rssWith("<description>" + strings.Repeat("&#65;", most/5) + "</description>"),
		"references without end":      rssWith("<description>" + strings.Repeat("&#", most/2) + "</description>"),
		"quotes":                      rssWith("<a " + strings.Repeat(`b="`, most/3)),
		"quotes of one kind":          rssWith(strings.Repeat(`<a b="'>`, most/8)),
		"brackets":                    rssWith(strings.Repeat("<", most)),
		"sections that never end":     rssWith(strings.Repeat("<![CDATA[", most/9)),
		"comments that never end":     rssWith(strings.Repeat("<!--", most/4)),
		"instructions that never end": rssWith(strings.Repeat("<?", most/2)),
		"declarations that never end": strings.Repeat("<!DOCTYPE [", most/11) + rssWith(""),
		"tags that never end":         rssWith(strings.Repeat("</a", most/3)),
		"before the root: comments":   strings.Repeat("<!--", most/4),
		"before the root: brackets":   strings.Repeat("<a", most/2),
		"before the root: quotes":     strings.Repeat(`<a b="`, most/6),
		"end tags of nothing":         rssWith(strings.Repeat("</a>", most/4)),
		"crossed tags":                rssWith(strings.Repeat("<a><b></a></b>", most/14)),
		"fields without end":          rssWith(strings.Repeat("<title>", most/7)),
		"paragraphs without end":      rssWith(strings.Repeat("<p>", most/3)),
		"roots":                       strings.Repeat(rssWith(""), most/80),
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := cpuTime(t)
			readAsFar(doc)
			spent := cpuTime(t) - start
			runtime.ReadMemStats(&after)
			t.Logf("%v of CPU time, %d MiB", spent, (after.TotalAlloc-before.TotalAlloc)>>20)
			if allocated := after.TotalAlloc - before.TotalAlloc; allocated > 64<<20 {
				t.Errorf("allocated %d MiB", allocated>>20)
			}
			if spent > 10*time.Second { // ten times what it may take
				t.Errorf("took %v of CPU time", spent)
			}
		})
	}
}
