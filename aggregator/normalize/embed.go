package normalize

import (
	"cmp"
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// players are the hosts whose players are kept, with the beginning of the
// paths of their films. The match is exact: "www.youtube.com.example.org",
// "user@www.youtube.com" and "www.youtube.com:8443" are other hosts.
var players = map[string]string{
	"www.youtube-nocookie.com": "/embed/",
	"www.youtube.com":          "/embed/",
	"youtube.com":              "/embed/",
	"player.vimeo.com":         "/video/",
	"www.dailymotion.com":      "/embed/",
	"geo.dailymotion.com":      "/player",
	"embed.ted.com":            "/talks/",
}

// embed writes a known video player, and a link in place of any other page
// within the page.
func (c *cleaner) embed(n *html.Node) {
	src, lazy := c.lazy(n, lazySources[:], func(v string) string { return absolute(v, c.base) })
	if !lazy {
		src = c.attribute(n, "src")
	}
	if src == "" || isPixel(n, src) {
		return
	}
	if film := filmURL(src); film != "" && n.DataAtom == atom.Iframe {
		c.model.void(atom.Iframe)
		c.out = append(c.out, "<iframe"...)
		c.put("src", film)
		for _, name := range []string{"width", "height", "title"} {
			c.put(name, c.attribute(n, name))
		}
		// Players refuse to play for pages that send no referrer at all.
		c.put("sandbox", "allow-scripts allow-same-origin allow-popups allow-presentation")
		c.put("referrerpolicy", "strict-origin-when-cross-origin")
		c.put("loading", "lazy")
		c.put("allowfullscreen", "allowfullscreen")
		c.out = append(c.out, "></iframe>"...)
		return
	}
	if c.inLink {
		return
	}
	text := c.attribute(n, "title")
	if text == "" {
		text = placeOf(src)
	}
	c.model.void(atom.A)
	c.text.text(text)
	c.out = append(c.out, "<a"...)
	c.put("href", src)
	c.out = append(append(append(c.out, '>'), escapeText(text)...), "</a>"...)
}

// filmURL returns the URL under which a known player is embedded, or "".
func filmURL(src string) string {
	u, err := url.Parse(src)
	if err != nil || u.User != nil || u.Fragment != "" {
		return ""
	}
	path, known := players[u.Host]
	if !known || !strings.HasPrefix(u.Path, path) || strings.Contains(u.Path, "/.") {
		// "/embed/../redirect" leads anywhere.
		return ""
	}
	u.Scheme = "https"
	if strings.HasSuffix(u.Host, "youtube.com") {
		u.Host = "www.youtube-nocookie.com"
	}
	return u.String()
}

// placeOf names the place that a URL leads to.
func placeOf(src string) string {
	u, err := url.Parse(src)
	if err != nil {
		return src
	}
	return cmp.Or(strings.TrimPrefix(u.Hostname(), "www."), u.Hostname(), src)
}

// player writes a video or audio element that has something to play.
func (c *cleaner) player(n *html.Node) {
	a := n.DataAtom
	src, lazy := c.lazy(n, lazySources[:], func(v string) string { return absolute(v, c.base) })
	if !lazy {
		src = c.attribute(n, "src")
	}
	if src == "" && !c.hasSource(n) {
		c.children(n)
		return
	}
	c.out = append(append(c.out, '<'), a.String()...)
	c.put("src", src)
	for _, name := range allowed[a][1:] {
		c.put(name, c.attribute(n, name))
	}
	c.put("title", c.attribute(n, "title"))
	c.put("controls", "controls")
	c.put("preload", "none")
	c.out = append(c.out, '>')
	c.model.open(a)
	c.children(n)
	c.model.close()
	c.close(a)
}

func (c *cleaner) hasSource(n *html.Node) bool {
	for child := range n.ChildNodes() {
		if child.DataAtom == atom.Source && c.attribute(child, "src") != "" {
			return true
		}
	}
	return false
}
