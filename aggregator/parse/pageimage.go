package parse

import (
	"cmp"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// imageIn returns the first element in n that shows an image, but for those
// excepted. Of a picture that is its img element where that has a URL.
func imageIn(n *html.Node, except func(img *html.Node) bool) *html.Node {
	picked := find(n, func(d *html.Node) bool {
		return (d.DataAtom == atom.Img || isSource(d)) && imageURL(d) != "" && !except(imgOf(d))
	})
	if img := imgOf(picked); imageURL(img) != "" {
		return img
	}
	return picked
}

// isSource reports whether n is a source of a picture.
func isSource(n *html.Node) bool {
	return n.DataAtom == atom.Source && n.Parent.DataAtom == atom.Picture
}

// imgOf returns the img element of the picture that n is a source of, else n.
func imgOf(n *html.Node) *html.Node {
	if n == nil || !isSource(n) {
		return n
	}
	return find(n.Parent, func(d *html.Node) bool { return d.DataAtom == atom.Img })
}

// imageURL returns the URL of the image that an element shows. Pages keep it in
// an attribute of their own until a script moves it to src.
func imageURL(n *html.Node) string {
	for _, name := range []string{"data-src", "data-lazy-src", "data-original", "src"} {
		if u := cleanURL(attribute(n, name)); u != "" && isFollowable(u) {
			return u
		}
	}
	for _, name := range []string{"data-srcset", "data-lazy-srcset", "srcset"} {
		if u := largest(attribute(n, name)); u != "" {
			return u
		}
	}
	return cleanURL(attribute(n, "content"))
}

// tinyImage is a width or height in pixels that only an icon has.
const tinyImage = 64

func isTiny(n *html.Node) bool {
	for _, name := range []string{"width", "height"} {
		if pixels, err := strconv.Atoi(attribute(n, name)); err == nil && pixels <= tinyImage {
			return true
		}
	}
	return false
}

// largest returns the URL of the largest candidate in a srcset (HTML, section
// 4.8.4.2.1).
func largest(srcset string) string {
	best, size := "", -1.0
	for {
		srcset = strings.TrimLeft(srcset, cssSpace+",")
		end := strings.IndexAny(srcset, cssSpace)
		if end < 0 {
			end = len(srcset)
		}
		if end == 0 {
			return best
		}
		raw, descriptor := srcset[:end], ""
		srcset = srcset[end:]
		// A comma right behind the URL ends the candidate.
		u := strings.TrimRight(raw, ",")
		if u == raw {
			descriptor, srcset, _ = strings.Cut(srcset, ",")
			descriptor = strings.Trim(descriptor, cssSpace)
		}
		n, err := strconv.ParseFloat(strings.TrimRight(cmp.Or(descriptor, "1x"), "wx"), 64)
		if err == nil && n > size && isFollowable(u) {
			best, size = u, n
		}
	}
}

// caption returns the caption of the figure in which an image stands inside of
// an item.
func caption(image, item *html.Node) string {
	for p := image.Parent; p != nil && p != item; p = p.Parent {
		if p.DataAtom == atom.Figure {
			return plainText(find(p, func(d *html.Node) bool { return d.DataAtom == atom.Figcaption }))
		}
	}
	return ""
}
