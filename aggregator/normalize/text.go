package normalize

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Text returns the text of an HTML fragment, entities resolved once: a line
// for each line, an empty line between paragraphs, nothing of scripts, styles
// and the like. A tag that HTML does not know, as in "Vec<T>", is text.
func Text(fragment string) string {
	fragment = legal(fragment)
	if !strings.Contains(fragment, "<") {
		w := textWriter{atStart: true}
		w.text(legal(html.UnescapeString(fragment)))
		return w.string()
	}
	t := textReader{z: html.NewTokenizer(strings.NewReader(fragment)), fragment: fragment}
	t.out.atStart = true
	for kind := t.next(); kind != html.ErrorToken; kind = t.next() {
		switch kind {
		case html.TextToken:
			t.out.text(legal(html.UnescapeString(string(t.z.Raw()))))
		case html.EndTagToken:
			name, _ := t.z.TagName()
			t.out.breakAt(atom.Lookup(name), true)
		case html.StartTagToken, html.SelfClosingTagToken:
			t.startTag(kind == html.SelfClosingTagToken)
		}
	}
	return t.out.string()
}

// textReader reads the text of a fragment.
type textReader struct {
	z        *html.Tokenizer
	fragment string
	at       int               // bytes of the fragment that are read
	ends     map[atom.Atom]int // where the last end tag of an element begins
	out      textWriter
}

func (t *textReader) next() html.TokenType {
	kind := t.z.Next()
	t.at += len(t.z.Raw())
	return kind
}

func (t *textReader) startTag(selfClosing bool) {
	literal := string(t.z.Raw())
	name, attributes := t.z.TagName()
	a := atom.Lookup(name)
	switch {
	case !isElement(a) && !attributes && isWord(name):
		t.out.text(literal)
	case !dropped[a] && a != atom.Iframe && a != atom.Noscript:
		t.out.breakAt(a, false)
	case selfClosing:
	case t.at <= t.lastEnd(a):
		t.skip(a)
	default:
		// Without an end tag all the rest would be inside: a title like "How
		// <script> works" would lose it.
		t.z.NextIsNotRawText()
	}
}

// lastEnd returns where the last end tag of a begins, or a negative place.
func (t *textReader) lastEnd(a atom.Atom) int {
	end, ok := t.ends[a]
	if !ok {
		if t.ends == nil {
			t.ends = map[atom.Atom]int{}
		}
		end = strings.LastIndex(strings.ToLower(t.fragment), "</"+a.String())
		t.ends[a] = end
	}
	return end
}

// skip reads on behind the end tag of the element that has begun.
func (t *textReader) skip(a atom.Atom) {
	for depth := 1; depth > 0; {
		kind := t.next()
		if kind == html.ErrorToken {
			return
		}
		if kind != html.StartTagToken && kind != html.EndTagToken {
			continue
		}
		if name, _ := t.z.TagName(); atom.Lookup(name) != a {
			continue
		}
		if depth--; kind == html.StartTagToken {
			depth += 2
		}
	}
}

func isWord(name []byte) bool {
	for _, c := range name {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// textWriter writes text with its white space folded.
type textWriter struct {
	b       []byte
	atStart bool // of a line
	space   bool // there was white space
	pre     int  // open pre elements
}

func (w *textWriter) string() string { return string(bytes.TrimSpace(w.b)) }

func (w *textWriter) text(s string) {
	if w.pre > 0 {
		w.b = append(w.b, s...)
		w.atStart, w.space = strings.HasSuffix(s, "\n"), false
		return
	}
	for s != "" {
		if n := blank(s); n > 0 {
			w.space, s = true, s[n:]
			continue
		}
		if w.space && !w.atStart {
			w.b = append(w.b, ' ')
		}
		n := foldedEnd(s)
		w.b = append(w.b, s[:n]...)
		w.atStart, w.space, s = false, false, s[n:]
	}
}

// blank returns the length of the white space character that s begins with,
// which is 0 when it begins with another one.
func blank(s string) int {
	switch s[0] {
	case ' ', '\t', '\n', '\r', '\f':
		return 1
	case noBreakSpace[0]:
		if strings.HasPrefix(s, noBreakSpace) {
			return len(noBreakSpace)
		}
	}
	return 0
}

const noBreakSpace = "\u00A0"

// foldedEnd returns where the first white space of s begins that is not a
// single blank between two words.
func foldedEnd(s string) int {
	for i := 0; i < len(s); {
		if i+8 <= len(s) {
			if n := octetsAt(s, i).folded(); n > 0 {
				i += n
				continue
			}
		}
		for end := min(i+8, len(s)); i < end; i++ {
			switch c := s[i]; {
			case c > ' ' && c != noBreakSpace[0] || blank(s[i:]) == 0:
			case c == ' ' && i+1 < len(s) && blank(s[i+1:]) == 0:
			default:
				return i
			}
		}
	}
	return len(s)
}

// breakAt breaks the line where an element begins or ends.
func (w *textWriter) breakAt(a atom.Atom, end bool) {
	switch {
	case a == atom.Td || a == atom.Th:
		w.space = true
	case a == atom.Br && end:
	case a == atom.Br:
		w.b = append(w.b, '\n')
		w.atStart = true
	default:
		if n := breaks[a]; n > 0 {
			w.newline(n)
		}
	}
	if a == atom.Pre && !end {
		w.pre++
	} else if a == atom.Pre && w.pre > 0 {
		w.pre--
	}
}

// newline ends the line, so that n line ends stand there.
func (w *textWriter) newline(n int) {
	if len(w.b) == 0 {
		return
	}
	have := 0
	for have < min(n, len(w.b)) && w.b[len(w.b)-1-have] == '\n' {
		have++
	}
	w.b = append(w.b, "\n\n"[have:n]...)
	w.atStart, w.space = true, false
}
