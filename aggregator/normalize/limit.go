package normalize

import (
	"fmt"
	"maps"
	"slices"
)

// The bounds of an entry, in bytes and in number.
const (
	maxGUID        = 4096
	maxTitle       = 2000
	maxRights      = 4000
	maxDescription = 20000 // of a film: platforms allow 5,000 characters
	maxName        = 300
	maxCategory    = 300
	maxLanguage    = 64
	maxAuthors     = 50
	maxCategories  = 100
	maxMedia       = 100
)

// cuts counts what went beyond a bound, by kind.
type cuts map[string]int

// text returns s within its bound.
func (c cuts) text(kind, s string, n int) string {
	if len(s) > n {
		c[kind]++
	}
	return shorten(s, n)
}

// list says what was cut, for people.
func (c cuts) list() []string {
	var all []string
	for _, kind := range slices.Sorted(maps.Keys(c)) {
		all = append(all, fmt.Sprintf("%s too large in %d places: cut", kind, c[kind]))
	}
	return all
}
