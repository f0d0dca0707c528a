package parse

import (
	"bytes"
	"strings"
)

// The bounds of entities that a document declares for itself.
const (
	maxEntityName  = 64
	maxEntityValue = 1 << 10
	maxEntities    = 1000
	maxExpansion   = 1 << 18 // of all references of a document, or of the URLs of a text, together
)

// entities are those that the internal subset of a document type declaration
// defines as a text: name to text, ready to stand in the document. Entities
// that are kept elsewhere (SYSTEM, PUBLIC) and those for the subset itself (%)
// are none. One that is built of others is known; one that is built of such
// ones is not, so that nothing grows without bound.
func entities(prolog []byte) map[string]string {
	if !bytes.Contains(prolog, []byte("<!ENTITY")) {
		return nil
	}
	declared := map[string]string{}
	for part := range bytes.SplitSeq(prolog, []byte("<!ENTITY")) {
		name, value, ok := entityDeclaration(part)
		if _, again := declared[name]; ok && !again && len(declared) < maxEntities {
			declared[name] = value
		}
	}
	known := map[string]string{}
	for name, value := range declared {
		if refersTo(value, declared) {
			value = replaceEntities(value, func(name string) (string, bool) {
				v, ok := declared[name]
				return v, ok && !refersTo(v, declared)
			})
		}
		if len(value) <= maxEntityValue && !refersTo(value, declared) {
			known[name] = quoteMarkup.Replace(value)
		}
	}
	return known
}

// quoteMarkup makes a text of an entity's value, wherever it comes to stand.
var quoteMarkup = strings.NewReplacer("<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;")

// entityDeclaration reads what follows "<!ENTITY": a name and a quoted value.
func entityDeclaration(part []byte) (name, value string, ok bool) {
	part = bytes.TrimLeft(part, " \t\r\n")
	n := nameEnd(part, 0)
	if n == 0 || n > maxEntityName {
		return "", "", false
	}
	name = string(part[:n])
	part = bytes.TrimLeft(part[n:], " \t\r\n")
	if len(part) == 0 || part[0] != '"' && part[0] != '\'' {
		return "", "", false
	}
	end := bytes.IndexByte(part[1:], part[0])
	if end < 0 || end > maxEntityValue {
		return "", "", false
	}
	switch name {
	case "lt", "gt", "amp", "quot", "apos":
		return "", "", false
	}
	return name, ampersands.Replace(string(part[1 : 1+end])), true
}

// ampersands resolves the references that a declaration resolves when it is
// read (XML 1.0 section 4.4.5). All others can wait: they stay references.
var ampersands = strings.NewReplacer("&#38;", "&", "&#x26;", "&")

// refersTo reports whether a value has a reference to an entity of the
// document.
func refersTo(value string, declared map[string]string) bool {
	found := false
	replaceEntities(value, func(name string) (string, bool) {
		_, ok := declared[name]
		found = found || ok
		return "", false
	})
	return found
}

// replaceEntities replaces the references for which there is a text.
func replaceEntities(s string, text func(name string) (string, bool)) string {
	if !strings.Contains(s, "&") {
		return s
	}
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(s, "&")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		end := strings.IndexByte(rest[:min(len(rest), maxEntityName+1)], ';')
		if end > 0 {
			if t, ok := text(rest[:end]); ok {
				b.WriteString(t)
				s = rest[end+1:]
				continue
			}
		}
		b.WriteByte('&')
		s = rest
	}
}

// expand replaces the references to the entities of the document, except for
// those in CDATA sections, until maxExpansion is reached.
func expand(data []byte, entities map[string]string) []byte {
	if len(entities) == 0 {
		return data
	}
	var out bytes.Buffer
	out.Grow(len(data))
	grown := 0
	text := func(name string) (string, bool) {
		t, ok := entities[name]
		if !ok || grown+len(t) > maxExpansion {
			return "", false
		}
		grown += len(t)
		return t, true
	}
	l := lexer{data: data}
	for t, ok := l.next(); ok; t, ok = l.next() {
		switch raw := data[t.start:t.end]; t.kind {
		case cdata, aside:
			out.Write(raw)
		default:
			out.WriteString(replaceEntities(string(raw), text))
		}
	}
	return out.Bytes()
}
