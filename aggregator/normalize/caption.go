package normalize

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxCaption is how much of a caption or credit is kept, in bytes.
const maxCaption = 1000

// figureCaption returns what the figure round an image says about it.
func figureCaption(img *html.Node) (caption, credit string) {
	figure := figureOf(img)
	if figure == nil {
		return "", ""
	}
	for n := range figure.Descendants() {
		switch {
		case n.Type != html.ElementNode:
		case credit == "" && isCredit(n):
			credit = nodeText(n, nil)
		case caption == "" && (n.DataAtom == atom.Figcaption || hasClass(n, "caption")) && !contains(n, img):
			caption = nodeText(n, isCredit)
		}
	}
	if credit == "" {
		caption, credit = splitCredit(caption)
	}
	return caption, credit
}

// figureOf returns the figure that an image is in, or what older pages have in
// its place.
func figureOf(img *html.Node) *html.Node {
	depth := 0
	for p := range img.Ancestors() {
		if p.DataAtom == atom.Figure || p.DataAtom == atom.Div && hasClass(p, "wp-caption", "image-caption") {
			return p
		}
		if depth++; depth == 5 {
			break
		}
	}
	return nil
}

func contains(n, inner *html.Node) bool {
	for p := range inner.Ancestors() {
		if p == n {
			return true
		}
	}
	return false
}

// hasClass reports whether the class attribute holds one of the words.
func hasClass(n *html.Node, words ...string) bool {
	class, ok := rawAttribute(n, "class")
	if !ok {
		return false
	}
	class = strings.ToLower(shorten(class, maxHarmless))
	for _, w := range words {
		if strings.Contains(class, w) {
			return true
		}
	}
	return false
}

func isCredit(n *html.Node) bool {
	return hasClass(n, "credit", "copyright", "photographer", "attribution")
}

// nodeText returns the text in n as one line, without what skip tells to skip.
func nodeText(n *html.Node, skip func(*html.Node) bool) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if b.Len() > maxCaption || dropped[n.DataAtom] || skip != nil && skip(n) {
			return
		}
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		} else if breaks[n.DataAtom] > 0 {
			b.WriteByte(' ')
		}
		for child := range n.ChildNodes() {
			walk(child)
		}
	}
	walk(n)
	return shorten(fold(b.String()), maxCaption)
}

// maxCredit is the longest name of a photographer and an agency, in bytes.
const maxCredit = 120

// splitCredit takes the credit from the end of a caption: "A bridge. (Jane
// Doe / Agency)", "A bridge. Photo: Jane Doe", "A bridge © Agency".
func splitCredit(caption string) (rest, credit string) {
	if open := strings.LastIndexByte(caption, '('); open > 0 && strings.HasSuffix(caption, ")") {
		before := strings.TrimSpace(caption[:open])
		inner := caption[open+1 : len(caption)-1]
		name := trimCreditWord(inner)
		if len(inner) <= maxCredit && (name != inner || endsSentence(before)) {
			return before, name
		}
	}
	for _, mark := range creditWords {
		if !strings.Contains(caption, mark) {
			continue // the usual case, and quick to tell
		}
		at := strings.LastIndex(caption, mark)
		if at == 0 || len(caption)-at > maxCredit {
			continue
		}
		if name := trimCreditWord(caption[at:]); name != "" {
			return strings.TrimRight(caption[:at], " |/–—-("), strings.TrimRight(name, ").")
		}
	}
	return caption, ""
}

// creditWords stand before a credit.
var creditWords = [...]string{
	"Photo: ", "Photo by ", "Photograph: ", "Photograph by ", "Photo credit: ", "Image: ", "Image credit: ", "Credit: ", "Picture: ",
	"Photos: ", "PHOTO: ", "Foto: ", "Bild: ", "Quelle: ", "Crédit photo : ", "Crédit : ", "Фото: ", "©",
}

func trimCreditWord(s string) string {
	s = strings.TrimSpace(s)
	for _, w := range creditWords {
		if rest, ok := strings.CutPrefix(s, w); ok {
			return strings.TrimSpace(rest)
		}
	}
	return s
}

func endsSentence(s string) bool {
	last, _ := utf8.DecodeLastRuneInString(s)
	return strings.ContainsRune(".!?…\"”»", last)
}
