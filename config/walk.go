package config

import (
	"bytes"
	"fmt"
	"reflect"
	"sort"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// walk goes through the text of a file, notes where its keys stand and reports
// those for which it has no field, or not with such a value.
type walk struct {
	*report
	file   string
	fields fields
	text   []byte
	lines  []int // offset at which each line begins
	parser unstable.Parser
	done   int // offset up to which the text was read

	table    string         // the table at hand
	elements map[string]int // tables so far in each list of tables of this file
	refused  int            // offset at which a refused table begins, -1: none
	blanks   [][2]int       // from and to which offset the text is refused
}

func newWalk(r *report, file string, text []byte, f fields) *walk {
	w := &walk{report: r, file: file, fields: f, text: text, lines: []int{0}, elements: map[string]int{}, refused: -1}
	for i, b := range text {
		if b == '\n' {
			w.lines = append(w.lines, i+1)
		}
	}
	w.parser.Reset(text)
	return w
}

// run reports false when more of the text is no TOML than the keys that it has
// reported.
func (w *walk) run() (complete bool) {
	complete = true
	for range maxSyntax {
		w.expressions()
		err := w.parser.Error()
		if err == nil {
			w.endRefused(len(w.text))
			return complete
		}
		complete = w.skip(err) && complete
	}
	w.endRefused(w.done)
	w.blank(w.done, len(w.text))
	return false
}

// expressions goes through what the parser can read.
func (w *walk) expressions() {
	for w.parser.NextExpression() {
		e := w.parser.Expression()
		if e.Kind != unstable.KeyValue {
			w.header(e)
			continue
		}
		from, to := int(e.Raw.Offset), int(e.Raw.Offset+e.Raw.Length)
		if w.refused < 0 && !w.pair(w.table, e) {
			w.blank(from, to)
		}
		w.done = to
	}
}

// sound returns the text without what was refused, every other byte in its
// place.
func (w *walk) sound() []byte {
	if len(w.blanks) == 0 {
		return w.text
	}
	text := bytes.Clone(w.text)
	for _, b := range w.blanks {
		whiten(text[b[0]:b[1]])
	}
	return text
}

func (w *walk) blank(from, to int) { w.blanks = append(w.blanks, [2]int{from, to}) }

// header begins a table, which is refused with all its keys if it has no
// place.
func (w *walk) header(e *unstable.Node) {
	name, where := w.key("", e)
	start := w.lines[where.line-1]
	w.done = len(w.text)
	if where.line < len(w.lines) {
		w.done = w.lines[where.line]
	}
	w.endRefused(start)

	t, known := w.fields.of(bare(name))
	double := e.Kind == unstable.ArrayTable
	first, again := w.earlier(name)
	var wrong string
	switch {
	case !known:
		wrong = w.unknown("table", bare(name))
	case w.orphan(name) != "":
		wrong = w.orphan(name)
	case isTables(t) && double:
		w.elements[name]++
		name = w.current(name)
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
	w.places.set(name, where)
}

// unknown says what is wrong with a key or table for which there is no field.
func (w *walk) unknown(what, name string) string {
	if _, known := configFields().of(name); known {
		return "belongs in the main file, move it there; an included one has [[source]] and [[view]] only"
	}
	return "unknown " + what + w.fields.suggest(name)
}

// orphan says what is wrong with a key or table that belongs to a list of
// tables of which none has begun in this file.
func (w *walk) orphan(name string) string {
	list, _, within := strings.Cut(name, ".")
	if t, known := w.fields[list]; within && known && isTables(t) {
		return fmt.Sprintf("belongs to a [[%s]]; write that above it", list)
	}
	return ""
}

// earlier returns where the key or table stood before in this file.
func (w *walk) earlier(name string) (place, bool) {
	first, again := w.places.of(name)
	return first, again && first.file == w.file
}

// current names the table at hand of a list of tables.
func (w *walk) current(list string) string {
	return element(list, w.tables[list]+w.elements[list])
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
	first, again := w.earlier(name)
	switch {
	case !known:
		w.reportAt(where, name, w.unknown("key", bare(name)))
		return false
	case w.orphan(name) != "":
		w.reportAt(where, name, w.orphan(name))
		return false
	case again:
		w.reportAt(where, name, fmt.Sprintf("is set a second time, first in line %d; keep one", first.line))
		return false
	}
	w.places.set(name, where)
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
		i := w.tables[name]
		for it := v.Children(); it.Next(); {
			i++
			if raw := it.Node().Raw; raw.Length > 0 {
				where = w.position(int(raw.Offset))
			}
			w.places.set(element(name, i), where)
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
	case quoted && (t.Kind() == reflect.Bool || t.Kind() == reflect.Int || t.Kind() == reflect.Float64):
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
		if w.elements[name] > 0 {
			name = w.current(name)
		}
		name = join(name, string(part.Data))
	}
	return name, where
}

func (w *walk) position(offset int) place {
	line := sort.SearchInts(w.lines, offset+1)
	return place{file: w.file, line: line, column: offset - w.lines[line-1] + 1}
}

func (w *walk) reportAt(where place, key, message string) {
	w.add(Problem{File: w.file, Line: where.line, Column: where.column, Key: key, Message: message})
}
