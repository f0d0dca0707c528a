package publish

import (
	"slices"
	"strings"
	"unicode/utf8"

	"newsfeed/storage"
)

// legal returns s without what XML 1.0 section 2.2 does not allow. The store
// promises that there is none; but one such character makes a whole feed
// unreadable, and CDATA sections are written without a further look.
func legal(s string) string {
	if isLegal(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r < 0x20 && r != '\t' && r != '\n' && r != '\r', r == 0xFFFE, r == 0xFFFF:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}

func isLegal(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 0x20 && c < 0xEF, c == '\t', c == '\n', c == '\r', c > 0xEF:
		case c == 0xEF && !strings.HasPrefix(s[i:], "\uFFFE") && !strings.HasPrefix(s[i:], "\uFFFF"):
		default:
			return false
		}
	}
	return utf8.ValidString(s)
}

func legalEntry(e storage.Entry) storage.Entry {
	for _, s := range []*string{
		&e.ID, &e.Story, &e.GUID, &e.Title, &e.Summary, &e.Content, &e.Language, &e.Rights,
	} {
		*s = legal(*s)
	}
	e.URL, e.Comments = legalURL(e.URL), legalURL(e.Comments)
	e.Authors = slices.Clone(e.Authors)
	for i, p := range e.Authors {
		e.Authors[i] = storage.Person{Name: legal(p.Name), Email: legal(p.Email), URL: legalURL(p.URL)}
	}
	e.Categories = slices.Clone(e.Categories)
	for i, c := range e.Categories {
		e.Categories[i] = legal(c)
	}
	e.Media = slices.Clone(e.Media)
	for i := range e.Media {
		m := &e.Media[i]
		m.URL = legalURL(m.URL)
		for _, s := range []*string{&m.Type, &m.Title, &m.Caption, &m.Credit} {
			*s = legal(*s)
		}
		m.Medium = storage.Medium(legal(string(m.Medium)))
	}
	if o := e.Origin; o != nil {
		e.Origin = &storage.Origin{
			ID: legal(o.ID), Title: legal(o.Title), URL: legalURL(o.URL), Link: legalURL(o.Link), Updated: o.Updated,
		}
	}
	return e
}

func legalSource(s storage.Source) storage.Source {
	a := &s.State.About
	for _, v := range []*string{&s.ID, &s.Title, &a.ID, &a.Title, &a.Description, &a.Rights} {
		*v = legal(*v)
	}
	for _, v := range []*string{&s.URL, &a.Link, &a.Self, &a.Image} {
		*v = legalURL(*v)
	}
	return s
}
