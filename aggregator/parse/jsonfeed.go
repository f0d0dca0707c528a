package parse

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	jsonfeed "github.com/mmcdole/gofeed/json"
)

func isJSON(data []byte) bool {
	data = bytes.TrimLeft(data, " \t\r\n")
	return len(data) > 0 && data[0] == '{'
}

// scanJSON reads a JSON Feed. Of a document cut short it keeps the items that
// are whole.
func scanJSON(data []byte) (*Document, error) {
	doc := &Document{Format: "json1.0"}
	top, items, broken := members(data)
	if broken != nil {
		doc.warn("the document was cut short or damaged (%v); what could be saved was read", broken)
	}
	version, _ := top["version"].(string)
	if !strings.Contains(version, "jsonfeed.org") && items == nil {
		return nil, fmt.Errorf("%w: JSON, but not a JSON Feed", ErrNoFeed)
	}
	if strings.Contains(version, "1.1") {
		doc.Format = "json1.1"
	}
	for _, raw := range items {
		if string(raw) != "null" {
			doc.raw = append(doc.raw, raw)
		}
	}
	f, err := feedOf(top)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoFeed, err)
	}
	doc.Header = jsonHeader(f, top)
	doc.read = func(raw [][]byte) ([]Item, []string) { return each(raw, readJSON) }
	return doc, nil
}

// members reads the members of a JSON object, with those of "items" left raw.
// At the first fault it stops and returns what it has.
func members(data []byte) (top map[string]any, items [][]byte, err error) {
	top = map[string]any{}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if _, err := d.Token(); err != nil {
		return top, nil, err
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return top, items, err
		}
		if key != "items" {
			var value any
			if err := d.Decode(&value); err != nil {
				return top, items, err
			}
			top[key.(string)] = value
			continue
		}
		if open, err := d.Token(); err != nil || open != json.Delim('[') {
			return top, items, fmt.Errorf("items is no array")
		}
		items = [][]byte{}
		for d.More() {
			var raw json.RawMessage
			if err := d.Decode(&raw); err != nil {
				return top, items, err
			}
			items = append(items, raw)
		}
		if _, err := d.Token(); err != nil {
			return top, items, err
		}
	}
	_, err = d.Token()
	return top, items, err
}

// feedOf hands an object to gofeed, its members of the types that the
// specification gives them.
func feedOf(top map[string]any) (*jsonfeed.Feed, error) {
	b, err := json.Marshal(conform(top))
	if err != nil {
		return nil, err
	}
	return (&jsonfeed.Parser{}).Parse(bytes.NewReader(b))
}

func jsonHeader(f *jsonfeed.Feed, top map[string]any) Header {
	h := Header{
		Title:       Text{Value: f.Title, Type: Plain},
		Description: Text{Value: f.Description, Type: Plain},
		Image:       either(f.Icon, f.Favicon),
		Lang:        f.Language,
		Authors:     jsonAuthors(append(f.Authors, f.Author)),
	}
	link := func(rel, href string) {
		if href != "" {
			h.Links = append(h.Links, Link{Href: href, Rel: rel})
		}
	}
	link("alternate", f.HomePageURL)
	link("self", f.FeedURL)
	if hubs, ok := top["hubs"].([]any); ok {
		for _, hub := range hubs {
			if m, ok := hub.(map[string]any); ok {
				url, _ := m["url"].(string)
				link("hub", url)
			}
		}
	}
	return h
}

func readJSON(raw [][]byte) ([]Item, error) {
	var list []any
	for _, r := range raw {
		d := json.NewDecoder(bytes.NewReader(r))
		d.UseNumber()
		var value map[string]any
		if err := d.Decode(&value); err != nil {
			return nil, fmt.Errorf("item is no object: %w", err)
		}
		list = append(list, conform(value))
	}
	f, err := feedOf(map[string]any{"items": list})
	if err != nil {
		return nil, err
	}
	items := make([]Item, len(f.Items))
	for i, j := range f.Items {
		items[i] = jsonItem(j)
	}
	return items, nil
}

func jsonItem(j *jsonfeed.Item) Item {
	item := Item{
		GUID:      strings.TrimSpace(j.ID),
		Title:     Text{Value: j.Title, Type: Plain, Lang: j.Language},
		Summary:   Text{Value: j.Summary, Type: Plain, Lang: j.Language},
		Authors:   jsonAuthors(append(j.Authors, j.Author)),
		Published: some(j.DatePublished),
		Updated:   some(j.DateModified),
		Lang:      j.Language,
	}
	switch {
	case j.ContentHTML != "":
		item.Content = Text{Value: j.ContentHTML, Type: HTML, Lang: j.Language}
	case j.ContentText != "":
		item.Content = Text{Value: j.ContentText, Type: Plain, Lang: j.Language}
	}
	for _, l := range []Link{{Rel: "alternate", Href: j.URL}, {Rel: "related", Href: j.ExternalURL}} {
		if l.Href = strings.TrimSpace(l.Href); l.Href != "" {
			item.Links = append(item.Links, l)
		}
	}
	for _, tag := range j.Tags {
		item.Categories = append(item.Categories, Category{Term: tag})
	}
	for _, image := range some(j.Image, j.BannerImage) {
		item.Media = append(item.Media, Media{Kind: MediaImage, URL: image, Medium: "image"})
	}
	if j.Attachments != nil {
		for _, a := range *j.Attachments {
			m := Media{Kind: MediaEnclosure, URL: strings.TrimSpace(a.URL), Type: a.MimeType, Title: a.Title}
			if a.SizeInBytes > 0 {
				m.Length = strconv.FormatInt(a.SizeInBytes, 10)
			}
			if a.DurationInSeconds > 0 {
				m.Duration = strconv.FormatInt(a.DurationInSeconds, 10)
			}
			item.Media = append(item.Media, m)
		}
	}
	return item
}

func jsonAuthors(list []*jsonfeed.Author) []Person {
	var persons []Person
	for _, a := range list {
		if a != nil && (a.Name != "" || a.URL != "") {
			persons = append(persons, Person{Name: a.Name, URL: a.URL})
		}
	}
	return persons
}

// shape is the type that the specification gives a member.
type shape int

const (
	aString shape = iota
	anObject
	objects
	strs
	anything
)

func shapeOf(key string) shape {
	switch key {
	case "author":
		return anObject
	case "authors", "attachments", "items":
		return objects
	case "tags":
		return strs
	case "expired", "size_in_bytes", "duration_in_seconds", "hubs":
		return anything
	}
	return aString
}

// conform gives the members of an object their types: a number becomes a
// string where one is due, a single thing becomes a list of one, and null or
// what fits in no way goes.
func conform(object map[string]any) map[string]any {
	out := make(map[string]any, len(object))
	for key, value := range object {
		if key == "hubs" || strings.HasPrefix(key, "_") {
			continue
		}
		switch shapeOf(key) {
		case aString:
			if s, ok := asString(value); ok {
				out[key] = s
			}
		case anObject:
			if o := asObject(value); o != nil {
				out[key] = o
			}
		case objects:
			list := []any{}
			for _, v := range asList(value) {
				if o := asObject(v); o != nil {
					list = append(list, o)
				}
			}
			out[key] = list
		case strs:
			list := []any{}
			for _, v := range asList(value) {
				if s, ok := asString(v); ok {
					list = append(list, s)
				}
			}
			out[key] = list
		case anything:
			out[key] = value
		}
	}
	return out
}

func asString(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	}
	return "", false
}

// asObject takes a bare string for a name.
func asObject(v any) map[string]any {
	switch v := v.(type) {
	case map[string]any:
		return conform(v)
	case string:
		return map[string]any{"name": v}
	}
	return nil
}

func asList(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}
