package publish

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"newsfeed/storage"
)

const (
	// pageSize is how many stories a page lists.
	pageSize = 20

	// menuSize is of how many of the newest stories the categories and sources
	// are counted that one can choose from, and menuLength how many of them
	// are offered.
	menuSize   = 100
	menuLength = 12
)

// front is a list of stories.
type front struct {
	About  string
	Items  []newsItem
	More   string // link to older ones, or empty
	Newest string // link to newer ones; empty: there are none
	Menus  []menu
	Views  []feedLinks
}

// menu is what of one kind one can choose.
type menu struct {
	Title string
	Links []choice
}

type choice struct {
	Name    string
	URL     string
	Count   int
	Current bool
}

func readFront(ctx context.Context, r storage.Reader, settings storage.Settings, o webOrder) (webPage, error) {
	from := sources{store: r, known: map[string]source{}}
	list, c, err := readList(ctx, r, settings, o, from)
	if err != nil {
		return webPage{}, err
	}
	doc := feed{sel: o.sel, base: settings.BaseURL, token: c.view.Token}
	if err := doc.describe(ctx, c, from); err != nil {
		return webPage{}, err
	}
	var feeds []feedLinks
	if o.sel != (Selection{}) {
		feeds = append(feeds, newFeedLinks(doc))
	}
	out := webPage{frame: newFrame(o, settings, doc.title, feeds...), modified: settings.Changed, token: doc.token}
	body := front{About: doc.description}
	if o.place != "" {
		body.Newest = out.frame.front(o.sel, "")
	}
	for _, s := range list.Items {
		it, err := newItem(ctx, s, from, settings.Feed, o.sel.Source == "")
		if err != nil {
			return webPage{}, err
		}
		src, err := from.find(ctx, it.entry.Source)
		if err != nil {
			return webPage{}, err
		}
		body.Items = append(body.Items, newNewsItem(it, src, out.frame.linker))
		if it.changed.After(out.modified) {
			out.modified = it.changed
		}
	}
	if list.Next != "" {
		body.More = out.frame.front(o.sel, list.Next)
	}
	if body.Menus, err = readMenus(ctx, r, from, out.frame.linker, o.sel); err != nil {
		return webPage{}, err
	}
	for _, v := range publicViews(settings.Views) {
		sel := Selection{View: v.Name}
		links := newFeedLinks(feed{sel: sel, base: settings.BaseURL, title: viewTitle(v)})
		links.Page = out.frame.front(sel, "")
		body.Views = append(body.Views, links)
	}
	out.frame.Filters = len(body.Views) > 0 || slices.ContainsFunc(body.Menus, func(m menu) bool { return len(m.Links) > 0 })
	out.body = body
	return out, nil
}

// readList reads the stories of a page, and what they were selected by.
func readList(ctx context.Context, r storage.Reader, settings storage.Settings, o webOrder, from sources) (storage.Page[storage.Story], contents, error) {
	c := contents{settings: settings}
	query := o.sel.query()
	query.Before, query.Limit = storage.Cursor(o.place), pageSize
	read := r.Stories
	if o.sel.Source != "" {
		read = unfolded(r)
	}
	list, err := read(ctx, query)
	if err != nil {
		return list, c, err
	}
	var entries []storage.Entry
	for _, s := range list.Items {
		entries = append(entries, s.Entries...)
	}
	return list, c, c.find(ctx, o.sel, from, entries)
}

// readMenus counts the categories and sources of the newest stories, and offers
// those that are most frequent.
func readMenus(ctx context.Context, r storage.Reader, from sources, to linker, chosen Selection) ([]menu, error) {
	newest, err := r.Stories(ctx, storage.Query{Limit: menuSize})
	if err != nil {
		return nil, err
	}
	categories, papers := tally{}, tally{}
	for _, s := range newest.Items {
		e := legalEntry(s.Lead())
		src, err := from.find(ctx, e.Source)
		if err != nil {
			return nil, err
		}
		papers.count(e.Source, line(src.Name()))
		for _, c := range distinct(e.Categories) {
			categories.count(strings.ToLower(c), line(c))
		}
	}
	return []menu{
		{"Categories", categories.choices(chosen.Category, func(name string) string { return to.front(Selection{Category: name}, "") })},
		{"Sources", papers.choices(chosen.Source, func(id string) string { return to.front(Selection{Source: id}, "") })},
	}, nil
}

// distinct returns the categories that have a name, each once whatever its
// case.
func distinct(categories []string) []string {
	var list []string
	for _, c := range categories {
		if line(c) != "" && !slices.ContainsFunc(list, func(o string) bool { return strings.EqualFold(c, o) }) {
			list = append(list, c)
		}
	}
	return list
}

// tally counts what has a key and a name. The first name of a key counts.
type tally map[string]*choice

func (t tally) count(key, name string) {
	if t[key] == nil {
		t[key] = &choice{Name: name}
	}
	t[key].Count++
}

// choices returns the most frequent, and in any case the chosen one.
func (t tally) choices(chosen string, link func(key string) string) []choice {
	all := make([]choice, 0, len(t))
	for key, c := range t {
		all = append(all, choice{Name: c.Name, Count: c.Count, URL: link(key), Current: key == chosen})
	}
	slices.SortFunc(all, func(a, b choice) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Name, b.Name), cmp.Compare(a.URL, b.URL))
	})
	if len(all) <= menuLength {
		return all
	}
	rest := all[menuLength:]
	all = all[:menuLength:menuLength]
	if i := slices.IndexFunc(rest, func(c choice) bool { return c.Current }); i >= 0 {
		all = append(all, rest[i])
	}
	return all
}

// moment is a time for people and for programs.
type moment struct{ time.Time }

// String is the time in words. It names the zone, because the page is the same
// for all readers.
func (m moment) String() string { return m.UTC().Format("2 Jan 2006, 15:04 UTC") }

// Stamp is the time for the attribute datetime.
func (m moment) Stamp() string { return m.UTC().Format(time.RFC3339) }
