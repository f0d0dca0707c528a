package filter

import (
	"cmp"
	"html"
	"reflect"
	"slices"
	"strings"
	"time"

	"newsfeed/storage"
)

// fields are what an expression may look at. All text is plain.
type fields struct {
	Title      string    `expr:"title"`
	Summary    string    `expr:"summary"`
	Content    string    `expr:"content"` // the summary where there is no more
	Text       string    `expr:"text"`    // title and content
	Words      int       `expr:"words"`   // of the text
	URL        string    `expr:"url"`
	GUID       string    `expr:"guid"`
	Source     string    `expr:"source"` // its id
	Authors    []string  `expr:"authors"`
	Categories []string  `expr:"categories"`
	Language   string    `expr:"language"`  // BCP 47, or empty
	Published  time.Time `expr:"published"` // by which feeds are ordered
	Minutes    int       `expr:"minutes"`   // of reading
	Images     int       `expr:"images"`
	Videos     int       `expr:"videos"`
	Recordings int       `expr:"recordings"`
}

// names lists the fields.
func names() []string {
	var list []string
	for f := range reflect.TypeFor[fields]().Fields() {
		list = append(list, f.Tag.Get("expr"))
	}
	return list
}

// of returns the fields of an entry, as far as they are needed.
func (n needs) of(e storage.Entry) fields {
	f := fields{
		Title: e.Title, URL: e.URL, GUID: e.GUID, Source: e.Source, Categories: e.Categories,
		Language: e.Language, Published: e.Effective, Minutes: int(e.ReadingTime / time.Minute),
	}
	for _, p := range e.Authors {
		f.Authors = append(f.Authors, cmp.Or(p.Name, p.Email, p.URL))
	}
	for _, m := range e.Media {
		switch m.Medium {
		case storage.Image:
			f.Images++
		case storage.Video:
			f.Videos++
		case storage.Audio:
			f.Recordings++
		}
	}
	if n.summary {
		f.Summary = plain(e.Summary)
	}
	if n.content || n.text {
		f.Content = plain(cmp.Or(e.Content, e.Summary))
	}
	if n.text {
		f.Text = e.Title + "\n" + f.Content
		f.Words = len(strings.Fields(f.Text))
	}
	return f
}

// inline are the elements that stand within a word or beside it.
var inline = strings.Fields("a abbr b bdi bdo cite code del dfn em i ins kbd mark q s samp small span strong sub sup time u var wbr")

// plain is the text of safe HTML, whose tags are known to end.
func plain(safe string) string {
	var b strings.Builder
	for safe != "" {
		text, rest, _ := strings.Cut(safe, "<")
		b.WriteString(html.UnescapeString(text))
		tag, after, _ := strings.Cut(rest, ">")
		if name, _, _ := strings.Cut(strings.Trim(tag, "/"), " "); !slices.Contains(inline, name) {
			b.WriteByte(' ')
		}
		safe = after
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
