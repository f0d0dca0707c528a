package parse_test

import (
	"fmt"
	"strings"
	"testing"

	"newsfeed/aggregator/parse"
)

// TestD16_CharactersAndHeaders gives each kind of document that a strict
// parser refuses. The golden files damage-* have more of them.
func TestD16_CharactersAndHeaders(t *testing.T) {
	const doc = `<rss version="2.0"><channel><title>%s</title></channel></rss>`
	for name, c := range map[string]struct{ before, title, want string }{
		"XML 1.1":                   {`<?xml version="1.1"?>`, "T", "T"},
		"XML 2.0":                   {`<?xml version="2.0"?>`, "T", "T"},
		"two declarations":          {`<?xml version="1.0"?><?xml version="1.0"?>`, "T", "T"},
		"declaration in capitals":   {`<?XML VERSION="1.0"?>`, "T", "T"},
		"unknown encoding":          {`<?xml version="1.0" encoding="nonsense"?>`, "Tü", "Tü"},
		"stylesheet":                {`<?xml-stylesheet href="a>b.xsl"?>`, "T", "T"},
		"text before":               {"Notice: it's < 3\n", "T", "T"},
		"markup before":             {"<br />\n<b>Warning</b>: x\n", "T", "T"},
		"white space before":        {" \r\n\t", "T", "T"},
		"comment before":            {"<!-- <rss><title>No</title> -- -->", "T", "T"},
		"comment without end":       {"<!-- ", "T", "T"},
		"marks before":              {"\uFEFF\uFEFF", "T", "T"},
		"control characters":        {"", "a\x00b\x01c\x0Bd\x1Fe", "abcde"},
		"characters that are none":  {"", "a\uFFFEb\uFFFFc", "abc"},
		"references to controls":    {"", "a&#1;b&#x1F;c&#xFFFE;d", "abcd"},
		"references to nothing":     {"", "a&#;b&#xZZ;c", "a&#;b&#xZZ;c"},
		"references out of range":   {"", "a&#99999999999;b&#xD800;c", "a\uFFFDb\uFFFDc"},
		"decimal and hexadecimal":   {"", "&#65;&#x42;&#X43;&#0068;", "ABCD"},
		"references to windows1252": {"", "&#128;&#147;&#x94;", "€“”"},
		"entities of HTML":          {"", "&eacute;&nbsp;&hellip;&COPY;", "é\u00A0…©"},
		"entities of nobody":        {"", "&nope;&no pe;&;", "&nope;&no pe;&;"},
		"naked ampersand":           {"", "A & B&C &", "A & B&C &"},
		"naked brackets":            {"", "1 < 2 > 1 <- <3 <", "1 < 2 > 1 <- <3 <"},
		"escaped twice":             {"", "&amp;amp; &amp;lt;", "&amp; &lt;"},
		"end of a section":          {"", "a ]]> b", "a ]]> b"},
		"instruction in the text":   {"", "a<?php x ?>b", "ab"},
		"comment in the text":       {"", "a<!-- -- -->b", "ab"},
		"sections in the text":      {"", "a<![CDATA[&amp;<]]>b<![CDATA[]]>", "a&amp;<b"},
		"smiley":                    {"", "&#128512;\U0001F600", "\U0001F600\U0001F600"},
	} {
		if got := header(t, c.before+fmt.Sprintf(doc, c.title)).Title.Value; got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestAnItemThatBreaksOff cuts a document at every place: what is read of the
// last item is whole, and its name and title are there.
func TestAnItemThatBreaksOff(t *testing.T) {
	const doc = `<?xml version="1.0"?><rss version="2.0"><channel><title>Dock</title><item><title>One</title><guid>1</guid><description>first</description></item>` +
		`<item><link>http://d.example/2</link><title><![CDATA[Two]]></title><!-- x --><category domain="a b">boats</category><description>&lt;p&gt;second</description></item></channel></rss>`
	whole := allItems(t, doc)
	known := func(value string, all ...string) bool {
		for _, one := range all {
			if value == one {
				return true
			}
		}
		return value == ""
	}
	for n := strings.Index(doc, "<channel>") + len("<channel><title>D"); n < len(doc); n++ {
		d, err := parse.Scan([]byte(doc[:n]), parse.Options{})
		if err != nil {
			t.Fatalf("cut at %q: %v", doc[:n], err)
		}
		items, err := d.Items(nil)
		if err != nil {
			t.Fatal(err)
		}
		for i, item := range items {
			if item.Title != whole[i].Title || i == 1 && item.Link("alternate") != whole[i].Link("alternate") || i == 0 && item.GUID != "1" {
				t.Errorf("cut behind %q: %+v", doc[max(0, n-20):n], item)
			}
			if !known(item.Summary.Value, whole[i].Summary.Value) || len(item.Categories) > len(whole[i].Categories) {
				t.Errorf("cut behind %q: half of a field: %+v", doc[max(0, n-20):n], item)
			}
		}
		if n > strings.Index(doc, "<item><link>") && len(items) == 0 {
			t.Errorf("cut behind %q: the first item is lost", doc[max(0, n-20):n])
		}
	}
}

// TestRepairIsStable shows that what comes out of a damaged document does not
// depend on what is damaged behind it.
func TestRepairIsStable(t *testing.T) {
	const damaged = `<rss version="2.0"><channel><title>Dock</title><item><title>One < two</title><guid>1</guid><description><p>a<br>b</description></item>`
	want := allItems(t, damaged+`</channel></rss>`)
	for _, end := range []string{``, `</channel>`, `</rss>`, `<`, `<item>`, `<item><title>x`, `</channel></rss><script>`, `</item></item>`, "\x00", `<![CDATA[`} {
		if got := allItems(t, damaged+end); len(got) == 0 || got[0].Summary != want[0].Summary || got[0].Title != want[0].Title {
			t.Errorf("%q: %+v, want %+v", end, got, want)
		}
	}
}
