package dedup

import (
	"net/url"
	"slices"
	"testing"

	"newsfeed/aggregator/normalize"
)

// FuzzMarkup compares the words of HTML with those that a parser finds.
func FuzzMarkup(f *testing.F) {
	for _, markup := range []string{
		`<p>Fer<em>ry</em> <a href="https://a.example/?a=1&amp;b=2" title="a > b">sinks</a>, 3.5 &lt; 4 &amp; more</p><br><hr/>`,
		`<figure><img src="https://a.example/1.jpg" alt="a &#34;ship&#34;"><figcaption>東京で<b>地震</b></figcaption></figure>`,
		`a&amp;lt;b caf&eacute;s it&rsquo;s AT&T 1&#46;5 &ampx; x&`,
		`<td colspan=2>two<script>if (a < b) "</p>"</script>three<textarea><b></textarea>`,
		`fer<!-- not -->ry</>now</ p>then<?x?>on <3 <P CLASS="x">y</P><a b="`,
		"one<br\n>two<a href='x>y'>three</a b=\"c\">\x00\r\xff<",
	} {
		f.Add(markup)
	}
	f.Fuzz(func(t *testing.T, markup string) {
		var parsed tokenizer
		parsed.reset(leadLength)
		parsed.addForeign(markup)
		parsed.end()
		if got := bodyTokens([]string{markup}, leadLength); !slices.Equal(got, parsed.tokens) {
			t.Errorf("got %v, want %v", got, parsed.tokens)
		}
	})
}

func TestSafeHTMLNeedsNoParser(t *testing.T) {
	base, err := url.Parse("https://a.example/")
	if err != nil {
		t.Fatal(err)
	}
	for _, fragment := range []string{
		`<h2 id=x lang=de>AT&T &copy; "x" 'y' &#0; &nbsp;1 < 2 > 1<!-- c --></h2><P CLASS=x>a<br/>b<wbr>c<hr>`,
		`<a href='/x?a=1&b="2"' hreflang=en title="a > b &lt; c">d</a> <q cite=/q>e</q><time datetime=2026-11-05>f</time>`,
		`<figure><picture><source srcset="/1.webp 2x, /2.webp" media="(min-width: 1em)"><img src=/1.jpg alt="g 'h' &quot;i&quot;" width=10 height=20></picture><figcaption>j`,
		`<video src=/1.mp4 poster=/1.jpg controls width=1></video><audio src=/1.mp3></audio><iframe src=https://video.example/1></iframe>`,
		`<ol start=3 reversed type=a><li value=4>k<ul><li>l</ol><details open><summary>m</summary>n</details><dl><dt>o<dd>p</dl>`,
		`<table><caption>q<colgroup><col span=2><thead><tr><th scope=col colspan=2>r<tbody><tr><td rowspan=2>s</table><pre>

t</pre>`,
		`<script>1<2</script><style>u</style><textarea><b></textarea><math><mi>v</mi></math><svg><text>w</svg><noscript><img src=/2.jpg></noscript><xmp><x></xmp>`,
	} {
		var words tokenizer
		words.reset(1000)
		markup := normalize.SafeHTML(fragment, base)
		if rest := words.addSafe(markup); rest != "" {
			t.Errorf("of %s\nis left: %s", markup, rest)
		}
	}
}
