package normalize

import (
	"strings"

	"golang.org/x/net/html/atom"
)

// The bounds of what a parser makes of a fragment beside what is written in it.
const (
	maxCopies     = 1 << 20 // elements and attributes
	maxAttributes = 50      // of an element that may be copied
	maxRoots      = 10      // html elements, whose attributes are all compared
	maxSteps      = 1 << 24 // up the tree, in search of an element that a tag may close
)

// multiplies reports whether a parser may make far more of a fragment than is
// written in it, or search long for where its tags belong. Formatting elements
// that are not closed are opened once more in every block that follows (HTML,
// section 13.2.4.3), with all their attributes: a mebibyte becomes many
// gigabytes. And each tag is compared with the elements around it.
//
// It looks at all that may be read as a tag, also in comments and scripts:
// what is one only shows when the fragment is parsed.
func multiplies(fragment string) bool {
	tags := strings.Count(fragment, "<")
	if tags*len(fragment) <= maxCopies {
		return false
	}
	alike := map[string]int{}
	roots, link, open, depth, deepest := 0, 0, 0, 0, 0
	for rest := fragment; ; {
		at := strings.IndexByte(rest, '<')
		if at < 0 {
			break
		}
		rest = rest[at+1:]
		if strings.HasPrefix(rest, "/") {
			depth = max(0, depth-1)
			continue
		}
		name := rest[:nameEnd(rest)]
		switch a := atom.Lookup([]byte(strings.ToLower(name))); {
		case a == atom.Html:
			roots++
		case a == atom.A || formatting[a]:
			n, end, ok := attributes(rest[len(name):])
			if !ok {
				return true
			}
			tag := rest[:len(name)+end]
			if a == atom.A {
				link = max(link, n+1) // one ends where the next begins
			} else if alike[tag]++; alike[tag] <= 3 {
				open += n + 1 // no more are kept of those that are alike
			}
		case !void[a] && !closedByNext[a]:
			depth++
			deepest = max(deepest, depth)
		}
	}
	return roots > maxRoots || (open+link)*tags > maxCopies || min(deepest, maxNested)*tags > maxSteps
}

// nameEnd returns where the name ends that s begins with, if it is a short one.
func nameEnd(s string) int {
	const longest = len("blockquote") + 1
	return max(0, strings.IndexAny(s[:min(len(s), longest)], spaces+"/>"))
}

// attributes counts the attributes of the tag whose name s follows, and
// returns where it ends. It is false for a tag that is not closed or has too
// many.
func attributes(s string) (n, end int, ok bool) {
	rest := s[:min(len(s), maxTag)]
	for n = 0; n <= maxAttributes; n++ {
		rest = strings.TrimLeft(rest, spaces+"/")
		if rest == "" {
			return 0, 0, false
		}
		if rest[0] == '>' {
			return n, min(len(s), maxTag) - len(rest), true
		}
		if rest, ok = cutAttribute(rest); !ok {
			return 0, 0, false
		}
	}
	return 0, 0, false
}

// cutAttribute cuts off the attribute that s begins with.
func cutAttribute(s string) (rest string, ok bool) {
	end := strings.IndexAny(s[1:], spaces+"/>=") + 1 // a name may begin with "="
	if end == 0 {
		return "", false
	}
	value, ok := strings.CutPrefix(strings.TrimLeft(s[end:], spaces), "=")
	if !ok {
		return s[end:], true
	}
	value = strings.TrimLeft(value, spaces)
	if value == "" {
		return "", false
	}
	if quote := value[:1]; quote == `"` || quote == "'" {
		_, rest, ok = strings.Cut(value[1:], quote)
		return rest, ok
	}
	end = strings.IndexAny(value, spaces+">")
	if end < 0 {
		return "", false
	}
	return value[end:], true
}

// formatting are the elements that a parser opens once more, beside links.
var formatting = map[atom.Atom]bool{
	atom.B: true, atom.Big: true, atom.Code: true, atom.Em: true, atom.Font: true, atom.I: true, atom.Nobr: true, atom.S: true, atom.Small: true,
	atom.Strike: true, atom.Strong: true, atom.Tt: true, atom.U: true,
}

// maxNested is how deep a parser lets elements be nested.
const maxNested = 512

// closedByNext are the elements that end where the next of them begins, so
// that they may have no end tag.
var closedByNext = map[atom.Atom]bool{
	atom.P: true, atom.Li: true, atom.Dt: true, atom.Dd: true, atom.Tr: true, atom.Td: true, atom.Th: true,
}
