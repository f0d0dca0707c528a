package normalize_test

import (
	"strings"
	"testing"

	"newsfeed/aggregator/parse"
)

func TestExcerpt(t *testing.T) {
	word := strings.Repeat("x", 49) + " "
	for _, tt := range []struct{ name, text, want string }{
		{"short", "a b.", "a b."},
		{"of 300 characters", strings.Repeat(word, 6)[:299] + ".", strings.Repeat(word, 6)[:299] + "."},
		{"end of a sentence", strings.Repeat("x", 200) + ". " + strings.Repeat(word, 9), strings.Repeat("x", 200) + "."},
		{"end of a sentence at the limit", strings.Repeat(word, 6)[:299] + ". " + word, strings.Repeat(word, 6)[:299] + "."},
		{"end of a word", strings.Repeat(word, 9), strings.Repeat(word, 6)[:299] + "…"},
		{"end of a word at the limit", strings.Repeat(word, 6)[:299] + "y " + word, strings.Repeat(word, 6)[:299] + "y…"},
		{"one word", strings.Repeat("x", 400), strings.Repeat("x", 300) + "…"},
		{"end of a sentence without spaces", strings.Repeat("字", 200) + "。" + strings.Repeat("字", 200), strings.Repeat("字", 200) + "。"},
		{"wide characters", strings.Repeat("𝔞", 400), strings.Repeat("𝔞", 300) + "…"},
		{"lines", strings.Repeat(" a\n\n\tb\n", 100), strings.TrimSpace(strings.Repeat("a b ", 75)) + "…"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := entry(t, parse.Item{Content: parse.Text{Value: tt.text}}).Summary; got != tt.want {
				t.Errorf("\ngot  %q\nwant %q", got, tt.want)
			}
		})
	}
}
