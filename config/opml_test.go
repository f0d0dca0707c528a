package config_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"newsfeed/config"
)

// subscribed is a source in one line: id, URL, title, categories.
func subscribed(s config.Source) string {
	return strings.Join([]string{s.ID, s.URL, s.Title, strings.Join(s.Categories, "|")}, " ; ")
}

func body(outlines string) string {
	return `<?xml version="1.0"?><opml version="2.0"><head><title>t</title></head><body>` + outlines + `</body></opml>`
}

func TestReadOPML(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"nothing", body(""), nil},
		{
			"one", body(`<outline type="rss" text="A" title="Alpha" xmlUrl="https://a.example/feed.xml" htmlUrl="https://a.example/"/>`),
			[]string{"a-example ; https://a.example/feed.xml ; Alpha ; "},
		},
		{"text without title", body(`<outline text="A" xmlUrl="https://a.example/"/>`), []string{"a-example ; https://a.example/ ; A ; "}},
		{"an address is no title", body(`<outline text="https://a.example/" xmlUrl="https://a.example/"/>`), []string{"a-example ; https://a.example/ ;  ; "}},
		{"folders", body(`<outline text="World"><outline text="Near &amp; East"><outline text="A" xmlUrl="https://a.example/"/></outline>
			<outline text="B" xmlUrl="https://b.example/"/></outline><outline text="C" xmlUrl="https://c.example/"/>`), []string{
			"a-example ; https://a.example/ ; A ; World|Near & East",
			"b-example ; https://b.example/ ; B ; World",
			"c-example ; https://c.example/ ; C ; ",
		}},
		{
			"category attribute", body(`<outline text="Tech"><outline text="A" xmlUrl="https://a.example/" category="/Boston/Weather,tech, A/V ,,"/></outline>`),
			[]string{"a-example ; https://a.example/ ; A ; Tech|Boston|Weather|A/V"},
		},
		{
			"a subscription is no folder", body(`<outline text="A" xmlUrl="https://a.example/"><outline text="B" xmlUrl="https://b.example/"/></outline>`),
			[]string{"a-example ; https://a.example/ ; A ; ", "b-example ; https://b.example/ ; B ; "},
		},
		{
			"twice", body(`<outline text="X"><outline text="A" xmlUrl="https://a.example/"/></outline><outline text="Y"><outline text="Again" xmlUrl="https://a.example/"/></outline>`),
			[]string{"a-example ; https://a.example/ ; A ; X|Y"},
		},
		{"spelled otherwise", `<OPML><BODY><Outline TEXT="A" XMLURL=" https://a.example/ "/></BODY></OPML>`, []string{"a-example ; https://a.example/ ; A ; "}},
		{"no head, no version", `<opml><body><outline text="A" xmlUrl="https://a.example/"/></body></opml>`, []string{"a-example ; https://a.example/ ; A ; "}},
		{"a bare ampersand", body(`<outline text="Q & A" xmlUrl="https://a.example/?a=1&b=2"/>`), []string{"a-example-8e85be58 ; https://a.example/?a=1&b=2 ; Q & A ; "}},
		{"a query makes a difference", body(`<outline text="A" xmlUrl="https://a.example/v?c=1"/><outline text="B" xmlUrl="https://a.example/v?c=2"/>`), []string{
			"a-example-v-682607c9 ; https://a.example/v?c=1 ; A ; ", "a-example-v-8b19d341 ; https://a.example/v?c=2 ; B ; ",
		}},
		{
			"feed:", body(`<outline text="A" xmlUrl="feed://a.example/"/><outline text="B" xmlUrl="feed:https://b.example/"/>`),
			[]string{"a-example ; http://a.example/ ; A ; ", "b-example ; https://b.example/ ; B ; "},
		},
		{"a doctype", `<!DOCTYPE opml [<!ENTITY x "y">]>` + "\n" + `<opml><body><outline text="A" xmlUrl="https://a.example/"/></body></opml>`, []string{"a-example ; https://a.example/ ; A ; "}},
		{"line breaks", body("<outline text=\"A&#10;\n B&#x85;\tC\" xmlUrl=\"https://a.example/\"/>"), []string{"a-example ; https://a.example/ ; A B C ; "}},
		{"no web address", body(`<outline text="A" xmlUrl="ftp://a.example/"/>`), []string{" ; ftp://a.example/ ; A ; "}},
		{
			"many categories", body(`<outline text="A" xmlUrl="https://a.example/" category="` + strings.Repeat("a,b,", 1e5) + `c"/>`),
			[]string{"a-example ; https://a.example/ ; A ; a|b|c"},
		},
		{"url of early programs", body(`<outline text="A" type="rss" url="https://a.example/"/>`), []string{"a-example ; https://a.example/ ; A ; "}},
		{"entities of HTML", body(`<outline text="Caf&eacute;&nbsp;&copy; &#8212; &unknown;" xmlUrl="https://a.example/"/>`), []string{"a-example ; https://a.example/ ; Café © — &unknown; ; "}},
		{"a link", body(`<outline text="A" type="link" url="https://a.example/"/>`), nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			list, err := config.ReadOPML("list.opml", strings.NewReader(test.text))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, s := range list {
				got = append(got, subscribed(s))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadOPML_Encodings(t *testing.T) {
	text := func(encoding string) string {
		return `<?xml version="1.0" encoding="` + encoding + `"?><opml><body><outline text="Zürich" xmlUrl="https://a.example/"/></body></opml>`
	}
	var wide []byte
	for _, c := range utf16.Encode([]rune("\uFEFF" + text("UTF-16"))) {
		wide = append(wide, byte(c), byte(c>>8))
	}
	for name, raw := range map[string][]byte{
		"UTF-8":                 []byte(text("UTF-8")),
		"UTF-8 with its mark":   []byte("\uFEFF" + text("utf-8")),
		"a mark, and Latin 1":   []byte("\uFEFF" + text("iso-8859-1")),
		"Latin 1":               bytes.ReplaceAll([]byte(text("iso-8859-1")), []byte("ü"), []byte{0xfc}),
		"Windows-1252":          bytes.ReplaceAll([]byte(text("windows-1252")), []byte("ü"), []byte{0xfc}),
		"UTF-16, little endian": wide,
		"Latin 1 as UTF-8":      bytes.ReplaceAll([]byte(text("UTF-8")), []byte("ü"), []byte{0xfc}),
		"Latin 1, not declared": []byte("<opml><body><outline text=\"Z\xfcrich\" xmlUrl=\"https://a.example/\"/></body></opml>"),
	} {
		list, err := config.ReadOPML("list.opml", bytes.NewReader(raw))
		if err != nil || len(list) != 1 || list[0].Title != "Zürich" {
			t.Errorf("%s: got %v, %v", name, list, err)
		}
	}
}

func TestReadOPML_SaysWhatIsWrong(t *testing.T) {
	deep := strings.Repeat(`<outline text="x">`, 100)
	for name, test := range map[string]struct{ text, want string }{
		"empty":        {"", "list.opml: is not OPML: it has no element <opml>"},
		"no XML":       {"https://a.example/\n", "list.opml: is not OPML: it has no element <opml>"},
		"HTML":         {"<!DOCTYPE html>\n<html><body></body></html>", "list.opml:2: is not OPML: it begins with an element <html>"},
		"cut off":      {"<opml>\n<body>\n<outline text=\"A\"", "list.opml:3: is damaged here: unexpected EOF"},
		"not closed":   {"<opml>\n<body>", "list.opml:2: is damaged here: unexpected EOF"},
		"deep":         {"<opml>\n" + deep, "list.opml:2: has more than 64 elements within each other"},
		"encoding":     {`<?xml version="1.0" encoding="klingon"?><opml/>`, `list.opml:1: cannot be read: opening charset "klingon": unsupported charset: "klingon"`},
		"binary":       {"<opml>\x00</opml>", "list.opml:1: is damaged here: illegal character code U+0000"},
		"many sources": {"<opml>" + strings.Repeat(`<outline xmlUrl="x"/>`, 100_001), "list.opml:1: has more than 100000 subscriptions; split it"},
		"large":        {strings.Repeat(" ", 16<<20+1), "list.opml: is larger than 16MiB; split it"},
	} {
		list, err := config.ReadOPML("list.opml", strings.NewReader(test.text))
		if err == nil || err.Error() != test.want || list != nil {
			t.Errorf("%s: got %v, want %s", name, err, test.want)
		}
	}
}

func TestLoad_Subscriptions(t *testing.T) {
	folder := tree(t, t.TempDir(), map[string]string{
		"main.opml": body(`<outline text="World"><outline text="A" xmlUrl="https://a.example/"/></outline><outline text="Own" xmlUrl="https://main.example/"/>`),
		"more.opml": body(`<outline text="Near"><outline text="A again" xmlUrl="https://a.example/"/></outline><outline text="B" xmlUrl="https://b.example/"/>`),
		"inc.toml":  source("inc"),
	})
	tests := []struct{ opml, want string }{
		{`[]`, "main inc"},
		{`["main.opml"]`, "main inc a-example"},
		{`["m*.opml", "./main.opml"]`, "main inc a-example b-example"},
		{`["more.opml", "main.opml"]`, "main inc a-example b-example"},
	}
	for _, test := range tests {
		fill(t, folder, map[string]string{"newsfeed.toml": "include = [\"inc.toml\"]\nopml = " + test.opml + "\n" + source("main")})
		c, warnings, err := config.Load(filepath.Join(folder, "newsfeed.toml"), environment())
		if err != nil || len(warnings) > 0 {
			t.Fatalf("%s: got %v, %v", test.opml, warnings, err)
		}
		if got := ids(c); got != test.want || len(c.OPML) > 0 {
			t.Errorf("%s: got %s, want %s; left %v", test.opml, got, test.want, c.OPML)
		}
		for _, s := range c.Sources {
			if !s.Enabled || !s.VerifyTLS || !s.HTTP2 || s.Format != "auto" {
				t.Errorf("%s: %s is not as other sources are: %+v", test.opml, s.ID, s)
			}
		}
	}
}

func TestLoad_SaysWhatIsWrongWithSubscriptions(t *testing.T) {
	folder := tree(t, t.TempDir(), map[string]string{
		"broken.opml": "<opml>\n<body>",
		"page.opml":   "<html/>",
		"ftp.opml":    "<opml><body>\n<outline text=\"A\" xmlUrl=\"ftp://a.example/\"/></body></opml>",
		"twin.opml":   "<opml><body>\n<outline text=\"A\" xmlUrl=\"https://main.example/rss.xml\"/></body></opml>",
	})
	if err := os.Mkdir(filepath.Join(folder, "sub"), 0o700); err != nil {
		t.Fatal(err)
	}
	for opml, want := range map[string]string{
		`["none.opml"]`: `newsfeed.toml:1: opml[1]: there is no file "` + folder + `/none.opml"; write the name of one, or a pattern such as "subscriptions.opml"`,
		`["[a-"]`:       `newsfeed.toml:1: opml[1]: "[a-" is not a pattern; write for example "subscriptions.opml"`,
		`[""]`:          `newsfeed.toml:1: opml[1]: names no file; write for example "subscriptions.opml"`,
		`["sub"]`:       `newsfeed.toml:1: opml[1]: file "` + folder + `/sub" cannot be read: not a regular file; let the service's user read it, or leave it out`,
		`"ftp.opml"`:    `newsfeed.toml:1: opml: is a list; write [ … ]`,
		`["broken.opml", "page.opml"]`: `broken.opml:2: is damaged here: unexpected EOF` + "\n" + folder +
			`/page.opml:1: is not OPML: it begins with an element <html>`,
		`["ftp.opml"]`:  `ftp.opml:2: source[2].url: is not an absolute http or https URL; write for example "https://www.example.org/feed.xml"`,
		`["twin.opml"]`: `twin.opml:2: source[2].id: "main-example" is also the id of the source in line 3 of ` + folder + `/newsfeed.toml; add a [[source]] with this url and another id`,
	} {
		text := "opml = " + opml + "\n[[source]]\nid = \"main-example\"\nurl = \"https://main.example/\"\n"
		fill(t, folder, map[string]string{"newsfeed.toml": text})
		_, _, err := config.Load(filepath.Join(folder, "newsfeed.toml"), environment())
		if err == nil || err.Error() != folder+"/"+want {
			t.Errorf("%s: got %v, want %s", opml, err, want)
		}
	}
}

func FuzzReadOPML(f *testing.F) {
	f.Add(body(`<outline text="World"><outline text="A" xmlUrl="https://a.example/?x=1&y" category="/a/b,c"/></outline>`))
	f.Add(`<?xml version="1.0" encoding="iso-8859-1"?><opml><outline xmlUrl="feed:https://x.example/"`)
	f.Fuzz(func(t *testing.T, text string) {
		list, err := config.ReadOPML("list.opml", strings.NewReader(text))
		if err != nil {
			return
		}
		seen := map[string]bool{}
		for _, s := range list {
			if s.URL == "" || seen[s.URL] {
				t.Errorf("address %q", s.URL)
			}
			seen[s.URL] = true
			for _, line := range append(s.Categories, s.Title+"x") {
				if line == "" || strings.ContainsAny(line, "\r\n\t\x00") {
					t.Errorf("source %q has a line %q", s.URL, line)
				}
			}
			if len(s.ID) > 64 || strings.Trim(s.ID, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
				t.Errorf("id %q", s.ID)
			}
		}
		// What was read is what WriteSources writes.
		var out bytes.Buffer
		if err := config.WriteSources(&out, list); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "newsfeed.toml")
		if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		_, _, err = config.Load(path, environment())
		var all *config.Error
		if errors.As(err, &all) {
			for _, p := range all.Problems {
				if !strings.HasPrefix(p.Message, "is not an absolute http or https URL") && !strings.HasSuffix(p.Key, ".id") {
					t.Errorf("%v in\n%s", p, out.Bytes())
				}
			}
		}
	})
}
