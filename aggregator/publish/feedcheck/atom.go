package feedcheck

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

var (
	feedOnce   = []string{"id", "title", "updated", "generator", "icon", "logo", "rights", "subtitle"}
	entryOnce  = []string{"id", "title", "updated", "content", "published", "rights", "source", "summary"}
	atomMany   = []string{"author", "category", "contributor", "link"}
	commonAttr = []string{"xml:lang", "xml:base"}
)

// relations are the registered names of link relations that feeds use; any
// other is an IRI.
var relations = []string{
	"alternate", "archives", "current", "edit", "enclosure", "first", "hub", "last", "license", "next",
	"next-archive", "payment", "prev-archive", "previous", "related", "replies", "self", "via",
}

// Atom returns what is wrong with an Atom feed document.
func Atom(body []byte) []string {
	var v report
	root := tree(body, &v)
	if root == nil {
		return v
	}
	if !root.is("atom:feed") {
		return append(v, "root: not an Atom <feed>")
	}
	const where = "feed"
	v.stray(where, root)
	v.attrs(where, root, nil, commonAttr)
	v.language(where, root)
	v.members(where, root, feedOnce, "entry")
	v.self(where, root.all("atom:link"), "application/atom+xml")
	v.history(where, root, "application/atom+xml")
	ids := map[string]bool{}
	authors := root.has("atom:author")
	for i, e := range root.all("atom:entry") {
		v.entry(itemName(i, e.first("atom:title").text), e, authors, ids)
	}
	return v
}

// members checks the children that a feed, an entry and a source have in
// common: each of the once at most once, id, title and updated there.
func (r *report) members(where string, e *element, once []string, others ...string) {
	for _, name := range once {
		r.counted(where, e, 0, 1, "atom:"+name)
	}
	r.counted(where, e, 1, 1, "atom:id", "atom:title", "atom:updated")
	for _, c := range e.children {
		switch {
		case c.name.Space == mediaNS:
			r.media(where, c)
		case c.is("dcterms:extent"):
			r.extent(where, c)
		case c.name.Space == "":
			r.addf("%s: element %v in no namespace", where, c)
		case c.name.Space == atomNS:
			known := slices.Contains(once, c.name.Local) || slices.Contains(atomMany, c.name.Local) || slices.Contains(others, c.name.Local)
			r.require(known, "%s: unknown element %v", where, c)
			r.atomValue(where, c)
		}
	}
	r.alternates(where, e.all("atom:link"))
}

func (r *report) entry(where string, e *element, feedAuthor bool, ids map[string]bool) {
	r.stray(where, e)
	r.noHistory(where, e)
	r.attrs(where, e, nil, commonAttr)
	r.language(where, e)
	r.members(where, e, entryOnce)
	r.counted(where, e, 0, 1, "dcterms:extent")
	r.require(feedAuthor || e.has("atom:author") || e.first("atom:source").has("atom:author"), "%s: no author", where)

	id := e.first("atom:id").text
	r.require(!ids[id], "%s: id %q again", where, id)
	ids[id] = true

	content := e.first("atom:content")
	if e.has("atom:content") {
		_, remote := content.get("src")
		kind := content.value("type")
		inline := kind == "" || kind == "text" || kind == "html" || kind == "xhtml" ||
			strings.HasPrefix(kind, "text/") || strings.HasSuffix(kind, "+xml") || strings.HasSuffix(kind, "/xml")
		r.require(inline && !remote || e.has("atom:summary"), "%s: no summary beside remote or encoded content", where)
	} else {
		alternate := slices.ContainsFunc(e.all("atom:link"), func(l *element) bool { return relation(l) == "alternate" })
		r.require(alternate, "%s: neither content nor alternate link", where)
	}
	r.require(e.has("atom:source"), "%s: no source", where)
	if source := e.first("atom:source"); e.has("atom:source") {
		r.stray(where, source)
		r.members(where+" source", source, feedOnce)
	}
	published, err1 := rfc3339(e.first("atom:published").text)
	updated, err2 := rfc3339(e.first("atom:updated").text)
	if err1 == nil && err2 == nil {
		r.require(!updated.Before(published), "%s: updated %s, before it was published", where, updated.Format(time.RFC3339))
	}
}

// atomValue checks what is in one Atom element.
func (r *report) atomValue(where string, e *element) {
	switch e.name.Local {
	case "id", "logo", "icon":
		r.leaf(where, e)
		r.attrs(where, e, nil, commonAttr)
		r.require(isIRI(e.text), "%s: %v %q is not an absolute IRI", where, e, e.text)
	case "title":
		r.leaf(where, e)
		r.textConstruct(where, e)
		kind, given := e.get("type")
		r.require(!given || kind == "text", "%s: title of type %q", where, kind)
	case "subtitle", "summary", "rights":
		r.textConstruct(where, e)
	case "content":
		r.require(e.value("src") == "" || isIRI(e.value("src")), "%s: content src %q", where, e.value("src"))
		if kind := e.value("type"); !slices.Contains([]string{"", "text", "html", "xhtml"}, kind) {
			r.require(isMediaType(kind) && !strings.HasPrefix(kind, "multipart/"), "%s: content of type %q", where, kind)
			return
		}
		r.textConstruct(where, e)
	case "updated", "published":
		_, err := rfc3339(e.text)
		r.require(err == nil, "%s: %v %v", where, e, err)
	case "author", "contributor":
		r.person(where, e)
	case "category":
		r.attrs(where, e, []string{"term"}, append([]string{"scheme", "label"}, commonAttr...))
		scheme, given := e.get("scheme")
		r.require(!given || isIRI(scheme), "%s: category scheme %q", where, scheme)
	case "generator":
		r.leaf(where, e)
		r.attrs(where, e, nil, append([]string{"uri", "version"}, commonAttr...))
	case "link":
		r.link(where, e)
	}
}

func (r *report) textConstruct(where string, e *element) {
	kind := e.value("type")
	r.require(slices.Contains([]string{"", "text", "html", "xhtml"}, kind), "%s: %v of type %q", where, e, kind)
	if kind == "xhtml" {
		r.require(len(e.children) == 1 && e.children[0].name.Local == "div", "%s: %v without its <div>", where, e)
		return
	}
	r.require(len(e.children) == 0, "%s: %v has elements in it", where, e)
	if kind == "html" {
		r.markup(where, e.text)
	}
}

var emailPattern = regexp.MustCompile(`^[^@\s]+@[^@\s]+$`)

func (r *report) person(where string, e *element) {
	r.counted(where, e, 1, 1, "atom:name")
	r.counted(where, e, 0, 1, "atom:uri", "atom:email")
	r.leaf(where, e.first("atom:name"))
	if e.has("atom:uri") {
		r.require(isIRI(e.first("atom:uri").text), "%s: uri %q of a person", where, e.first("atom:uri").text)
	}
	if e.has("atom:email") {
		r.require(emailPattern.MatchString(e.first("atom:email").text), "%s: email %q of a person", where, e.first("atom:email").text)
	}
}

func (r *report) link(where string, e *element) {
	r.attrs(where, e, []string{"href"}, append([]string{"rel", "type", "hreflang", "title", "length"}, commonAttr...))
	r.require(isURL(e.value("href")), "%s: link to %q", where, e.value("href"))
	r.require(slices.Contains(relations, relation(e)) || isIRI(relation(e)), "%s: link relation %q", where, relation(e))
	if mediaType, ok := e.get("type"); ok {
		r.require(isMediaType(mediaType), "%s: link of type %q", where, mediaType)
	}
	if language, ok := e.get("hreflang"); ok {
		r.require(isLanguage(language), "%s: link of hreflang %q", where, language)
	}
	if length, ok := e.get("length"); ok {
		r.require(isCount(length), "%s: link of length %q", where, length)
	}
}

// relation returns the short name of a link's relation: RFC 4287, section 4.2.7.2.
func relation(link *element) string {
	rel, given := link.get("rel")
	if !given {
		return "alternate"
	}
	return strings.TrimPrefix(rel, "http://www.iana.org/assignments/relation/")
}

// alternates checks that no two alternate links are of one type and language.
func (r *report) alternates(where string, links []*element) {
	seen := map[[2]string]bool{}
	for _, l := range links {
		if relation(l) != "alternate" {
			continue
		}
		kind := [2]string{l.value("type"), l.value("hreflang")}
		r.require(!seen[kind], "%s: two alternate links of type %q and hreflang %q", where, kind[0], kind[1])
		seen[kind] = true
	}
}

func (r *report) language(where string, e *element) {
	if language, ok := e.get("xml:lang"); ok {
		r.require(language == "" || isLanguage(language), "%s: xml:lang %q", where, language)
	}
}
