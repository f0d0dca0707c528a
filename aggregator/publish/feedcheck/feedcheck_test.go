package feedcheck_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"newsfeed/aggregator/publish/feedcheck"
)

// fault is one thing to do to a right document, and what is to be said of it.
// Every occurrence of old is replaced.
type fault struct{ old, new, want string }

// faults checks that the document is right as it stands and that each fault is
// found.
func faults(t *testing.T, file string, check func([]byte) []string, table map[string]fault) {
	raw, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	right := string(raw)
	if found := check(raw); len(found) > 0 {
		t.Fatalf("%s: %q", file, found)
	}
	for name, f := range table {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(right, f.old) {
				t.Fatalf("%s does not contain %q", file, f.old)
			}
			found := check([]byte(strings.ReplaceAll(right, f.old, f.new)))
			if !slices.ContainsFunc(found, func(v string) bool { return strings.Contains(v, f.want) }) {
				t.Errorf("found %q, want %q", found, f.want)
			}
		})
	}
}

func TestRSS(t *testing.T) {
	const (
		item = `item 1 "Tide & time": `
		guid = `<guid isPermaLink="false">urn:x:1</guid>`
	)
	faults(t, "right.rss", feedcheck.RSS, map[string]fault{
		"illegal character":        {"Harbour", "Har\x02bour", "not well-formed"},
		"not UTF-8":                {"Harbour", "Har\xffbour", "not UTF-8"},
		"cut off":                  {"</channel>\n</rss>", "", "not well-formed"},
		"no declaration":           {`<?xml version="1.0" encoding="UTF-8"?>`, "", "no XML declaration"},
		"doctype":                  {"<rss ", "<!DOCTYPE rss>\n<rss ", "directive"},
		"version":                  {`version="2.0"`, `version="0.91"`, `version "0.91"`},
		"another root":             {"rss ", "rdf ", "not well-formed"},
		"odd prefix":               {"xmlns:dc=", "xmlns:dublin=", "unusual namespace dublin"},
		"odd namespace":            {"http://search.yahoo.com/mrss/", "http://search.yahoo.com/mrss", "unusual namespace media"},
		"namespace below the root": {"<item>", `<item xmlns:dc="http://purl.org/dc/elements/1.1/">`, "below the root"},
		"no title":                 {"<title>Harbour News</title>", "", "channel: no <title>"},
		"two descriptions":         {"<ttl>", "<description>x</description><ttl>", "channel: <description> 2 times"},
		"unknown element":          {"<ttl>", "<colour>x</colour><ttl>", "unknown element <colour>"},
		"text between":             {"<ttl>", "loose<ttl>", "channel: text between"},
		"ttl":                      {"<ttl>5", "<ttl>-5", `ttl "-5"`},
		"language":                 {"<language>en-GB", "<language>English (UK)", "language"},
		"relative link":            {"<link>https://news.example/</link>", "<link>/</link>", "not an absolute URL"},
		"no self link":             {`rel="self"`, `rel="hub"`, "0 self links"},
		"self link of a type":      {`type="application/rss+xml"`, `type="text/xml"`, "self link of type"},
		"relative self link":       {`href="https://news.example/feed.rss"`, `href="feed.rss"`, "self link"},
		"text input":               {"<ttl>", "<textInput><title>t</title></textInput><ttl>", "textInput"},
		"metadata after items":     {"</item>\n  </channel>", "</item><ttl>5</ttl></channel>", "<ttl> after the items"},
		"image title":              {"<url>https://news.example/i.png</url>\n      <title>Harbour News", "<url>https://news.example/i.png</url>\n      <title>Logo", "channel image: title differs"},
		"image width":              {"<width>144", "<width>145", "channel image: width"},
		"weekday":                  {"Sat, 01 Mar", "Sun, 01 Mar", "is not a Sun"},
		"two digits of the year":   {"Mar 2025", "Mar 25", "RFC 822"},
		"zone by name":             {"+0000", "EST", "RFC 822"},
		"two spaces":               {"Sat, 01", "Sat,  1", "RFC 822"},
		"neither text":             {"<title>Tide &#x26; time</title>", "", "no <title>"},
		"empty title":              {"Tide &#x26; time", " ", "<title> is empty"},
		"two enclosures":           {"<guid", `<enclosure url="https://x.example/" length="0" type="a/b"/><guid`, "<enclosure> 2 times"},
		"enclosure length":         {`length="0"`, `length=""`, "<enclosure> without length"},
		"enclosure type":           {`type="audio/mpeg"`, `type="mp3"`, "enclosure type"},
		"no guid":                  {guid, "", item + "no <guid>"},
		"permalink":                {guid, "<guid>urn:x:1</guid>", "permalink guid"},
		"isPermaLink":              {`isPermaLink="false"`, `isPermaLink="no"`, `isPermaLink "no"`},
		"guid again":               {"urn:x:2", "urn:x:1", "again"},
		"author":                   {"<category>", "<author>x@y</author><category>", "<author> 1 times"},
		"no creator":               {"<dc:creator>Ann (Post)</dc:creator>", "", item + "no <dc:creator>"},
		"dc:date":                  {"<category>", "<dc:date>2025-03-01</dc:date><category>", "<dc:date> 1 times"},
		"media:description":        {"<media:title>", "<media:description>x</media:description><media:title>", "not for us"},
		"caption of HTML":          {`<media:text type="plain">`, `<media:text type="html">`, `<media:text> of type "html"`},
		"caption without a type":   {` type="plain"`, "", "<media:text> without type"},
		"two captions":             {"</media:content>", `<media:text type="plain">x</media:text></media:content>`, "<media:text> 2 times"},
		"edit before publication":  {"<atom:updated>2025-03-01T12:00:02Z", "<atom:updated>2025-03-01T12:00:01Z", item + "atom:updated 2025-03-01T12:00:01Z is no later"},
		"edit of no date":          {"<atom:updated>2025-03-01T12:00:02Z", "<atom:updated>Sat, 01 Mar 2025 12:00:02 GMT", "RFC 3339"},
		"two edits":                {"<dcterms:extent>", "<atom:updated>2025-03-01T12:00:03Z</atom:updated><dcterms:extent>", "<atom:updated> 2 times"},
		"reading time":             {"PT1M35S", "95", `"95" is not a duration`},
		"no reading time":          {"PT1M35S", "PT", `"PT" is not a duration`},
		"media of a kind":          {`medium="audio"`, `medium="sound"`, `medium "sound"`},
		"media size":               {`fileSize="7"`, `fileSize="7 KB"`, "fileSize"},
		"relative media":           {`<media:content url="https://m.example/1.mp3"`, `<media:content url="1.mp3"`, "url"},
		"content first": {
			"<description>Short</description>\n      <content:encoded><![CDATA[<p>Long</p>]]></content:encoded>",
			"<content:encoded>x</content:encoded><description>y</description>", "description after content",
		},
		"source without url": {` url="https://post.example/feed"`, "", "<source> without url"},
		"media last":         {"<source url=\"https://post.example/feed\">Post</source>\n    </item>\n    <item>", "<source url=\"https://post.example/feed\">Post</source><media:content url=\"https://m.example/2.mp3\"/></item><item>", "<media:content> after <source>"},
		"no source":          {`<source url="https://post.example/feed">Post</source>`, "", "no <source>"},
		"relative relation":  {`href="https://mail.example/1"`, `href="/1"`, item + `link to "/1"`},
		"unknown relation":   {`rel="related"`, `rel="cousin"`, item + `link relation "cousin"`},
		"item's self link":   {`rel="related"`, `rel="self"`, item + "links to itself"},
		"comments":           {"<comments>https://post.example/1#c", "<comments>#c", "<comments>"},
		"empty category":     {"<category>Sea", "<category>", "<category> is empty"},
		"relative address":   {"<p>Long</p>", `<a href="/x">y</a>`, `href="/x"`},
		"relative srcset":    {"<p>Long</p>", `<img src="https://x.example/a.png" srcset="https://x.example/b.png 2x, c.png 3x">`, "srcset"},
		"script address":     {"<p>Long</p>", `<a href='jav&#97;script:x'>y</a>`, "javascript:x"},
		"script":             {"<p>Long</p>", `<p>x</p><script>y</script>`, "<script>"},
		"handler":            {"<p>Long</p>", `<p onclick="x">y</p>`, "onclick"},
		"attribute twice":    {`length="0"`, `length="0" length="0"`, "twice"},
		"userinfo":           {"https://post.example/feed", "https://u:p@post.example/feed", "source url"},
	})
}

func TestAtom(t *testing.T) {
	const entry = `item 1 "Tide & time": `
	faults(t, "right.atom", feedcheck.Atom, map[string]fault{
		"another root":          {"feed xmlns", "feeds xmlns", "not well-formed"},
		"no namespace":          {` xmlns="http://www.w3.org/2005/Atom"`, "", "not an Atom <feed>"},
		"another namespace":     {"http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#", "unusual default namespace"},
		"language":              {`xml:lang="en"`, `xml:lang="english language"`, "xml:lang"},
		"unknown attribute":     {`<entry `, `<entry class="x" `, "attribute class"},
		"unknown element":       {"<generator>", "<tagline>x</tagline><generator>", "unknown element <tagline>"},
		"no namespace in it":    {"<generator>", `<x xmlns="">y</x><generator>`, "in no namespace"},
		"no id":                 {"<id>https://news.example/feed</id>", "", "feed: no <atom:id>"},
		"two ids":               {"<id>urn:x:1</id>", "<id>urn:x:1</id><id>urn:x:3</id>", entry + "<atom:id> 2 times"},
		"id again":              {"urn:x:2", "urn:x:1", "again"},
		"relative id":           {"<id>urn:x:1</id>", "<id>1</id>", "not an absolute IRI"},
		"space in an id":        {"<id>urn:x:1</id>", "<id> urn:x:1</id>", "not an absolute IRI"},
		"two titles":            {"<subtitle", "<title>x</title><subtitle", "feed: <atom:title> 2 times"},
		"title of HTML":         {`<title type="text">Tide`, `<title type="html">Tide`, `title of type "html"`},
		"text of a type":        {`<summary type="html"`, `<summary type="text/html"`, "<summary> of type"},
		"elements in text":      {"<![CDATA[<p>Long</p>]]>", "<p>Long</p>", "elements in it"},
		"XHTML without div":     {`<content type="html"><![CDATA[<p>Long</p>]]>`, `<content type="xhtml">Long`, "without its <div>"},
		"no updated":            {"<updated>2025-03-01T12:00:02Z</updated>", "", "no <atom:updated>"},
		"lower case date":       {"2025-03-01T12:00:02Z", "2025-03-01t12:00:02z", "RFC 3339"},
		"date without zone":     {"2025-03-01T12:00:02Z", "2025-03-01T12:00:02", "RFC 3339"},
		"impossible date":       {"2025-03-01T12:00:02Z", "2025-02-30T12:00:02Z", "RFC 3339"},
		"updated too early":     {"<updated>2025-03-01T12:00:02Z", "<updated>2025-03-01T11:00:00Z", "before it was published"},
		"no author":             {"<author>\n      <name>Ann (Post)</name>\n      <email>ann@post.example</email>\n    </author>", "", entry + "no author"},
		"author without a name": {"<name>Ann (Post)</name>", "", "no <atom:name>"},
		"empty name":            {"Ann (Post)", "", "<name> is empty"},
		"email":                 {"ann@post.example", "ann", "email"},
		"category":              {`term="Sea"`, `label="Sea"`, "<category> without term"},
		"category scheme":       {`term="Sea"`, `term="Sea" scheme="x y"`, "category scheme"},
		"no self link":          {`rel="self" type="application/atom+xml"`, `rel="hub"`, "0 self links"},
		"link without href":     {`<link rel="related" href="https://other.example/"`, `<link rel="related"`, "<link> without href"},
		"relative link":         {`href="https://other.example/"`, `href="/"`, `link to "/"`},
		"relation":              {`rel="related"`, `rel="see also"`, "link relation"},
		"link type":             {`type="audio/mpeg"`, `type="mp3"`, "link of type"},
		"link length":           {`length="7"`, `length="7KB"`, "link of length"},
		"hreflang":              {`rel="related"`, `rel="related" hreflang="?"`, "hreflang"},
		"two alternates":        {`rel="related"`, `rel="alternate"`, "two alternate links"},
		"neither content nor link": {
			`<link rel="alternate" href="https://post.example/2"></link>`, "", "neither content nor alternate link",
		},
		"remote content": {
			`<link rel="alternate" href="https://post.example/2"></link>`, `<content src="https://x.example/" type="image/png"/>`, "no summary beside",
		},
		"base64 content": {
			`<link rel="alternate" href="https://post.example/2"></link>`, `<content type="image/png">aaaa</content>`, "no summary beside",
		},
		"no source":            {"source>", "origin>", "no source"},
		"source without title": {`<title type="text">Post</title>`, "", "source: no <atom:title>"},
		"text between":         {"<generator>", "loose<generator>", "feed: text between"},
		"reading time":         {"PT2M", "2 min", entry + `<dcterms:extent> "2 min" is not a duration`},
		"reading time twice":   {"<dcterms:extent>", "<dcterms:extent>PT1M</dcterms:extent><dcterms:extent>", "<dcterms:extent> 2 times"},
		"empty generator":      {"<generator>newsfeed", "<generator>", "<generator> is empty"},
	})
}

func TestJSON(t *testing.T) {
	const item = `item 1 "Tide & time": `
	faults(t, "right.json", feedcheck.JSON, map[string]fault{
		"cut off":             {"]\n}\n", "", "unexpected"},
		"two documents":       {"]\n}\n", "]\n}\n{}", "more than one value"},
		"name twice":          {`"title": "Harbour News",`, `"title": "a", "title": "Harbour News",`, `"title" twice`},
		"version":             {"version/1.1", "version/1", "version"},
		"no title":            {`"title": "Harbour News",`, "", "feed: no title"},
		"empty title":         {`"Harbour News"`, `""`, "title is not a text"},
		"no items":            {`"items"`, `"_items"`, "feed: no items"},
		"items are null":      {`"language": "en"`, `"language": "en", "hubs": null`, "hubs is not a array"},
		"relative feed URL":   {"https://news.example/feed.json", "feed.json", "feed_url is not a URL"},
		"next is itself":      {`"language": "en"`, `"language": "en", "next_url": "https://news.example/feed.json"`, "next_url leads to itself"},
		"unknown member":      {`"language": "en"`, `"language": "en", "colour": "red"`, "unknown member colour"},
		"deprecated author":   {`"language": "en"`, `"language": "en", "author": {"name": "x"}`, "unknown member author"},
		"extension":           {`"_newsfeed": {`, `"_newsfeed": "post", "_another": {`, "extension _newsfeed"},
		"no source":           {`"source": "post",`, "", item[:len(item)-2] + " _newsfeed: no source"},
		"unknown in it":       {`"reading_time_seconds"`, `"minutes"`, "_newsfeed: unknown member minutes"},
		"source URL":          {"https://post.example/feed", "feed", "source_url is not a URL"},
		"origin":              {`"origin": {`, `"origin": {}, "_origin": {`, "origin is not a object"},
		"origin's date":       {"2025-03-01T12:00:00Z\"}", "1 March\"}", "_newsfeed origin: updated is not a date"},
		"comments":            {"https://post.example/1#c", "#c", "comments is not a URL"},
		"medium's size":       {`"bytes": 7`, `"bytes": "7"`, "_newsfeed media[0]: bytes is not a number"},
		"medium's address":    {`"media": [{"url": "https://m.example/1.mp3", `, `"media": [{`, "_newsfeed media[0]: no url"},
		"empty caption":       {"The tide comes in", "", "caption is not a text"},
		"report of a source":  {`"source": "mail", `, "", "_newsfeed also[0]: no source"},
		"language":            {`"language": "en"`, `"language": "english language"`, "language is not a language"},
		"id is a number":      {`"id": "urn:x:1"`, `"id": 1`, "id is not a text"},
		"id again":            {"urn:x:2", "urn:x:1", "again"},
		"no content":          {`"content_html": "<p>Long</p>",`, "", item + "neither content_html nor content_text"},
		"relative address":    {"<p>Long</p>", "<a href='/x'>y</a>", `href="/x"`},
		"date":                {"2025-03-01T12:00:01Z", "Sat, 01 Mar 2025 12:00:01 GMT", "date_published is not a date"},
		"no authors":          {`"authors": [{"name": "Ann (Post)"}],`, "", item + "no authors"},
		"empty authors":       {`[{"name": "Ann (Post)"}]`, "[]", item + "no author"},
		"empty author":        {`[{"name": "Ann (Post)"}]`, "[{}]", "authors[0]"},
		"tag":                 {`["Sea"]`, `["Sea", 7]`, "tag 7"},
		"attachment type":     {`"audio/mpeg"`, `"mp3"`, "attachment of type"},
		"attachment size":     {`"size_in_bytes": 7`, `"size_in_bytes": "7"`, "size_in_bytes is not a number"},
		"attachment URL":      {`{"url": "https://m.example/1.mp3", `, "{", "no url"},
		"attachment, unknown": {"size_in_bytes", "size", "unknown member size"},
		"image":               {`"image": "https://m.example/1.png"`, `"image": "1.png"`, "image is not a URL"},
	})
}
