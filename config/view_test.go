package config_test

import (
	"fmt"
	"strings"
	"testing"

	"newsfeed/config"
)

func TestLoad_ViewHasALimitUnlessTheFileSaysNone(t *testing.T) {
	for text, want := range map[string]int{"": 100, "limit = 0": 0, "limit = 7": 7} {
		if got := load(t, "[[view]]\nname = \"a\"\n"+text+"\n").Views[0].Limit; got != want {
			t.Errorf("%q: got %d, want %d", text, got, want)
		}
	}
}

func TestLoad_ViewKnowsDerivedSources(t *testing.T) {
	const source = "[[source]]\nurl = \"https://www.example.org/news/rss.xml\"\n"
	load(t, "[[view]]\nname = \"a\"\nsources = [\"example-org-news\"]\n"+source)

	_, _, err := config.Load(write(t, "[[view]]\nname = \"a\"\nsources = [\"example-org-new\"]\n"+source), environment())
	const want = `newsfeed.toml:3: view[1].sources[1]: "example-org-new" is the id of no source; did you mean example-org-news?`
	if err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestLoad_Token(t *testing.T) {
	const (
		good  = ""
		short = "is too short"
		other = "has a character that does not stand in a URL as it is"
	)
	for token, want := range map[string]string{
		"":                      good,
		"abcdefgh":              good,
		"AZaz09-._~":            good,
		strings.Repeat("x", 99): good,
		"abcdefg":               short,
		".":                     short,
		"abcdefg&":              other,
		"abcdefg h":             other,
		"abcdefg%20":            other,
		"abcdefg/":              other,
		"abcdefgї":              other,
		"abcdefg\\u0000":        other,
		"abcdefg\\n":            other,
		"File:abcdefg":          other,
	} {
		_, _, err := config.Load(write(t, "[[view]]\nname = \"a\"\ntoken = \""+token+"\"\n"), environment())
		switch {
		case want == good && err != nil:
			t.Errorf("%q: %v", token, err)
		case want != good && (err == nil || !strings.Contains(err.Error(), ":3: view[1].token: "+want)):
			t.Errorf("%q: got %v, want: %s", token, err, want)
		}
	}
}

func TestD33_NoErrorShowsAToken(t *testing.T) {
	for _, line := range []string{
		`token = s3cret`,
		`token = "s3cret`,
		`token = "s3cret"`,
		`token = "s3cret s3cret"`,
		`token = "s3cret\q"`,
		`token = ["s3cret"]`,
		`token = { s = "s3cret" }`,
		`token = 53237`,
		`tokens = "s3cret"`,
	} {
		_, _, err := config.Load(write(t, "[[view]]\nname = \"a\"\n"+line+"\n"), environment())
		if err == nil {
			t.Errorf("%s: no error", line)
			continue
		}
		for _, part := range []string{"3cret", "53237"} {
			if strings.Contains(err.Error(), part) {
				t.Errorf("%s: shown in: %v", line, err)
			}
		}
	}
}

func TestView_TokenIsNotPrinted(t *testing.T) {
	v := config.View{Name: "a", Token: "s3cret-token"}
	for _, verb := range []string{"%v", "%+v", "%s"} {
		if text := fmt.Sprintf(verb, v); strings.Contains(text, "s3cret") {
			t.Errorf("%s shows it: %s", verb, text)
		}
	}
}

func TestLoad_TakesNoTokenFromTheEnvironment(t *testing.T) {
	c := load(t, "[[view]]\nname = \"a\"\n", "NEWSFEED_VIEW_TOKEN=abcdefgh", "NEWSFEED_VIEW_1_TOKEN=abcdefgh", "NEWSFEED_VIEWS_0_TOKEN=abcdefgh")
	if got := string(c.Views[0].Token); got != "" {
		t.Errorf("got %q", got)
	}
}
