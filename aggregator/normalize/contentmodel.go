package normalize

import (
	"strings"

	"golang.org/x/net/html/atom"
)

// contentModel watches what a cleaner writes and tells whether a parser is
// sure to read the same tree again. HTML has rules by which elements end each
// other or move: a paragraph within a paragraph, text between the rows of a
// table. Where none of them can apply, no second parse is needed to know that
// the output is a fixed point.
type contentModel struct {
	stack  []atom.Atom
	doubts bool
}

func (m *contentModel) holds() bool { return !m.doubts }

func (m *contentModel) open(a atom.Atom) {
	m.check(a)
	m.stack = append(m.stack, a)
}

func (m *contentModel) close() { m.stack = m.stack[:len(m.stack)-1] }

func (m *contentModel) void(a atom.Atom) { m.check(a) }

func (m *contentModel) text(s string) {
	if inTable[m.parent()] && strings.Trim(s, " \n\t") != "" {
		m.doubts = true
	}
}

func (m *contentModel) parent() atom.Atom {
	if len(m.stack) == 0 {
		return 0
	}
	return m.stack[len(m.stack)-1]
}

func (m *contentModel) check(a atom.Atom) {
	parent := m.parent()
	parents, bound := parentsOf[a]
	switch {
	case bound && !strings.Contains(parents, " "+parent.String()+" "),
		!bound && inTable[parent],
		endsParagraph(a) && m.inParagraph(),
		isHeading(a) && isHeading(parent):
		m.doubts = true
	}
}

// inTable are the elements whose children can only be parts of a table.
var inTable = map[atom.Atom]bool{
	atom.Table: true, atom.Tbody: true, atom.Thead: true, atom.Tfoot: true, atom.Tr: true, atom.Colgroup: true,
}

// parentsOf are the only parents under which an element is sure to stay.
var parentsOf = map[atom.Atom]string{
	atom.Caption: " table ", atom.Colgroup: " table ", atom.Tbody: " table ", atom.Thead: " table ", atom.Tfoot: " table ",
	atom.Col: " colgroup ", atom.Tr: " tbody thead tfoot ", atom.Td: " tr ", atom.Th: " tr ",
	atom.Li: " ul ol ", atom.Dt: " dl ", atom.Dd: " dl ", atom.Rt: " ruby ", atom.Rp: " ruby ",
}

// inParagraph reports whether a paragraph is open that another one would end.
func (m *contentModel) inParagraph() bool {
	for i := len(m.stack) - 1; i >= 0; i-- {
		switch m.stack[i] {
		case atom.P:
			return true
		case atom.Td, atom.Th, atom.Caption, atom.Table:
			return false
		}
	}
	return false
}

// endsParagraph reports whether an open paragraph ends where a begins.
func endsParagraph(a atom.Atom) bool {
	return breaks[a] > 0 && a != atom.Br
}

func isHeading(a atom.Atom) bool {
	switch a {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return true
	}
	return false
}
