package normalize

import (
	"cmp"
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
			break
		}
	}
	if len(list) == 1 && !mayBeNames(list[0].Name) {
		return list
	}
	if list = apart(list); len(list) > maxAuthors {
		d.cuts["authors"]++
		list = list[:maxAuthors]
	}
	return list
}

// apart makes several people of one who has a list for a name, as far as there
// may be so many.
func apart(list []storage.Person) []storage.Person {
	var people []storage.Person
	for _, p := range list {
		names := []string{p.Name}
		if p.Email == "" && p.URL == "" {
			names = splitNames(p.Name)
		}
		for _, p.Name = range names {
			if people = addPerson(people, p); len(people) > maxAuthors {
				return people
			}
		}
	}
	return people
}

// people reads one author as written, which may be several.
func (d *document) people(w parse.Person, base *url.URL) []storage.Person {
	written := d.cuts.text("author", w.Name, maxName*4)
	if list := splitAddresses(written); w.Email == "" && w.URL == "" && len(list) > 1 {
		var people []storage.Person
		for _, one := range list {
			people = append(people, d.people(parse.Person{Name: one}, base)...)
		}
		return people
	}
	name, mail, page := splitAddress(written)
	for _, m := range []string{w.Email, mailOf(w.URL)} {
		if m = strings.TrimSpace(m); isMail(m) {
			mail = m
			break
		}
	}
	name = d.cuts.text("author", plainString(name), maxName)
	for _, by := range []string{"By ", "by ", "BY "} {
		name = strings.TrimPrefix(name, by)
	}
	if strings.Trim(name, "()<>[].,;:-–—|/ ") == "" {
		name = ""
	}
	person := storage.Person{Name: name, Email: mail, URL: absolute(cmp.Or(w.URL, page), base)}
	if person == (storage.Person{}) {
		return nil
	}
	return []storage.Person{person}
}

// mailOf returns the mail address that a URL is, or "".
func mailOf(rawURL string) string {
	if scheme, rest := cutScheme(strings.TrimSpace(rawURL)); scheme == "mailto" {
		return rest
	}
	return ""
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

// splitAddresses splits a list of mail addresses, which may have names, at the
// commas and semicolons between them. It returns nil for anything else.
func splitAddresses(s string) []string {
	if !strings.Contains(s, "@") {
		return nil
	}
	var list []string
	depth, from := 0, 0
	for i, c := range s + "," {
		switch {
		case c == '(' || c == '<':
			depth++
		case c == ')' || c == '>':
			depth--
		case (c == ',' || c == ';') && depth == 0:
			if start, _ := findMail(s[from:i]); start < 0 {
				return nil
			}
			list = append(list, s[from:i])
			from = i + 1
		}
	}
	return list
}

// splitAddress finds the mail address in what a source wrote for a person, or
// the address of a page in brackets. What stands around it is the name.
func splitAddress(s string) (name, mail, page string) {
	if !strings.Contains(s, "<") {
		s = html.UnescapeString(s)
	}
	if start, end := findMail(s); start >= 0 {
		mail = s[start:end]
		before := strings.TrimSpace(strings.TrimSuffix(s[:start], "mailto:"))
		after := s[end:]
		if strings.HasPrefix(after, "?") { // ?subject=…
			_, after, _ = strings.Cut(after, " ")
		}
		return bareName(before + " " + after), mail, ""
	}
	for _, marks := range []string{"()", "<>"} {
		before, rest, _ := strings.Cut(s, marks[:1])
		inner, after, closed := strings.Cut(rest, marks[1:])
		if scheme, _ := cutScheme(strings.TrimSpace(inner)); closed && (scheme == "http" || scheme == "https") {
			return bareName(before + " " + after), "", inner
		}
	}
	return strings.TrimSpace(s), "", ""
}

// bareName returns a name without what stood round the address beside it.
func bareName(s string) string {
	for _, marks := range []string{"( )", "< >", "[ ]", "()", "<>", "[]"} {
		s = strings.Replace(s, marks, "", 1)
	}
	s = strings.Trim(s, " \t\r\n,;-–—|")
	if strings.HasPrefix(s, "(") {
		s = strings.TrimPrefix(s, "(")
		s = strings.TrimSuffix(s, ")")
	} else if !strings.Contains(s, "(") {
		s = strings.TrimSuffix(s, ")")
	}
	return strings.Trim(s, "\" ")
}

// findMail returns where a mail address begins and ends in s, or a negative
// place.
func findMail(s string) (start, end int) {
	for {
		at := strings.IndexByte(s[end:], '@')
		if at < 0 {
			return -1, -1
		}
		at += end
		start = end + strings.LastIndexAny(s[end:at], notInMail) + 1
		for end = at + 1; end < len(s) && strings.IndexByte(notInHost, s[end]) < 0; end++ {
		}
		if mail := strings.TrimRight(s[start:end], "."); isMail(mail) {
			return start, start + len(mail)
		}
	}
}

// What ends a mail address, and its host.
const (
	notInMail = " \t\r\n()<>,;:\"/[]|"
	notInHost = notInMail + "?&"
)

func isMail(s string) bool {
	user, host, ok := strings.Cut(s, "@")
	return ok && user != "" && host != "" && len(s) <= maxName && legal(s) == s && !strings.ContainsAny(s, notInMail) && !strings.Contains(host, "@")
}

// splitNames splits a list of names where it is surely one: at semicolons, and
// at commas and "and" when each part has a first and a last name.
func splitNames(s string) []string {
	if !mayBeNames(s) {
		return []string{s}
	}
	if parts := strings.Split(s, ";"); len(parts) > 1 {
		var names []string
		for _, p := range parts {
			if p = strings.TrimSpace(p); p != "" {
				names = append(names, p)
			}
		}
		return names
	}
	parts := strings.Split(betweenNames.Replace(s), ", ")
	for _, p := range parts {
		if !isFullName(p) {
			return []string{s}
		}
	}
	return parts
}

// mayBeNames reports whether there is something in s that may stand between two
// names.
func mayBeNames(s string) bool { return strings.ContainsAny(s, ";,&") || strings.Contains(s, " and ") }

var betweenNames = strings.NewReplacer(", and ", ", ", " and ", ", ", " & ", ", ")

func isFullName(s string) bool {
	words := strings.Fields(s)
	if len(words) < 2 || len(words) > 4 {
		return false
	}
	first, _ := utf8.DecodeRuneInString(words[0])
	last, _ := utf8.DecodeRuneInString(words[len(words)-1])
	return unicode.IsUpper(first) && unicode.IsUpper(last)
}
