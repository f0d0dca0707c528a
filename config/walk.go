package config

import (
	"bytes"
	"fmt"
	"reflect"
	"sort"

	"github.com/pelletier/go-toml/v2/unstable"
)

// walk goes through a text, notes where its keys stand and reports those that
// a Config does not have, or not with such a value.
type walk struct {
	*report
	fields fields
	text   []byte
	lines  []int // offset at which each line begins
	parser unstable.Parser

	table    string         // the table at hand
	elements map[string]int // tables so far in each list of tables
	refused  int            // offset at which a refused table begins, -1: none
	blanks   [][2]int       // from and to which offset the text is refused
}

func newWalk(r *report, text []byte) *walk {
	w := &walk{report: r, fields: configFields(), text: text, lines: []int{0}, elements: map[string]int{}, refused: -1}
	for i, b := range text {
		if b == '\n' {
			w.lines = append(w.lines, i+1)
		}
	}
	w.parser.Reset(text)
	return w
}

// run reports whether the text is TOML as far as its syntax goes.
func (w *walk) run() bool {
	for w.parser.NextExpression() {
		e := w.parser.Expression()
		switch {
		case e.Kind != unstable.KeyValue:
			w.header(e)
		case w.refused < 0 && !w.pair(w.table, e):
			w.blank(int(e.Raw.Offset), int(e.Raw.Offset+e.Raw.Length))
		}
	}
	w.endRefused(len(w.text))
	return w.parser.Error() == nil
}

// sound returns the text without what was refused, every other byte in its
// place.
func (w *walk) sound() []byte {
	text := bytes.Clone(w.text)
	for _, b := range w.blanks {
		part := text[b[0]:b[1]]
		for i, c := range part {
			if c != '\n' {
				part[i] = ' '
			}
		}
	}
	return text
}

func (w *walk) blank(from, to int) { w.blanks = append(w.blanks, [2]int{from, to}) }

// header begins a table, which is refused with all its keys if it has no
// place.
func (w *walk) header(e *unstable.Node) {
	name, where := w.key("", e)
	start := w.lines[where.line-1]
	w.endRefused(start)

	t, known := w.fields.of(bare(name))
	double := e.Kind == unstable.ArrayTable
	first, again := w.places[name]
	var wrong string
	switch {
	case !known:
		wrong = "unknown table" + w.fields.suggest(bare(name))
	case isTables(t) && double:
		w.elements[name]++
		name = element(name, w.elements[name])
	case isTables(t):
		wrong = fmt.Sprintf("is a list of tables; write [[%s]]", name)
	case !isTable(t):
		wrong = "is not a table; write it as a key with a value"
	case double:
		wrong = fmt.Sprintf("is a single table; write [%s]", bare(name))
	case again:
		wrong = fmt.Sprintf("begins a second time, first in line %d; keep one", first.line)
	}
	if wrong != "" {
		w.reportAt(where, name, wrong)
		w.refused = start
		return
	}
	w.table = name
	w.places[name] = where
}

func (w *walk) endRefused(at int) {
	if w.refused >= 0 {
		w.blank(w.refused, at)
		w.refused = -1
	}
}

// pair judges a key and its value within a table and reports whether they are
// sound.
func (w *walk) pair(table string, e *unstable.Node) bool {
	name, where := w.key(table, e)
	t, known := w.fields.of(bare(name))
	first, again := w.places[name]
	switch {
	case !known:
		w.reportAt(where, name, "unknown key"+w.fields.suggest(bare(name)))
		return false
	case again:
		w.reportAt(where, name, fmt.Sprintf("is set a second time, first in line %d; keep one", first.line))
		return false
	}
	w.places[name] = where
	return w.value(name, where, t, e.Value())
}

func (w *walk) value(name string, where place, t reflect.Type, v *unstable.Node) bool {
	sound := true
	switch {
	case isTable(t) && v.Kind == unstable.InlineTable:
		for it := v.Children(); it.Next(); {
			sound = w.pair(name, it.Node()) && sound
		}
	case t.Kind() == reflect.Slice && v.Kind == unstable.Array:
		i := 0
		for it := v.Children(); it.Next(); {
			i++
			if raw := it.Node().Raw; raw.Length > 0 {
				where = w.position(int(raw.Offset))
			}
			w.places[element(name, i)] = where
			sound = w.value(element(name, i), where, t.Elem(), it.Node()) && sound
		}
	case isTable(t):
		w.reportAt(where, name, fmt.Sprintf("is a table; write [%s] and its keys below it", bare(name)))
		return false
	case t.Kind() == reflect.Slice:
		w.reportAt(where, name, "is a list; write [ … ]")
		return false
	default:
		if wrong := w.misfit(t, v); wrong != "" {
			w.reportAt(where, name, wrong)
			return false
		}
	}
	return sound
}

// misfit says why a single value cannot be of type t, if it cannot.
func (w *walk) misfit(t reflect.Type, v *unstable.Node) string {
	var text string
	switch v.Kind {
	case unstable.String:
		text = string(v.Data)
	case unstable.Array:
		text = "[ … ]"
	case unstable.InlineTable:
		text = "{ … }"
	default:
		text = string(w.parser.Raw(v.Raw))
	}
	err := fits(t, text)
	quoted := v.Kind == unstable.String
	switch {
	case err != nil:
		return err.Error()
	case quoted && (t.Kind() == reflect.Bool || t.Kind() == reflect.Int):
		return fmt.Sprintf("%q stands in quotes; leave them out", text)
	case !quoted && t == reflect.TypeFor[Secret]():
		return "is not text; put it in quotes"
	case !quoted && (t.Kind() == reflect.String || isText(t) && v.Kind != unstable.Integer):
		return fmt.Sprintf("%s is not text; put it in quotes", text)
	}
	return ""
}

// key returns the full name of the key or table of e, and where it stands.
func (w *walk) key(table string, e *unstable.Node) (string, place) {
	name := table
	var where place
	for it := e.Key(); it.Next(); {
		part := it.Node()
		if where.line == 0 {
			where = w.position(int(part.Raw.Offset))
		}
		if n := w.elements[name]; n > 0 {
			name = element(name, n)
		}
		name = join(name, string(part.Data))
	}
	return name, where
}

func (w *walk) position(offset int) place {
	line := sort.SearchInts(w.lines, offset+1)
	return place{line: line, column: offset - w.lines[line-1] + 1}
}

func (w *walk) reportAt(where place, key, message string) {
	w.add(Problem{File: w.file, Line: where.line, Column: where.column, Key: key, Message: message})
}
