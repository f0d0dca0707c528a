package parse

import (
	"slices"
	"strings"
)

// borrow reads what an item or channel says in other vocabularies than that of
// its format. It counts for less than what is there already.
func (item *Item) borrow(f fields) {
	item.GUID = either(item.GUID, f.chars("atom:id", "dc:identifier"))
	item.Title = fallback(item.Title, f.text("atom:title", "dc:title", "itunes:title", "media:title"))
	item.Summary = fallback(item.Summary, f.text("atom:summary", "dc:description", "dcterms:abstract",
		"itunes:summary", "googleplay:description", "itunes:subtitle", "media:description"))
	item.Content = fallback(item.Content, f.text("content:encoded", "atom:content", "yandex:full-text", "turbo:content"))
	for e := range f.all("itunes:summary", "googleplay:description") {
		if t := e.text(f.in); item.Content.Value == "" && len(t.Value) > len(item.Summary.Value) {
			item.Content = t
		}
	}
	item.Rights = fallback(item.Rights, f.text("atom:rights", "dc:rights", "dcterms:rights", "media:copyright"))
	item.Authors = append(item.Authors, f.persons("atom:author", "dc:creator", "dc:author", "dcterms:creator", "itunes:author", "googleplay:author")...)
	item.Contributors = append(item.Contributors, f.persons("atom:contributor", "dc:contributor", "dcterms:contributor")...)
	for e := range f.all("podcast:person") {
		switch strings.ToLower(e.attribute("role")) {
		case "", "host", "co-host", "author", "reporter":
			item.Authors = append(item.Authors, e.persons(f.in)...)
		default:
			item.Contributors = append(item.Contributors, e.persons(f.in)...)
		}
	}
	item.Categories = append(item.Categories, f.categories("atom:category", "dc:subject", "dcterms:subject", "itunes:category",
		"googleplay:category", "media:category", "itunes:keywords", "media:keywords")...)
	item.Published = append(item.Published, f.strings("atom:published", "atom:issued", "dcterms:issued", "dcterms:available",
		"dc:date", "dcterms:date", "atom:created", "dcterms:created")...)
	item.Updated = append(item.Updated, f.strings("atom:updated", "atom:modified", "dcterms:modified", "dc:date")...)
	item.Replies = f.chars("thr:total", "slash:comments")
	item.Point = f.point()
	for e := range f.all("atom:source") {
		if o := e.origin(f.in); item.Origin == nil && o != (Origin{}) {
			item.Origin = &o
		}
	}
	item.borrowLinks(f)
	item.borrowMedia(f)
}

// relations are the elements that name another document, and what it is to
// the item.
var relations = map[string]string{
	"feedburner:origlink":     "original",
	"pheedo:origlink":         "original",
	"wfw:commentrss":          "replies",
	"thr:in-reply-to":         "in-reply-to",
	"cc:license":              "license",
	"creativecommons:license": "license",
	"dcterms:license":         "license",
	"media:license":           "license",
	"podcast:license":         "license",
	"podcast:transcript":      "transcript",
	"podcast:chapters":        "chapters",
}

func (item *Item) borrowLinks(f fields) {
	for _, e := range f.list {
		if e.name == "atom:link" {
			item.addLink(e.element, f.in)
			continue
		}
		rel, ok := relations[e.name]
		if !ok {
			continue
		}
		href := ""
		for _, name := range []string{"url", "href", "resource"} {
			href = either(href, e.attribute(name))
		}
		if href = e.address(either(href, e.chars()), f.in); href != "" {
			item.Links = append(item.Links, Link{Href: href, Rel: rel, Type: e.attr("type"), Hreflang: e.attr("language")})
		}
	}
	item.Rights = fallback(item.Rights, textIn(item.Link("license"), Plain, f.in))
	for _, l := range item.Links {
		if l.Rel == "replies" && l.Type == "text/html" {
			item.Comments = either(item.Comments, l.Href)
		}
	}
}

// point reads a place on Earth in the notations of GeoRSS and of the W3C.
func (f fields) point() string {
	list := []string{f.chars("georss:point"), f.chars("geo:lat") + " " + f.chars("geo:long", "geo:lon")}
	for e := range f.all("geo:point") {
		inside := e.fields(f.in)
		list = append(list, inside.chars("geo:lat")+" "+inside.chars("geo:long"))
	}
	for e := range f.all("georss:where") {
		for point := range e.fields(f.in).all("gml:point") {
			list = append(list, point.fields(f.in).chars("gml:pos"))
		}
	}
	for _, at := range list {
		if place := strings.Fields(strings.ReplaceAll(at, ",", " ")); len(place) == 2 {
			return place[0] + " " + place[1]
		}
	}
	return ""
}

// persons reads people, in the order in which they stand there.
func (f fields) persons(names ...string) []Person {
	var list []Person
	for _, e := range f.list {
		if slices.Contains(names, e.name) {
			list = append(list, e.persons(f.in)...)
		}
	}
	return list
}

// persons reads a person that is an address, or has the children of an
// atom:author, or is a list of RDF.
func (e element) persons(in scope) []Person {
	if !e.hasElements() {
		if name := e.chars(); name != "" {
			return []Person{{Name: name, URL: e.attribute("href")}}
		}
		return nil
	}
	var p Person
	isPerson := false
	for _, c := range e.children(in) {
		switch c.local {
		case "name":
			p.Name = c.chars()
		case "email":
			p.Email = c.chars()
		case "uri", "url", "homepage":
			p.URL = c.address(c.chars(), in.enter(e.tag))
		default:
			continue
		}
		isPerson = true
	}
	if p != (Person{}) {
		return []Person{p}
	}
	var list []Person
	if !isPerson {
		for _, name := range e.values() {
			list = append(list, Person{Name: name})
		}
	}
	return list
}

// categories reads subjects.
func (f fields) categories(names ...string) []Category {
	var list []Category
	for e := range f.all(names...) {
		list = append(list, e.categories(f.in)...)
	}
	return list
}

func (e field) categories(in scope) []Category {
	var list []Category
	switch e.name {
	case ":keywords", ":tags", "itunes:keywords", "media:keywords":
		for _, word := range some(strings.Split(e.chars(), ",")...) {
			list = append(list, Category{Term: word})
		}
	case ":categories":
		return e.fields(in).categories(":category")
	case "itunes:category", "googleplay:category":
		for _, c := range slices.AppendSeq([]field{e}, e.fields(in).all(e.name)) {
			term := c.attribute("text")
			if term == "" && !c.hasElements() {
				term = c.chars()
			}
			for _, term := range some(term) {
				list = append(list, Category{Term: term})
			}
		}
	default:
		c := Category{Term: e.attribute("term"), Scheme: either(e.attribute("domain"), e.attribute("scheme")), Label: e.attribute("label")}
		if c.Term != "" || c.Label != "" {
			return []Category{c}
		}
		for _, c.Term = range e.values() {
			list = append(list, c)
		}
	}
	return list
}

// inside returns the character data of the elements in elements.
func (f fields) inside(outer, inner string) []string {
	var list []string
	for e := range f.all(outer) {
		list = append(list, e.fields(f.in).strings(inner)...)
	}
	return list
}

// some returns the strings that are not empty.
func some(list ...string) []string {
	var kept []string
	for _, s := range list {
		if s = strings.TrimSpace(s); s != "" {
			kept = append(kept, s)
		}
	}
	return kept
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func fallback(a, b Text) Text {
	if a.Value != "" || b.Value == "" {
		return a
	}
	return b
}
