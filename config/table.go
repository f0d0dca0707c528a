package config

import "fmt"

// judged is a report, or the part of it that concerns one of a list of tables.
type judged interface {
	problem(key, format string, args ...any)
	warn(key, format string, args ...any)
	check(key string, err error)
}

// table is what a report is about that concerns one of a list of tables. Keys are
// those within it: their full names are made only where there is something to say.
type table struct {
	report *report
	list   string
	n      int // from 1, through all files
}

func (r *report) source(i int) table { return table{r, "source", i + 1} }

func (r *report) view(i int) table { return table{r, "view", i + 1} }

// name returns the full name of the table.
func (t table) name() string { return element(t.list, t.n) }

// key returns the full name of a key.
func (t table) key(name string) string { return t.name() + "." + name }

// has reports whether a file has the key.
func (t table) has(name string) bool {
	_, ok := t.report.places[t.name()][name]
	return ok
}

func (t table) problem(name, format string, args ...any) {
	t.report.problem(t.key(name), format, args...)
}

func (t table) warn(name, format string, args ...any) {
	t.report.warn(t.key(name), format, args...)
}

func (t table) check(name string, err error) {
	if err != nil {
		t.report.check(t.key(name), err)
	}
}

// line names the line of a key of another table for use within a message about
// this one, or else the key.
func (t table) line(key string) string {
	where := t.report.place(key)
	switch {
	case where.line == 0:
		return key
	case where.file != t.report.place(t.name()).file:
		return fmt.Sprintf("line %d of %s", where.line, where.file)
	}
	return fmt.Sprintf("line %d", where.line)
}
