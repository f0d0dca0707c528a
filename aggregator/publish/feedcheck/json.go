package feedcheck

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// kind is the kind of value that a member of JSON Feed 1.1 must have.
type kind string

const (
	text    kind = "text" // not empty
	address kind = "URL"
	date    kind = "date"
	lang    kind = "language"
	number  kind = "number"
	boolean kind = "boolean"
	array   kind = "array"
	members kind = "object" // not empty
)

var (
	jsonFeed = map[string]kind{
		"version": address, "title": text, "home_page_url": address, "feed_url": address, "description": text,
		"user_comment": text, "next_url": address, "icon": address, "favicon": address, "authors": array,
		"language": lang, "expired": boolean, "hubs": array, "items": array,
	}
	jsonItem = map[string]kind{
		"id": text, "url": address, "external_url": address, "title": text, "content_html": text, "content_text": text,
		"summary": text, "image": address, "banner_image": address, "date_published": date, "date_modified": date,
		"authors": array, "tags": array, "language": lang, "attachments": array,
	}
	jsonAuthor     = map[string]kind{"name": text, "url": address, "avatar": address}
	jsonAttachment = map[string]kind{
		"url": address, "mime_type": text, "title": text, "size_in_bytes": number, "duration_in_seconds": number,
	}
	jsonHub = map[string]kind{"type": text, "url": address}

	// The members of our extension.
	jsonNewsfeed = map[string]kind{
		"source": text, "source_title": text, "source_url": address, "origin": members, "story": text, "guid": text,
		"reading_time_seconds": number, "rights": text, "comments": address, "media": array, "also": array, "also_more": number,
	}
	jsonOrigin = map[string]kind{"id": text, "title": text, "url": address, "link": address, "updated": date}
	jsonMedia  = map[string]kind{
		"url": address, "type": text, "medium": text, "bytes": number, "width": number, "height": number, "seconds": number,
		"title": text, "caption": text, "credit": text,
	}
	jsonAlso = map[string]kind{"id": text, "source": text, "title": text, "url": address}
)

// object is a JSON object.
type object = map[string]any

// JSON returns what is wrong with a JSON Feed 1.1 document.
func JSON(body []byte) []string {
	var v report
	v.require(utf8.Valid(body), "document: not UTF-8")
	if err := unique(json.NewDecoder(bytes.NewReader(body))); err != nil {
		v.addf("document: %v", err)
	}
	var feed object
	if err := json.Unmarshal(body, &feed); err != nil {
		return append(v, fmt.Sprintf("document: %v", err))
	}
	const where = "feed"
	v.object(where, feed, jsonFeed, "version", "title", "items", "feed_url", "home_page_url")
	v.require(feed["version"] == "https://jsonfeed.org/version/1.1", "%s: version %v", where, feed["version"])
	v.require(feed["next_url"] != feed["feed_url"], "%s: next_url leads to itself", where)
	v.objects(where, feed, "authors", jsonAuthor)
	v.objects(where, feed, "hubs", jsonHub, "type", "url")
	ids := map[any]bool{}
	for i, item := range list(feed, "items") {
		o, _ := item.(object)
		title, _ := o["title"].(string)
		v.jsonItem(itemName(i, title), o, ids)
	}
	return v
}

func (r *report) jsonItem(where string, item object, ids map[any]bool) {
	r.object(where, item, jsonItem, "id", "title", "date_published", "authors")
	_, html := item["content_html"]
	_, plain := item["content_text"]
	r.require(html || plain, "%s: neither content_html nor content_text", where)
	if markup, ok := item["content_html"].(string); ok {
		r.markup(where, markup)
	}
	r.require(!ids[item["id"]], "%s: id %v again", where, item["id"])
	ids[item["id"]] = true

	r.objects(where, item, "authors", jsonAuthor)
	r.require(len(list(item, "authors")) > 0, "%s: no author", where)
	for _, tag := range list(item, "tags") {
		s, ok := tag.(string)
		r.require(ok && s != "", "%s: tag %v", where, tag)
	}
	r.newsfeed(where, item)
	r.objects(where, item, "attachments", jsonAttachment, "url", "mime_type")
	for _, a := range list(item, "attachments") {
		if o, ok := a.(object); ok {
			mediaType, _ := o["mime_type"].(string)
			r.require(isMediaType(mediaType), "%s: attachment of type %q", where, mediaType)
		}
	}
}

// newsfeed checks our extension of an item.
func (r *report) newsfeed(where string, item object) {
	extension, ok := item["_newsfeed"].(object)
	if !ok {
		return
	}
	where += " _newsfeed"
	r.object(where, extension, jsonNewsfeed, "source")
	if origin, ok := extension["origin"].(object); ok {
		r.object(where+" origin", origin, jsonOrigin)
	}
	r.objects(where, extension, "media", jsonMedia, "url")
	r.objects(where, extension, "also", jsonAlso, "id", "source", "title")
}

// object checks the members of an object. Extensions begin with "_" and are
// objects.
func (r *report) object(where string, o object, known map[string]kind, required ...string) {
	for _, name := range required {
		_, ok := o[name]
		r.require(ok, "%s: no %s", where, name)
	}
	for _, name := range slices.Sorted(maps.Keys(o)) {
		if strings.HasPrefix(name, "_") {
			_, ok := o[name].(object)
			r.require(ok && !strings.Contains(name, "."), "%s: extension %s is not an object", where, name)
			continue
		}
		k, ok := known[name]
		r.require(ok, "%s: unknown member %s", where, name)
		r.require(!ok || k.holds(o[name]), "%s: %s is not a %s: %v", where, name, k, o[name])
	}
}

// objects checks a member that is a list of objects. None may be empty.
func (r *report) objects(where string, o object, name string, known map[string]kind, required ...string) {
	for i, member := range list(o, name) {
		m, ok := member.(object)
		r.require(ok && len(m) > 0, "%s: %s[%d] is not an object with members", where, name, i)
		r.object(fmt.Sprintf("%s %s[%d]", where, name, i), m, known, required...)
	}
}

func list(o object, name string) []any {
	l, _ := o[name].([]any)
	return l
}

func (k kind) holds(v any) bool {
	s, isString := v.(string)
	switch k {
	case text:
		return isString && strings.TrimSpace(s) != ""
	case address:
		return isString && isURL(s)
	case date:
		_, err := rfc3339(s)
		return isString && err == nil
	case lang:
		return isString && isLanguage(s)
	case number:
		n, ok := v.(float64)
		return ok && n >= 0
	case boolean:
		_, ok := v.(bool)
		return ok
	case members:
		o, ok := v.(object)
		return ok && len(o) > 0
	}
	_, ok := v.([]any)
	return ok
}

// unique reads a whole document and reports names that an object has twice:
// RFC 8259, section 4, leaves open which of the two a reader takes.
func unique(dec *json.Decoder) error {
	if err := uniqueValue(dec); err != nil {
		return err
	}
	if _, err := dec.Token(); err != io.EOF {
		return fmt.Errorf("more than one value")
	}
	return nil
}

func uniqueValue(dec *json.Decoder) error {
	token, err := dec.Token()
	if err != nil {
		return err
	}
	open, ok := token.(json.Delim)
	if !ok {
		return nil
	}
	names := map[string]bool{}
	for dec.More() {
		if open == '{' {
			token, err := dec.Token()
			if err != nil {
				return err
			}
			name, _ := token.(string)
			if names[name] {
				return fmt.Errorf("name %q twice in one object", name)
			}
			names[name] = true
		}
		if err := uniqueValue(dec); err != nil {
			return err
		}
	}
	_, err = dec.Token()
	return err
}
