package parse

import "strings"

// qname is a qualified name, as all elements of that name in a document have it.
type qname struct {
	prefix string
	local  string // in lower case

	// The name of a field that was worked out last, and for what: all elements
	// of a qualified name have the same, but for odd documents.
	space, own, field string
}

// maxNames is how many names of a document are kept. Only a hostile one has
// more.
const maxNames = 1000

// qname returns the name that stands in a tag.
func (s scope) qname(written []byte) *qname {
	if n, ok := s.names[string(written)]; ok {
		return n
	}
	prefix, local := split(string(written))
	n := &qname{prefix: prefix, local: strings.ToLower(local)}
	if s.names != nil && len(s.names) < maxNames {
		s.names[string(written)] = n
	}
	return n
}

// nameIn returns the name of the field that an element is where the format's
// own elements are in that namespace.
func (e element) nameIn(own string) string {
	if e.qname.field == "" || e.qname.space != e.space || e.own != own {
		prefix := ""
		if e.space != own {
			prefix = e.vocabulary()
		}
		e.qname.space, e.own, e.qname.field = e.space, own, prefix+":"+e.local
	}
	return e.qname.field
}
