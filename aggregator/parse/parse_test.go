package parse_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"newsfeed/aggregator/parse"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestGolden reads every document of testdata and compares all that comes out
// with the golden file beside it.
func TestGolden(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.*ml")
	if err != nil {
		t.Fatal(err)
	}
	more, _ := filepath.Glob("testdata/*.json")
	for _, path := range append(paths, more...) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			body, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			doc, err := parse.Scan(body, parse.Options{})
			got := show(t, doc, err)
			golden := path + ".golden"
			if *update {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// show writes all that came out of a document.
func show(t *testing.T, doc *parse.Document, err error) []byte {
	t.Helper()
	if err != nil {
		return []byte("error: " + err.Error() + "\n")
	}
	items, err := doc.Items(nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range items {
		items[i].Digest = parse.Digest{}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(map[string]any{"format": doc.Format, "header": doc.Header, "items": items, "warnings": doc.Warnings}); err != nil {
		t.Fatal(err)
	}
	return withoutZeros(b.Bytes())
}

// withoutZeros leaves out the members that are empty, so that a golden file
// shows what a document says.
func withoutZeros(b []byte) []byte {
	var out []string
	for _, line := range strings.Split(string(b), "\n") {
		switch value := strings.TrimSuffix(line[strings.Index(line, ":")+1:], ","); value {
		case ` ""`, ` null`, ` false`:
			continue
		}
		trimmed := strings.TrimSpace(line)
		if strings.HasPrefix(trimmed, "0") {
			continue
		}
		out = append(out, line)
	}
	return []byte(strings.Join(out, "\n"))
}

func TestOnlyUnknownItemsAreRead(t *testing.T) {
	doc := func(items string) *parse.Document {
		t.Helper()
		d, err := parse.Scan([]byte(`<rss version="2.0"><channel><title>T</title><lastBuildDate>`+fmt.Sprint(len(items))+`</lastBuildDate>`+items+`</channel></rss>`), parse.Options{Salt: "s"})
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	one := doc("<item><title>a</title></item>")
	known := map[parse.Digest]bool{one.Digests()[0]: true}
	items, err := doc("<item><title>b</title></item><item><title>a</title></item>").Items(func(d parse.Digest) bool { return known[d] })
	if err != nil {
		t.Fatal(err)
	}
	if len(items) != 1 || items[0].Title.Value != "b" {
		t.Errorf("got %+v, want only b", items)
	}
}

func TestDigestCoversWhatAnItemInherits(t *testing.T) {
	digest := func(doc, salt string) parse.Digest {
		t.Helper()
		d, err := parse.Scan([]byte(doc), parse.Options{Salt: salt})
		if err != nil {
			t.Fatal(err)
		}
		return d.Digests()[0]
	}
	const feed = `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="%s"><title>%s</title><author><name>%s</name></author><entry><id>urn:x:1</id></entry></feed>`
	base := digest(fmt.Sprintf(feed, "en", "T", "A"), "1")
	for name, other := range map[string]parse.Digest{
		"language": digest(fmt.Sprintf(feed, "fr", "T", "A"), "1"),
		"author":   digest(fmt.Sprintf(feed, "en", "T", "B"), "1"),
		"salt":     digest(fmt.Sprintf(feed, "en", "T", "A"), "2"),
	} {
		if other == base {
			t.Errorf("another %s gives the same digest", name)
		}
	}
	if digest(fmt.Sprintf(feed, "en", "U", "A"), "1") != base {
		t.Error("another title of the feed gives another digest")
	}
}

func TestHostileDocumentsEndInTimeWithAnErrorOrItems(t *testing.T) {
	deep := func(open string, n int, close string) string {
		return strings.Repeat(open, n) + strings.Repeat(close, n)
	}
	var spaces strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&spaces, "<x%d:a xmlns:x%d='u'>", i, i)
	}
	in := func(item string) string {
		return `<rss version="2.0"><channel><title>T</title><item><title>a</title>` + item + `</item></channel></rss>`
	}
	for name, doc := range map[string]string{
		"nested elements":      in(deep("<x:a>", 200_000, "</x:a>")),
		"never closed":         `<rss version="2.0"><channel><title>T</title>` + strings.Repeat("<x:a>", 500_000),
		"nested namespaces":    in(spaces.String()),
		"text and CDATA":       in("<x:a>" + strings.Repeat("a<![CDATA[b]]>", 100_000) + "</x:a>"),
		"entities":             `<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>` + in("<description>&b;</description>"),
		"quotes":               in("<a " + strings.Repeat(`b="`, 200_000)),
		"brackets":             in(strings.Repeat("<", 1_000_000)),
		"attributes":           in("<a " + strings.Repeat("b='c' ", 100_000) + "/>"),
		"no items in JSON":     `{"version":"https://jsonfeed.org/version/1","title":"T","items":[` + strings.Repeat("null,", 100_000) + `null]}`,
		"deep JSON":            `{"version":"https://jsonfeed.org/version/1","title":"T","items":[{"id":` + strings.Repeat("[", 100_000),
		"ampersands":           in("<description>" + strings.Repeat("&#", 200_000) + "</description>"),
		"unclosed in the item": in(strings.Repeat("<p>", 100_000)),
	} {
		t.Run(name, func(t *testing.T) {
			before := cpuTime(t)
			if d, err := parse.Scan([]byte(doc), parse.Options{}); err == nil {
				_, _ = d.Items(nil) // an error is as good as items
			}
			if spent := cpuTime(t) - before; spent > 10*time.Second {
				t.Errorf("took %v of CPU time", spent)
			}
		})
	}
}

// cpuTime returns what the process has used so far.
func cpuTime(t testing.TB) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func TestWhatIsNoFeedSaysSo(t *testing.T) {
	for _, body := range []string{"", "   ", "plain text", "<html><body>x</body></html>", `{"error":"no"}`, `[1]`, "<feed xmlns='http://www.w3.org/2005/Atom'/>", "\x00\x01", "<rss"} {
		if _, err := parse.Scan([]byte(body), parse.Options{}); !errors.Is(err, parse.ErrNoFeed) {
			t.Errorf("%q: got %v, want ErrNoFeed", body, err)
		}
	}
}

func TestCharsetOfTheResponse(t *testing.T) {
	body := []byte("<rss version=\"2.0\"><channel><title>\xcf\xf0\xe8\xe2\xe5\xf2</title></channel></rss>")
	doc, err := parse.Scan(body, parse.Options{ContentType: "text/xml; charset=windows-1251"})
	if err != nil {
		t.Fatal(err)
	}
	if got := doc.Header.Title.Value; got != "Привет" {
		t.Errorf("got %q", got)
	}
}

func FuzzScan(f *testing.F) {
	paths, _ := filepath.Glob("testdata/*.*")
	for _, path := range paths {
		if body, err := os.ReadFile(path); err == nil && !strings.HasSuffix(path, ".golden") {
			f.Add(body, "text/xml; charset=utf-8")
		}
	}
	for _, doc := range []string{
		`<feed><entry><content type="xhtml" xml:base="a/"><x:div xmlns:x="http://www.w3.org/1999/xhtml"><x:a xml:base="b" href="c"/></x:div>`,
		`<entry xml:lang=""><id>a</id><link href=b rel=c><content mode="base64">PGI+</content></entry>`,
		`<!DOCTYPE rss [<!ENTITY a "b&c;"><!ENTITY c 'd'>]><rss><channel><title>&a;&a;`,
		`<rss><channel><title>a<link>b<item><title>c<guid>d<description><![CDATA[e</description></item></channel></rss><item/>`,
		`<rss><channel><item><enclosure url="a length="1" type=b/c><author><name>d<category>`,
		"<RSS\x00><Item><tItle>\x01&#2;&lt;</ITEM>",
		`<channel href="a"><item href="b"><title value="c"/></item></channel>`,
	} {
		f.Add([]byte(doc), "")
		f.Add([]byte(doc), "text/xml; charset=utf-16")
	}
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		doc, err := parse.Scan(body, parse.Options{ContentType: contentType})
		if err != nil {
			if !errors.Is(err, parse.ErrNoFeed) {
				t.Error(err) // a panic
			}
			return
		}
		items, err := doc.Items(nil)
		if err != nil || len(items) > doc.Len() {
			t.Errorf("%d items of %d, %v", len(items), doc.Len(), err)
		}
		for _, w := range doc.Warnings {
			if strings.Contains(w, "read document: ") {
				t.Error(w) // a panic
			}
		}
		for _, item := range items {
			for _, text := range []string{item.GUID, item.Title.Value, item.Summary.Value, item.Content.Value, item.Base} {
				if !utf8.ValidString(text) {
					t.Errorf("not UTF-8: %q", text)
				}
			}
		}
		again, _ := parse.Scan(body, parse.Options{ContentType: contentType})
		if more, _ := again.Items(nil); !cmp.Equal(items, more) {
			t.Errorf("another result the next time: %s", cmp.Diff(items, more))
		}
		if len(doc.Digests()) != doc.Len() {
			t.Errorf("%d digests of %d items", len(doc.Digests()), doc.Len())
		}
	})
}
