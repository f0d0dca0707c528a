package normalize_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"newsfeed/aggregator/parse"
	"newsfeed/storage"
)

// TestWaysToWriteAPerson shows who is behind the one string in which many
// sources write an author. People are apart by "/", their parts by "; ".
func TestWaysToWriteAPerson(t *testing.T) {
	for in, want := range map[string]string{
		"":                                  "",
		"()":                                "",
		"Jane Doe":                          "Jane Doe",
		" Jane \n Doe ":                     "Jane Doe",
		"By Jane Doe":                       "Jane Doe",
		"jane@x.example":                    "; jane@x.example",
		"mailto:jane@x.example":             "; jane@x.example",
		"jane@x.example ()":                 "; jane@x.example",
		"<jane@x.example>":                  "; jane@x.example",
		"(jane@x.example)":                  "; jane@x.example",
		"jane@x.example (Jane Doe)":         "Jane Doe; jane@x.example",
		"jane@x.example(Jane Doe)":          "Jane Doe; jane@x.example",
		"jane@x.example (Jane Doe":          "Jane Doe; jane@x.example",
		"jane@x.example Jane Doe":           "Jane Doe; jane@x.example",
		"Jane Doe jane@x.example":           "Jane Doe; jane@x.example",
		"Jane Doe, jane@x.example":          "Jane Doe; jane@x.example",
		"Jane Doe - jane@x.example":         "Jane Doe; jane@x.example",
		"Jane Doe (jane@x.example)":         "Jane Doe; jane@x.example",
		"Jane Doe(mailto:jane@x.example)":   "Jane Doe; jane@x.example",
		"Jane Doe <jane@x.example>":         "Jane Doe; jane@x.example",
		"Jane Doe &lt;jane@x.example&gt;":   "Jane Doe; jane@x.example",
		"Jane Doe [jane@x.example]":         "Jane Doe; jane@x.example",
		`"Doe, Jane" <jane@x.example>`:      "Doe, Jane; jane@x.example",
		"jane@x.example (Doe, Jane)":        "Doe, Jane; jane@x.example",
		"Jane Doe (jane@x.example) editor":  "Jane Doe editor; jane@x.example",
		"J. Doe <jane@x.example> (editor)":  "J. Doe (editor); jane@x.example",
		"jane+news@mail.x.example (Jane)":   "Jane; jane+news@mail.x.example",
		"jane@x.example?subject=Hi (Jane)":  "Jane; jane@x.example",
		"jane@x.example.":                   "; jane@x.example",
		"jane@x.example, joe@x.example":     "; jane@x.example/; joe@x.example",
		"a@x.example (A, B); b@x.example":   "A, B; a@x.example/; b@x.example",
		"Jane Doe (Editor)":                 "Jane Doe (Editor)",
		"Jane (at) x.example":               "Jane (at) x.example",
		"@janedoe":                          "@janedoe",
		"Jane Doe @janedoe":                 "Jane Doe @janedoe",
		"Jane Doe (https://x.example/jane)": "Jane Doe; ; https://x.example/jane",
		"Jane Doe <https://x.example/jane>": "Jane Doe; ; https://x.example/jane",
		"<b>Jane</b> &amp; co":              "Jane & co",
		"Jane Doe, John Roe and Ann Poe":    "Jane Doe/John Roe/Ann Poe",
		"Jane Doe; John Roe":                "Jane Doe/John Roe",
		"Doe, Jane":                         "Doe, Jane",
	} {
		e := entry(t, parse.Item{Authors: []parse.Person{{Name: in}}})
		if diff := cmp.Diff(want, names(e.Authors)); diff != "" {
			t.Errorf("%q\n(-want +got)\n%s", in, diff)
		}
	}
}

func TestOnePersonWrittenInSeveralPlaces(t *testing.T) {
	for _, tt := range []struct {
		written []string
		want    string
	}{
		{[]string{"jane@x.example (Jane Doe)", "jane doe"}, "Jane Doe; jane@x.example"},
		{[]string{"Jane Doe", "jane@x.example (Jane Doe)"}, "Jane Doe; jane@x.example"},
		{[]string{"jane@x.example", "Jane Doe"}, "; jane@x.example/Jane Doe"},
		{[]string{"Jane Doe, John Roe", "show@x.example (Jane Doe, John Roe)"}, "Jane Doe, John Roe; show@x.example"},
		{[]string{"Jane Doe, John Roe", "Jane Doe"}, "Jane Doe/John Roe"},
	} {
		var item parse.Item
		for _, name := range tt.written {
			item.Authors = append(item.Authors, parse.Person{Name: name})
		}
		if diff := cmp.Diff(tt.want, names(entry(t, item).Authors)); diff != "" {
			t.Errorf("%q\n(-want +got)\n%s", tt.written, diff)
		}
	}
}

func names(people []storage.Person) string {
	var list []string
	for _, p := range people {
		list = append(list, strings.TrimRight(p.Name+"; "+p.Email+"; "+p.URL, "; "))
	}
	return strings.Join(list, "/")
}

func TestAddressesEscapedTwice(t *testing.T) {
	for in, want := range map[string]string{
		"https://x.example/?a=1&amp;b=2":  "https://x.example/?a=1&b=2",
		"https://x.example/?a=1&#038;b=2": "https://x.example/?a=1&b=2",
		"https://x.example/?a=1&ampere=2": "https://x.example/?a=1&ampere=2",
	} {
		e := entry(t, parse.Item{
			GUID:  in,
			Links: []parse.Link{{Rel: "alternate", Href: in}},
			Media: []parse.Media{{Kind: parse.MediaEnclosure, URL: in}},
		})
		if e.URL != want || e.Media[0].URL != want || e.GUID != in {
			t.Errorf("%q: %q, media %q, guid %q", in, e.URL, e.Media[0].URL, e.GUID)
		}
	}
}

func TestOfOnePictureTheLargestStays(t *testing.T) {
	for _, urls := range [][]string{
		{"/a-150x150.jpg", "/a.jpg"},
		{"/a.jpg", "/a.jpg?w=150"},
		{"/a.jpg?w=150", "/a.jpg"},
	} {
		item := parse.Item{}
		for _, u := range urls {
			item.Media = append(item.Media, parse.Media{Kind: parse.MediaContent, URL: u, Medium: "image"})
		}
		if got := entry(t, item).Media; len(got) != 1 || got[0].URL != "https://example.org/a.jpg" {
			t.Errorf("%q: %v", urls, got)
		}
	}
}
