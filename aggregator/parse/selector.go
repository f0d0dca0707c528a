package parse

import (
	"fmt"
	"strings"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
)

// selector is a CSS selector: alternatives, of which one must match.
//
// cascadia tells whether an element fits a compound such as "a.title[href]".
// What relates elements to each other is followed here, in one walk over the
// page a relation: cascadia tries every chain of ancestors and of siblings
// anew for each element, which a hostile page can make endless.
type selector []chain

// chain is compounds with combinators between them.
type chain []step

type step struct {
	combinator byte // before the compound: ' ', '>', '+' or '~'
	compound   cascadia.Matcher
	relations  []relation
}

// relation is what :not(…), :has(…) or :haschild(…) asks.
type relation struct {
	name string
	of   selector
}

// marks are elements of a page.
type marks map[*html.Node]bool

// maxSteps is how many compounds a chain may have: the bits of a mask.
const maxSteps = 64

func compileSelector(s string) (selector, error) {
	if _, err := cascadia.ParseGroup(s); err != nil {
		return nil, err
	}
	return cutSelector(s)
}

// cutSelector reads a selector that is known to be well-formed.
func cutSelector(s string) (selector, error) {
	var all selector
	for {
		i := outside(s, ",")
		c, err := cutChain(s[:i])
		if err != nil {
			return nil, err
		}
		all = append(all, c)
		if i == len(s) {
			return all, nil
		}
		s = s[i+1:]
	}
}

const cssSpace = " \t\r\n\f"

func cutChain(s string) (chain, error) {
	var c chain
	combinator := byte(' ')
	for s = strings.Trim(s, cssSpace); s != ""; {
		i := outside(s, cssSpace+">+~")
		one, err := cutCompound(s[:i])
		if err != nil {
			return nil, err
		}
		one.combinator = combinator
		c = append(c, one)
		s = strings.TrimLeft(s[i:], cssSpace)
		combinator = ' '
		if s != "" && strings.IndexByte(">+~", s[0]) >= 0 {
			combinator = s[0]
			s = strings.TrimLeft(s[1:], cssSpace)
		}
	}
	if len(c) > maxSteps {
		return nil, fmt.Errorf("more than %d parts", maxSteps)
	}
	return c, nil
}

// cutCompound takes the relations out of a compound; the rest is cascadia's.
func cutCompound(s string) (one step, err error) {
	var rest strings.Builder
	for s != "" {
		i := outside(s, ":")
		rest.WriteString(s[:i])
		s = s[i:]
		name, open := function(s)
		switch name {
		case "not", "has", "haschild":
			closing := open + outside(s[open:], ")")
			of, err := cutSelector(s[open:closing])
			if err != nil {
				return step{}, err
			}
			one.relations = append(one.relations, relation{name, of})
			s = s[closing+1:]
		case "matches":
			return step{}, fmt.Errorf(":matches is not supported, only :matchesOwn")
		default:
			n := min(len(s), 1)
			rest.WriteString(s[:n])
			s = s[n:]
		}
	}
	simple := rest.String()
	if simple == "" {
		simple = "*"
	}
	one.compound, err = cascadia.Parse(simple)
	return one, err
}

// function returns the name of the functional pseudo-class that s begins with,
// in lower case, and where its argument begins.
func function(s string) (name string, argument int) {
	i := strings.IndexByte(s, '(')
	if i < 0 {
		return "", 0
	}
	return strings.ToLower(strings.TrimPrefix(s[:i], ":")), i + 1
}

// outside returns where the first of the stops is that stands outside of
// quotes and brackets, or the length of s.
func outside(s, stops string) int {
	var quote byte
	depth := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case depth == 0 && strings.IndexByte(stops, c) >= 0:
			return i
		case c == '"' || c == '\'':
			quote = c
		case c == '(' || c == '[':
			depth++
		case c == ')' || c == ']':
			depth--
		}
	}
	return len(s)
}

// find marks the elements below root that match.
func (s selector) find(root *html.Node) marks {
	found := marks{}
	for _, c := range s {
		c.find(root, found)
	}
	return found
}

func (c chain) find(root *html.Node, found marks) {
	related := make([][]marks, len(c))
	for i, s := range c {
		for _, r := range s.relations {
			related[i] = append(related[i], r.find(root))
		}
	}
	// Bit i of a mask says that an element fits the chain up to step i.
	var walk func(n *html.Node, above, parent uint64)
	walk = func(n *html.Node, above, parent uint64) {
		var before, previous uint64
		for e := range n.ChildNodes() {
			if e.Type != html.ElementNode {
				continue
			}
			var fits uint64
			for i, s := range c {
				var from uint64
				switch s.combinator {
				case '>':
					from = parent
				case '+':
					from = previous
				case '~':
					from = before
				default:
					from = above
				}
				if (i == 0 || from>>(i-1)&1 == 1) && s.fits(e, related[i]) {
					fits |= 1 << i
				}
			}
			if fits>>(len(c)-1)&1 == 1 {
				found[e] = true
			}
			walk(e, above|fits, fits)
			before, previous = before|fits, fits
		}
	}
	walk(root, 0, 0)
}

func (s step) fits(e *html.Node, related []marks) bool {
	for i, r := range s.relations {
		if related[i][e] == (r.name == "not") {
			return false
		}
	}
	return s.compound.Match(e)
}

// find marks the elements that stand in that relation to another, or for :not
// those that do not.
func (r relation) find(root *html.Node) marks {
	found := r.of.find(root)
	if r.name == "not" {
		return found
	}
	related := marks{}
	for e := range found {
		for p := e.Parent; p != nil && !related[p]; p = p.Parent {
			related[p] = true
			if r.name == "haschild" {
				break
			}
		}
	}
	return related
}
