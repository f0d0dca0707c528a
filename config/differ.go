package config

import (
	"reflect"
	"slices"
)

// Difference is what a configuration has otherwise than another one, by name;
// all lists are sorted.
type Difference struct {
	Keys    []string // single-valued ones, such as poll.workers
	Sources Names    // ids
	Views   Names
}

// Names are those of what was added, changed and removed.
type Names struct {
	Added, Changed, Removed []string
}

// Differ returns what b has otherwise than a. Values are not in it: some are
// secrets.
func Differ(a, b Config) Difference {
	var d Difference
	d.keys("", reflect.ValueOf(a), reflect.ValueOf(b))
	slices.Sort(d.Keys)
	d.Sources = namesOf(a.Sources, b.Sources, func(s Source) string { return s.ID })
	d.Views = namesOf(a.Views, b.Views, func(v View) string { return v.Name })
	return d
}

func (d *Difference) keys(table string, a, b reflect.Value) {
	for field, value := range a.Fields() {
		key, other := join(table, field.Tag.Get("toml")), b.FieldByIndex(field.Index)
		switch {
		case isTables(field.Type):
		case isTable(field.Type) && !isFree(field.Type):
			d.keys(key, value, other)
		case !reflect.DeepEqual(value.Interface(), other.Interface()):
			d.Keys = append(d.Keys, key)
		}
	}
}

func namesOf[T any](a, b []T, name func(T) string) Names {
	var n Names
	before := make(map[string]T, len(a))
	for _, v := range a {
		before[name(v)] = v
	}
	for _, v := range b {
		was, known := before[name(v)]
		delete(before, name(v))
		switch {
		case !known:
			n.Added = append(n.Added, name(v))
		case !reflect.DeepEqual(was, v):
			n.Changed = append(n.Changed, name(v))
		}
	}
	for left := range before {
		n.Removed = append(n.Removed, left)
	}
	for _, list := range [][]string{n.Added, n.Changed, n.Removed} {
		slices.Sort(list)
	}
	return n
}
