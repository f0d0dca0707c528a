package normalize_test

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"newsfeed/aggregator/normalize"
)

// policy says what may be left of a page: the elements, and the form of the
// values of their attributes. It is written down here once more, so that a
// slip in the lists of the package does not go by.
var policy = map[string]map[string]*regexp.Regexp{
	"a":        {"href": link, "hreflang": language},
	"audio":    {"src": address, "controls": exactly("controls"), "preload": exactly("none")},
	"col":      {"span": number},
	"colgroup": {"span": number},
	"details":  {"open": exactly("open")},
	"iframe": {
		"src": player, "width": number, "height": number, "allowfullscreen": exactly("allowfullscreen"), "loading": exactly("lazy"),
		"referrerpolicy": exactly("strict-origin-when-cross-origin"), "sandbox": exactly("allow-scripts allow-same-origin allow-popups allow-presentation"),
	},
	"img": {
		"src": address, "srcset": candidates, "sizes": harmless, "alt": anything, "width": number, "height": number, "loading": exactly("lazy"),
		"referrerpolicy": exactly("no-referrer"),
	},
	"li":     {"value": number},
	"ol":     {"start": number, "reversed": exactly("reversed"), "type": exactly("1|a|A|i|I")},
	"source": {"src": address, "srcset": candidates, "sizes": harmless, "media": harmless, "type": harmless},
	"td":     {"colspan": number, "rowspan": number},
	"th":     {"colspan": number, "rowspan": number, "scope": exactly("row|col|rowgroup|colgroup")},
	"time":   {"datetime": harmless},
	"video": {
		"src": address, "poster": address, "width": number, "height": number, "controls": exactly("controls"), "preload": exactly("none"),
	},

	"blockquote": {"cite": address}, "q": {"cite": address},
	"del": {"cite": address, "datetime": harmless}, "ins": {"cite": address, "datetime": harmless},

	"abbr": nil, "acronym": nil, "address": nil, "article": nil, "aside": nil, "b": nil, "bdi": nil, "bdo": nil, "big": nil, "br": nil,
	"caption": nil, "cite": nil, "code": nil, "dd": nil, "dfn": nil, "div": nil, "dl": nil, "dt": nil, "em": nil, "figcaption": nil,
	"figure": nil, "footer": nil, "h1": nil, "h2": nil, "h3": nil, "h4": nil, "h5": nil, "h6": nil, "header": nil, "hr": nil, "i": nil,
	"kbd": nil, "mark": nil, "p": nil, "picture": nil, "pre": nil, "rp": nil, "rt": nil, "ruby": nil, "s": nil, "samp": nil, "section": nil,
	"small": nil, "span": nil, "strike": nil, "strong": nil, "sub": nil, "summary": nil, "sup": nil, "table": nil, "tbody": nil, "tfoot": nil,
	"thead": nil, "tr": nil, "tt": nil, "u": nil, "ul": nil, "var": nil, "wbr": nil,
}

var everywhere = map[string]*regexp.Regexp{"title": anything, "lang": language, "dir": exactly("ltr|rtl|auto")}

const (
	urlBytes  = `[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]`
	httpURL   = `https?://[A-Za-z0-9\-._~:@!$&'()*+,;=%\[\]]+(?:[/?#]` + urlBytes + `*)?`
	candidate = httpURL + `(?: [0-9.]+[wx])?`
)

var (
	address    = exactly(httpURL)
	link       = exactly(httpURL + `|mailto:` + urlBytes + `+`)
	candidates = exactly(candidate + `(?:, ` + candidate + `)*`)
	player     = exactly(`https://(www\.youtube-nocookie\.com/embed|player\.vimeo\.com/video|www\.dailymotion\.com/embed|geo\.dailymotion\.com/player|embed\.ted\.com/talks)(?:/[A-Za-z0-9_\-.,~!:@&=+$%]*)*(?:\?` + urlBytes + `*)?`)
	number     = exactly(`[0-9]{1,5}`)
	language   = exactly(`[A-Za-z0-9-]+`)
	harmless   = exactly(`[A-Za-z0-9 \-+*/.,:;=_%()"']+`)
	anything   = exactly(`[^\x00-\x08\x0b-\x1f\x7f-\x9f]*`)
)

func exactly(pattern string) *regexp.Regexp { return regexp.MustCompile(`^(?:` + pattern + `)$`) }

// walked is what a walk over a text has found.
type walked struct {
	problems []string
	loads    []string // URLs that a browser may ask for by itself
	links    []string // URLs that it may ask for when a reader says so
}

// walk reads sanitized HTML as a browser does and tells what it must not hold.
func walk(safe string) walked {
	var w walked
	written, err := writtenTree(safe)
	if err != nil {
		return walked{problems: []string{err.Error()}}
	}
	for _, scripting := range []bool{false, true} {
		root := parsed(safe, scripting)
		if tree := treeOf(root); tree != written {
			w.problem("it is read as another tree: %q, written %q", tree, written)
		}
	}
	w.visit(parsed(safe, false))
	return w
}

func (w *walked) problem(format string, args ...any) {
	w.problems = append(w.problems, fmt.Sprintf(format, args...))
}

func (w *walked) visit(parent *html.Node) {
	for n := range parent.ChildNodes() {
		switch n.Type {
		case html.TextNode:
			if !anything.MatchString(n.Data) {
				w.problem("control characters in %q", n.Data)
			}
		case html.ElementNode:
			w.element(n)
			w.visit(n)
		default:
			w.problem("a node that is neither text nor element: %q", n.Data)
		}
	}
}

func (w *walked) element(n *html.Node) {
	own, ok := policy[n.Data]
	if !ok || n.Namespace != "" {
		w.problem("element %s %s", n.Namespace, n.Data)
	}
	seen := map[string]bool{}
	for _, a := range n.Attr {
		form := own[a.Key]
		if form == nil {
			form = everywhere[a.Key]
		}
		if form == nil || a.Namespace != "" || seen[a.Key] {
			w.problem("attribute %s of %s", a.Key, n.Data)
			continue
		}
		seen[a.Key] = true
		if !form.MatchString(a.Val) {
			w.problem("%s of %s is %q", a.Key, n.Data, a.Val)
		}
		switch a.Key {
		case "src", "poster":
			w.load(a.Val)
		case "srcset":
			for c := range strings.SplitSeq(a.Val, ", ") {
				u, _, _ := strings.Cut(c, " ")
				w.load(u)
			}
		case "href", "cite":
			w.links = append(w.links, a.Val)
		}
	}
	if n.Data == "iframe" && (n.FirstChild != nil || !seen["sandbox"] || !seen["src"]) {
		w.problem("an iframe with content, without a sandbox or without a page")
	}
}

func (w *walked) load(raw string) {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.Opaque != "" {
		w.problem("no absolute URL: %q", raw)
	}
	w.loads = append(w.loads, raw)
}

// parsed is the body of a page that holds nothing but the text.
func parsed(safe string, scripting bool) *html.Node {
	doc, err := html.ParseWithOptions(strings.NewReader("<!doctype html><body>"+safe), html.ParseOptionEnableScripting(scripting))
	if err != nil {
		panic(err) // the reader returns no error
	}
	return doc.LastChild.LastChild
}

// The marks of a tree in one line. None of them may be in a text.
const (
	markElement, markName, markValue, markInside, markEnd = "\x01", "\x02", "\x03", "\x04", "\x05"
)

// treeOf writes what is in a node in one line.
func treeOf(parent *html.Node) string {
	var b strings.Builder
	for n := range parent.ChildNodes() {
		switch n.Type {
		case html.TextNode:
			b.WriteString(n.Data)
		case html.ElementNode:
			b.WriteString(openTag(n.Namespace+n.Data, n.Attr) + treeOf(n) + markEnd)
		default:
			b.WriteString("?")
		}
	}
	return b.String()
}

func openTag(name string, attributes []html.Attribute) string {
	var list []string
	for _, a := range attributes {
		list = append(list, markName+a.Namespace+a.Key+markValue+a.Val)
	}
	slices.Sort(list)
	return markElement + name + strings.Join(list, "") + markInside
}

// A start tag is written in one way. A parser drops the second of two
// attributes of one name, so that they have to be counted.
var (
	tagForm       = regexp.MustCompile(`^<[a-z1-6]+((?: [a-z]+="[^"<>]*")*)>$`)
	attributeName = regexp.MustCompile(` [a-z]+="[^"]*"`)
)

var voidElements = []string{"br", "col", "hr", "img", "source", "wbr"}

// writtenTree is the tree of a text as it stands there, read as XML is read:
// each start tag has its end tag, and nothing moves. Where a browser reads the
// same tree, none of the rules by which HTML is repaired has been at work.
func writtenTree(safe string) (string, error) {
	var b strings.Builder
	var open []string
	afterPre := false
	z := html.NewTokenizer(strings.NewReader(safe))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		raw := string(z.Raw())
		tag := z.Token()
		switch kind {
		case html.TextToken:
			text := tag.Data
			if afterPre {
				text = strings.TrimPrefix(text, "\n")
			}
			b.WriteString(text)
		case html.StartTagToken:
			if names := tagForm.FindStringSubmatch(raw); names == nil || len(attributeName.FindAllString(names[1], -1)) != len(tag.Attr) {
				return "", fmt.Errorf("tag %s", raw)
			}
			b.WriteString(openTag(tag.Data, tag.Attr))
			if slices.Contains(voidElements, tag.Data) {
				b.WriteString(markEnd)
			} else {
				open = append(open, tag.Data)
			}
		case html.EndTagToken:
			last := len(open) - 1
			if last < 0 || open[last] != tag.Data {
				return "", fmt.Errorf("end tag of %s within %v", tag.Data, open)
			}
			open = open[:last]
			b.WriteString(markEnd)
		default:
			return "", fmt.Errorf("%v in the text: %q", kind, tag.Data)
		}
		afterPre = kind == html.StartTagToken && tag.Data == "pre"
	}
	if len(open) > 0 {
		return "", fmt.Errorf("not closed: %v", open)
	}
	return b.String(), nil
}

// mustBeSafe sanitizes a fragment and checks the result.
func mustBeSafe(t *testing.T, fragment string) string {
	t.Helper()
	safe := normalize.SafeHTML(fragment, page)
	failed := t.Failed()
	if checkSafe(t, safe); t.Failed() && !failed {
		t.Logf("from %q", fragment)
	}
	return safe
}

func TestWalkerFindsWhatMustNotBeThere(t *testing.T) {
	for _, bad := range []string{
		"<script></script>", "<p onclick=x>a</p>", "<p title=a title=b>c</p>", `<a href="javascript:x">a</a>`, `<a href="x">a</a>`,
		`<a href="//a.example">a</a>`, `<a href="https://a.example/ b">a</a>`, `<img src="data:image/png,x">`, `<img src="https://a.example/\b">`,
		`<img src="https://a.example/" srcset="b 1x">`, `<img src="https://a.example/" srcset="https://a.example/, b 1x">`, "<!-- a -->", "<svg></svg>",
		"<math></math>", "<p>a", "</p>", "<p><p>a</p></p>", "<table>a</table>", "<table><tr><td>a</td></tr></table>", "<b><i>a</b></i>", "a\x01b",
		`<iframe src="https://www.youtube-nocookie.com/embed/x"></iframe>`, "<br/>", "<a href=https://a.example/><a href=https://b.example/>x</a></a>",
		`<p style="color:red">a</p>`, `<p id="a">a</p>`, `<p lang="&quot;">a</p>`, `<video src="blob:x"></video>`, "<![CDATA[a]]>", "<x-y>a</x-y>",
		`<img src="https://a.example/" loading="eager">`, `<a href="mailto:">a</a>`, `<a href="https://">a</a>`, "<head></head>", "<body>a</body>",
	} {
		if len(walk(bad).problems) == 0 {
			t.Errorf("nothing found in %q", bad)
		}
	}
	for _, good := range []string{
		"", "a &lt; b", "<p>a<br>b</p>", "<pre>\n\na</pre>", `<a href="mailto:a@b.example">a</a>`, `<img src="https://a.example/?b&amp;c" alt="">`,
		"<table><tbody><tr><td>a</td></tr></tbody></table>", `<img src="http://a.example/" srcset="http://a.example/b,c 1x, https://a.example/ 2w">`,
	} {
		if p := walk(good).problems; len(p) > 0 {
			t.Errorf("%q: %q", good, p)
		}
	}
}
