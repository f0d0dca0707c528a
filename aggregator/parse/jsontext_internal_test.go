package parse

import (
	"encoding/json"
	"testing"
)

// FuzzUnquote checks that a string read in one go is the one that a parser of
// JSON reads.
func FuzzUnquote(f *testing.F) {
	for _, s := range []string{
		`"<p class=\"a\">b &amp; c<\/p>\n\t\u00e9 é 日本 \u003cb\u003E\\"`, `""`, `"a`, `"\"`, `"a"b"`, `"\ud83d\ude00 \ud83d"`, `"\x"`, `"\u12"`, `"\u+123"`,
		"\"a\nb\"", "\"\xff\"", `"\u0000\b\f\r"`, ` "a"`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, quoted []byte) {
		got, ok := unquote(quoted)
		if !ok {
			return
		}
		var want string
		if err := json.Unmarshal(quoted, &want); err != nil || got != want {
			t.Errorf("%q is read as %q, but %q: %v", quoted, got, want, err)
		}
	})
}

// TestUnquoteReadsMostStrings names what is left to the parser of JSON.
func TestUnquoteReadsMostStrings(t *testing.T) {
	for quoted, want := range map[string]bool{
		`"<p class=\"a\">b<\/p>\n\u00e9 é"`: true,
		`""`:                                true,
		`"\ud83d\ude00"`:                    false,
		"\"a\nb\"":                          false,
		`"a`:                                false,
		`"\"`:                               false,
		`"\x"`:                              false,
	} {
		if _, ok := unquote([]byte(quoted)); ok != want {
			t.Errorf("%s is read: %v", quoted, ok)
		}
	}
}
