package parse

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// The bounds of a page. A larger one is refused, of a deeper or longer one the
// rest is left out.
const (
	maxPage     = 4 << 20 // bytes
	maxNodes    = 100_000 // elements and texts
	maxChildren = 2 * MaxItems
	maxRaw      = 8 * maxPage // bytes of all items
)

// page is an HTML page and what it says about itself, as written.
type page struct {
	head
	root      *html.Node
	title     string
	canonical string
	lang      string
	meta      meta
	data      linkedData
	address   *url.URL // what its relative URLs mean, as far as it says
	warnings  []string

	nodes int
	cut   bool
}

// openPage reads a page in UTF-8.
func openPage(text []byte) (*page, error) {
	if len(text) > maxPage {
		return nil, fmt.Errorf("%w: a page of %d bytes, more than %d", ErrNoFeed, len(text), maxPage)
	}
	root, cut, err := parseSoup(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoFeed, err)
	}
	p := &page{head: readHead(text), root: root, cut: cut, meta: meta{}, data: newLinkedData()}
	p.prune(root, 0)
	if p.cut {
		p.warn("the page is too long or too deep; only its first part was read")
	}
	for n := range root.Descendants() {
		p.survey(n)
	}
	p.address = &url.URL{}
	for _, u := range []string{cmp.Or(p.canonical, p.meta.first("og:url")), p.base} {
		if next, err := p.address.Parse(u); err == nil {
			p.address = next
		}
	}
	return p, nil
}

func (p *page) warn(format string, args ...any) {
	p.warnings = append(p.warnings, fmt.Sprintf(format, args...))
}

// prune removes comments and what lies beyond the bounds: selectors take time
// that grows with the number of an element's ancestors and siblings.
func (p *page) prune(n *html.Node, depth int) {
	children := 0
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		beyond := p.nodes >= maxNodes || depth >= MaxDepth || children >= maxChildren
		if c.Type == html.CommentNode || beyond {
			n.RemoveChild(c)
			p.cut = p.cut || beyond
		} else {
			children++
			p.nodes++
			p.prune(c, depth+1)
		}
		c = next
	}
}

// survey takes what an element says about the page.
func (p *page) survey(n *html.Node) {
	if n.Type != html.ElementNode || n.Namespace != "" {
		return
	}
	switch n.DataAtom {
	case atom.Html:
		p.lang = cmp.Or(p.lang, attribute(n, "lang"))
	case atom.Title:
		p.title = cmp.Or(p.title, plainText(n))
	case atom.Meta:
		p.meta.add(n)
	case atom.Link:
		if p.canonical == "" && hasRel(n.Attr, "canonical") {
			p.canonical = cleanURL(attribute(n, "href"))
		}
	case atom.Script:
		media, _, _ := strings.Cut(attribute(n, "type"), ";")
		if strings.EqualFold(strings.TrimSpace(media), "application/ld+json") && n.FirstChild != nil {
			if err := p.data.read(n.FirstChild.Data); err != nil {
				p.warn("JSON-LD could not be read: %v", err)
			}
		}
	}
}

// scanPage reads a page in UTF-8 by selectors or, without them, by what it says
// about its articles for other programs. A page without items is an error: it
// is broken or no longer what it was.
//
// The raw bytes of an item are the item itself as read. Markup would be a bad
// measure of what is new: it is full of counters and names that change from
// visit to visit.
func scanPage(text []byte, s Select) (*Document, error) {
	p, err := openPage(text)
	if err != nil {
		return nil, err
	}
	items, err := p.items(s)
	if err != nil {
		return nil, err
	}
	doc := &Document{Format: "html", Header: p.header()}
	size := 0
	for _, item := range items {
		raw, err := json.Marshal(item)
		if err != nil {
			return nil, err
		}
		if size += len(raw); size > maxRaw {
			p.warn("the items are too large; only the first %d are read", len(doc.raw))
			break
		}
		doc.raw = append(doc.raw, raw)
	}
	doc.Warnings = p.warnings
	doc.read = func(raw [][]byte) ([]Item, []string) { return each(raw, readPageItems) }
	return doc, nil
}

func readPageItems(raw [][]byte) ([]Item, error) {
	items := make([]Item, len(raw))
	for i, r := range raw {
		if err := json.Unmarshal(r, &items[i]); err != nil {
			return nil, err
		}
	}
	return items, nil
}

func (p *page) header() Header {
	// An empty reference is the page itself (RFC 3986, section 4.4): the first
	// alternate must not be one of its feeds.
	own := Link{Href: cmp.Or(p.canonical, p.meta.first("og:url")), Rel: "alternate"}
	return Header{
		Title:       written(cmp.Or(p.meta.first("og:site_name"), p.title), Plain),
		Description: written(p.meta.first("description", "og:description"), Plain),
		Links:       append([]Link{own}, p.feeds...),
		Image:       p.meta.first("og:image", "og:image:url", "og:image:secure_url"),
		Lang:        p.lang,
		Base:        p.base,
	}
}

// items returns the items of the page, at least one.
func (p *page) items(s Select) ([]Item, error) {
	if s != (Select{}) {
		return p.selected(s)
	}
	article := p.ownArticle()
	list := p.data.listed()
	if article != nil || p.isArticle() && len(list) < 2 {
		if item := p.article(article); !item.Empty() {
			return []Item{item}, nil
		}
	}
	if items := p.distinct(list); len(items) > 0 {
		return items, nil
	}
	if items := p.articleElements(); len(items) > 0 {
		return items, nil
	}
	return nil, fmt.Errorf("%w: the page names no articles in JSON-LD and has no article elements with a link: select.item must say what an item is", ErrNoFeed)
}

// distinct returns the items of articles, each address once.
func (p *page) distinct(articles []object) []Item {
	var items []Item
	seen := map[string]bool{}
	for _, o := range articles {
		item := p.data.item(o)
		item.Lang, item.Base = cmp.Or(item.Lang, p.lang), p.base
		link := item.Link("alternate")
		if item.Title.Value == "" && link == "" || link != "" && seen[link] {
			continue
		}
		seen[link] = true
		items = append(items, item)
	}
	return items
}

// key is equal for addresses of the same article on this page.
func (p *page) key(href string) string {
	u, err := p.address.Parse(cleanURL(href))
	if err != nil {
		return ""
	}
	host := u.Host
	if p.address.Host == "" {
		host = "" // of a relative address nobody knows the host
	}
	return host + strings.TrimSuffix(u.EscapedPath(), "/") + "?" + u.RawQuery
}

var metaCharset = regexp.MustCompile(`(?i)<meta[^>]+charset\s*=\s*["']?\s*([A-Za-z0-9._:-]+)`)

// decodePage is decode for HTML, whose declaration is in a meta element among
// the first 1024 bytes.
func decodePage(body []byte, contentType string) ([]byte, []string) {
	if fromHeader(contentType) == "" {
		if m := metaCharset.FindSubmatch(body[:min(len(body), 1024)]); m != nil {
			contentType = "text/html; charset=" + string(m[1])
		}
	}
	return decode(body, contentType)
}
