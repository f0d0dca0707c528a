package publish

import (
	"encoding/xml"
	"path"
	"slices"
	"strconv"
	"strings"

	"newsfeed/storage"
)

// leadImage returns the image that stands for the entry, if it has one.
func leadImage(e storage.Entry) (storage.Media, bool) {
	if len(e.Media) == 0 || e.Media[0].Medium != storage.Image {
		return storage.Media{}, false
	}
	return e.Media[0], true
}

// enclosure returns the one medium to put into RSS, where readers expect one
// at most: what is to be heard or seen before what is to be read, and the
// first image only if there is nothing else.
func enclosure(media []storage.Media) (storage.Media, bool) {
	for _, wanted := range [][]storage.Medium{{storage.Audio, storage.Video}, {storage.Document}, {storage.Image}} {
		i := slices.IndexFunc(media, func(m storage.Media) bool { return slices.Contains(wanted, m.Medium) })
		if i >= 0 {
			return media[i], true
		}
	}
	return storage.Media{}, false
}

// mediaType returns the media type, guessed where it is not known: all formats
// demand one. The table is our own because that of package mime depends on the
// machine.
func mediaType(m storage.Media) string {
	if m.Type != "" {
		return m.Type
	}
	address, _, _ := strings.Cut(m.URL, "?")
	switch strings.ToLower(path.Ext(address)) {
	case ".jpg", ".jpeg":
		return "image/jpeg"
	case ".png":
		return "image/png"
	case ".gif":
		return "image/gif"
	case ".webp":
		return "image/webp"
	case ".avif":
		return "image/avif"
	case ".mp3":
		return "audio/mpeg"
	case ".m4a":
		return "audio/mp4"
	case ".ogg", ".oga", ".opus":
		return "audio/ogg"
	case ".mp4", ".m4v":
		return "video/mp4"
	case ".webm":
		return "video/webm"
	case ".pdf":
		return "application/pdf"
	}
	switch m.Medium {
	case storage.Image:
		return "image/jpeg"
	case storage.Audio:
		return "audio/mpeg"
	case storage.Video:
		return "video/mp4"
	}
	return "application/octet-stream"
}

// mediaNS is the namespace of Media RSS.
const mediaNS = "http://search.yahoo.com/mrss/"

// mediaContent has no media:description: readers take that for the item's. A
// caption is no title, not even where there is none: that of the lead image
// stands in the text of the item already, and readers would show it once more.
type mediaContent struct {
	XMLName  xml.Name `xml:"media:content"`
	URL      string   `xml:"url,attr"`
	Type     string   `xml:"type,attr,omitempty"`
	Medium   string   `xml:"medium,attr,omitempty"`
	FileSize int64    `xml:"fileSize,attr,omitempty"`
	Width    int      `xml:"width,attr,omitempty"`
	Height   int      `xml:"height,attr,omitempty"`
	Duration int64    `xml:"duration,attr,omitempty"` // seconds
	Title    string   `xml:"media:title,omitempty"`
	Text     *mediaText
	Credit   string `xml:"media:credit,omitempty"`
}

type mediaText struct {
	XMLName xml.Name `xml:"media:text"`
	Type    string   `xml:"type,attr"`
	Text    string   `xml:",chardata"`
}

type mediaThumbnail struct {
	XMLName xml.Name `xml:"media:thumbnail"`
	URL     string   `xml:"url,attr"`
	Width   int      `xml:"width,attr,omitempty"`
	Height  int      `xml:"height,attr,omitempty"`
}

func (i item) mediaContents() []mediaContent {
	var all []mediaContent
	for _, m := range i.entry.Media {
		c := mediaContent{
			URL: m.URL, Type: m.Type, Medium: string(m.Medium), FileSize: m.Bytes, Width: m.Width, Height: m.Height,
			Duration: int64(m.Duration.Seconds()), Title: m.Title, Credit: m.Credit,
		}
		if m.Caption != "" {
			c.Text = &mediaText{Type: "plain", Text: m.Caption}
		}
		all = append(all, c)
	}
	return all
}

func (i item) thumbnail() *mediaThumbnail {
	m, ok := i.lead()
	if !ok {
		return nil
	}
	return &mediaThumbnail{URL: m.URL, Width: m.Width, Height: m.Height}
}

func length(bytes int64) string { return strconv.FormatInt(max(bytes, 0), 10) }
