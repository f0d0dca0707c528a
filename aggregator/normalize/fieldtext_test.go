package normalize_test

import (
	"fmt"
	"strings"
	"testing"

	"newsfeed/aggregator/normalize"
	"newsfeed/aggregator/parse"
)

// TestD29_FieldsAreText gives every vector to every field that holds text. Of
// markup only the text is left; what is not markup is text as it stands, which
// a writer has to escape.
func TestD29_FieldsAreText(t *testing.T) {
	for _, tt := range []struct {
		in   parse.Text
		want string
	}{
		{parse.Text{Value: `<img src=y onerror=x()>a`}, "a"},
		{parse.Text{Value: `<img src=y onerror=x()>a`, Type: parse.HTML}, "a"},
		{parse.Text{Value: `<img src=y onerror=x()>a`, Type: parse.Plain}, "<img src=y onerror=x()>a"},
		{parse.Text{Value: `&lt;img src=y onerror=x()&gt;a`, Type: parse.HTML}, "<img src=y onerror=x()>a"},
		{parse.Text{Value: `<script>x()</script>a`}, "a"},
		{parse.Text{Value: `<svg onload=x()><title>b</title></svg>a`}, "a"},
		{parse.Text{Value: `<a href="javascript:x()">a</a>`}, "a"},
		{parse.Text{Value: "a\x00\x1b[31m\u0085\n\r\tb"}, "a[31m b"},
		{parse.Text{Value: `"a" & 'b' < c`}, `"a" & 'b' < c`},
		{parse.Text{Value: "]]>a"}, "]]>a"},
	} {
		for name, got := range textFields(t, tt.in) {
			if typed := name == "title" || name == "rights" || name == "origin" || strings.HasPrefix(name, "source"); got != tt.want && (typed || tt.in.Type == parse.Guess) {
				t.Errorf("%s of %q: got %q, want %q", name, tt.in.Value, got, tt.want)
			}
		}
	}
}

// TestD29_VectorsInFields shows that nothing but text comes out of any field.
// Text never has line ends or control characters, and where a source says that
// it is HTML, no tag of the source survives as one.
func TestD29_VectorsInFields(t *testing.T) {
	for _, v := range ownVectors() {
		for _, kind := range []parse.TextType{parse.Guess, parse.Plain, parse.HTML} {
			for name, got := range textFields(t, parse.Text{Value: v, Type: kind}) {
				if strings.ContainsFunc(got, func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 }) {
					t.Errorf("%s of %q: control characters in %q", name, v, got)
				}
			}
		}
		for _, kind := range []parse.TextType{parse.Guess, parse.Plain, parse.HTML} {
			e := entry(t, parse.Item{Summary: parse.Text{Value: v, Type: kind}, Content: parse.Text{Value: v + " and more", Type: kind}})
			for _, safe := range []string{e.Summary, e.Content} {
				for _, p := range walk(safe).problems {
					t.Errorf("%s\nfrom %q\nmade %q", p, v, safe)
				}
			}
		}
	}
}

// textFields returns what becomes of a text in each field of an entry and of a
// source that holds text.
func textFields(t *testing.T, text parse.Text) map[string]string {
	t.Helper()
	item := parse.Item{
		Title: text, Rights: text, Origin: &parse.Origin{ID: "x", Title: text}, Authors: []parse.Person{{Name: text.Value, URL: "https://a.example/"}},
		Categories: []parse.Category{{Label: text.Value}, {Term: text.Value + " "}},
		Media:      []parse.Media{{URL: "https://a.example/f.mp3", Kind: parse.MediaEnclosure, Title: text.Value, Caption: text.Value, Credit: text.Value}},
	}
	entries, _ := normalize.Entries(source, parse.Header{}, []parse.Item{item}, now)
	e := entries[0]
	about := normalize.About(source, parse.Header{Title: text, Description: text, Rights: text}, now)
	fields := map[string]string{
		"title": e.Title, "rights": e.Rights, "origin": e.Origin.Title, "media title": e.Media[0].Title, "media caption": e.Media[0].Caption,
		"media credit": e.Media[0].Credit, "source title": about.Title, "source description": about.Description, "source rights": about.Rights,
	}
	for i, p := range e.Authors {
		fields[fmt.Sprint("author ", i)] = p.Name
	}
	for i, c := range e.Categories {
		fields[fmt.Sprint("category ", i)] = c
	}
	return fields
}
