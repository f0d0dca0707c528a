package parse

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
)

// The bounds of a page's JSON-LD. Articles that lie deeper are not found.
const (
	maxLinkedData = 1 << 20 // bytes
	maxNesting    = 64
	maxParts      = 100 // authors, subjects or media of one article
)

// object is an object of JSON-LD, its names those of schema.org.
type object map[string]any

// linkedData is the JSON-LD of a page.
type linkedData struct {
	articles []object
	videos   []object
	named    map[string]object // by @id
	size     int
}

func newLinkedData() linkedData { return linkedData{named: map[string]object{}} }

// listed returns the articles, or the videos of a page that has no articles.
func (l *linkedData) listed() []object {
	if len(l.articles) > 0 {
		return l.articles
	}
	return l.videos
}

// read reads the inside of a script element.
func (l *linkedData) read(script string) error {
	if l.size += len(script); l.size > maxLinkedData {
		return fmt.Errorf("more than %d bytes", maxLinkedData)
	}
	d := json.NewDecoder(strings.NewReader(bareJSON(script)))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return err
	}
	l.collect(v, 0)
	return nil
}

// bareJSON takes off the comments that hid scripts from old browsers, and the
// line breaks that publishers leave in strings.
func bareJSON(script string) string {
	script = strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, strings.Replace(script, "<![CDATA[", "", 1))
	return script[max(strings.IndexAny(script, "{["), 0):]
}

// collect gathers the articles in v. It does not look for more inside of one.
func (l *linkedData) collect(v any, depth int) {
	if depth > maxNesting {
		return
	}
	switch v := v.(type) {
	case []any:
		for _, part := range v {
			l.collect(part, depth+1)
		}
	case map[string]any:
		o := object(v)
		if id, ok := o["@id"].(string); ok && len(o) > 1 && l.named[id] == nil {
			l.named[id] = o
		}
		switch {
		case len(l.articles)+len(l.videos) >= MaxItems:
		case o.is(isArticleType):
			l.articles = append(l.articles, o)
		case o.is(isVideoType):
			l.videos = append(l.videos, o)
		default:
			for _, name := range []string{"@graph", "mainEntity", "itemListElement", "item", "hasPart", "blogPost"} {
				l.collect(o[name], depth+1)
			}
		}
	}
}

// is reports whether one of the object's types is such a one. A type is
// written as a name or as an address that ends in it.
func (o object) is(such func(string) bool) bool {
	for _, t := range asList(o["@type"]) {
		if name, ok := t.(string); ok && such(name[strings.LastIndexAny(name, "/:#")+1:]) {
			return true
		}
	}
	return false
}

func isArticleType(name string) bool {
	switch name {
	case "BlogPosting", "LiveBlogPosting", "SocialMediaPosting", "DiscussionForumPosting", "Report":
		return true
	}
	return strings.HasSuffix(name, "Article")
}

func isVideoType(name string) bool { return name == "VideoObject" }

// item returns what is said about an article; of nil, nothing.
//
// Texts are written as plain text or as HTML, and nothing tells which.
func (l *linkedData) item(o object) Item {
	item := Item{
		Title:      written(cmp.Or(word(o["headline"]), word(o["name"])), Guess),
		Summary:    written(cmp.Or(word(o["description"]), word(o["abstract"])), Guess),
		Published:  some(word(o["datePublished"]), word(o["uploadDate"]), word(o["dateCreated"])),
		Updated:    some(word(o["dateModified"])),
		Authors:    l.persons(o["author"]),
		Categories: append(l.categories(o["articleSection"]), l.categories(o["keywords"])...),
		Lang:       word(o["inLanguage"]),
	}
	if len(item.Authors) == 0 {
		item.Authors = l.persons(o["creator"])
	}
	if language, ok := o["inLanguage"].(map[string]any); ok {
		item.Lang = cmp.Or(word(language["alternateName"]), item.Lang)
	}
	if u := l.url(o); u != "" {
		item.Links = []Link{{Href: u, Rel: "alternate"}}
	}
	l.addMedia(&item, o)
	return item
}

// url returns the address of an article.
func (l *linkedData) url(o object) string {
	if u := cmp.Or(l.address(o["url"]), l.address(o["mainEntityOfPage"])); u != "" {
		return u
	}
	if id, _ := o["@id"].(string); strings.HasPrefix(id, "http") {
		id, _, _ = strings.Cut(id, "#")
		return cleanURL(id)
	}
	return ""
}

// address returns the address that v is or has.
func (l *linkedData) address(v any) string {
	for _, v := range l.list(v) {
		u := word(v)
		if o, ok := v.(map[string]any); ok {
			u = cmp.Or(word(o["url"]), word(o["contentUrl"]), word(o["@id"]))
		}
		if u = cleanURL(u); u != "" {
			return u
		}
	}
	return ""
}

func (l *linkedData) persons(v any) []Person {
	var list []Person
	for _, v := range l.list(v) {
		p := Person{}
		switch v := v.(type) {
		case string:
			p = personOf(strings.TrimSpace(v))
		case map[string]any:
			p = Person{Name: word(v["name"]), Email: word(v["email"]), URL: l.address(v["url"])}
		}
		if p != (Person{}) {
			list = append(list, p)
		}
	}
	return list
}

// categories reads subjects: one, a list, or words with commas between them.
func (l *linkedData) categories(v any) []Category {
	var list []Category
	for _, v := range l.list(v) {
		for _, term := range words(word(v)) {
			list = append(list, Category{Term: term})
		}
	}
	return list
}

// addMedia adds the image of an article, of which publishers list several
// crops, and its films and recordings.
func (l *linkedData) addMedia(item *Item, o object) {
	for _, v := range l.list(o["image"]) {
		if m := l.image(v); m.URL != "" {
			item.addMedia(m)
			break
		}
	}
	item.addMedia(Media{Kind: MediaThumbnail, Medium: "image", URL: l.address(o["thumbnailUrl"])})
	if o.is(isVideoType) {
		item.addMedia(l.recording(o, "video"))
	}
	for _, medium := range []string{"video", "audio"} {
		for _, v := range l.list(o[medium]) {
			if r, ok := v.(map[string]any); ok {
				item.addMedia(l.recording(r, medium))
			}
		}
	}
}

// image reads an image written as an address or as an ImageObject.
func (l *linkedData) image(v any) Media {
	m := Media{Kind: MediaImage, Medium: "image", URL: l.address(v)}
	if o, ok := v.(map[string]any); ok {
		m.URL = cmp.Or(l.address(o["contentUrl"]), m.URL)
		m.Width, m.Height = word(o["width"]), word(o["height"])
		m.Caption, m.Credit = word(o["caption"]), word(o["creditText"])
	}
	return m
}

// recording reads a VideoObject or AudioObject. Its embedUrl would be the page
// of a player.
func (l *linkedData) recording(o object, medium string) Media {
	return Media{
		Kind: MediaContent, Medium: medium, URL: l.address(o["contentUrl"]), Type: word(o["encodingFormat"]),
		Duration: word(o["duration"]), Title: word(o["name"]), Caption: word(o["description"]),
	}
}

// list returns the values that v is or has. An object that is only named there
// is the one that the page describes elsewhere.
func (l *linkedData) list(v any) []any {
	var list []any
	for _, part := range asList(v)[:min(len(asList(v)), maxParts)] {
		if o, ok := part.(map[string]any); ok && len(o) == 1 {
			if id, ok := o["@id"].(string); ok && l.named[id] != nil {
				part = map[string]any(l.named[id])
			}
		}
		list = append(list, part)
	}
	return list
}

// word returns the text that v is or has; of several, the first.
func word(v any) string {
	switch v := v.(type) {
	case []any:
		if len(v) > 0 {
			return word(v[0])
		}
	case map[string]any:
		return cmp.Or(word(v["@value"]), word(v["name"]))
	default:
		s, _ := asString(v)
		return strings.TrimSpace(s)
	}
	return ""
}
