package config

import (
	"encoding"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// fields are the keys and tables of a Config with their types. A list of
// tables stands here as one table: source.url.
type fields map[string]reflect.Type

func configFields() fields {
	f := fields{}
	f.add("", reflect.TypeFor[Config]())
	return f
}

func (f fields) add(table string, t reflect.Type) {
	for field := range t.Fields() {
		name := field.Tag.Get("toml")
		if table != "" {
			name = table + "." + name
		}
		f[name] = field.Type
		switch {
		case isFree(field.Type):
		case isTable(field.Type):
			f.add(name, field.Type)
		case isTables(field.Type):
			f.add(name, field.Type.Elem())
		}
	}
}

// of returns the type of a key, given without the numbers of elements.
func (f fields) of(key string) (reflect.Type, bool) {
	if t, known := f[key]; known {
		return t, true
	}
	for table, t := range f {
		if name, within := strings.CutPrefix(key, table+"."); within && isFree(t) && isOnePart(name) {
			return t.Elem(), true
		}
	}
	return nil, false
}

// scalars returns the names of keys that hold one value and exist once, in
// order.
func (f fields) scalars() []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(f)) {
		table, _, _ := strings.Cut(name, ".")
		if t := f[name]; t.Kind() != reflect.Slice && !isTable(t) && !isTables(f[table]) {
			names = append(names, name)
		}
	}
	return names
}

// suggest returns "; did you mean ...?" for an unknown key if one of the same
// table is written almost alike, or one of another table just so, and else
// what the table may have.
func (f fields) suggest(unknown string) string {
	table, last := split(unknown)
	best, least := "", 3
	var possible []string
	for _, name := range slices.Sorted(maps.Keys(f)) {
		other, candidate := split(name)
		if other == table {
			possible = append(possible, candidate)
		}
		switch d := distance(last, candidate); {
		case other == table && d < min(least, len(last)):
			best, least = candidate, d
		case best == "" && candidate == last:
			best = name
		}
	}
	switch {
	case best != "":
		return fmt.Sprintf("; did you mean %s?", best)
	case len(possible) > 0:
		return "; write one of " + strings.Join(possible, ", ")
	}
	return ""
}

// distance is the number of letters to add, drop or exchange (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}

func isText(t reflect.Type) bool {
	return reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

func isTable(t reflect.Type) bool { return t.Kind() == reflect.Struct && !isText(t) || isFree(t) }

// isFree reports whether a table's keys are the operator's to name.
func isFree(t reflect.Type) bool { return t.Kind() == reflect.Map }

func isTables(t reflect.Type) bool { return t.Kind() == reflect.Slice && isTable(t.Elem()) }

// fits returns why text is not a single value of type t, or nil.
func fits(t reflect.Type, text string) error {
	switch {
	case isText(t):
		return reflect.New(t).Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(text))
	case t.Kind() == reflect.Int:
		// Base 0 allows what TOML allows: 1_000, 0x40.
		_, err := strconv.ParseInt(text, 0, 0)
		if errors.Is(err, strconv.ErrRange) {
			return fmt.Errorf("%s is too large", text)
		}
		if err != nil {
			return fmt.Errorf("%q is not a whole number; write for example 64", text)
		}
	case t.Kind() == reflect.Bool:
		if text != "true" && text != "false" {
			return fmt.Errorf("%q is neither true nor false", text)
		}
	}
	return nil
}
