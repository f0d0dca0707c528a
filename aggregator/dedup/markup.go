package dedup

import (
	"strings"

	"golang.org/x/net/html"
)

// addHTML goes on with a piece of HTML.
func (t *tokenizer) addHTML(markup string) {
	if rest := t.addSafe(markup); rest != "" {
		t.addForeign(rest)
	}
}

// addSafe goes on with HTML as far as it is written as normalize writes it, and
// returns the rest. A parser would find the same words.
func (t *tokenizer) addSafe(markup string) (rest string) {
	for len(markup) > 0 && !t.full() {
		if markup[0] == '<' {
			name, length := tagAt(markup)
			if length == 0 {
				return markup
			}
			if tagKinds[name] != withinWords {
				t.end()
			}
			markup = markup[length:]
			continue
		}
		length := strings.IndexByte(markup, '<')
		if length < 0 {
			length = len(markup)
		}
		read := t.addText(markup[:length])
		if markup = markup[read:]; read < length {
			return markup
		}
	}
	return ""
}

// addForeign goes on with HTML that anybody wrote.
func (t *tokenizer) addForeign(markup string) {
	z := html.NewTokenizer(strings.NewReader(markup))
	for !t.full() {
		switch z.Next() {
		case html.ErrorToken:
			return
		case html.TextToken:
			t.add(string(z.Text()))
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			if name, _ := z.TagName(); tagKinds[string(name)] != withinWords {
				t.end()
			}
		}
	}
}

// addText goes on with text as it stands in HTML, and returns how much of it was
// read: up to an escape that normalize does not write.
func (t *tokenizer) addText(text string) (read int) {
	for read < len(text) && !t.full() {
		length := strings.IndexByte(text[read:], '&')
		if length < 0 {
			length = len(text) - read
		}
		t.add(text[read : read+length])
		if read += length; read == len(text) {
			break
		}
		escape := escapeAt(text[read:])
		if escape == 0 {
			break
		}
		t.end() // none of the three characters is of a word
		read += escape
	}
	return read
}

// escapeAt returns the length of the escape that a text begins with, if it is one
// that normalize writes.
func escapeAt(text string) int {
	for _, escape := range [...]string{"&amp;", "&lt;", "&gt;"} {
		if strings.HasPrefix(text, escape) {
			return len(escape)
		}
	}
	return 0
}

// tagAt returns the name and the length of the tag that some HTML begins with. It
// has no length unless it is written as normalize writes tags, in lower case and
// with all values in double quotes, and what follows is HTML too.
func tagAt(markup string) (name string, length int) {
	rest := strings.TrimPrefix(markup[len("<"):], "/")
	n := 0
	for n < len(rest) && (rest[n] >= 'a' && rest[n] <= 'z' || n > 0 && rest[n] >= '0' && rest[n] <= '9') {
		n++
	}
	name, rest = rest[:n], rest[n:]
	for name != "" && strings.HasPrefix(rest, " ") {
		attribute := attributeAt(rest)
		if attribute == 0 {
			return "", 0
		}
		rest = rest[attribute:]
	}
	if name == "" || !strings.HasPrefix(rest, ">") || tagKinds[name] == rawText {
		return "", 0
	}
	return name, len(markup) - len(rest) + len(">")
}

// attributeAt returns the length of the attribute that a piece of a tag begins with,
// behind a space.
func attributeAt(tag string) int {
	n := len(" ")
	for n < len(tag) && (tag[n] >= 'a' && tag[n] <= 'z' || tag[n] == '-') {
		n++
	}
	value, ok := strings.CutPrefix(tag[n:], `="`)
	if !ok || n == len(" ") {
		return 0
	}
	end := strings.IndexByte(value, '"')
	if end < 0 {
		return 0
	}
	return len(tag) - len(value) + end + len(`"`)
}

// tagKind is what a tag does to the words around it.
type tagKind byte

const (
	separating  tagKind = iota // those that are not listed
	withinWords                // may begin and end within a word
	rawText                    // what follows is no HTML
)

var tagKinds = func() map[string]tagKind {
	kinds := map[string]tagKind{}
	for name := range strings.FieldsSeq(`a abbr b bdi bdo cite code del dfn em font i ins kbd mark q s samp small span strong sub sup u var wbr`) {
		kinds[name] = withinWords
	}
	for name := range strings.FieldsSeq(`iframe noembed noframes noscript plaintext script style textarea title xmp`) {
		kinds[name] = rawText
	}
	return kinds
}()
