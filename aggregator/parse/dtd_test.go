package parse_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"newsfeed/aggregator/parse"
)

// TestD13_EntityBombsAndExternalEntities shows that nothing grows and that
// nothing is read: references to what is no text of the document stay as they
// are.
func TestD13_EntityBombsAndExternalEntities(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("<b>the secret</b>"), 0o600); err != nil {
		t.Fatal(err)
	}
	var laughs strings.Builder
	laughs.WriteString(`<!ENTITY lol "lol">`)
	for i := range 9 {
		name := "lol"
		if i > 0 {
			name = fmt.Sprint("lol", i)
		}
		fmt.Fprintf(&laughs, `<!ENTITY lol%d "%s">`, i+1, strings.Repeat("&"+name+";", 10))
	}
	for name, c := range map[string]struct{ subset, title, want string }{
		"billion laughs":     {laughs.String(), "&lol9;", "&lol9;"},
		"laughs of two":      {laughs.String(), "&lol2;", "&lol2;"},
		"laughs of one":      {laughs.String(), "&lol1;", strings.Repeat("lol", 10)},
		"entity of itself":   {`<!ENTITY a "x&a;y">`, "&a;", "&a;"},
		"in a circle":        {`<!ENTITY a "&b;"><!ENTITY b "&a;">`, "&a;&b;", "&a;&b;"},
		"file":               {`<!ENTITY a SYSTEM "file://` + secret + `">`, "&a;", "&a;"},
		"path":               {`<!ENTITY a SYSTEM '` + secret + `'>`, "&a;", "&a;"},
		"public":             {`<!ENTITY a PUBLIC "-//x" "file://` + secret + `">`, "&a;", "&a;"},
		"address":            {`<!ENTITY a SYSTEM "http://127.0.0.1:1/">`, "&a;", "&a;"},
		"parameter":          {`<!ENTITY % p SYSTEM "file://` + secret + `">%p;<!ENTITY a "%p;">`, "&a;", "%p;"},
		"parameter as value": {`<!ENTITY % p "<!ENTITY a 'x'>">%p;`, "&p;", "&p;"},
		"long value":         {`<!ENTITY a "` + strings.Repeat("x", 2000) + `">`, "&a;", "&a;"},
	} {
		for _, doc := range []string{
			`<?xml version="1.0"?><!DOCTYPE rss [` + c.subset + `]><rss version="2.0"><channel><title>` + c.title + `</title></channel></rss>`,
			`<?xml version="1.0"?><!DOCTYPE feed SYSTEM "file://` + secret + `" [` + c.subset + `]><feed xmlns="http://www.w3.org/2005/Atom"><title>` + c.title + `</title></feed>`,
		} {
			if got := header(t, doc).Title.Value; got != c.want {
				t.Errorf("%s: %q, want %q", name, got, c.want)
			}
		}
	}
}

// TestD13_QuadraticBlowup refers to one entity very often.
func TestD13_QuadraticBlowup(t *testing.T) {
	const references = 50_000
	value := strings.Repeat("x", 1000)
	doc := `<!DOCTYPE rss [<!ENTITY a "` + value + `">]>` + rssWith("<description>"+strings.Repeat("&a;", references)+"</description>")
	got := firstItem(t, doc).Summary.Value
	if limit := len(doc) + 1<<18; len(got) > limit {
		t.Errorf("%d bytes out of %d", len(got), len(doc))
	}
	if !strings.HasPrefix(got, value) || !strings.HasSuffix(got, "&a;") {
		t.Errorf("got %q … %q", got[:20], got[len(got)-20:])
	}
}

// TestEntitiesOfTheDocument shows where those that a document declares stand
// for a text.
func TestEntitiesOfTheDocument(t *testing.T) {
	const doc = `<?xml version="1.0"?>
<!DOCTYPE rss [
	<!ELEMENT rss (channel)> <!-- it's > here ] -->
	<!ENTITY pub "Harbour &amp; Sons">
	<!ENTITY copy2 '&#169; &pub;'>
	<!ENTITY base "http://h.example/?a=1&#38;b=2">
	<!ENTITY tag "<b>&#60;i&#62;">
	<!ENTITY pub "a second one does not count">
	<!ENTITY lt "not this one">
	<?pi ]> ?>
]>
<rss version="2.0"><channel><title>&pub; &eacute;</title><copyright>&copy2;</copyright><link>&base;</link>
<item><title>&tag; &lt; &unknown;</title><description><![CDATA[&pub;]]></description><enclosure url="&base;"/></item></channel></rss>`
	h := header(t, doc)
	got := []string{h.Title.Value, h.Rights.Value, h.Link("alternate")}
	if diff := cmp.Diff([]string{"Harbour & Sons é", "© Harbour & Sons", "http://h.example/?a=1&b=2"}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	item := firstItem(t, doc)
	got = []string{item.Title.Value, item.Summary.Value, item.Media[0].URL}
	if diff := cmp.Diff([]string{"<b><i> < &unknown;", "&pub;", "http://h.example/?a=1&b=2"}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestDocumentTypes(t *testing.T) {
	for _, doctype := range []string{
		`<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd">`,
		`<!DOCTYPE html>`,
		`<!doctype rss>`,
		`<!DOCTYPE rss [<!ENTITY x "a>b]c">]>`,
		`<!DOCTYPE rss [ <!ENTITY x "never closed">`,
		`<!DOCTYPE rss PUBLIC "no end quote>`,
		`<!DOCTYPE rss PUBLIC 'it's'>`,
		`<!DOCTYPE`,
	} {
		if d, err := parse.Scan([]byte(doctype+rssWith("<description><![CDATA[d]]></description>")), parse.Options{}); err != nil || d.Len() != 1 {
			t.Errorf("%s: %v", doctype, err)
		}
	}
}
