package normalize

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"newsfeed/aggregator/parse"
	"newsfeed/storage"
)

// media returns the media of an item, each once, the lead image first: what
// the item names as its image, else the first image of its text. images are
// those of the text; what is known of them there completes the others.
func (d *document) media(written []parse.Media, images []storage.Media, base *url.URL) []storage.Media {
	var list []namedMedia
	for _, w := range written {
		m := d.medium(w, base)
		if m.URL == "" || isCounter(m.URL) && w.Kind != parse.MediaEnclosure || m.Medium == storage.Image && m.Width == 1 {
			continue
		}
		list = addMedia(list, m)
		if len(list) > maxMedia {
			d.cuts["media"]++
			list = list[:maxMedia]
			break
		}
	}
	images = slices.DeleteFunc(slices.Clone(images), isDecoration)
	for i := range list {
		for _, inText := range images {
			if pictureKey(inText.URL) == list[i].key {
				list[i].complete(inText)
			}
		}
	}
	lead := leadImage(list)
	if lead < 0 || tiny(list[lead].Media) {
		if i := slices.IndexFunc(images, func(m storage.Media) bool { return lead < 0 || !tiny(m) }); i >= 0 {
			better := namedMedia{Media: images[i], key: pictureKey(images[i].URL)}
			list = slices.DeleteFunc(list, func(m namedMedia) bool { return m.key == better.key })
			list = slices.Insert(list, 0, better)
			lead = 0
		}
	}
	all := make([]storage.Media, 0, len(list))
	if lead >= 0 {
		all = append(all, list[lead].Media)
		list = slices.Delete(list, lead, lead+1)
	}
	for _, m := range list {
		all = append(all, m.Media)
	}
	if len(all) == 0 {
		return nil
	}
	return all
}

// namedMedia is a medium with where it was named.
type namedMedia struct {
	storage.Media
	kind parse.MediaKind
	main bool   // of several that are the same in other sizes
	key  string // equal for the same picture
}

// addMedia adds m, or what it knows to the same medium in the list.
func addMedia(list []namedMedia, m namedMedia) []namedMedia {
	for i := range list {
		if list[i].key != m.key {
			continue
		}
		if m.isBetter(list[i]) {
			list[i], m = m, list[i]
		}
		list[i].main = list[i].main || m.main
		list[i].complete(m.Media)
		return list
	}
	return append(list, m)
}

// isBetter reports whether m shows more of the same picture than other.
func (m namedMedia) isBetter(other namedMedia) bool {
	switch {
	case m.Width != other.Width:
		return m.Width > other.Width
	case m.kind != other.kind && other.kind == parse.MediaThumbnail:
		return true
	}
	return m.Medium == storage.Image && isResized(other.URL) && !isResized(m.URL)
}

// isResized reports whether the URL of a picture asks for a size.
func isResized(u string) bool {
	return len(pictureKey(u)) < len(strings.TrimPrefix(strings.TrimPrefix(u, "http://"), "https://"))
}

// complete fills in what is not known of a medium. Sizes are of one file only.
func (m *namedMedia) complete(other storage.Media) {
	if m.URL == other.URL {
		m.Type = cmp.Or(m.Type, other.Type)
		m.Bytes = cmp.Or(m.Bytes, other.Bytes)
		m.Width = cmp.Or(m.Width, other.Width)
		m.Height = cmp.Or(m.Height, other.Height)
	}
	m.Duration = cmp.Or(m.Duration, other.Duration)
	m.Title = cmp.Or(m.Title, other.Title)
	m.Caption = cmp.Or(m.Caption, other.Caption)
	m.Credit = cmp.Or(m.Credit, other.Credit)
}

// tiny reports whether an image is too small to lead.
func tiny(m storage.Media) bool { return m.Width > 0 && m.Width < 200 }

// leadImage returns the index of the image that stands for the item, or a
// negative number: the main one, else by place, else the first.
func leadImage(list []namedMedia) int {
	lead := -1
	for i, m := range list {
		if m.Medium == storage.Image && !isDecoration(m.Media) && (lead < 0 || leadRank(m) < leadRank(list[lead])) {
			lead = i
		}
	}
	return lead
}

func leadRank(m namedMedia) int {
	if m.main {
		return 0
	}
	return 1 + slices.Index([]parse.MediaKind{parse.MediaContent, parse.MediaEnclosure, parse.MediaImage, parse.MediaThumbnail}, m.kind)
}

// medium normalizes one medium.
func (d *document) medium(w parse.Media, base *url.URL) namedMedia {
	m := storage.Media{
		URL:      link(w.URL, base),
		Type:     mediaType(w.Type),
		Bytes:    fileSize(w.Length),
		Width:    pixels(w.Width),
		Height:   pixels(w.Height),
		Duration: duration(w.Duration),
		Title:    d.cuts.text("media", plainString(w.Title), maxAttribute),
		Caption:  d.cuts.text("media", plainString(w.Caption), maxDescription),
		Credit:   d.cuts.text("media", plainString(w.Credit), maxAttribute),
	}
	m.Medium = mediumOf(w, m.URL)
	if m.Credit == "" && m.Medium == storage.Image {
		m.Caption, m.Credit = splitCredit(m.Caption)
	}
	key := m.URL
	if m.Medium == storage.Image {
		key = pictureKey(m.URL)
	}
	return namedMedia{Media: m, kind: w.Kind, main: w.Default, key: key}
}
