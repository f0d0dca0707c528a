package normalize

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// name reads the name of a tag, which begins at from. It is 0 when HTML has no
// such name.
func (r *tidyReader) name(from int) atom.Atom {
	end := from
	for end < len(r.rest) && isLetterOrDigit(r.rest[end]) {
		end++
	}
	if end == len(r.rest) || !isTagSpace(r.rest[end]) && r.rest[end] != '/' && r.rest[end] != '>' {
		return 0
	}
	a := atom.Lookup([]byte(strings.ToLower(r.rest[from:end])))
	r.rest = r.rest[end:]
	return a
}

// maxTidyAttributes bounds the search for an attribute that stands twice.
const maxTidyAttributes = 30

// attributes reads the rest of a start tag. Of two attributes of one name the
// first counts.
func (r *tidyReader) attributes() ([]html.Attribute, bool) {
	begin := len(r.attrs)
	for len(r.attrs)-begin < maxTidyAttributes {
		r.rest = skipTagSpace(r.rest)
		if rest, ok := strings.CutPrefix(strings.TrimPrefix(r.rest, "/"), ">"); ok {
			r.rest = rest
			return slices.Clip(r.attrs[begin:]), true
		}
		a, ok := r.attribute()
		if !ok {
			return nil, false
		}
		if !slices.ContainsFunc(r.attrs[begin:], func(b html.Attribute) bool { return b.Key == a.Key }) {
			r.attrs = append(r.attrs, a)
		}
	}
	return nil, false
}

func (r *tidyReader) attribute() (a html.Attribute, ok bool) {
	end := 0
	for end < len(r.rest) && (isLetterOrDigit(r.rest[end]) || strings.IndexByte("-_:.", r.rest[end]) >= 0) {
		end++
	}
	if end == 0 || end == len(r.rest) || !isTagSpace(r.rest[end]) && strings.IndexByte("=/>", r.rest[end]) < 0 {
		return a, false
	}
	a.Key = strings.ToLower(r.rest[:end])
	r.rest = skipTagSpace(r.rest[end:])
	if rest, hasValue := strings.CutPrefix(r.rest, "="); hasValue {
		r.rest = skipTagSpace(rest)
		a.Val, ok = r.value()
		return a, ok
	}
	return a, true
}

// value reads the value of an attribute.
func (r *tidyReader) value() (value string, ok bool) {
	if r.rest == "" {
		return "", false
	}
	if quote := r.rest[:1]; quote == `"` || quote == "'" {
		value, r.rest, ok = strings.Cut(r.rest[1:], quote)
	} else {
		end := strings.IndexAny(r.rest, " \t\n>")
		if end <= 0 {
			return "", false
		}
		value, r.rest, ok = r.rest[:end], r.rest[end:], true
	}
	if !ok || !strings.Contains(value, "&") {
		return value, ok
	}
	return unescapeValue(value)
}

// unescapeValue resolves the entities of a value. It is false where one may be
// meant that has no semicolon.
func unescapeValue(s string) (string, bool) {
	var b strings.Builder
	b.Grow(len(s))
	for {
		before, _, found := strings.Cut(s, "&")
		b.WriteString(before)
		if !found {
			return b.String(), true
		}
		s = s[len(before):]
		c, size, ok := valueEntity(s)
		if !ok {
			return "", false
		}
		b.WriteString(c)
		s = s[size:]
	}
}

// valueEntity reads what the ampersand at the beginning of s begins. In a value
// "&copy=" and "&copycat;" are no entities, other than in a text.
func valueEntity(s string) (c string, size int, ok bool) {
	size = 1
	if strings.HasPrefix(s, "&#") {
		size = 2
	}
	for size < len(s) && isLetterOrDigit(s[size]) {
		size++
	}
	if strings.HasPrefix(s[size:], ";") {
		size++
	}
	written := s[:size]
	c = html.UnescapeString(written)
	switch {
	case c == written, written[1] == '#':
		return c, size, true
	case !strings.HasSuffix(written, ";"):
		return written, size, strings.HasPrefix(s[size:], "=")
	case strings.HasSuffix(c, ";") && written != "&semi;":
		return written, size, true
	}
	return c, size, true
}

func skipTagSpace(s string) string {
	for s != "" && isTagSpace(s[0]) {
		s = s[1:]
	}
	return s
}

// isTagSpace is for legal characters.
func isTagSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' }
