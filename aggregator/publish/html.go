package publish

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"html/template"
	"net/url"
	"strconv"
	"time"

	"newsfeed/storage"
)

// webFiles are the templates of the pages, and what the pages ask for.
//
//go:embed web
var webFiles embed.FS

var webTemplates = template.Must(template.ParseFS(webFiles, "web/*.html"))

const htmlType = "text/html; charset=utf-8"

// webKind is a kind of page for people. It is the name of its template too.
type webKind string

const (
	frontPage   webKind = "front"   // a list of stories
	storyPage   webKind = "story"   // one story
	sourcesPage webKind = "sources" // how the sources are
)

// webOrder asks for a page for people.
type webOrder struct {
	kind  webKind
	sel   Selection // of a front page
	place string    // where a list goes on, or the id of a story
	plain bool      // without images
	tick  int64     // of a page that must not grow old: see statusAge
}

// webPage is a page for people, before it is written.
type webPage struct {
	frame    frame
	body     any // of the template of its kind
	modified time.Time
	token    string // needed to read it, or empty
}

// frame is what every page has around its own.
type frame struct {
	linker
	Site    string // title of the merged feed
	Heading string
	Here    string // where the page is, from the root of the host
	Switch  string // the same page with images, or without
	Self    string // the absolute URL of the page, without choices
	Feeds   []feedLinks
	Filters bool // it has an aside to choose by
}

// Title is that of the document.
func (f frame) Title() string {
	if f.Heading == f.Site {
		return f.Site
	}
	return f.Heading + " – " + f.Site
}

// feedLinks are the formats of one feed.
type feedLinks struct {
	Title string
	Page  string // for people; empty: the front page
	Links []feedLink
}

type feedLink struct{ Name, Type, URL string }

func newFeedLinks(doc feed) feedLinks {
	out := feedLinks{Title: doc.title}
	for _, f := range Formats() {
		out.Links = append(out.Links, feedLink{Name: f.name(), Type: f.MediaType(), URL: doc.url(f)})
	}
	return out
}

// linker makes links that are rooted, so that a page can be read under other
// names of the host too, and that keep the choice of images.
type linker struct {
	Root  string // path of the base URL, from slash to slash
	Plain bool
}

func newLinker(base string, plain bool) linker {
	u, err := url.Parse(base)
	if err != nil || u.Path == "" {
		return linker{Root: "/", Plain: plain}
	}
	return linker{Root: u.EscapedPath(), Plain: plain}
}

// to returns a link to a path with arguments, given as name and value; those
// without a value are left out.
func (l linker) to(path string, arguments ...string) string {
	q := url.Values{}
	for i := 0; i < len(arguments); i += 2 {
		if arguments[i+1] != "" {
			q.Set(arguments[i], arguments[i+1])
		}
	}
	if l.Plain {
		q.Set(imagesArgument, imagesOff)
	}
	if len(q) > 0 {
		path += "?" + q.Encode()
	}
	return l.Root + path
}

func (l linker) front(sel Selection, before storage.Cursor) string {
	return l.to("", "source", sel.Source, "category", sel.Category, "view", sel.View, "before", string(before))
}

func (l linker) story(id string) string { return l.to("stories/" + url.PathEscape(id)) }

func (l linker) sources(number string) string { return l.to("sources", "page", number) }

// Home is a link to the merged News Feed.
func (l linker) Home() string { return l.front(Selection{}, "") }

// Status is a link to the page about the sources.
func (l linker) Status() string { return l.sources("") }

// of returns the link to what an order asks for.
func (l linker) of(o webOrder) string {
	switch o.kind {
	case storyPage:
		return l.story(o.place)
	case sourcesPage:
		return l.sources(o.place)
	}
	return l.front(o.sel, storage.Cursor(o.place))
}

// newFrame frames a page: with the feeds that it belongs to, and the merged one.
func newFrame(o webOrder, settings storage.Settings, heading string, feeds ...feedLinks) frame {
	here, other := newLinker(settings.BaseURL, o.plain), newLinker(settings.BaseURL, !o.plain)
	merged := feed{base: settings.BaseURL, title: feedTitle(settings)}
	plainest := linker{Root: settings.BaseURL}
	return frame{
		linker: here, Site: merged.title, Heading: heading, Here: here.of(o), Switch: other.of(o), Self: plainest.of(o),
		Feeds: append(feeds, newFeedLinks(merged)),
	}
}

// readWeb takes a page out of the store.
func readWeb(ctx context.Context, r storage.Reader, rates *rates, o webOrder) (webPage, error) {
	settings, err := r.Settings(ctx)
	switch {
	case err != nil:
		return webPage{}, err
	case settings.BaseURL == "":
		return webPage{}, errNoSettings
	}
	switch o.kind {
	case storyPage:
		return readStory(ctx, r, settings, o)
	case sourcesPage:
		return readStatus(ctx, r, settings, rates, o)
	}
	return readFront(ctx, r, settings, o)
}

// render writes a page.
func (w webPage) render(o webOrder, p packer) (Rendering, error) {
	var body bytes.Buffer
	err := webTemplates.ExecuteTemplate(&body, string(o.kind), struct {
		frame
		Body any
	}{w.frame, w.body})
	if err != nil {
		return Rendering{}, fmt.Errorf("render page %s: %w", w.frame.Here, err)
	}
	return p.pack(body.Bytes(), htmlType, w.modified.UTC().Truncate(time.Second))
}

// renderHTML renders the first page of a selection.
func renderHTML(ctx context.Context, r storage.Reader, sel Selection) (Rendering, error) {
	o := webOrder{kind: frontPage, sel: sel}
	doc, err := readWeb(ctx, r, nil, o)
	if err != nil {
		return Rendering{}, fmt.Errorf("read page of %s: %w", sel.stem(), err)
	}
	return doc.render(o, newPacker())
}

// webPage makes a page that everybody may read.
func (p *Publisher) webPage(ctx context.Context, o webOrder, pack packer) (*page, error) {
	doc, err := readWeb(ctx, p.store, &p.rates, o)
	if err != nil {
		return nil, err
	}
	if doc.token != "" {
		return nil, storage.ErrNotFound
	}
	r, err := doc.render(o, pack)
	if err != nil {
		return nil, err
	}
	g := p.wired(r, fmt.Sprintf(`<%s>; rel="self"`, doc.frame.Self))
	g.header.Set("Content-Security-Policy", pagePolicy(o.plain))
	g.header.Set("Referrer-Policy", "no-referrer")
	if o.kind == sourcesPage {
		g.header.Set("Cache-Control", "max-age="+strconv.Itoa(int(min(p.maxAge, statusAge).Seconds())))
	}
	return g, nil
}

// pagePolicy lets a page load its own style, script and further pages, and the
// images of entries where they are wanted.
func pagePolicy(plain bool) string {
	images := "https: http:"
	if plain {
		images = "'self'" // its icon
	}
	return "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src " + images +
		"; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}

// missingPage is the body of the answer that there is no such page.
func (p *Publisher) missingPage(ctx context.Context) ([]byte, error) {
	settings, err := p.store.Settings(ctx)
	if err != nil {
		return nil, err
	}
	if settings.BaseURL == "" {
		return nil, errNoSettings
	}
	var body bytes.Buffer
	err = webTemplates.ExecuteTemplate(&body, "missing", newFrame(webOrder{kind: frontPage}, settings, "No such page"))
	return body.Bytes(), err
}
