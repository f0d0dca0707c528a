package publish

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"newsfeed/storage"
)

const (
	// summaryLength is how many runes of a summary a list shows.
	summaryLength = 300

	// maxTags is how many categories of an entry are shown.
	maxTags = 5

	// minLead is the width in pixels under which an image is no picture to
	// stand above a text.
	minLead = 200
)

// newsItem is a story as a page shows it. Empty fields are not shown.
type newsItem struct {
	Headline string
	URL      string // of the report
	Language string
	Source   link
	Authors  string
	Time     moment
	Reading  string
	Marks    []string
	Image    *picture
	Summary  string
	Tags     []link
	Also     []link
	AlsoMore int
	Story    string // link to the page of the story
}

// link is a link, or mere text without a URL.
type link struct{ Name, URL, Hint string }

// picture is a lead image.
type picture struct{ URL, Alt, Caption string }

func newNewsItem(it item, src source, to linker) newsItem {
	e := it.entry
	out := newsItem{
		Headline: it.title, URL: e.URL, Language: e.Language,
		Source:  link{Name: line(src.Name()), URL: to.front(Selection{Source: e.Source}, "")},
		Authors: bylines(e.Authors), Time: moment{it.published}, Reading: readingTime(e.ReadingTime),
		Marks: marks(e.Media), Image: lead(it, to.Plain), Summary: summary(e), AlsoMore: it.also.more,
	}
	if it.story != "" {
		out.Story = to.story(it.story)
	}
	for _, c := range distinct(e.Categories)[:min(len(distinct(e.Categories)), maxTags)] {
		out.Tags = append(out.Tags, link{Name: line(c), URL: to.front(Selection{Category: strings.ToLower(c)}, "")})
	}
	shown := it.also.mentions[:min(len(it.also.mentions), maxShown)]
	for _, m := range shown {
		out.Also = append(out.Also, link{Name: m.label(), URL: m.url, Hint: m.hint()})
	}
	out.AlsoMore += len(it.also.mentions) - len(shown)
	return out
}

// bylines names the authors.
func bylines(people []storage.Person) string {
	var names []string
	for _, p := range people {
		if name := line(p.Name); name != "" {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

// readingTime says in whole minutes how long a text takes.
func readingTime(d time.Duration) string {
	if d <= 0 {
		return ""
	}
	return fmt.Sprintf("%d min read", max(1, int(d.Round(time.Minute)/time.Minute)))
}

// marks say what there is to see and to hear, each kind once.
func marks(media []storage.Media) []string {
	var list []string
	for _, kind := range []struct {
		medium storage.Medium
		name   string
	}{{storage.Video, "Video"}, {storage.Audio, "Audio"}} {
		for _, m := range media {
			if m.Medium == kind.medium {
				list = append(list, strings.TrimSpace(kind.name+" "+playingTime(m.Duration)))
				break
			}
		}
	}
	return list
}

// playingTime is a duration as players show it.
func playingTime(d time.Duration) string {
	seconds := int(d.Seconds())
	switch {
	case seconds <= 0:
		return ""
	case seconds < 3600:
		return fmt.Sprintf("%d:%02d", seconds/60, seconds%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", seconds/3600, seconds/60%60, seconds%60)
}

// lead returns the image to show above or beside the text.
func lead(it item, plain bool) *picture {
	m, ok := it.lead()
	if !ok || plain || m.Width > 0 && m.Width < minLead {
		return nil
	}
	p := &picture{URL: m.URL, Alt: line(m.Title), Caption: line(caption(m))}
	if strings.HasPrefix(p.Caption, p.Alt) {
		p.Alt = "" // it is read aloud once already
	}
	return p
}

// summary is the beginning of what there is to read, as text.
func summary(e storage.Entry) string {
	for _, markup := range []string{e.Summary, e.Content} {
		if text := plainText(markup); text != "" {
			return excerpt(text, summaryLength)
		}
	}
	return ""
}

// siteOf names the host of an address.
func siteOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(u.Hostname(), "www.")
}
