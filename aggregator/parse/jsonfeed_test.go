package parse_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"newsfeed/aggregator/parse"
)

func jsonOfItem(members string) string {
	return `{"version":"https://jsonfeed.org/version/1.1","title":"C","items":[{` + members + `}]}`
}

// TestJSONFeedItems shows what an item of a JSON Feed says, also when its
// members have other types than they should.
func TestJSONFeedItems(t *testing.T) {
	for _, tt := range jsonItems {
		items, _ := readWhole(t, jsonOfItem(tt.item))
		if len(items) != 1 {
			t.Errorf("%s: %d items", tt.item, len(items))
			continue
		}
		if diff := cmp.Diff(tt.want, say(items[0])); diff != "" {
			t.Errorf("%s\n(-want +got)\n%s", tt.item, diff)
		}
	}
}

var jsonItems = []struct{ item, want string }{
	{`"id":"1","url":"http://x.example/1","external_url":"http://o.example/"`, `guid=1 | alternate=http://x.example/1 | related=http://o.example/`},
	{`"id":"http://x.example/1"`, `permalink=http://x.example/1`},
	{`"id":"http://x.example/1","external_url":"http://o.example/"`, `permalink=http://x.example/1 | related=http://o.example/`},
	{`"id":"1","external_url":"http://o.example/"`, `guid=1 | alternate=http://o.example/`},
	{`"id":5`, `guid=5`},
	{`"id":1.5,"title":7`, `guid=1.5 | title:text=7`},
	{`"id":null,"title":"T"`, `title:text=T`},
	{`"title":"<b>T</b>","content_html":"<p>a</p>","content_text":"a"`, `title:text=<b>T</b> | content:html=<p>a</p>`},
	{`"content_text":"a < b","summary":"<i>S</i>","language":"fr"`, `summary:text in fr=<i>S</i> | content:text in fr=a < b | lang=fr`},
	{`"content_html":null,"content_text":"a"`, `content:text=a`},
	{`"date_published":"2020-01-02T03:04:05-07:00","date_modified":"2020"`, `published=2020-01-02T03:04:05-07:00 | updated=2020`},
	{`"title":"T","date_published":1577934245,"date_modified":null`, `title:text=T | published=1577934245`},
	{`"image":"http://x.example/i.jpg","banner_image":"http://x.example/b.jpg"`, `image image=http://x.example/i.jpg | image image=http://x.example/b.jpg`},
	{`"title":"T","image":{"url":"http://x.example/i.jpg"}`, `title:text=T`},
	{`"author":{"name":"A","url":"http://x.example/a","avatar":"http://x.example/a.png"}`, `author=A; ; http://x.example/a`},
	{`"authors":[{"name":"A"},null,{"name":"B","url":"http://x.example/b"}],"author":{"name":"C"}`, `author=A | author=B; ; http://x.example/b`},
	{`"author":"A","authors":"B"`, `author=B`},
	{`"authors":{"name":"A"}`, `author=A`},
	{`"tags":["a",null,5,{"x":1},"b"]`, `category=a | category=5 | category=b`},
	{`"tags":"a"`, `category=a`},
	{`"attachments":[{"url":"http://x.example/a.mp3","mime_type":"audio/mpeg","title":"Part 1","size_in_bytes":12,"duration_in_seconds":61}]`, `enclosure audio/mpeg 12 61 Part 1=http://x.example/a.mp3`},
	{`"attachments":[null,{"url":"http://x.example/a.mp3","size_in_bytes":"12","duration_in_seconds":61.5}]`, `enclosure 12 61=http://x.example/a.mp3`},
	{`"attachments":{"url":"http://x.example/a.mp3","size_in_bytes":null,"duration_in_seconds":-1}`, `enclosure=http://x.example/a.mp3`},
	{`"title":"T","_x":{"a":[1]},"unknown":[{}]`, `title:text=T`},
}

func TestJSONFeedHeaders(t *testing.T) {
	for _, test := range []struct{ document, want string }{
		{
			`{"version":"https://jsonfeed.org/version/1","title":"C","description":"D","home_page_url":"http://x.example/","feed_url":"http://x.example/f","next_url":"http://x.example/2","icon":"http://x.example/i.png","favicon":"http://x.example/f.ico","author":{"name":"A"},"hubs":[{"type":"WebSub","url":"http://h.example/"},null],"expired":true}`,
			`title:text=C | description:text=D | alternate=http://x.example/ | self=http://x.example/f | next=http://x.example/2 | hub=http://h.example/ | image=http://x.example/i.png | author=A`,
		},
		{
			`{"version":"https://jsonfeed.org/version/1.1","title":5,"favicon":"http://x.example/f.ico","authors":[{"name":"A"}],"language":"de","hubs":{"url":"http://h.example/"}}`,
			`title:text=5 | hub=http://h.example/ | image=http://x.example/f.ico | lang=de | author=A`,
		},
		{
			`{"version":"https://jsonfeed.org/version/1.1","home_page_url":"http://x.example/","items":[]}`,
			`alternate=http://x.example/`,
		},
	} {
		_, header := readWhole(t, test.document)
		if diff := cmp.Diff(test.want, sayHeader(header)); diff != "" {
			t.Errorf("%s\n(-want +got)\n%s", test.document, diff)
		}
	}
}

func TestDamagedJSONIsRepaired(t *testing.T) {
	for _, document := range []string{
		"{\"version\":\"https://jsonfeed.org/version/1\",\"title\":\"C\",\"items\":[{\"title\":\"a\tb\"},{\"title\":\"say \\\"c\\\" \\\\\"}]}",
		`{"version":"https://jsonfeed.org/version/1","title":"C","items":[{"title":"a b", },{"title":"say \"c\" \\"},],}`,
		"{\"version\":\"https://jsonfeed.org/version/1\",\"title\":\"C\",\"items\":[{\"title\":\"a\nb\"},{\"title\":\"say \\\"c\\\" \\\\\"},{\"title\":\"cut",
	} {
		doc, err := parse.Scan([]byte(document), parse.Options{})
		if err != nil {
			t.Errorf("%s: %v", document, err)
			continue
		}
		items, err := doc.Items(nil)
		if err != nil || len(items) != 2 || items[1].Title.Value != `say "c" \` || len(doc.Warnings) == 0 {
			t.Errorf("%s: %v, %v, warnings %q", document, items, err, doc.Warnings)
		}
	}
}
