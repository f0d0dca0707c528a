package normalize

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"newsfeed/aggregator/parse"
)

func TestTidyReader(t *testing.T) {
	var manyAttributes strings.Builder
	for i := range maxTidyAttributes {
		fmt.Fprintf(&manyAttributes, " a%d", i)
	}
	for _, tt := range []struct {
		name, in string
		tidy     bool
	}{
		{"nothing", "", true},
		{"text", "a &lt; b &amp; c", true},
		{"inline", `<b>a <i class=x>b</i></b><br/>c<img src='d'>`, true},
		{"capitals", `<P Align=CENTER>a</P>`, true},
		{"blocks", "<div><h2>a</h2><p>b</p><ul><li>c</li></ul></div>", true},
		{"end tags left out", "<p>a<p>b<ul><li>c<li><p>d</ul><hr>e", true},
		{"end tags of nothing", "<p><ul><li>a</li></ul></p><img></img>b", true},
		{"not ended", "<div><p>a <b>b", true},
		{"comment", "a<!-- b > c -->d", true},
		{"player", `<iframe src="a"></iframe><script async src="b"></script><style>c & d</style>`, true},
		{"preformatted", "<pre>\n\n a</pre><pre><code>\nb</code></pre>", true},
		{"query", `<a href="?a=1&copy=2&amp;b&notin;&notit;&#38;c&x">a</a>`, true},
		{"attributes", "<p a b = 'c' d=\"e\"f=g/ a=h\n>x", true},
		{"noscript", "<noscript><img src=a></noscript>", true},

		{"crossed", "<b><i>a</b></i>", false},
		{"formatting over paragraphs", "<p><b>a<p>b", false},
		{"link in link", "<a>b<span><a>c", false},
		{"heading in heading", "<h1><h2>a", false},
		{"item without list", "<li>a", false},
		{"table", "<table><tr><td>a</table>", false},
		{"form", "<form><input></form>", false},
		{"foreign", "<svg></svg>", false},
		{"unknown", "<foo>a</foo>", false},
		{"bare bracket", "a < b", false},
		{"comment that ends early", "<!--> a -->", false},
		{"comment that ends badly", "<!-- a --!> b -->", false},
		{"markup in a script", "<script>a<b</script>", false},
		{"unended script", "<script>a", false},
		{"broken tag", `<a href="b`, false},
		{"entity without semicolon", `<a href="&copy">a</a>`, false},
		{"text before a stray end tag", "a</img>b", false},
		{"deep", strings.Repeat("<i>", maxTidyDepth+1), false},
		{"one attribute many times", "<p" + strings.Repeat(" a", 2*maxTidyAttributes) + ">", true},
		{"many attributes", "<p" + manyAttributes.String() + ">", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tidy := checkTidy(t, new(tidyReader), tt.in); tidy != tt.tidy {
				t.Errorf("tidy: %v", tidy)
			}
		})
	}
}

// TestTidyReaderReadsAsAParserDoes makes fragments that are tidy now and then,
// with one reader for all of them.
func TestTidyReaderReadsAsAParserDoes(t *testing.T) {
	names := strings.Fields(`p p p li ul ol li b i em a a div div h2 h3 pre span br img hr blockquote iframe script style noscript font code figure
		figcaption picture source video table td button select form object svg math template nobr center details summary`)
	pieces := strings.Split("x| |\n|&lt;|&#13;\n|&#10;|&amp;|&copy|&notit;|<!-- a -->|<!-->|<!--x--!>|é|y\nz|<", "|")
	attributes := []string{
		"", "", "", "", ` href="a?b&c=1"`, ` href=x/`, ` src="y z" src=q`, ` title='&copy;&copy=&copy&notit;&#65;&#x;&'`, `/`, ` /`, ` a b=c d = "e"`,
		` A="&semi;&quot;"`, ` checked/`, "\n x=\"1\"y='2'", ` x="`, ` =a`, ` a"b`, `.`,
	}
	r := rand.New(rand.NewPCG(1, 2))
	pick := func(list []string) string { return list[r.IntN(len(list))] }
	var reader tidyReader
	tidy := 0
	for n := range 10000 {
		var b strings.Builder
		var open []string
		for range 1 + r.IntN(1+n%20) {
			switch k := r.IntN(10); {
			case k < 4:
				name := pick(names)
				b.WriteString("<" + name + pick(attributes) + ">")
				if !slices.Contains([]string{"br", "img", "hr", "source"}, name) || r.IntN(20) == 0 {
					open = append(open, name)
				}
			case k < 8 && len(open) > 0:
				i := len(open) - 1
				if r.IntN(12) == 0 {
					i = r.IntN(len(open))
				}
				if r.IntN(8) > 0 {
					b.WriteString("</" + open[i] + ">")
				}
				open = slices.Delete(open, i, i+1)
			default:
				b.WriteString(pick(pieces))
			}
		}
		if checkTidy(t, &reader, b.String()) {
			tidy++
		}
	}
	if tidy < 1000 {
		t.Errorf("only %d were tidy", tidy)
	}
}

func TestTidyReaderReadsMostRealTexts(t *testing.T) {
	paths, err := filepath.Glob("../../../shared/feeds/*.*")
	if err != nil || len(paths) == 0 {
		t.Skip("no real documents here: ", err)
	}
	var reader tidyReader
	texts, tidy := 0, 0
	for _, path := range paths {
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := parse.Scan(body, parse.Options{})
		if err != nil {
			continue
		}
		items, err := doc.Items(nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range items {
			for _, text := range []parse.Text{item.Summary, item.Content} {
				if looksLikeHTML(text.Value) {
					texts++
					if checkTidy(t, &reader, text.Value) {
						tidy++
					}
				}
			}
		}
	}
	if tidy < texts*9/10 {
		t.Errorf("%d of %d texts were tidy", tidy, texts)
	}
}

func FuzzTidyReader(f *testing.F) {
	f.Add(`<p>a<b>b</b><br/>c<p>d<ul><li>e<li><p>f</ul><a href="?g&amp;h&i=j&copy;">k</a>`)
	f.Add("<pre>\n\n<code>a</code></pre><!-- b --><iframe src=c>d</iframe><hr><h2>e &lt;</h2>")
	f.Fuzz(func(t *testing.T, s string) {
		checkTidy(t, new(tidyReader), s)
	})
}

// checkTidy checks that a reader builds the tree that a parser builds, if it
// builds one.
func checkTidy(t *testing.T, r *tidyReader, fragment string) (tidy bool) {
	t.Helper()
	fragment = legal(fragment)
	got, tidy := r.read(fragment)
	if !tidy {
		return false
	}
	want, ok := parseFragment(fragment)
	if got, want := outline(got), outline(want); !ok || got != want {
		t.Fatalf("%q\ngot  %s\nwant %s", fragment, got, want)
	}
	return true
}

// outline writes a tree. Attributes stand in the order of their names, in which
// a parser puts those of some elements.
func outline(n *html.Node) string {
	var b strings.Builder
	for child := range n.ChildNodes() {
		if child.Type == html.CommentNode {
			b.WriteString("(comment)")
			continue
		}
		slices.SortFunc(child.Attr, func(a, b html.Attribute) int { return strings.Compare(a.Key, b.Key) })
		fmt.Fprintf(&b, "(%v %v %s %q %q %s)", child.Type, child.DataAtom, child.Namespace, child.Data, child.Attr, outline(child))
	}
	return b.String()
}
