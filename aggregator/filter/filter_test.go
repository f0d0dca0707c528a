package filter_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"newsfeed/aggregator/filter"
	"newsfeed/storage"
)

var entry = storage.Entry{
	ID: "urn:1", Source: "kyiv", GUID: "g1", URL: "https://example.org/war?id=1",
	Title:   "Ukraine & its neighbours",
	Summary: "<p>Talks <b>begin</b> in &quot;Kyiv&quot;.</p>",
	Content: "<p>Talks begin.</p><p>The price is 5 &lt; 6.</p>",
	Authors: []storage.Person{{Name: "Ada Example"}, {Email: "desk@example.org"}}, Categories: []string{"Politics", "Europe"},
	Language: "en", Effective: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC), ReadingTime: 150 * time.Second,
	Media: []storage.Media{{Medium: storage.Image}, {Medium: storage.Image}, {Medium: storage.Video}},
}

func TestMatch(t *testing.T) {
	tests := []struct {
		expression string
		want       bool
	}{
		{`true`, true},
		{`title matches "(?i)ukrain"`, true},
		{`title matches "(?i)\\bAI\\b"`, false},
		{`"Politics" in categories`, true},
		{`any(categories, lower(#) == "europe")`, true},
		{`none(categories, # startsWith "Sport")`, true},
		{`summary == 'Talks begin in "Kyiv".'`, true},
		{`content contains "5 < 6"`, true},
		{`text contains "neighbours" && text contains "price"`, true},
		{`words > 8 and words < 20`, true},
		{`source == "kyiv" && language != "de"`, true},
		{`url startsWith "https://example.org/"`, true},
		{`guid == "g1"`, true},
		{`"Ada Example" in authors and "desk@example.org" in authors`, true},
		{`published > date("2026-03-01") && published - date("2026-03-01") < duration("48h")`, true},
		{`minutes >= 2 && images == 2 && videos == 1 && recordings == 0`, true},
		{`not (title contains "sport") and count(categories, len(#) > 6) == 1`, true},
		{`len(title) > 3 ? categories[0] == "Politics" : false`, true},
	}
	for _, test := range tests {
		t.Run(test.expression, func(t *testing.T) {
			f, err := filter.Compile(test.expression)
			if err != nil {
				t.Fatal(err)
			}
			got, err := f.Match(entry)
			if err != nil || got != test.want {
				t.Errorf("got %v, %v", got, err)
			}
			if f.String() != test.expression {
				t.Errorf("is %q", f)
			}
			if _, err := f.Match(storage.Entry{}); err != nil && !strings.Contains(test.expression, "[0]") {
				t.Errorf("an empty entry: %v", err)
			}
		})
	}
}

func TestCompile_Refuses(t *testing.T) {
	tests := []struct{ expression, message string }{
		{``, "line 1, column 1: "},
		{`title`, "expected bool"},
		{`titel contains "x"`, "line 1, column 1: unknown name titel; there are title, summary"},
		{`title == 3`, "line 1, column 7: invalid operation: == (mismatched types string and int)"},
		{"title contains\n  3 + true", "line 2, column 5: "},
		{`title matches "("`, "error parsing regexp"},
		{`now() > published`, "now"},
		{`len(repeat(title, 1000)) > 3`, "repeat"},
		{`reduce(categories, #acc + #, "") == ""`, "reduce"},
		{`len(map(1..1000000, #)) > 3`, "map"},
		{`true` + strings.Repeat(` || true`, 400), "exceeds maximum allowed nodes"},
		{`"` + strings.Repeat("x", 20000) + `" == title`, "longer than 10000 bytes"},
	}
	for _, test := range tests {
		t.Run(test.message, func(t *testing.T) {
			_, err := filter.Compile(test.expression)
			if err == nil || !strings.Contains(err.Error(), test.message) {
				t.Fatalf("got %v", err)
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("more than a line: %q", err)
			}
		})
	}
}

func TestMatch_AnErrorNamesTheEntry(t *testing.T) {
	f, err := filter.Compile(`categories[5] == "x"`)
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := f.Match(entry); ok || err == nil || !strings.Contains(err.Error(), "urn:1") {
		t.Errorf("got %v, %v", ok, err)
	}
}

// TestCompile_NoRanges asks for a range of a billion numbers.
func TestCompile_NoRanges(t *testing.T) {
	if _, err := filter.Compile(`any(1..1000000000, # < 0)`); err == nil || !strings.Contains(err.Error(), ".. is not allowed") {
		t.Errorf("got %v", err)
	}
}

func FuzzCompile(f *testing.F) {
	f.Add(`title matches "(?i)ukrain" && any(categories, # == "x")`)
	f.Add(`published > date("2026-03-01")`)
	f.Fuzz(func(t *testing.T, expression string) {
		compiled, err := filter.Compile(expression)
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("more than a line: %q", err)
			}
			return
		}
		_, _ = compiled.Match(entry)
		_, _ = compiled.Match(storage.Entry{})
	})
}

func ExampleFilter() {
	f, err := filter.Compile(`title matches "(?i)weather" && not ("Sport" in categories)`)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(f.Match(storage.Entry{Title: "Weather: rain"}))
	_, err = filter.Compile(`headline contains "x"`)
	fmt.Println(err.Error()[:56])
	// Output:
	// true <nil>
	// compile expression: line 1, column 1: unknown name headl
}

func BenchmarkMatch(b *testing.B) {
	f, err := filter.Compile(`(title matches "(?i)\\bAI\\b" || text contains "x") && "Politics" in categories`)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := f.Match(entry); err != nil {
			b.Fatal(err)
		}
	}
}
