package normalize

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"

	"newsfeed/aggregator/parse"
	"newsfeed/storage"
)

// authors returns the authors of an item. Where Atom and JSON Feed say so, an
// item without authors has those of the document.
func (d *document) authors(item *parse.Item, base *url.URL) []storage.Person {
	written := item.Authors
	inherits := strings.HasPrefix(d.source.Format, "atom") || strings.HasPrefix(d.source.Format, "json")
	if len(written) == 0 && inherits && item.Origin == nil {
		written = d.header.Authors
	}
	var list []storage.Person
	for _, w := range written {
		for _, p := range d.people(w, base) {
			list = addPerson(list, p)
		}
		if len(list) > maxAuthors {
			d.cuts["authors"]++
			return list[:maxAuthors]
		}
	}
	return list
}

// people reads one author as written, which may be several.
func (d *document) people(w parse.Person, base *url.URL) []storage.Person {
	name, mail := splitAddress(d.cuts.text("author", w.Name, maxName*4))
	if m := strings.TrimSpace(w.Email); isMail(m) {
		mail = m
	}
	name = d.cuts.text("author", plainString(name), maxName)
	for _, by := range []string{"By ", "by ", "BY "} {
		name = strings.TrimPrefix(name, by)
	}
	person := storage.Person{Name: name, Email: mail, URL: absolute(w.URL, base)}
	switch names := splitNames(name); {
	case person == storage.Person{}:
		return nil
	case len(names) > 1 && person.Email == "" && person.URL == "":
		people := make([]storage.Person, len(names))
		for i, n := range names {
			people[i].Name = n
		}
		return people
	}
	return []storage.Person{person}
}

// addPerson adds p to the list, or what it knows to the same person there.
func addPerson(list []storage.Person, p storage.Person) []storage.Person {
	for i := range list {
		q := &list[i]
		sameName := p.Name != "" && strings.EqualFold(p.Name, q.Name)
		sameMail := p.Email != "" && strings.EqualFold(p.Email, q.Email) && (p.Name == "" || q.Name == "")
		if !sameName && !sameMail {
			continue
		}
		if q.Name == "" {
			q.Name = p.Name
		}
		if q.Email == "" {
			q.Email = p.Email
		}
		if q.URL == "" {
			q.URL = p.URL
		}
		return list
	}
	return append(list, p)
}

// splitAddress reads "mail (name)", "name (mail)", "name <mail>" and a mail
// address alone.
func splitAddress(s string) (name, mail string) {
	s = strings.TrimSpace(s)
	if !strings.Contains(s, "<") {
		s = html.UnescapeString(s)
	}
	s = strings.TrimSpace(strings.TrimPrefix(s, "mailto:"))
	if isMail(s) {
		return "", s
	}
	for _, marks := range []string{"()", "<>", "[]"} {
		before, rest, ok := strings.Cut(s, marks[:1])
		inner, after, closed := strings.Cut(rest, marks[1:])
		before, inner = strings.TrimSpace(before), strings.TrimSpace(strings.TrimPrefix(inner, "mailto:"))
		switch {
		case !ok || !closed || strings.TrimSpace(after) != "":
		case isMail(before):
			return strings.Trim(inner, `" `), before
		case isMail(inner):
			return strings.Trim(before, `" `), inner
		}
	}
	if mail, name, ok := strings.Cut(s, " "); ok && isMail(mail) {
		return name, mail
	}
	return s, ""
}

func isMail(s string) bool {
	user, host, ok := strings.Cut(s, "@")
	return ok && user != "" && host != "" && len(s) <= maxName && legal(s) == s && !strings.ContainsAny(s, " \t\n()<>,;:\"/") && !strings.Contains(host, "@")
}

// splitNames splits a list of names where it is surely one: at semicolons, and
// at commas and "and" when each part has a first and a last name.
func splitNames(s string) []string {
	if parts := strings.Split(s, ";"); len(parts) > 1 {
		var names []string
		for _, p := range parts {
			if p = strings.TrimSpace(p); p != "" {
				names = append(names, p)
			}
		}
		return names
	}
	parts := strings.Split(strings.NewReplacer(", and ", ", ", " and ", ", ", " & ", ", ").Replace(s), ", ")
	for _, p := range parts {
		if !isFullName(p) {
			return []string{s}
		}
	}
	return parts
}

func isFullName(s string) bool {
	words := strings.Fields(s)
	if len(words) < 2 || len(words) > 4 {
		return false
	}
	first, _ := utf8.DecodeRuneInString(words[0])
	last, _ := utf8.DecodeRuneInString(words[len(words)-1])
	return unicode.IsUpper(first) && unicode.IsUpper(last)
}
