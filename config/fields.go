package config

import (
	"cmp"
	"encoding"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// fields are the keys and tables of a file with their types. A list of
// tables stands here as one table: source.url.
type fields map[string]reflect.Type

func configFields() fields { return fieldsOf(reflect.TypeFor[Config]()) }

// fieldsOf returns those of a file that is decoded into a struct of type t.
func fieldsOf(t reflect.Type) fields {
	f := fields{}
	f.add("", t)
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

// scalars returns the names of keys that hold one value, which is no secret, and
// exist once, in order.
func (f fields) scalars() []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(f)) {
		table, _, _ := strings.Cut(name, ".")
		if t := f[name]; t.Kind() != reflect.Slice && t != reflect.TypeFor[Secret]() && !isTable(t) && !isTables(f[table]) {
			names = append(names, name)
		}
	}
	return names
}

// suggest returns "; did you mean ...?" for an unknown key if one of the same
// table is written almost alike, or one of another table just so, and else
// what the table may have. A key that is part of no table becomes an unknown
// one of the table below which it is written.
func (f fields) suggest(unknown string) string {
	table, last := split(unknown)
	elsewhere := ""
	var possible []string
	for _, name := range slices.Sorted(maps.Keys(f)) {
		other, candidate := split(name)
		switch {
		case other == table:
			possible = append(possible, candidate)
		case elsewhere == "" && candidate == last:
			elsewhere = name
		}
	}
	switch best := cmp.Or(Nearest(last, possible), elsewhere); {
	case best == last && !isTable(f[best]) && !isTables(f[best]):
		return "; write it above the first [table]"
	case best != "":
		return fmt.Sprintf("; did you mean %s?", best)
	case len(possible) > 0:
		return "; write one of " + strings.Join(possible, ", ")
	}
	return "; leave it out"
}

// Nearest returns the first of the words that are written most like s, or ""
// when none is almost alike.
func Nearest(s string, words []string) string {
	best, least := "", min(3, len(s))
	for _, w := range words {
		if d := distance(s, w); d < least {
			best, least = w, d
		}
	}
	return best
}

// distance is the number of letters to add, drop or exchange, and of neighbours
// to swap (optimal string alignment).
func distance(a, b string) int {
	var before []int // the row before row
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		next := make([]int, len(b)+1)
		next[0] = i + 1
		for j := range len(b) {
			cost := row[j]
			if a[i] != b[j] {
				cost = 1 + min(row[j], next[j], row[j+1])
			}
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				cost = min(cost, before[j-1]+1)
			}
			next[j+1] = cost
		}
		before, row = row, next
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
			return fmt.Errorf("%s is too large; write a smaller number", text)
		}
		if err != nil {
			return fmt.Errorf("%q is not a whole number; write for example 64", text)
		}
	case t.Kind() == reflect.Float64:
		_, err := strconv.ParseFloat(text, 64)
		if errors.Is(err, strconv.ErrRange) {
			return fmt.Errorf("%s is too large; write a smaller number", text)
		}
		if err != nil {
			return fmt.Errorf("%q is not a number; write for example 0.25", text)
		}
	case t.Kind() == reflect.Bool:
		if text != "true" && text != "false" {
			return fmt.Errorf("%q is neither true nor false; write one of them", text)
		}
	}
	return nil
}
