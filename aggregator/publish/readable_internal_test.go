package publish

import "testing"

func TestReadable(t *testing.T) {
	for name, test := range map[string]struct{ markup, pictured, plain string }{
		"text":           {`<p lang="de">a &lt; b &amp; <b>c</b></p>`, `<p lang="de">a &lt; b &amp; <b>c</b></p>`, ""},
		"headings":       {"<h1>a</h1><h4>b</h4><h2>c</h2><h6>d</h6>", "<h2>a</h2><h3>b</h3><h2>c</h2><h3>d</h3>", ""},
		"image":          {`<p><img src="https://a.example/b.png" alt="c"></p>`, `<p><img src="https://a.example/b.png" alt="c"></p>`, "<p>c</p>"},
		"nameless image": {`<img src="https://a.example/b.png">`, `<img src="https://a.example/b.png" alt="">`, "-"},
		"picture": {
			`<picture><source srcset="https://a.example/b.webp"><img src="https://a.example/b.png" alt="&lt;c&gt;"></picture>`,
			`<picture><source srcset="https://a.example/b.webp"><img src="https://a.example/b.png" alt="&lt;c&gt;"></picture>`, "&lt;c&gt;",
		},
		"player": {
			`<iframe src="https://www.youtube.com/embed/x?a=1&amp;b=2" title="A &amp; B"></iframe>`,
			`<a href="https://www.youtube.com/embed/x?a=1&amp;b=2">Video: A &amp; B</a>`, "",
		},
		"table":        {"<table><tr><td>a</td></tr></table>", `<div class="wide" role="group" aria-label="Table" tabindex="0"><table><tr><td>a</td></tr></table></div>`, ""},
		"film":         {`<video src="https://a.example/b.mp4" poster="https://a.example/c.png"></video>`, `<a href="https://a.example/b.mp4">Play on a.example</a>`, ""},
		"sources":      {`<audio><source src="https://a.example/1"><source src="https://a.example/2"></audio>`, `<a href="https://a.example/1">Play on a.example</a>`, ""},
		"film in link": {`<a href="https://a.example/">x<video src="https://a.example/b.mp4"></video></a>`, `<a href="https://a.example/">xPlay on a.example</a>`, ""},
	} {
		if got := string(readable(test.markup, false)); got != test.pictured {
			t.Errorf("%s: %s, want %s", name, got, test.pictured)
		}
		want := test.plain
		switch want {
		case "":
			want = test.pictured
		case "-":
			want = ""
		}
		if got := string(readable(test.markup, true)); got != want {
			t.Errorf("%s without images: %s, want %s", name, got, want)
		}
	}
}
