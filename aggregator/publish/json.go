package publish

import (
	"cmp"
	"encoding/json"
	"io"

	"newsfeed/storage"
)

type jsonFeed struct {
	Version     string     `json:"version"`
	Title       string     `json:"title"`
	HomePageURL string     `json:"home_page_url"`
	FeedURL     string     `json:"feed_url"`
	NextURL     string     `json:"next_url,omitempty"`
	Description string     `json:"description"`
	Icon        string     `json:"icon,omitempty"`
	Language    string     `json:"language,omitempty"`
	Items       []jsonItem `json:"items"`
}

type jsonItem struct {
	ID            string           `json:"id"`
	URL           string           `json:"url,omitempty"`
	Title         string           `json:"title"`
	ContentHTML   string           `json:"content_html,omitempty"`
	ContentText   string           `json:"content_text,omitempty"`
	Summary       string           `json:"summary,omitempty"`
	Image         string           `json:"image,omitempty"`
	DatePublished string           `json:"date_published"`
	DateModified  string           `json:"date_modified"`
	Authors       []jsonAuthor     `json:"authors"`
	Tags          []string         `json:"tags,omitempty"`
	Language      string           `json:"language,omitempty"`
	Attachments   []jsonAttachment `json:"attachments,omitempty"`
	Newsfeed      jsonNewsfeed     `json:"_newsfeed"`
}

type jsonAuthor struct {
	Name string `json:"name"`
	URL  string `json:"url,omitempty"`
}

type jsonAttachment struct {
	URL      string `json:"url"`
	MIMEType string `json:"mime_type"`
	Title    string `json:"title,omitempty"`
	Size     int64  `json:"size_in_bytes,omitempty"`
	Duration int64  `json:"duration_in_seconds,omitempty"`
}

func (d feed) writeJSON(w io.Writer) error {
	out := jsonFeed{
		Version:     "https://jsonfeed.org/version/1.1",
		Title:       d.title,
		HomePageURL: d.home,
		FeedURL:     d.url(JSON),
		Description: d.description,
		Icon:        d.image,
		Language:    d.language,
		Items:       make([]jsonItem, len(d.items)),
	}
	if d.archives.prev > 0 {
		out.NextURL = d.archive(d.archives.prev, JSON)
	}
	for i, it := range d.items {
		out.Items[i] = it.json()
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(out)
}

func (i item) json() jsonItem {
	e := i.entry
	out := jsonItem{
		ID:            i.id,
		URL:           e.URL,
		Title:         i.title,
		ContentHTML:   i.body,
		Summary:       plainText(e.Summary),
		DatePublished: atomDate(i.published),
		DateModified:  atomDate(i.updated),
		Tags:          e.Categories,
		Language:      e.Language,
		Attachments:   attachments(e),
		Newsfeed:      i.newsfeed(),
	}
	if out.ContentHTML == "" {
		out.ContentText = cmp.Or(out.Summary, i.title)
	}
	if m, ok := i.lead(); ok {
		out.Image = m.URL
	}
	for _, p := range i.authors {
		out.Authors = append(out.Authors, jsonAuthor{Name: p.Name, URL: p.URL})
	}
	return out
}

// attachments are all media but the lead image, which has its own field.
func attachments(e storage.Entry) []jsonAttachment {
	media := e.Media
	if _, ok := leadImage(e); ok {
		media = media[1:]
	}
	var all []jsonAttachment
	for _, m := range media {
		all = append(all, jsonAttachment{
			URL: m.URL, MIMEType: mediaType(m), Title: m.Title, Size: max(m.Bytes, 0), Duration: int64(m.Duration.Seconds()),
		})
	}
	return all
}
