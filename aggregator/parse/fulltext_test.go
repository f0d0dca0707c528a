package parse_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"newsfeed/aggregator/parse"
)

func TestFullText(t *testing.T) {
	paragraphs := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "<p>Paragraph %d. %s</p>", i, strings.Repeat("The harbour, closed since spring, will open again in May. ", 5))
		}
		return b.String()
	}
	tests := []struct {
		name, page    string
		has, hasNot   []string
		title, author string
	}{
		{
			"article with things around it",
			`<html lang="en"><head><title>Harbour opens</title><meta name="author" content="Jane Doe"></head><body><nav>Home News Sport</nav><article>` +
				paragraphs(6) + `<img src="a.jpg"></article><aside>Most read</aside><footer>Imprint</footer></body></html>`,
			[]string{"Paragraph 0.", "Paragraph 5.", `src="https://example.org/news/a.jpg"`},
			[]string{"Home News", "Most read", "Imprint"},
			"Harbour opens", "Jane Doe",
		},
		{
			"no text", `<html><head><title>Sign in</title></head><body><form><input name=q></form></body></html>`,
			nil,
			[]string{"<input"},
			"Sign in", "",
		},
		{
			"another encoding", "<html><head><meta charset=windows-1252><title>Caf\xe9</title></head><body><article>" + paragraphs(5) + "<p>Na\xefve words at the end of it all.</p></article></body></html>",
			[]string{"Naïve words"},
			nil, "Café", "",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			item, err := parse.FullText([]byte(test.page), "text/html", "https://example.org/news/1")
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range test.has {
				if !strings.Contains(item.Content.Value, want) {
					t.Errorf("no %q in %q", want, item.Content.Value)
				}
			}
			for _, wrong := range test.hasNot {
				if strings.Contains(item.Content.Value, wrong) {
					t.Errorf("%q in %q", wrong, item.Content.Value)
				}
			}
			if item.Title.Value != test.title {
				t.Errorf("title %q, want %q", item.Title.Value, test.title)
			}
			if author := fmt.Sprint(item.Authors); !strings.Contains(author, test.author) {
				t.Errorf("authors %s, want %q", author, test.author)
			}
		})
	}
}

func TestFullTextIsBounded(t *testing.T) {
	var formats, attributes strings.Builder
	for i := range 400 {
		fmt.Fprintf(&formats, "<b a%d>", i)
	}
	for i := range 20_000 {
		fmt.Fprintf(&attributes, " a%d", i)
	}
	for name, page := range map[string]string{
		"large":                 strings.Repeat("<p>x", 1<<20),
		"many elements":         strings.Repeat("<div><a>x</a></div>", 1<<16),
		"deep":                  strings.Repeat("<div>", 1<<16),
		"formats left open":     "<div>" + formats.String() + strings.Repeat("<p>x", 10_000),
		"attributes to compare": "<html" + attributes.String() + ">" + strings.Repeat("<html b>", 5_000),
	} {
		t.Run(name, func(t *testing.T) {
			begin := cpuTime(t)
			_, err := parse.FullText([]byte(page), "text/html", "https://example.org/")
			if took := cpuTime(t) - begin; took > 10*time.Second {
				t.Errorf("took %v of CPU, %v", took, err)
			}
		})
	}
}
