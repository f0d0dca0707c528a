package publish_test

import (
	"crypto/md5"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"newsfeed/aggregator/publish"
)

// shown is what a reader makes of an item.
type shown struct {
	ID, Title, Author, Link, Image string
	Date                           time.Time
}

// right is what a reader should show of the fixture, the dates being those of
// publication.
func right() []shown {
	const talk = "Talk <live>"
	return []shown{
		{"tag:news.example,2025:talk/8", talk, talk, "", "", second(8)},
		{"tag:news.example,2025:talk/7", "https://talk.example/7", talk, "https://talk.example/7", "", second(7)},
		{"https://harbour.example/9", "Only <plain> words", "Harbour Post", "https://harbour.example/9", "", second(9 - 60)},
		{"tag:news.example,2025:talk/6", strings.Repeat("word ", 19) + "word…", talk, "https://talk.example/6", "", second(6 - 60)},
		{
			"tag:news.example,2025:planet/5", "Ein Steg über den Fluß — 橋の話 👩‍👩‍👧", "steg (Planet Bridges)",
			"https://planet.example/5", "https://blog.example/steg-big.jpg?s=1200", second(-7200),
		},
		{
			"tag:harbour.example,2020:ferry", `Ferry "Anna" & crew: x < y, A &amp; B`, "Jon Å. Beck (Harbour Post), Mara Lind (Harbour Post)",
			"https://harbour.example/1", "https://img.example/ferry.jpg?w=800&q=1", second(1 - 60),
		},
	}
}

// but returns what a reader shows that differs in what edit says.
func but(edit func(*shown)) []shown {
	all := right()
	for i := range all {
		edit(&all[i])
	}
	return all
}

// published returns the elements of the fixture's items.
func published(t *testing.T, f publish.Format) (feed element, items []element) {
	t.Helper()
	root := parsed(t, render(t, fixture(), publish.Selection{}, f).Body)
	if f == publish.RSS {
		channel := root.first("", "channel")
		return channel, channel.all("", "item")
	}
	return root, root.all(atomNS, "entry")
}

// moment reads a date in the form of either format.
func moment(t *testing.T, s string) time.Time {
	t.Helper()
	for _, layout := range []string{time.RFC1123Z, time.RFC3339} {
		if at, err := time.Parse(layout, s); err == nil {
			return at.UTC()
		}
	}
	t.Errorf("%q is no date", s)
	return time.Time{}
}

func texts(elements []element) (list []string) {
	for _, e := range elements {
		list = append(list, strings.TrimSpace(e.Text))
	}
	return list
}

// names returns the names of an entry's own authors.
func names(entry element) (list []string) {
	for _, a := range entry.all(atomNS, "author") {
		list = append(list, strings.TrimSpace(a.first(atomNS, "name").Text))
	}
	return list
}

// firstOf returns the first text that is not empty.
func firstOf(elements ...element) string {
	for _, e := range elements {
		if s := strings.TrimSpace(e.Text); s != "" {
			return s
		}
	}
	return ""
}

func sorted(list []string) string {
	slices.Sort(list)
	return strings.Join(list, ", ")
}

// image returns the first image of a text, which the reader shows with it.
func image(markup string) string {
	for z := html.NewTokenizer(strings.NewReader(markup)); z.Next() != html.ErrorToken; {
		if token := z.Token(); token.Data == "img" {
			for _, a := range token.Attr {
				if a.Key == "src" {
					return a.Val
				}
			}
		}
	}
	return ""
}

// withoutTags returns the text between what looks like tags, resolved once.
func withoutTags(markup string) string {
	var b strings.Builder
	for z := html.NewTokenizer(strings.NewReader(markup)); z.Next() != html.ErrorToken; {
		if token := z.Token(); token.Type == html.TextToken {
			b.WriteString(token.Data)
		}
	}
	return strings.TrimSpace(b.String())
}

// freshFor returns for how long a response and RSS itself say that it is fresh.
func freshFor(t *testing.T) (header, ttl time.Duration) {
	t.Helper()
	res, body := serve(t, fixture()).get("/feed.rss")
	seconds, err := strconv.Atoi(strings.TrimPrefix(res.Header.Get("Cache-Control"), "max-age="))
	if err != nil {
		t.Fatal(err)
	}
	minutes, err := strconv.Atoi(parsed(t, body).first("", "channel").first("", "ttl").Text)
	if err != nil {
		t.Fatal(err)
	}
	return time.Duration(seconds) * time.Second, time.Duration(minutes) * time.Minute
}

// TestG01_NetNewsWireShowsTheFixture goes by its RSS and Atom parsers: the id
// is the guid or atom:id, and an item without one gets a hash that changes with
// it; an author with an "@" is an address; media are not looked at.
func TestG01_NetNewsWireShowsTheFixture(t *testing.T) {
	var rss, atom []shown
	_, items := published(t, publish.RSS)
	for _, i := range items {
		guid := i.first("", "guid")
		s := shown{
			ID: guid.Text, Title: firstOf(i.first("", "title")), Link: i.first("", "link").Text, Date: moment(t, firstOf(i.first(dcNS, "date"), i.first("", "pubDate"))),
			Image: image(firstOf(i.first(contentNS, "encoded"), i.first("", "description"))),
		}
		if !strings.EqualFold(guid.attr("isPermaLink"), "false") && strings.Contains(guid.Text, "/") && !strings.HasPrefix(guid.Text, "tag:") {
			s.Link = guid.Text
		}
		var people []string
		for _, name := range texts(append(i.all(dcNS, "creator"), i.all("", "author")...)) {
			if strings.Contains(name, "@") || strings.HasPrefix(name, "http") {
				t.Errorf("%q is taken for an address", name)
			}
			people = append(people, name)
		}
		s.Author = sorted(people)
		rss = append(rss, s)
	}
	feed, entries := published(t, publish.Atom)
	for _, e := range entries {
		if e.first(atomNS, "title").attr("type") == "xhtml" {
			t.Error("a title of XHTML is not shown")
		}
		people := names(e)
		if len(people) == 0 {
			people = names(feed)
		}
		link := e.link("alternate")
		if link == "" {
			link = e.link("related") // of another site, it thinks
		}
		atom = append(atom, shown{
			ID: e.first(atomNS, "id").Text, Title: firstOf(e.first(atomNS, "title")), Author: sorted(people), Link: link,
			Date:  moment(t, firstOf(e.first(atomNS, "published"), e.first(atomNS, "updated"))),
			Image: image(firstOf(e.first(atomNS, "content"), e.first(atomNS, "summary"))),
		})
	}
	equal(t, "RSS", rss, right())
	equal(t, "Atom", atom, right())

	if header, _ := freshFor(t); header > 5*time.Hour {
		t.Errorf("a max-age of %v is cut", header)
	}
	readsNothingTwice(t)
}

// TestG02_ThunderbirdShowsTheFixture goes by its parser: of RSS it knows one
// author; a permalink guid goes before the link; an Atom entry needs an id and
// a title, is dated by its update, and leads to the feed if to nothing else.
func TestG02_ThunderbirdShowsTheFixture(t *testing.T) {
	validLink := regexp.MustCompile(`^((https?|ftp)://|magnet:)`)
	valid := func(link string) string {
		if validLink.MatchString(link) {
			return strings.TrimSpace(link)
		}
		return ""
	}
	var rss, atom []shown
	channel, items := published(t, publish.RSS)
	for _, i := range items {
		guid := i.first("", "guid")
		s := shown{
			ID: firstOf(guid), Title: firstOf(i.first("", "title")), Link: valid(firstOf(i.first("", "link"))),
			Author: firstOf(i.first("", "author"), i.first(dcNS, "creator"), channel.first("", "title")),
			Date:   moment(t, firstOf(i.first("", "pubDate"), i.first(dcNS, "date"))),
			Image:  image(firstOf(i.first(contentNS, "encoded"), i.first("", "description"))),
		}
		if permalink := guid.attr("isPermaLink"); (permalink == "true" || permalink == "") && valid(s.ID) != "" {
			s.Link = valid(s.ID)
		}
		if s.Title != "" || i.index("", "description") >= 0 {
			rss = append(rss, s)
		}
	}
	equal(t, "RSS", rss, but(func(s *shown) {
		if s.Author == "Jon Å. Beck (Harbour Post), Mara Lind (Harbour Post)" {
			s.Author = "Mara Lind (Harbour Post)"
		}
	}))

	// It takes a title as written, strips tags of it, and reads it when it stores it.
	tags := regexp.MustCompile(`<[^>]+>`)
	escape := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	title := func(e element) string {
		s := tags.ReplaceAllString(escape.Replace(e.Text), "")
		for _, r := range [][2]string{{"&lt;", "<"}, {"&gt;", ">"}, {"&amp;", "&"}} {
			s = strings.ReplaceAll(s, r[0], r[1])
		}
		return strings.TrimSpace(s)
	}
	feed, entries := published(t, publish.Atom)
	home := valid(feed.link("self"))
	for _, e := range entries {
		s := shown{
			ID: firstOf(e.first(atomNS, "id")), Title: title(e.first(atomNS, "title")), Link: valid(e.link("alternate")),
			Date:  moment(t, firstOf(e.first(atomNS, "updated"), e.first(atomNS, "published"))),
			Image: image(firstOf(e.first(atomNS, "content"), e.first(atomNS, "summary"))),
		}
		if s.Link == "" {
			s.Link = home
		}
		people := names(e)
		if len(people) == 0 {
			people = names(e.first(atomNS, "source"))
		}
		if len(people) == 0 {
			people = names(feed)
		}
		s.Author = sorted(people)
		if s.ID != "" && s.Title != "" {
			atom = append(atom, s)
		}
	}
	updated := map[string]time.Time{"https://harbour.example/9": second(20), "tag:news.example,2025:talk/6": second(6), "tag:news.example,2025:planet/5": second(-3600)}
	equal(t, "Atom", atom, but(func(s *shown) {
		if at, ok := updated[s.ID]; ok {
			s.Date = at
		}
		if s.Link == "" {
			s.Link = base + "feed.atom"
		}
	}))
}

// TestG04_MinifluxShowsTheFixture goes by its adapters: they resolve a title of
// RSS three times and strip tags of one of Atom, which no writing of a plain
// text outlives; of RSS they know the last creator.
func TestG04_MinifluxShowsTheFixture(t *testing.T) {
	enclosed := map[string][]string{
		"tag:news.example,2025:talk/6":   {"https://talk.example/6.mp3?x=1&y=2", "https://talk.example/6.png"},
		"tag:news.example,2025:planet/5": {"https://blog.example/steg-big.jpg?s=300"},
		"tag:harbour.example,2020:ferry": {"https://img.example/ferry.jpg?w=800&q=1", "https://img.example/film.mp4", "https://img.example/plan.pdf"},
	}
	var rss, atom []shown
	channel, items := published(t, publish.RSS)
	for _, i := range items {
		title := i.first(dcNS, "title").Text
		if title == "" {
			title = withoutTags(i.first("", "title").Inner)
		}
		s := shown{
			ID: firstOf(i.first("", "guid"), i.first("", "link")), Title: strings.TrimSpace(html.UnescapeString(html.UnescapeString(title))),
			Date: moment(t, firstOf(i.first(dcNS, "date"), i.first("", "pubDate"))), Link: firstOf(i.first("", "link")),
			Image: image(firstOf(i.first(contentNS, "encoded"), i.first("", "description"))),
		}
		if s.Link == "" && i.first("", "guid").attr("isPermaLink") == "true" {
			s.Link = s.ID
		}
		if s.Link == "" {
			s.Link = channel.first("", "link").Text
		}
		if creators := texts(i.all(dcNS, "creator")); len(creators) > 0 {
			s.Author = withoutTags(creators[len(creators)-1])
		}
		rss = append(rss, s)
		equal(t, "media in RSS of "+s.ID, media(i), enclosed[s.ID])
	}
	equal(t, "RSS", rss, but(func(s *shown) {
		s.Title = strings.ReplaceAll(s.Title, "&amp;", "&")
		s.Author = strings.TrimSuffix(s.Author, " <live>")
		switch s.ID {
		case "tag:harbour.example,2020:ferry":
			s.Author = "Jon Å. Beck (Harbour Post)"
		case "tag:news.example,2025:talk/8":
			s.Link = base
		}
	}))

	feed, entries := published(t, publish.Atom)
	for _, e := range entries {
		people := names(e)
		if len(people) == 0 {
			people = names(feed)
		}
		atom = append(atom, shown{
			ID: firstOf(e.first(atomNS, "id")), Title: withoutTags(e.first(atomNS, "title").Text), Author: sorted(people), Link: e.link("alternate"),
			Date:  moment(t, firstOf(e.first(atomNS, "published"), e.first(atomNS, "updated"))),
			Image: image(firstOf(e.first(atomNS, "content"), e.first(atomNS, "summary"))),
		})
		id := firstOf(e.first(atomNS, "id"))
		equal(t, "media in Atom of "+id, media(e), enclosed[id])
	}
	equal(t, "Atom", atom, but(func(s *shown) {
		s.Title = withoutTags(s.Title)
	}))

	equal(t, "feed of RSS", channel.link("self"), base+"feed.rss")
	equal(t, "feed of Atom", feed.link("self"), base+"feed.atom")
	header, ttl := freshFor(t)
	equal(t, "it comes again after", max(header, ttl), 5*time.Minute)
}

// media returns the media of an item in the order in which Miniflux lists them,
// each once.
func media(item element) (list []string) {
	var all []string
	for _, m := range item.all(mediaNS, "thumbnail") {
		all = append(all, m.attr("url"))
	}
	for _, m := range item.all("", "enclosure") {
		all = append(all, m.attr("url"))
	}
	for _, l := range item.all(atomNS, "link") {
		if l.attr("rel") == "enclosure" {
			all = append(all, l.attr("href"))
		}
	}
	for _, m := range item.all(mediaNS, "content") {
		all = append(all, m.attr("url"))
	}
	for _, m := range all {
		if !slices.Contains(list, m) {
			list = append(list, m)
		}
	}
	return list
}

// TestG05_FreshRSSShowsTheFixture goes by its feed model and SimplePie: atom:id
// goes before guid and dc:identifier; ids that repeat make it give them all up;
// a title of RSS counts as HTML if it has a reference or a closing tag.
func TestG05_FreshRSSShowsTheFixture(t *testing.T) {
	maybeHTML := regexp.MustCompile(`&(#(x[0-9a-fA-F]+|[0-9]+)|[a-zA-Z0-9]+);|</[A-Za-z][^>]*>`)
	var rss, atom []shown
	channel, items := published(t, publish.RSS)
	for _, i := range items {
		s := shown{
			ID: firstOf(i.first(atomNS, "id"), i.first("", "guid"), i.first(dcNS, "identifier")), Title: firstOf(i.first("", "title")),
			Author: sorted(texts(append(i.all("", "author"), i.all(dcNS, "creator")...))), Link: i.link("alternate"),
			Date:  moment(t, firstOf(i.first("", "pubDate"), i.first(dcNS, "date"))),
			Image: image(firstOf(i.first(contentNS, "encoded"), i.first("", "description"))),
		}
		if maybeHTML.MatchString(s.Title) {
			s.Title = withoutTags(s.Title)
		}
		if s.Link == "" {
			s.Link = firstOf(i.first("", "link"))
		}
		rss = append(rss, s)
	}
	equal(t, "RSS", rss, but(func(s *shown) { s.Title = strings.ReplaceAll(s.Title, "&amp;", "&") }))

	feed, entries := published(t, publish.Atom)
	for _, e := range entries {
		people := names(e)
		if len(people) == 0 {
			people = names(feed)
		}
		atom = append(atom, shown{
			ID: firstOf(e.first(atomNS, "id")), Title: firstOf(e.first(atomNS, "title")), Author: sorted(people), Link: e.link("alternate"),
			Date:  moment(t, firstOf(e.first(atomNS, "published"), e.first(atomNS, "updated"))),
			Image: image(firstOf(e.first(atomNS, "content"), e.first(atomNS, "summary"))),
		})
	}
	equal(t, "Atom", atom, right())

	for what, list := range map[string][]shown{"RSS": rss, "Atom": atom} {
		ids := map[string]bool{}
		for _, s := range list {
			ids[strings.Map(ascii, s.ID)] = true
		}
		if repeats := len(list) - len(ids); repeats*20 > len(list) {
			t.Errorf("%s: %d of %d ids repeat", what, repeats, len(list))
		}
	}
	for what, f := range map[string]element{"RSS": channel, "Atom": feed} {
		equal(t, what+": feed", strings.TrimSuffix(f.link("self"), "."+strings.ToLower(what)), base+"feed")
	}
	readsNothingTwice(t)
}

// readsNothingTwice checks that a reader that goes by a hash of the document
// passes over it when polls brought nothing new.
func readsNothingTwice(t *testing.T) {
	t.Helper()
	later := fixture()
	for i := range later.sources {
		s := &later.sources[i].State
		s.LastPoll, s.LastSuccess, s.Polls, s.About.Updated = second(3600), second(3600), 7, second(3600)
	}
	for _, f := range publish.Formats() {
		was, is := render(t, fixture(), publish.Selection{}, f), render(t, later, publish.Selection{}, f)
		if md5.Sum(was.Body) != md5.Sum(is.Body) {
			t.Errorf("%s is read anew although nothing changed", f)
		}
	}
}

// ascii drops what FreshRSS drops of an id.
func ascii(r rune) rune {
	if r < ' ' || r > '~' {
		return -1
	}
	return r
}
