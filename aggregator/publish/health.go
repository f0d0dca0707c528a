package publish

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"html"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/feeds"

	"newsfeed/storage"
)

// healthPath is where the health feed is served, relative to the base URL.
const healthPath = "health.atom"

// maxEvents is the number of events in the health feed.
const maxEvents = 100

// maxHeadline bounds the headline of an event, in runes.
const maxHeadline = 400

// RenderHealth renders the feed about the sources themselves as Atom: the last
// events, in words. It depends on nothing but what the store holds, as Render.
func RenderHealth(ctx context.Context, r storage.Reader) (Rendering, error) {
	h, err := readHealth(ctx, r)
	if err != nil {
		return Rendering{}, err
	}
	body, err := h.write()
	if err != nil {
		return Rendering{}, err
	}
	return seal(body, Atom.ContentType(), h.modified), nil
}

// health is what the health feed is made of.
type health struct {
	base     string
	title    string    // of the merged feed
	updated  time.Time // the newest event, or else the settings
	modified time.Time
	news     []tidings // the last one first
	trouble  storage.Trouble
}

// tidings are an event and the source as the world may see it.
type tidings struct {
	storage.Event
	source source
}

func readHealth(ctx context.Context, r storage.Reader) (h health, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("read events: %w", err)
		}
	}()
	settings, err := r.Settings(ctx)
	if err != nil {
		return h, err
	}
	if settings.BaseURL == "" {
		return h, errNoSettings
	}
	events, err := r.Events(ctx, 0, maxEvents)
	if err != nil {
		return h, err
	}
	h = health{base: settings.BaseURL, title: cmp.Or(line(legal(settings.Feed.Title)), "News Feed"), updated: settings.Changed}
	from := sources{store: r, known: map[string]source{}}
	for i, e := range events {
		src, err := from.find(ctx, e.Source)
		if err != nil {
			return h, err
		}
		if i == 0 || e.Time.After(h.updated) {
			h.updated = e.Time
		}
		h.news = append(h.news, tidings{e, src})
	}
	h.modified = later(h.updated, settings.Changed).UTC().Truncate(time.Second)
	return h, nil
}

func (h health) write() ([]byte, error) {
	self := origin{id: h.base + "health", title: h.title + ": the sources", url: h.base + healthPath, link: h.base}
	out := atomFeed{
		NS:        atomNS,
		MediaNS:   mediaNS,
		Lang:      "en",
		ID:        self.id,
		Title:     text(self.title),
		Subtitle:  text("Which sources broke, recovered, moved or fell silent"),
		Updated:   atomDate(h.updated),
		Generator: generator,
		Links: []atomLink{
			{Rel: "self", Type: Atom.MediaType(), Href: self.url},
			{Rel: "alternate", Type: "text/html", Href: h.base},
		},
	}
	add := func(e atomEntry, name string, at time.Time) {
		e.ID = h.id(name)
		e.Published, e.Updated = atomDate(at), atomDate(at)
		e.Authors = []feeds.AtomPerson{{Name: h.title}}
		self.updated = at
		e.Source = self.atom()
		out.Entries = append(out.Entries, e)
	}
	if since := h.trouble.Since; h.trouble != (storage.Trouble{}) {
		add(h.troubleEntry(), "store-"+since.UTC().Format("20060102T150405Z"), since)
	}
	for _, t := range h.news {
		add(t.atom(), strconv.FormatUint(t.Number, 10), t.Time)
	}
	var body bytes.Buffer
	if err := feeds.WriteXML(styled{h.base, out}, &body); err != nil {
		return nil, fmt.Errorf("render %s: %w", healthPath, err)
	}
	return body.Bytes(), nil
}

// id is a tag URI (RFC 4151) of what the feed tells. The date in it is one on which this
// form of it was chosen.
func (h health) id(name string) string {
	authority, path := "localhost", "/"
	if u, err := url.Parse(h.base); err == nil && u.Hostname() != "" {
		authority, path = strings.ReplaceAll(u.Hostname(), ":", "-"), u.Port()+u.EscapedPath()
	}
	return "tag:" + authority + ",2026:" + path + "health/" + name
}

func (t tidings) atom() atomEntry {
	headline := excerpt(t.headline(), maxHeadline)
	e := atomEntry{
		Title:      text(headline),
		Categories: []atomCategory{{Term: legal(string(t.Kind))}},
		Content:    &atomHTML{Type: "html", HTML: "<p>" + html.EscapeString(headline) + "</p>"},
	}
	if link := t.source.origin.link; !t.source.Removed && isWeb(link) {
		e.Links = []atomLink{{Rel: "alternate", Href: link}}
	}
	return e
}

// headline tells the event in words. A source that is no longer configured goes
// by its id.
func (t tidings) headline() string {
	name := line(legal(t.Source))
	if !t.source.unknown && !t.source.Removed {
		name = t.source.origin.title
	}
	did, then := string(t.Kind), ": "
	switch t.Kind {
	case storage.Broken:
		did = "is broken"
	case storage.Challenged:
		did = "is behind a challenge page"
	case storage.Recovered:
		did = "has recovered"
	case storage.Moved:
		did, then = "has moved", " to "
	case storage.Gone:
		did = "is gone"
	case storage.Silent:
		did = "is silent"
	case storage.Resumed:
		did = "brings news again"
	}
	if t.Detail == "" {
		then = ""
	}
	return name + " " + line(legal(did+then+t.Detail))
}

// healthPage makes the page of the health feed.
func (p *Publisher) healthPage(ctx context.Context, pack packer) (*page, error) {
	h, err := readHealth(ctx, p.store)
	if err != nil {
		return nil, err
	}
	h = h.withTrouble(p.trouble.Load())
	body, err := h.write()
	if err != nil {
		return nil, err
	}
	r, err := pack.pack(body, Atom.ContentType(), h.modified)
	if err != nil {
		return nil, err
	}
	g := p.wired(r, fmt.Sprintf(`<%s>; rel="self"; type="%s"`, h.base+healthPath, Atom.MediaType()))
	varyByAccept(g.header, r.ContentType)
	return g, nil
}
