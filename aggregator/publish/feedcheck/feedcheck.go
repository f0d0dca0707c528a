// Package feedcheck finds out what is wrong with a feed that we publish.
//
// Each check returns the violations it finds, in the order of the document and
// in words for people; none means that the feed is right. The rules are those
// of RSS 2.0 with the RSS Advisory Board's profile, of RFC 4287 and of JSON
// Feed 1.1, and on top of them what a merged feed owes its readers: absolute
// addresses, ids that occur once, an author and a source for every item. It is
// stricter than a reader has to be, and not meant for the feeds of others.
package feedcheck

import "fmt"

// report collects violations.
type report []string

func (r *report) addf(format string, args ...any) {
	*r = append(*r, fmt.Sprintf(format, args...))
}

// require adds a violation unless it is ok.
func (r *report) require(ok bool, format string, args ...any) {
	if !ok {
		r.addf(format, args...)
	}
}
