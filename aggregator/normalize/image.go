package normalize

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"newsfeed/storage"
)

// Pages put an image's URL here until a script moves it to src or srcset.
var (
	lazySources = [...]string{"data-src", "data-lazy-src", "data-original", "data-lazy", "data-hi-res-src", "data-full-src"}
	lazySets    = [...]string{"data-srcset", "data-lazy-srcset", "data-original-set"}
)

// image writes an img element whose image can be had and is meant to be seen.
func (c *cleaner) image(n *html.Node) {
	src, lazy := c.lazy(n, lazySources[:], func(v string) string { return absolute(v, c.base) })
	if !lazy {
		src = c.attribute(n, "src")
	}
	set, lazySet := c.lazy(n, lazySets[:], c.srcset)
	if !lazySet {
		set = c.attribute(n, "srcset")
	}
	if src == "" {
		src = firstCandidate(set)
	}
	// An image that waits for a script often stands beside a noscript with
	// the same image.
	waits := lazy || lazySet || inside(n, atom.Noscript)
	if src == "" || isPixel(n, src) || waits && c.shown[src] {
		return
	}
	c.shown[src] = true
	if lazy || lazySet {
		c.waited = n
	}
	if len(c.images) < maxImages {
		c.images = append(c.images, describeImage(n, src))
	}

	c.model.void(atom.Img)
	c.out = append(c.out, "<img"...)
	c.put("src", src)
	c.put("srcset", set)
	if set != "" {
		c.put("sizes", c.attribute(n, "sizes"))
	}
	if _, ok := rawAttribute(n, "alt"); ok {
		// An empty one says that the image is an ornament.
		c.write("alt", c.attribute(n, "alt"))
	}
	for _, name := range []string{"width", "height", "title", "lang", "dir"} {
		c.put(name, c.attribute(n, name))
	}
	// The host learns neither what is never scrolled to nor where it is read.
	c.put("loading", "lazy")
	c.put("referrerpolicy", "no-referrer")
	c.out = append(c.out, '>')
}

// lazy returns the first of the named attributes that clean accepts.
func (c *cleaner) lazy(n *html.Node, names []string, clean func(string) string) (string, bool) {
	if c.isFull() {
		return "", false
	}
	for _, name := range names {
		if v, ok := rawAttribute(n, name); ok {
			if v = clean(v); v != "" {
				return v, true
			}
		}
	}
	return "", false
}

// noscript writes the images of a noscript element, the only thing in it that
// is for readers. Behind an image that waits for a script it is the same again.
func (c *cleaner) noscript(n *html.Node) {
	before := n.PrevSibling
	for before != nil && before.Type != html.ElementNode {
		before = before.PrevSibling
	}
	if before != nil && before == c.waited {
		return
	}
	for d := range n.Descendants() {
		if d.DataAtom == atom.Img && d.Namespace == "" {
			c.image(d)
		}
	}
}

// source writes a source element where it means something.
func (c *cleaner) source(n *html.Node) {
	if n.Parent == nil {
		return
	}
	switch n.Parent.DataAtom {
	case atom.Picture:
		set, lazy := c.lazy(n, lazySets[:], c.srcset)
		if !lazy {
			set = c.attribute(n, "srcset")
		}
		if set == "" {
			return
		}
		c.model.void(atom.Source)
		c.out = append(c.out, "<source"...)
		c.put("srcset", set)
		for _, name := range []string{"sizes", "media", "type"} {
			c.put(name, c.attribute(n, name))
		}
		c.out = append(c.out, '>')
	case atom.Video, atom.Audio:
		if c.attribute(n, "src") != "" {
			c.model.void(atom.Source)
			c.open(atom.Source, n, []string{"src", "type"})
		}
	}
}

// inside reports whether n is in an element a.
func inside(n *html.Node, a atom.Atom) bool {
	for p := range n.Ancestors() {
		if p.DataAtom == a {
			return true
		}
	}
	return false
}

// maxImages is how many images of a text are described: an entry has room for
// fewer.
const maxImages = 2 * maxMedia

// describeImage returns what the page says about an image. It keeps nothing of
// the page: an entry has its images for longer than that.
func describeImage(n *html.Node, src string) storage.Media {
	m := storage.Media{URL: strings.Clone(src), Medium: storage.Image}
	if w, ok := size(n, "width"); ok && w <= maxNumber {
		m.Width = max(w, 0)
	}
	if h, ok := size(n, "height"); ok && h <= maxNumber {
		m.Height = max(h, 0)
	}
	alt, _ := rawAttribute(n, "alt")
	title, _ := rawAttribute(n, "title")
	if m.Title = fold(shorten(alt, maxAttribute)); m.Title == "" {
		m.Title = fold(shorten(title, maxAttribute))
	}
	m.Title = strings.Clone(m.Title)
	if isFigure(figureOf(n)) {
		m.Caption, m.Credit = figureCaption(n)
	}
	return m
}

// maxFigure is how many nodes a figure has. One with more is a page in itself,
// which would be searched again for each of its images.
const maxFigure = 300

func isFigure(n *html.Node) bool {
	if n == nil {
		return false
	}
	nodes := 0
	for range n.Descendants() {
		if nodes++; nodes > maxFigure {
			return false
		}
	}
	return true
}
