package feedcheck

import (
	"slices"
	"strconv"
	"strings"
)

// once are the elements of RSS 2.0 that a channel or an item has at most once.
var (
	channelOnce = []string{
		"title", "link", "description", "language", "copyright", "managingEditor", "webMaster", "pubDate",
		"lastBuildDate", "generator", "docs", "cloud", "ttl", "image", "rating", "skipHours", "skipDays",
	}
	itemOnce = []string{
		"title", "link", "description", "comments", "enclosure", "guid", "pubDate", "source", "content:encoded",
		"dc:rights", "dcterms:extent", "atom:updated", "media:thumbnail",
	}
	// synonyms say what an element of RSS says already, and confuse readers.
	synonyms = []string{"author", "dc:date", "dc:title", "dc:subject", "dc:description", "dc:identifier", "media:description", "media:title"}
)

// RSS returns what is wrong with an RSS 2.0 document.
func RSS(body []byte) []string {
	var v report
	root := tree(body, &v)
	if root == nil {
		return v
	}
	v.require(root.is("rss"), "root: %v instead of <rss>", root)
	v.attrs("root", root, []string{"version"}, nil)
	v.require(root.value("version") == "2.0", "root: version %q", root.value("version"))
	v.require(len(root.children) == 1, "root: %d elements", len(root.children))
	v.counted("root", root, 1, 1, "channel")
	if root.has("channel") {
		v.channel(root.first("channel"))
	}
	return v
}

func (r *report) channel(c *element) {
	const where = "channel"
	r.stray(where, c)
	r.counted(where, c, 1, 1, "title", "link", "description")
	r.counted(where, c, 0, 1, channelOnce...)
	items := false
	for _, e := range c.children {
		switch {
		case e.is("item"):
			items = true
			continue
		case items:
			r.addf("%s: %v after the items", where, e)
		case e.is("textInput"):
			r.addf("%s: has a <textInput>", where)
		case e.name.Space == "" && !slices.Contains(channelOnce, e.name.Local) && e.name.Local != "category":
			r.addf("%s: unknown element %v", where, e)
		}
		r.rssValue(where, e)
	}
	r.self(where, c.all("atom:link"), "application/rss+xml")
	r.history(where, c, "application/rss+xml")
	if c.has("image") {
		r.image(c, c.first("image"))
	}
	ids := map[string]bool{}
	for i, item := range c.all("item") {
		r.item(itemName(i, item.first("title").text), item, ids)
	}
}

func itemName(i int, title string) string {
	return "item " + strconv.Itoa(i+1) + " " + strconv.Quote(title)
}

// stray finds text where only elements belong.
func (r *report) stray(where string, e *element) {
	r.require(strings.TrimSpace(e.text) == "", "%s: text between its elements", where)
}

// self checks the link of a feed to itself.
func (r *report) self(where string, links []*element, mediaType string) {
	n := 0
	for _, l := range links {
		if l.value("rel") != "self" {
			continue
		}
		n++
		r.require(isURL(l.value("href")), "%s: self link %q", where, l.value("href"))
		r.require(l.value("type") == mediaType, "%s: self link of type %q", where, l.value("type"))
	}
	r.require(n == 1, "%s: %d self links", where, n)
}

func (r *report) image(channel, image *element) {
	const where = "channel image"
	r.counted(where, image, 1, 1, "url", "title", "link")
	r.require(isURL(image.first("url").text), "%s: url %q", where, image.first("url").text)
	for _, name := range []string{"title", "link"} {
		r.require(image.first(name).text == channel.first(name).text, "%s: %s differs from the channel's", where, name)
	}
	for name, most := range map[string]int{"width": 144, "height": 400} {
		if image.has(name) {
			n, err := strconv.Atoi(image.first(name).text)
			r.require(err == nil && n > 0 && n <= most, "%s: %s %q", where, name, image.first(name).text)
		}
	}
}

func (r *report) item(where string, item *element, ids map[string]bool) {
	r.stray(where, item)
	r.noHistory(where, item)
	r.require(item.has("title") || item.has("description"), "%s: neither title nor description", where)
	r.counted(where, item, 0, 1, itemOnce...)
	r.counted(where, item, 1, 1, "title", "guid", "pubDate", "source")
	r.require(item.has("dc:creator"), "%s: no <dc:creator>", where)
	r.counted(where, item, 0, 0, synonyms...)
	for _, l := range item.all("atom:link") {
		r.link(where, l)
		r.require(relation(l) != "self", "%s: links to itself", where)
	}
	source := false
	content := slices.IndexFunc(item.children, func(e *element) bool { return e.is("content:encoded") })
	for i, e := range item.children {
		if e.name.Space == "" && !slices.Contains(itemOnce, e.name.Local) && e.name.Local != "category" && e.name.Local != "author" {
			r.addf("%s: unknown element %v", where, e)
		}
		r.require(e.name.Space != mediaNS || !source, "%s: %v after <source>", where, e)
		source = source || e.is("source")
		r.require(content < 0 || i < content || !e.is("description"), "%s: description after content:encoded", where)
		r.rssValue(where, e)
	}
	if item.has("atom:updated") {
		published, err1 := rssDate(item.first("pubDate").text)
		updated, err2 := rfc3339(item.first("atom:updated").text)
		later := err1 != nil || err2 != nil || updated.After(published)
		r.require(later, "%s: atom:updated %s is no later than pubDate", where, item.first("atom:updated").text)
	}
	guid := item.first("guid")
	r.require(!ids[guid.text], "%s: guid %q again", where, guid.text)
	ids[guid.text] = true
}

// rssValue checks what is in one element of a channel or an item.
func (r *report) rssValue(where string, e *element) {
	switch {
	case e.is("image"), e.is("skipHours"), e.is("skipDays"), e.is("cloud"):
		return
	case e.is("title"), e.is("generator"), e.is("copyright"), e.is("dc:creator"), e.is("dc:rights"), e.is("category"):
		r.leaf(where, e)
	case e.is("link"), e.is("comments"), e.is("docs"):
		r.require(isURL(e.text), "%s: %v %q is not an absolute URL", where, e, e.text)
	case e.is("pubDate"), e.is("lastBuildDate"):
		_, err := rssDate(e.text)
		r.require(err == nil, "%s: %v %v", where, e, err)
	case e.is("atom:updated"):
		_, err := rfc3339(e.text)
		r.require(err == nil, "%s: atom:updated %v", where, err)
	case e.is("dcterms:extent"):
		r.extent(where, e)
	case e.is("language"):
		r.require(isLanguage(e.text), "%s: language %q", where, e.text)
	case e.is("ttl"):
		n, err := strconv.Atoi(e.text)
		r.require(err == nil && n > 0, "%s: ttl %q", where, e.text)
	case e.is("description"), e.is("content:encoded"):
		r.leaf(where, e)
		r.markup(where, e.text)
	case e.is("guid"):
		r.guid(where, e)
	case e.is("source"):
		r.leaf(where, e)
		r.attrs(where, e, []string{"url"}, nil)
		r.require(isURL(e.value("url")), "%s: source url %q", where, e.value("url"))
	case e.is("enclosure"):
		r.attrs(where, e, []string{"url", "length", "type"}, nil)
		r.require(isURL(e.value("url")), "%s: enclosure url %q", where, e.value("url"))
		r.require(isCount(e.value("length")), "%s: enclosure length %q", where, e.value("length"))
		r.require(isMediaType(e.value("type")), "%s: enclosure type %q", where, e.value("type"))
	case e.name.Space == mediaNS:
		r.media(where, e)
	}
}

func (r *report) guid(where string, e *element) {
	r.leaf(where, e)
	r.attrs(where, e, nil, []string{"isPermaLink"})
	permalink, given := e.get("isPermaLink")
	r.require(!given || permalink == "true" || permalink == "false", "%s: isPermaLink %q", where, permalink)
	if permalink != "false" {
		r.require(isURL(e.text), "%s: permalink guid %q is no URL", where, e.text)
	}
}

// extent checks a reading time.
func (r *report) extent(where string, e *element) {
	r.leaf(where, e)
	r.attrs(where, e, nil, nil)
	r.require(isDuration(e.text), "%s: %v %q is not a duration", where, e, e.text)
}

// media checks an element of Media RSS.
func (r *report) media(where string, e *element) {
	switch e.name.Local {
	case "text":
		r.leaf(where, e)
		r.attrs(where, e, []string{"type"}, nil)
		r.require(e.value("type") == "plain", "%s: %v of type %q", where, e, e.value("type"))
		return
	case "content", "thumbnail":
		r.require(isURL(e.value("url")), "%s: %v url %q", where, e, e.value("url"))
	case "title", "credit":
		r.leaf(where, e)
	default:
		r.addf("%s: %v is not for us", where, e)
	}
	if medium, ok := e.get("medium"); ok {
		r.require(slices.Contains([]string{"image", "audio", "video", "document", "executable"}, medium), "%s: medium %q", where, medium)
	}
	if mediaType, ok := e.get("type"); ok {
		r.require(isMediaType(mediaType), "%s: %v type %q", where, e, mediaType)
	}
	for _, name := range []string{"fileSize", "width", "height", "duration"} {
		if n, ok := e.get(name); ok {
			r.require(isCount(n), "%s: %v %s %q", where, e, name, n)
		}
	}
	r.counted(where, e, 0, 1, "media:title", "media:text", "media:credit")
	for _, c := range e.children {
		r.media(where, c)
	}
}
