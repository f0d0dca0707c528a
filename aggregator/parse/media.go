package parse

import (
	"strings"
)

// addMedia keeps what has an address.
func (item *Item) addMedia(list ...Media) {
	for _, m := range list {
		if m.URL = strings.TrimSpace(m.URL); m.URL != "" {
			item.Media = append(item.Media, m)
		}
	}
}

// borrowMedia reads Media RSS, and the images and files of podcasts, whose
// duration stands beside them.
func (item *Item) borrowMedia(f fields) {
	enclosures := item.Media
	item.Media = nil
	item.mediaRSS(f)
	duration := f.chars("itunes:duration")
	for _, m := range enclosures {
		m.Duration = either(m.Duration, duration)
		item.Media = append(item.Media, m)
	}
	for _, e := range f.list {
		switch e.name {
		case "itunes:image", "googleplay:image", "podcast:image", "atom:logo", "atom:icon":
			item.addMedia(e.picture(f.in))
		case "itunes:link":
			if e.attribute("rel") == "image" {
				item.addMedia(e.picture(f.in))
			}
		case "podcast:images":
			item.addMedia(widest(e.attribute("srcset")))
		case "podcast:alternateenclosure":
			m := e.media(f.in)
			for source := range e.fields(f.in).all("podcast:source") {
				m.URL = either(m.URL, source.attribute("uri"))
			}
			item.addMedia(m)
		}
	}
}

// mediaRSS reads the elements of Media RSS: content, group, thumbnail and
// player. What is said of the item or group as a whole holds for each content
// in it.
func (item *Item) mediaRSS(f fields) {
	about := describe(f, Media{})
	item.contents(f, about)
	for group := range f.all("media:group") {
		inside := group.fields(f.in)
		item.contents(inside, describe(inside, about))
		item.tell(inside)
	}
}

// contents reads the media of one level. Thumbnails inside a content that is
// no image stand for it.
func (item *Item) contents(f fields, about Media) {
	named := false
	for e := range f.all("media:content") {
		named = true
		inside := e.fields(f.in)
		c := describe(inside, about)
		m := e.media(f.in)
		m.Title, m.Caption, m.Credit = c.Title, c.Caption, c.Credit
		for player := range inside.all("media:player") {
			m.URL = either(m.URL, player.media(inside.in).URL)
		}
		item.addMedia(m)
		item.thumbnails(inside, c)
		item.tell(inside)
	}
	if !named {
		for e := range f.all("media:player") {
			item.addMedia(e.media(f.in))
		}
	}
	item.thumbnails(f, about)
}

func (item *Item) thumbnails(f fields, about Media) {
	for e := range f.all("media:thumbnail") {
		m := e.picture(f.in)
		m.Kind, m.Title, m.Caption, m.Credit = MediaThumbnail, about.Title, about.Caption, about.Credit
		item.addMedia(m)
	}
}

// tell lets the words about a group or content speak for an item that has none
// of its own.
func (item *Item) tell(inside fields) {
	item.Title = fallback(item.Title, inside.text("media:title"))
	item.Summary = fallback(item.Summary, inside.text("media:description"))
	item.Categories = append(item.Categories, inside.categories("media:category", "media:keywords")...)
}

// describe returns what the elements of one level say of the media on it, with
// about for what they leave open.
func describe(f fields, about Media) Media {
	about.Title = either(f.chars("media:title"), about.Title)
	about.Caption = either(f.chars("media:description", "media:text"), about.Caption)
	about.Credit = either(strings.Join(f.strings("media:credit"), ", "), about.Credit)
	return about
}

// media reads the attributes in which an element names a file.
func (e field) media(in scope) Media {
	m := Media{Kind: MediaContent}
	for a := range attributes(e.tag) {
		_, local := split(strings.ToLower(string(a.name)))
		switch value := a.value(); local {
		case "url", "href", "uri", "resource":
			m.URL = e.address(value, in)
		case "type":
			m.Type = value
		case "medium":
			m.Medium = strings.ToLower(value)
		case "length", "filesize":
			m.Length = value
		case "width":
			m.Width = value
		case "height":
			m.Height = value
		case "duration":
			m.Duration = value
		case "title", "alt":
			m.Title = value
		case "isdefault", "default":
			m.Default = strings.EqualFold(value, "true")
		}
	}
	return m
}

// enclosure reads an enclosure, whose address is its text now and then.
func (e field) enclosure(f fields) Media {
	m := e.media(f.in)
	m.Kind = MediaEnclosure
	m.URL = either(m.URL, e.chars())
	return m
}

// picture reads an element that names an image: in an attribute, as its text,
// or, as RSS does for the channel, in an element in it.
func (e field) picture(in scope) Media {
	m := e.media(in)
	m.Kind, m.Medium = MediaImage, "image"
	switch {
	case m.URL != "":
	case e.hasElements():
		m.URL = e.fields(in).chars(":url")
	default:
		m.URL = e.chars()
	}
	return m
}

// widest returns the image of a srcset that is given most room.
func widest(srcset string) Media {
	m := Media{Kind: MediaImage, Medium: "image"}
	for _, candidate := range strings.Split(srcset, ",") {
		words := strings.Fields(candidate)
		if len(words) == 0 {
			continue
		}
		width := strings.TrimSuffix(words[len(words)-1], "w")
		if m.URL == "" || len(width) > len(m.Width) || len(width) == len(m.Width) && width > m.Width {
			m.URL, m.Width = words[0], width
		}
	}
	return m
}
