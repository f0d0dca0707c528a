package normalize_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"newsfeed/aggregator/normalize"
)

// TestD27_TagSoup makes documents of tags in any order and checks that what
// becomes of them is safe and a fixed point.
func TestD27_TagSoup(t *testing.T) {
	names := strings.Fields(allowedNames + ` form center button object svg math mtext mglyph style script title textarea select option noscript
		template font nobr marquee applet xmp listing plaintext frameset body html head iframe embed input label fieldset legend foreignobject desc
		annotation-xml main nav rb rtc optgroup hgroup dialog keygen image`)
	pieces := []string{
		"x", " ", "\n", "\n\n", "&lt;", "&", "<", ">", "<!--", "-->", "<![CDATA[", "]]>", "&#0;", "&nbsp;", "\u00a0", "é", "</", "<?x", "<!doctype html>",
	}
	attributes := []string{
		"", ` href="//a.example/b?c&d"`, ` href=x`, ` src="y z"`, ` data-src=/v`, ` onclick=x`, ` srcset="a 1x,b 2w,c"`, ` style="display:none"`, ` width=1`,
		` title="<p>&quot;'"`, ` src="https://www.youtube.com/embed/x"`, ` alt="-->"`, ` href="javascript:x"`, ` dir=rtl`, ` colspan=2`, ` href='#x'`,
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 4000 {
		var b strings.Builder
		for range 1 + r.IntN(25) {
			switch name := names[r.IntN(len(names))]; r.IntN(6) {
			case 0:
				b.WriteString(pieces[r.IntN(len(pieces))])
			case 1, 2:
				b.WriteString("</" + name + ">")
			default:
				b.WriteString("<" + name + attributes[r.IntN(len(attributes))] + ">")
			}
		}
		checkSafe(t, normalize.SafeHTML(b.String(), page))
		if t.Failed() {
			t.Fatalf("from %q", b.String())
		}
	}
}
