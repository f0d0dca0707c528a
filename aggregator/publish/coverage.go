package publish

import (
	"cmp"
	"context"
	"fmt"
	"html"
	"strings"

	"newsfeed/storage"
)

// The greatest number of entries that an item names beside its lead: to people,
// and to programs.
const (
	maxShown    = 20
	maxMentions = 200
)

// coverage is what else there is to read of a story.
type coverage struct {
	mentions []mention
	more     int // entries that are not named
}

// links are those mentions that people are shown as links.
func (c coverage) links() []mention {
	var list []mention
	for _, m := range c.mentions[:min(len(c.mentions), maxShown)] {
		if m.url != "" {
			list = append(list, m)
		}
	}
	return list
}

// mention is a further entry of a story.
type mention struct {
	id     string
	source string // id
	name   string // of the source
	title  string
	url    string // or empty

	// again says that the source is named already, so that the entry goes by
	// its title.
	again bool
}

// cover names the entries of a story: the first of each source but the lead's,
// and then what the sources brought further under other addresses.
func cover(ctx context.Context, s storage.Story, from sources) (coverage, error) {
	first, further := others(s)
	all := append(first, further...)
	shown := min(len(all), maxMentions)
	out := coverage{more: len(all) - shown}
	for i, e := range all[:shown] {
		src, err := from.find(ctx, e.Source)
		if err != nil {
			return coverage{}, err
		}
		e = legalEntry(e)
		out.mentions = append(out.mentions, mention{
			id: e.ID, source: src.ID, name: line(src.Name()), title: title(e, src), url: e.URL, again: i >= len(first),
		})
	}
	return out, nil
}

// others returns the first entry of each source of a story but the lead's, and
// of the rest those that lead elsewhere than all before them.
func others(s storage.Story) (first, further []storage.Entry) {
	seen := map[string]bool{address(s.Lead()): true}
	named := map[string]bool{s.Lead().Source: true}
	for _, e := range s.Entries[1:] {
		switch {
		case !named[e.Source]:
			first = append(first, e)
		case e.URL != "" && !seen[address(e)]:
			further = append(further, e)
		}
		named[e.Source], seen[address(e)] = true, true
	}
	return first, further
}

// address is the same for two links to one place on a page that differ in what
// only the sender cares for.
func address(e storage.Entry) string {
	_, place, _ := strings.Cut(e.URL, "#")
	return cmp.Or(e.CanonicalURL, e.URL) + "#" + place
}

// label is the text of a link to the entry, and hint what there is to say
// beside it.
func (m mention) label() string {
	if m.again {
		return m.title
	}
	return m.name
}

func (m mention) hint() string {
	if m.again {
		return m.name
	}
	return m.title
}

func (m mention) html() string {
	if m.url == "" {
		return html.EscapeString(m.label())
	}
	return fmt.Sprintf(`<a href="%s" title="%s">%s</a>`, html.EscapeString(m.url), html.EscapeString(m.hint()), html.EscapeString(m.label()))
}

// full is the text of a link that stands for itself.
func (m mention) full() string { return m.title + " (" + m.name + ")" }

// paragraph names the further entries in the one place that every reader
// shows.
func (c coverage) paragraph() string {
	if len(c.mentions) == 0 {
		return ""
	}
	shown := c.mentions[:min(len(c.mentions), maxShown)]
	names := make([]string, len(shown))
	for i, m := range shown {
		names[i] = m.html()
	}
	text := "<p>Also covered by " + strings.Join(names, ", ")
	if more := c.more + len(c.mentions) - len(shown); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text + ".</p>"
}
