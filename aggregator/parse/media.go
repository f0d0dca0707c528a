package parse

import (
	"strings"

	ext "github.com/mmcdole/gofeed/extensions"
)

// mediaRSS reads the elements of Media RSS: content, group and thumbnail.
// What is said of the item or group as a whole holds for each content in it.
func mediaRSS(x ext.Extensions) []Media {
	m := x["media"]
	if m == nil {
		return nil
	}
	about := describe(m, Media{})
	list := contents(m, about)
	for _, group := range m["group"] {
		list = append(list, contents(group.Children, describe(group.Children, about))...)
	}
	return list
}

// contents lists the media of one level. Thumbnails inside a content that is
// no image stand for it.
func contents(m map[string][]ext.Extension, about Media) []Media {
	var list []Media
	for _, e := range m["content"] {
		c := describe(e.Children, about)
		c.Kind = MediaContent
		c.URL = strings.TrimSpace(e.Attrs["url"])
		c.Type = e.Attrs["type"]
		c.Medium = strings.ToLower(e.Attrs["medium"])
		c.Length = e.Attrs["fileSize"]
		c.Width, c.Height = e.Attrs["width"], e.Attrs["height"]
		c.Duration = e.Attrs["duration"]
		c.Default = strings.EqualFold(e.Attrs["isDefault"], "true")
		if c.URL == "" {
			for _, p := range e.Children["player"] {
				c.URL = strings.TrimSpace(p.Attrs["url"])
			}
		}
		if c.URL != "" {
			list = append(list, c)
		}
		list = append(list, thumbnails(e.Children, c)...)
	}
	return append(list, thumbnails(m, about)...)
}

func thumbnails(m map[string][]ext.Extension, about Media) []Media {
	var list []Media
	for _, e := range m["thumbnail"] {
		url := strings.TrimSpace(either(e.Attrs["url"], e.Value))
		if url == "" {
			continue
		}
		list = append(list, Media{
			Kind: MediaThumbnail, URL: url, Medium: "image",
			Width: e.Attrs["width"], Height: e.Attrs["height"],
			Title: about.Title, Caption: about.Caption, Credit: about.Credit,
		})
	}
	return list
}

func describe(m map[string][]ext.Extension, about Media) Media {
	set := func(to *string, name string) {
		if list := m[name]; len(list) > 0 && strings.TrimSpace(list[0].Value) != "" {
			*to = strings.TrimSpace(list[0].Value)
		}
	}
	set(&about.Title, "title")
	set(&about.Caption, "text")
	set(&about.Caption, "description")
	set(&about.Credit, "credit")
	return about
}
