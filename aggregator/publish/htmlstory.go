package publish

import (
	"context"
	"html/template"

	"newsfeed/storage"
)

// story is one story with all its sources.
type story struct {
	newsItem
	Content template.HTML
	Films   []link // and recordings, and files
	Rights  string
	Others  []report
	More    int // reports that are not listed
}

// report is a further entry of a story.
type report struct {
	Headline string
	URL      string
	Language string
	Source   link
	Time     moment
}

func readStory(ctx context.Context, r storage.Reader, settings storage.Settings, o webOrder) (webPage, error) {
	s, err := r.Story(ctx, o.place)
	if err != nil {
		return webPage{}, err
	}
	o.place = s.ID // it may have been folded into another since the link was made
	from := sources{store: r, known: map[string]source{}}
	it, err := newItem(ctx, s, from, settings.Feed, true)
	if err != nil {
		return webPage{}, err
	}
	src, err := from.find(ctx, it.entry.Source)
	if err != nil {
		return webPage{}, err
	}
	out := webPage{frame: newFrame(o, settings, it.title), modified: it.changed}
	if settings.Changed.After(out.modified) {
		out.modified = settings.Changed
	}
	body := story{newsItem: newNewsItem(it, src, out.frame.linker), Rights: it.rights(), Films: films(it.entry.Media)}
	text := it.entry.Content
	if text == "" {
		text = it.entry.Summary
	}
	if m, ok := it.lead(); ok && shows(text, m.URL) {
		body.Image = nil
	}
	body.Content = readable(text, o.plain)
	others := s.Entries[1:]
	body.More = max(0, len(others)-maxMentions)
	for _, e := range others[:len(others)-body.More] {
		src, err := from.find(ctx, e.Source)
		if err != nil {
			return webPage{}, err
		}
		body.Others = append(body.Others, newReport(legalEntry(e), src, out.frame.linker))
	}
	out.body = body
	return out, nil
}

func newReport(e storage.Entry, src source, to linker) report {
	published, _ := dates(e)
	return report{
		Headline: title(e, src), URL: e.URL, Language: e.Language, Time: moment{published},
		Source: link{Name: line(src.Name()), URL: to.front(Selection{Source: e.Source}, "")},
	}
}

// films are links to what an entry brings beside its text and images.
func films(media []storage.Media) []link {
	var list []link
	for _, m := range media {
		name := map[storage.Medium]string{storage.Video: "Video", storage.Audio: "Audio", storage.Document: "Document"}[m.Medium]
		if name == "" {
			continue
		}
		if title := line(m.Title); title != "" {
			name += ": " + title
		}
		list = append(list, link{Name: name, URL: m.URL, Hint: playingTime(m.Duration)})
	}
	return list
}
