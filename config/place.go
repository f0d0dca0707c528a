package config

import "strings"

// place is where a key got its value.
type place struct {
	variable     string // environment variable, or empty
	file         string
	line, column int // in the file
}

// places are where keys stand: by the table of a list that has them, or "", and
// by their name within it.
type places map[string]map[string]place

func (p places) of(key string) (place, bool) {
	table, name := cutTable(key)
	where, ok := p[table][name]
	return where, ok
}

func (p places) set(key string, where place) {
	table, name := cutTable(key)
	if p[table] == nil {
		p[table] = map[string]place{}
	}
	p[table][name] = where
}

// cutTable cuts a key into the table of a list that has it, or "", and its name
// within that.
func cutTable(key string) (table, name string) {
	i := strings.IndexByte(key, ']') + 1
	return key[:i], strings.TrimPrefix(key[i:], ".")
}
