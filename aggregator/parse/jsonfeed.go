package parse

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	jsonfeed "github.com/mmcdole/gofeed/json"
)

var errNoObject = errors.New("no JSON object")

func isJSON(data []byte) bool {
	data = bytes.TrimLeft(data, " \t\r\n")
	return len(data) > 0 && data[0] == '{'
}

// scanJSON reads a JSON Feed. Of a document cut short it keeps the items that
// are whole.
func scanJSON(data []byte) (*Document, error) {
	doc := &Document{Format: "json1.0"}
	parts := splitJSON(data)
	top, err := members(parts.head)
	if err != nil {
		top, err = members(mendJSON(parts.head))
	}
	if err != nil || !parts.whole {
		doc.warn("the document was cut short or damaged; what could be saved was read")
	}
	version, _ := top["version"].(string)
	if !strings.Contains(version, "jsonfeed.org") && parts.items == nil {
		return nil, fmt.Errorf("%w: JSON, but not a JSON Feed", ErrNoFeed)
	}
	if strings.Contains(version, "1.1") {
		doc.Format = "json1.1"
	}
	if parts.count > MaxItems {
		doc.warn("%d items, only the first %d are read", parts.count, MaxItems)
	}
	for _, raw := range parts.items {
		if string(raw) != "null" {
			doc.raw = append(doc.raw, raw)
		}
	}
	f, err := feedOf(top)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoFeed, err)
	}
	doc.Header = jsonHeader(f, top)
	doc.read = func(raw [][]byte) ([]Item, []string) {
		mended := false
		items, warnings := each(raw, func(raw [][]byte) ([]Item, error) { return readJSON(raw, &mended) })
		if mended {
			warnings = append(warnings, "damaged JSON was repaired")
		}
		return items, warnings
	}
	return doc, nil
}

// members reads the members of a JSON object. At the first fault it stops and
// returns what it has.
func members(data []byte) (map[string]any, error) {
	top := map[string]any{}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return top, errors.Join(errNoObject, err)
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return top, err
		}
		var value any
		if err := d.Decode(&value); err != nil {
			return top, err
		}
		top[key.(string)] = value
	}
	_, err := d.Token()
	return top, err
}

// mendJSON makes JSON of what comes close to it: control characters stand in
// strings as they are, a comma follows the last member.
func mendJSON(data []byte) []byte {
	out := make([]byte, 0, len(data)+len(data)/16)
	inString, comma := false, -1
	for i := 0; i < len(data); i++ {
		c := data[i]
		switch {
		case c == '"':
			inString = !inString
		case !inString:
			if (c == ']' || c == '}') && comma >= 0 {
				out[comma] = ' '
			}
		case c == '\\' && i+1 < len(data):
			out = append(out, c)
			i++
			c = data[i]
		case c < ' ':
			out = fmt.Appendf(out, "\\u%04x", c)
			continue
		}
		switch {
		case inString || !isSpace(c) && c != ',':
			comma = -1
		case c == ',':
			comma = len(out)
		}
		out = append(out, c)
	}
	return out
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
		Authors:     jsonAuthors(f.Authors, f.Author),
	}
	link := func(rel, href string) {
		if href != "" {
			h.Links = append(h.Links, Link{Href: href, Rel: rel})
		}
	}
	link("alternate", f.HomePageURL)
	link("self", f.FeedURL)
	link("next", f.NextURL)
	for _, hub := range asList(top["hubs"]) {
		if m, ok := hub.(map[string]any); ok {
			url, _ := m["url"].(string)
			link("hub", url)
		}
	}
	return h
}

// readJSON hands items to gofeed: as they stand, and where that fails with
// their members made what they should be. It sets mended when it had to repair
// one for that.
func readJSON(raw [][]byte, mended *bool) ([]Item, error) {
	thin, texts := make([][]byte, len(raw)), make([]jsonTexts, len(raw))
	for i, r := range raw {
		thin[i], texts[i] = withoutTexts(r)
	}
	whole := slices.Concat([]byte(`{"items":[`), bytes.Join(thin, []byte(",")), []byte("]}"))
	f, err := (&jsonfeed.Parser{}).Parse(bytes.NewReader(whole))
	if err != nil || len(f.Items) != len(raw) {
		texts = make([]jsonTexts, len(raw))
		f, err = conforming(raw, mended)
	}
	if err != nil {
		return nil, err
	}
	items := make([]Item, len(f.Items))
	for i, j := range f.Items {
		texts[i].restore(j)
		items[i] = jsonItem(j)
	}
	return items, nil
}

func conforming(raw [][]byte, mended *bool) (*jsonfeed.Feed, error) {
	var list []any
	for _, r := range raw {
		item, err := members(r)
		if err != nil {
			item, err = members(mendJSON(r))
			*mended = *mended || err == nil
		}
		if err != nil {
			return nil, fmt.Errorf("item is damaged: %w", err)
		}
		list = append(list, conform(item))
	}
	return feedOf(map[string]any{"items": list})
}

func jsonItem(j *jsonfeed.Item) Item {
	item := Item{
		GUID:      strings.TrimSpace(j.ID),
		Title:     Text{Value: j.Title, Type: Plain, Lang: j.Language},
		Summary:   Text{Value: j.Summary, Type: Plain, Lang: j.Language},
		Authors:   jsonAuthors(j.Authors, j.Author),
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
	links := []Link{{Rel: "alternate", Href: j.URL}, {Rel: "related", Href: j.ExternalURL}}
	if strings.TrimSpace(j.URL) == "" {
		item.Permalink = isAddress(item.GUID)
		if !item.Permalink {
			links[1].Rel = "alternate"
		}
	}
	for _, l := range links {
		if l.Href = strings.TrimSpace(l.Href); l.Href != "" {
			item.Links = append(item.Links, l)
		}
	}
	for _, tag := range some(j.Tags...) {
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

// jsonAuthors reads the authors, or the author of version 1.0 where there are
// none.
func jsonAuthors(list []*jsonfeed.Author, one *jsonfeed.Author) []Person {
	if len(list) == 0 {
		list = []*jsonfeed.Author{one}
	}
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
