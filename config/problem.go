package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Error is all that is wrong with a configuration, in the order of its files
// and lines.
type Error struct {
	Problems []Problem // at least one
}

// Error returns the problems, one a line.
func (e *Error) Error() string {
	return strings.Join(lines(e.Problems), "\n")
}

// Problem is one thing that is wrong.
type Problem struct {
	File   string // as given to Load; an included one; "environment"; or empty when there is none
	Line   int    // from 1; 0 when the problem is nowhere in the text
	Column int    // in bytes, from 1; 0 with Line

	// Key is the dotted key or the environment variable. The tables of a list
	// count from 1 through all files: source[2].url. Empty when no key is
	// concerned.
	Key     string
	Message string // what is wrong, and what to write instead
}

// Error makes it an error of its own.
func (p Problem) Error() string { return p.String() }

// String returns the problem as one line.
func (p Problem) String() string {
	var parts []string
	switch {
	case p.Line > 0:
		parts = append(parts, fmt.Sprintf("%s:%d", p.File, p.Line))
	case p.File != "":
		parts = append(parts, p.File)
	}
	if p.Key != "" {
		parts = append(parts, p.Key)
	}
	return strings.Join(append(parts, p.Message), ": ")
}

// report gathers problems and warnings, and knows where keys stand.
type report struct {
	file     string         // the main one
	order    map[string]int // of the files, as they were read
	tables   map[string]int // in each list of tables, of the files before the one at hand
	places   places
	problems []Problem
	warnings []Problem
	reported map[[2]string]bool // files and keys with a problem
}

func newReport(file string) *report {
	return &report{
		file:     file,
		order:    map[string]int{},
		tables:   map[string]int{},
		places:   places{},
		reported: map[[2]string]bool{},
	}
}

// problem reports that a key is wrong. Only the first report of a key counts:
// the second would be about the value that stands in for the refused one.
func (r *report) problem(key, format string, args ...any) {
	r.add(r.at(key, format, args...))
}

func (r *report) add(p Problem) {
	key := [2]string{p.File, p.Key}
	if p.Key != "" && r.reported[key] {
		return
	}
	r.reported[key] = true
	r.problems = append(r.problems, p)
}

func (r *report) warn(key, format string, args ...any) {
	r.warnings = append(r.warnings, r.at(key, format, args...))
}

// check reports err, if there is one, for key.
func (r *report) check(key string, err error) {
	if err != nil {
		r.problem(key, "%s", err)
	}
}

func (r *report) at(key, format string, args ...any) Problem {
	p := Problem{File: r.file, Key: key, Message: fmt.Sprintf(format, args...)}
	where := r.place(key)
	if where.variable != "" {
		p.File, p.Key = "environment", where.variable
		return p
	}
	if where.line > 0 {
		p.File, p.Line, p.Column = where.file, where.line, where.column
	}
	return p
}

// has reports whether the key itself stands somewhere.
func (r *report) has(key string) bool {
	_, ok := r.places.of(key)
	return ok
}

// place returns where the key stands, or else the table that should have it.
func (r *report) place(key string) place {
	for {
		if where, ok := r.places.of(key); ok {
			return where
		}
		i := strings.LastIndexByte(key, '.')
		if i < 0 {
			return place{}
		}
		key = key[:i]
	}
}

func (r *report) err() error {
	if len(r.problems) == 0 {
		return nil
	}
	return &Error{Problems: r.sorted(r.problems)}
}

func (r *report) warned() []string { return lines(r.sorted(r.warnings)) }

// sorted puts what has no line last.
func (r *report) sorted(problems []Problem) []Problem {
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(
			cmp.Compare(min(b.Line, 1), min(a.Line, 1)),
			cmp.Compare(r.order[a.File], r.order[b.File]),
			cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Column, b.Column),
		)
	})
	return problems
}

func lines(problems []Problem) []string {
	var s []string
	for _, p := range problems {
		s = append(s, p.String())
	}
	return s
}
