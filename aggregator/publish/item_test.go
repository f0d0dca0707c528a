package publish_test

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"newsfeed/aggregator/publish"
	"newsfeed/storage"
)

func TestC06_OneIDInAllFormats(t *testing.T) {
	m := fixture()
	for _, sel := range []publish.Selection{{}, {Source: "talk"}, {Category: "politics"}, {View: "shore"}} {
		var rss, atom, json []string
		for _, i := range asRSS(t, m, sel).Items {
			rss = append(rss, i.GUID.ID)
		}
		for _, e := range asAtom(t, m, sel).Entries {
			atom = append(atom, e.ID)
		}
		for _, i := range asJSON(t, m, sel).Items {
			json = append(json, i.ID)
		}
		equal(t, "RSS and Atom", rss, atom)
		equal(t, "JSON and Atom", json, atom)
	}
}

func TestC17_OnlyTheAddressIsAPermalink(t *testing.T) {
	for name, test := range map[string]struct{ id, url, want string }{
		"the address":        {"https://paper.example/1", "https://paper.example/1", "true"},
		"another address":    {"http://paper.example/1", "https://paper.example/1", "false"},
		"no address":         {"urn:x:1", "https://paper.example/1", "false"},
		"an id and no link":  {"https://paper.example/1", "", "false"},
		"the same but a tag": {"tag:x,2020:1", "https://paper.example/1", "false"},
	} {
		t.Run(name, func(t *testing.T) {
			m := one(func(e *storage.Entry) { e.ID, e.URL = test.id, test.url })
			equal(t, "isPermaLink", asRSS(t, m, publish.Selection{}).Items[0].GUID.IsPermaLink, test.want)
		})
	}
}

func TestC19_TitlesArePlainText(t *testing.T) {
	for _, title := range []string{"A &lt;b&gt;", "AT&T", "x < y", `"q" 'a' ]]>`, "<b>bold</b>"} {
		m := one(func(e *storage.Entry) { e.Title = title })
		equal(t, "RSS", asRSS(t, m, publish.Selection{}).Items[0].Title, title)
		equal(t, "Atom", asAtom(t, m, publish.Selection{}).Entries[0].Title, title)
		equal(t, "JSON", asJSON(t, m, publish.Selection{}).Items[0].Title, title)
	}
	m := one(func(e *storage.Entry) { e.Title = "a & <b>" })
	if body := render(t, m, publish.Selection{}, publish.RSS).Body; !bytes.Contains(body, []byte("<title>a &#x26; &#x3C;b&#x3E;</title>")) {
		t.Error("RSS titles have no hexadecimal references")
	}
	if body := render(t, m, publish.Selection{}, publish.Atom).Body; !bytes.Contains(body, []byte(`<title type="text">a &amp; &lt;b&gt;</title>`)) {
		t.Error("Atom titles are not of type text")
	}
}

func TestC20_NoTitleIsEmpty(t *testing.T) {
	words := strings.Repeat("sixteen letters ", 10)
	for name, test := range map[string]struct {
		summary, content, url, want string
	}{
		"summary":          {"<p>One,<br>two &amp; <b>th</b>ree</p><p>four</p>", "<p>x</p>", "https://u.example/", "One, two & three four"},
		"content":          {" <p> </p>", `<img alt="a > b" src="https://i.example/x"><p>Text</p>`, "https://u.example/", "Text"},
		"whole words":      {words, "", "", strings.Repeat("sixteen letters ", 6)[:95] + "…"},
		"no words":         {strings.Repeat("橋", 200), "", "", strings.Repeat("橋", 99) + "…"},
		"just long enough": {strings.Repeat("a", 100), "", "", strings.Repeat("a", 100)},
		"address":          {"", "<p></p>", "https://u.example/", "https://u.example/"},
		"nothing":          {"", "", "", "Paper"},
		"broken markup":    {"a <b", "", "", "a"},
	} {
		t.Run(name, func(t *testing.T) {
			m := one(func(e *storage.Entry) {
				e.Title, e.Summary, e.Content, e.URL = "\n", test.summary, test.content, test.url
			})
			got := asJSON(t, m, publish.Selection{}).Items[0].Title
			equal(t, "title", got, test.want)
			if n := utf8.RuneCountInString(got); n > 100 {
				t.Errorf("%d runes", n)
			}
		})
	}
}

func TestC25_TheLeadImageStandsInTheText(t *testing.T) {
	image := storage.Media{URL: "https://i.example/a.jpg?w=1&h=2", Medium: storage.Image}
	for name, test := range map[string]struct {
		content string
		media   storage.Media
		want    string
	}{
		"missing": {"<p>x</p>", image, `<figure><img src="https://i.example/a.jpg?w=1&amp;h=2" alt=""></figure><p>x</p>`},
		"there":   {`<img src="https://i.example/a.jpg?w=1&amp;h=2">`, image, `<img src="https://i.example/a.jpg?w=1&amp;h=2">`},
		"in another size": {
			`<img src="https://i.example/a.jpg?w=900">`, image, `<img src="https://i.example/a.jpg?w=900">`,
		},
		"named by its query": {
			`<img src="https://i.example/show?id=1">`,
			storage.Media{URL: "https://i.example/show?id=2", Medium: storage.Image},
			`<figure><img src="https://i.example/show?id=2" alt=""></figure><img src="https://i.example/show?id=1">`,
		},
		"with words": {
			"",
			storage.Media{
				URL: "https://i.example/b.png", Medium: storage.Image, Title: `A "b"`, Caption: "By <c>", Credit: "D & E", Width: 3, Height: 2,
			},
			`<figure><img src="https://i.example/b.png" alt="A &#34;b&#34;" width="3" height="2"><figcaption>By &lt;c&gt; (D &amp; E)</figcaption></figure>`,
		},
		"no image": {"<p>x</p>", storage.Media{URL: "https://i.example/a.mp3", Medium: storage.Audio}, "<p>x</p>"},
	} {
		t.Run(name, func(t *testing.T) {
			m := one(func(e *storage.Entry) { e.Content, e.Media = test.content, []storage.Media{test.media} })
			equal(t, "RSS", asRSS(t, m, publish.Selection{}).Items[0].Content, test.want)
			equal(t, "Atom", asAtom(t, m, publish.Selection{}).Entries[0].Content, test.want)
			equal(t, "JSON", asJSON(t, m, publish.Selection{}).Items[0].ContentHTML, test.want)
		})
	}
}

func TestC24_OneEnclosureAtMost(t *testing.T) {
	audio := storage.Media{URL: "https://m.example/a", Medium: storage.Audio, Bytes: 7}
	video := storage.Media{URL: "https://m.example/v.webm", Medium: storage.Video}
	paper := storage.Media{URL: "https://m.example/p", Medium: storage.Document}
	image := storage.Media{URL: "https://m.example/i.png?x=1", Medium: storage.Image}
	for name, test := range map[string]struct {
		media []storage.Media
		want  string
	}{
		"none":                  {nil, ""},
		"image":                 {[]storage.Media{image}, image.URL + " 0 image/png"},
		"first to hear or see":  {[]storage.Media{image, paper, video, audio}, video.URL + " 0 video/webm"},
		"audio of unknown type": {[]storage.Media{image, audio, video}, audio.URL + " 7 audio/mpeg"},
		"document":              {[]storage.Media{image, paper}, paper.URL + " 0 application/octet-stream"},
	} {
		t.Run(name, func(t *testing.T) {
			m := one(func(e *storage.Entry) { e.Media = test.media })
			item := asRSS(t, m, publish.Selection{}).Items[0]
			var got string
			for _, e := range item.Enclosures {
				got += e.URL + " " + e.Length + " " + e.Type
			}
			equal(t, "enclosures", got, test.want)
			equal(t, "media:content", len(item.Media), len(test.media))
		})
	}
}

func TestDatesTellTheTruth(t *testing.T) {
	for name, test := range map[string]struct {
		published, updated, effective, changed time.Time
		wantPublished, wantUpdated             time.Time
	}{
		"both":               {second(1), second(5), second(1), second(9), second(1), second(5)},
		"none":               {time.Time{}, time.Time{}, second(3), second(9), second(3), second(3)},
		"updated before":     {second(4), second(2), second(4), second(9), second(4), second(4)},
		"published tomorrow": {second(86400), time.Time{}, second(3), second(3), second(3), second(3)},
		"updated tomorrow":   {second(1), second(86400), second(1), second(9), second(1), second(9)},
	} {
		t.Run(name, func(t *testing.T) {
			m := one(func(e *storage.Entry) {
				e.Published, e.Updated, e.Effective, e.Changed = test.published, test.updated, test.effective, test.changed
			})
			e := asAtom(t, m, publish.Selection{}).Entries[0]
			equal(t, "published", e.Published, test.wantPublished.Format(time.RFC3339))
			equal(t, "updated", e.Updated, test.wantUpdated.Format(time.RFC3339))
			equal(t, "pubDate", asRSS(t, m, publish.Selection{}).Items[0].PubDate, test.wantPublished.Format(time.RFC1123Z))
		})
	}
}

func TestAcross(t *testing.T) {
	// The story of "harbour" has an entry of "talk" too, and two of "valley".
	for name, test := range map[string]struct {
		feed    storage.Across
		sources map[string]storage.Across
		items   int
		silent  []string // sources whose items tell no story
	}{
		"merge by default": {"", nil, 6, nil},
		"merge":            {storage.Merge, nil, 6, nil},
		"mark":             {storage.Mark, nil, 9, nil},
		"off":              {storage.Off, nil, 9, []string{"harbour", "planet", "talk", "valley"}},
		"one is marked":    {"", map[string]storage.Across{"valley": storage.Mark}, 8, nil},
		"one is off":       {storage.Merge, map[string]storage.Across{"talk": storage.Off}, 7, []string{"talk"}},
		"the lead is off":  {storage.Merge, map[string]storage.Across{"harbour": storage.Off}, 7, []string{"harbour"}},
		"two are merged":   {storage.Off, map[string]storage.Across{"harbour": storage.Merge, "valley": storage.Merge}, 7, []string{"planet", "talk"}},
		"one is merged":    {storage.Mark, map[string]storage.Across{"valley": storage.Merge}, 8, nil},
	} {
		t.Run(name, func(t *testing.T) {
			m := fixture()
			m.settings.Feed.Across = test.feed
			for id, across := range test.sources {
				m.across(id, across)
			}
			items := asJSON(t, m, publish.Selection{}).Items
			equal(t, "items", len(items), test.items)
			silent := map[string]bool{}
			for _, i := range items {
				if i.Newsfeed.Story == "" {
					silent[i.Newsfeed.Source] = true
				}
			}
			equal(t, "sources without stories", slices.Sorted(maps.Keys(silent)), test.silent)
			for _, i := range asJSON(t, m, publish.Selection{Source: "talk"}).Items {
				equal(t, "the source's own feed tells the story", i.Newsfeed.Story == "", slices.Contains(test.silent, "talk"))
			}
		})
	}
}

func TestAnEntryThatStandsApartKeepsItsID(t *testing.T) {
	m := fixture()
	m.across("harbour", storage.Mark) // which began the story
	for _, i := range asJSON(t, m, publish.Selection{}).Items {
		if i.Newsfeed.Story != "aaaaaaaaaaaa2" {
			continue
		}
		switch i.Newsfeed.Source {
		case "harbour":
			equal(t, "apart", i.ID, "tag:harbour.example,2020:ferry")
			equal(t, "others of the one apart", len(i.Newsfeed.Also), 0)
		default:
			equal(t, "the others", i.ID, "tag:news.example,2025:valley/2")
		}
	}
}
