package publish

import "newsfeed/storage"

// jsonNewsfeed is our extension: what the standard has no place for.
type jsonNewsfeed struct {
	Source      string      `json:"source"` // its id
	SourceTitle string      `json:"source_title,omitempty"`
	SourceURL   string      `json:"source_url,omitempty"` // of its feed
	Origin      *jsonOrigin `json:"origin,omitempty"`     // where the source took the entry from
	Story       string      `json:"story,omitempty"`
	GUID        string      `json:"guid,omitempty"` // as the source wrote it, where that is not the id
	ReadingTime int64       `json:"reading_time_seconds"`
	Rights      string      `json:"rights,omitempty"`
	Comments    string      `json:"comments,omitempty"` // URL of the discussion
	Media       []jsonMedia `json:"media,omitempty"`    // all, the lead image first
	Also        []jsonAlso  `json:"also,omitempty"`
	AlsoMore    int         `json:"also_more,omitempty"` // entries of the story beyond those in Also
}

// jsonOrigin is what an entry says of the feed that its source took it from.
type jsonOrigin struct {
	ID      string `json:"id,omitempty"`
	Title   string `json:"title,omitempty"`
	URL     string `json:"url,omitempty"`
	Link    string `json:"link,omitempty"` // of the site
	Updated string `json:"updated,omitempty"`
}

// jsonMedia is a medium with all that an attachment has no place for.
type jsonMedia struct {
	URL     string         `json:"url"`
	Type    string         `json:"type,omitempty"`
	Medium  storage.Medium `json:"medium,omitempty"`
	Bytes   int64          `json:"bytes,omitempty"`
	Width   int            `json:"width,omitempty"`
	Height  int            `json:"height,omitempty"`
	Seconds int64          `json:"seconds,omitempty"`
	Title   string         `json:"title,omitempty"`
	Caption string         `json:"caption,omitempty"`
	Credit  string         `json:"credit,omitempty"`
}

// jsonAlso is a further entry of the story.
type jsonAlso struct {
	ID     string `json:"id"`
	Source string `json:"source"`
	Title  string `json:"title"`
	URL    string `json:"url,omitempty"`
}

// newsfeed returns the extension of an item.
func (i item) newsfeed() jsonNewsfeed {
	e := i.entry
	out := jsonNewsfeed{
		Source: e.Source, SourceTitle: i.source.title, SourceURL: i.source.url, Origin: i.named.json(),
		Story: i.story, ReadingTime: int64(e.ReadingTime.Seconds()), Rights: i.rights(), Comments: e.Comments,
		Media: jsonMediaOf(e.Media), AlsoMore: i.also.more,
	}
	if e.GUID != i.id {
		out.GUID = e.GUID
	}
	for _, m := range i.also.mentions {
		out.Also = append(out.Also, jsonAlso{ID: m.id, Source: m.source, Title: m.title, URL: m.url})
	}
	return out
}

// json returns nil for the zero origin.
func (o origin) json() *jsonOrigin {
	if o == (origin{}) {
		return nil
	}
	out := &jsonOrigin{ID: o.id, Title: o.title, URL: o.url, Link: o.link}
	if !o.updated.IsZero() {
		out.Updated = atomDate(o.updated)
	}
	return out
}

func jsonMediaOf(media []storage.Media) []jsonMedia {
	var all []jsonMedia
	for _, m := range media {
		all = append(all, jsonMedia{
			URL: m.URL, Type: m.Type, Medium: m.Medium, Bytes: max(m.Bytes, 0), Width: m.Width, Height: m.Height,
			Seconds: int64(m.Duration.Seconds()), Title: m.Title, Caption: m.Caption, Credit: m.Credit,
		})
	}
	return all
}
