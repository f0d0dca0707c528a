package publish

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"newsfeed/storage"
)

const (
	// statusSize is how many sources a page lists.
	statusSize = 200

	// statusAge is how old what the page says of polls may be: they change it
	// without changing what is published.
	statusAge = 30 * time.Second
)

// status is the state of the sources.
type status struct {
	Census  string
	Feeds   []feedLinks // about the sources themselves
	Sources []sourceStatus
	More    string // link to the next ones, or empty
	Later   bool   // there are some before
}

// sourceStatus is the state of one source. Zero times are not shown.
type sourceStatus struct {
	Name    string
	Site    string // address of its site, or empty
	Page    string // link to its entries; empty: they are hidden
	State   storage.Condition
	Error   string
	Rate    rate
	Polled  moment
	Read    moment
	Due     moment
	Entries int
	Links   []feedLink
}

func readStatus(ctx context.Context, r storage.Reader, settings storage.Settings, known *rates, o webOrder) (webPage, error) {
	all, err := r.Sources(ctx)
	if err != nil {
		return webPage{}, err
	}
	all = slices.DeleteFunc(all, func(s storage.Source) bool { return s.Removed })
	number, err := pageNumber(o.place, len(all))
	if err != nil {
		return webPage{}, err
	}
	feeds := statusFeeds(settings.BaseURL)
	out := webPage{frame: newFrame(o, settings, "Sources", feeds...), modified: settings.Changed}
	body := status{Census: states(all), Feeds: feeds, Later: number > 1}
	listed := all[(number-1)*statusSize:]
	if len(listed) > statusSize {
		listed = listed[:statusSize]
		body.More = out.frame.sources(strconv.Itoa(number + 1))
	}
	until, err := newestDay(ctx, r)
	if err != nil {
		return webPage{}, err
	}
	for _, s := range listed {
		item := newSourceStatus(shown(legalSource(s)), settings.BaseURL, out.frame.linker)
		if item.Rate, err = known.of(ctx, r, s, until); err != nil {
			return webPage{}, err
		}
		body.Sources = append(body.Sources, item)
		if s.State.LastPoll.After(out.modified) {
			out.modified = s.State.LastPoll
		}
	}
	out.body = body
	return out, nil
}

// statusFeeds are the documents about the sources themselves.
func statusFeeds(base string) []feedLinks {
	list := feed{base: base, sel: Selection{Subscriptions: true}}
	return []feedLinks{
		{Title: "Health of the sources", Links: []feedLink{{Name: "Atom", Type: Atom.MediaType(), URL: base + healthPath}}},
		{Title: "List of the sources", Links: []feedLink{{Name: "OPML", Type: OPML.MediaType(), URL: list.url(OPML)}}},
	}
}

// pageNumber reads the number of a page, from 1; the first has none written.
// Numbers, other than ids, cannot be had in thousands.
func pageNumber(text string, sources int) (int, error) {
	if text == "" {
		return 1, nil
	}
	number, err := strconv.Atoi(text)
	if err != nil || strconv.Itoa(number) != text || number < 2 || number > (sources-1)/statusSize+1 {
		return 0, storage.ErrNotFound
	}
	return number, nil
}

// states says how many sources there are, and of each state how many.
func states(all []storage.Source) string {
	counts := map[storage.Condition]int{}
	for _, s := range all {
		counts[s.Condition()]++
	}
	text := census(len(all))
	var parts []string
	for _, state := range []storage.Condition{storage.Working, storage.Failing, storage.Ended, storage.Unpolled, storage.Disabled} {
		if n := counts[state]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, state))
		}
	}
	if len(parts) > 0 {
		text += ": " + strings.Join(parts, ", ")
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

func newSourceStatus(s source, base string, to linker) sourceStatus {
	out := sourceStatus{
		Name: line(s.Name()), State: s.Condition(), Error: storage.ShownIn(line(legal(s.State.Error))), Entries: s.Entries,
		Polled: moment{s.State.LastPoll}, Read: moment{s.State.LastSuccess}, Due: moment{s.State.NextDue},
	}
	if isWeb(s.origin.link) {
		out.Site = s.origin.link
	}
	if s.Hidden() {
		return out
	}
	sel := Selection{Source: s.ID}
	out.Page = to.front(sel, "")
	out.Links = newFeedLinks(feed{sel: sel, base: base}).Links
	return out
}
