package publish_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"newsfeed/aggregator/publish"
	"newsfeed/storage"
)

// rich is a store of an entry that has what is told in another way in each of
// the formats.
func rich() *memory {
	return one(func(e *storage.Entry) {
		e.Media = []storage.Media{
			{
				URL: "https://img.example/weir.jpg", Type: "image/jpeg", Medium: storage.Image, Bytes: 4096, Width: 1200, Height: 800,
				Title: "The weir", Caption: "Water & ice at the <old> weir", Credit: "Ada Holm",
			},
			{
				URL: "https://film.example/weir.mp4", Type: "video/mp4", Medium: storage.Video, Bytes: 8192, Width: 640, Height: 360,
				Duration: 95 * time.Second, Title: "The thaw", Caption: "How the ice went", Credit: "River Board",
			},
		}
		e.Comments = "https://paper.example/1#talk"
		e.Origin = &storage.Origin{
			ID: "tag:river.example,2020:log", Title: "River Log", URL: "https://river.example/log.atom", Link: "https://river.example/", Updated: second(-900),
		}
		e.ReadingTime = time.Hour + 95*time.Second
		e.Published, e.Updated = second(-7200), second(-3600)
	})
}

// depicted is a medium as Media RSS tells of it.
type depicted struct {
	URL, Type, Medium, Bytes, Width, Height, Seconds, Title, Caption, Credit string
}

// depictions returns the media of an item, all texts of which are plain.
func depictions(t *testing.T, item element) (list []depicted) {
	t.Helper()
	for _, m := range item.all(mediaNS, "content") {
		caption := m.first(mediaNS, "text")
		equal(t, "type of a caption", caption.attr("type"), "plain")
		list = append(list, depicted{
			m.attr("url"), m.attr("type"), m.attr("medium"), m.attr("fileSize"), m.attr("width"), m.attr("height"), m.attr("duration"),
			m.first(mediaNS, "title").Text, caption.Text, m.first(mediaNS, "credit").Text,
		})
	}
	return list
}

func TestAnEntrySurvivesWhole(t *testing.T) {
	const extent = "PT1H1M35S"
	m := rich()
	media := []depicted{
		{"https://img.example/weir.jpg", "image/jpeg", "image", "4096", "1200", "800", "", "The weir", "Water & ice at the <old> weir", "Ada Holm"},
		{"https://film.example/weir.mp4", "video/mp4", "video", "8192", "640", "360", "95", "The thaw", "How the ice went", "River Board"},
	}

	item := parsed(t, render(t, m, publish.Selection{}, publish.RSS).Body).first("", "channel").first("", "item")
	equal(t, "RSS media", depictions(t, item), media)
	equal(t, "RSS comments", item.first("", "comments").Text, "https://paper.example/1#talk")
	equal(t, "RSS source", item.first("", "source").attr("url")+" "+item.first("", "source").Text, "https://river.example/log.atom River Log")
	equal(t, "RSS reading time", item.first(termsNS, "extent").Text, extent)
	equal(t, "RSS publication", item.first("", "pubDate").Text, "Sat, 01 Mar 2025 10:00:00 +0000")
	equal(t, "RSS edit", item.first(atomNS, "updated").Text, "2025-03-01T11:00:00Z")

	entry := parsed(t, render(t, m, publish.Selection{}, publish.Atom).Body).first(atomNS, "entry")
	equal(t, "Atom media", depictions(t, entry), media)
	equal(t, "Atom comments", entry.link("replies"), "https://paper.example/1#talk")
	equal(t, "Atom reading time", entry.first(termsNS, "extent").Text, extent)
	equal(t, "Atom publication", entry.first(atomNS, "published").Text, "2025-03-01T10:00:00Z")
	equal(t, "Atom edit", entry.first(atomNS, "updated").Text, "2025-03-01T11:00:00Z")
	source := entry.first(atomNS, "source")
	equal(t, "Atom source", []string{
		source.first(atomNS, "id").Text, source.first(atomNS, "title").Text, source.link("self"), source.link("alternate"), source.first(atomNS, "updated").Text,
	}, []string{"tag:river.example,2020:log", "River Log", "https://river.example/log.atom", "https://river.example/", "2025-03-01T11:45:00Z"})

	var feed struct {
		Items []struct {
			Published string          `json:"date_published"`
			Modified  string          `json:"date_modified"`
			Newsfeed  json.RawMessage `json:"_newsfeed"`
		}
	}
	if err := json.Unmarshal(render(t, m, publish.Selection{}, publish.JSON).Body, &feed); err != nil {
		t.Fatal(err)
	}
	equal(t, "JSON dates", feed.Items[0].Published+" "+feed.Items[0].Modified, "2025-03-01T10:00:00Z 2025-03-01T11:00:00Z")
	equal(t, "JSON", string(feed.Items[0].Newsfeed), `{"source":"paper","source_title":"Paper","source_url":"https://paper.example/feed",`+
		`"origin":{"id":"tag:river.example,2020:log","title":"River Log","url":"https://river.example/log.atom","link":"https://river.example/","updated":"2025-03-01T11:45:00Z"},`+
		`"story":"bbbbbbbbbbb01","guid":"1","reading_time_seconds":3695,"comments":"https://paper.example/1#talk","media":[`+
		`{"url":"https://img.example/weir.jpg","type":"image/jpeg","medium":"image","bytes":4096,"width":1200,"height":800,`+
		`"title":"The weir","caption":"Water & ice at the <old> weir","credit":"Ada Holm"},`+
		`{"url":"https://film.example/weir.mp4","type":"video/mp4","medium":"video","bytes":8192,"width":640,"height":360,"seconds":95,`+
		`"title":"The thaw","caption":"How the ice went","credit":"River Board"}]}`)
}

func TestWhatAnEntryLacksIsNotTold(t *testing.T) {
	m := one(func(e *storage.Entry) {
		e.ReadingTime, e.Updated = 900*time.Millisecond, e.Published.Add(900*time.Millisecond)
	})
	for _, f := range []publish.Format{publish.RSS, publish.Atom} {
		root := parsed(t, render(t, m, publish.Selection{}, f).Body)
		for _, a := range root.Attrs {
			if a.Value == termsNS {
				t.Errorf("%s declares a namespace that it does not need", f)
			}
		}
		root.walk(func(e element) {
			if e.XMLName.Space == termsNS || f == publish.RSS && e.is(atomNS, "updated") {
				t.Errorf("%s has an element %s with %q", f, e.XMLName.Local, e.Text)
			}
		})
	}
	var feed struct {
		Items []struct {
			Newsfeed map[string]any `json:"_newsfeed"`
		}
	}
	if err := json.Unmarshal(render(t, m, publish.Selection{}, publish.JSON).Body, &feed); err != nil {
		t.Fatal(err)
	}
	equal(t, "JSON", feed.Items[0].Newsfeed, map[string]any{
		"source": "paper", "source_title": "Paper", "source_url": "https://paper.example/feed", "story": "bbbbbbbbbbb01", "guid": "1", "reading_time_seconds": 0.0,
	})
}

func TestReadingTimeIsADuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		time.Second: "PT1S", 59 * time.Second: "PT59S", time.Minute: "PT1M", 2*time.Minute + 500*time.Millisecond: "PT2M",
		time.Hour: "PT1H", 61 * time.Minute: "PT1H1M", 25*time.Hour + time.Second: "PT25H1S",
	} {
		m := one(func(e *storage.Entry) { e.ReadingTime = d })
		item := parsed(t, render(t, m, publish.Selection{}, publish.RSS).Body).first("", "channel").first("", "item")
		equal(t, d.String(), item.first(termsNS, "extent").Text, want)
	}
}

func TestACaptionAloneIsNoTitle(t *testing.T) {
	m := one(func(e *storage.Entry) {
		e.Media = []storage.Media{{URL: "https://img.example/x.jpg", Medium: storage.Image, Caption: "A heron on the weir"}}
	})
	for f, item := range map[publish.Format]element{
		publish.RSS:  parsed(t, render(t, m, publish.Selection{}, publish.RSS).Body).first("", "channel").first("", "item"),
		publish.Atom: parsed(t, render(t, m, publish.Selection{}, publish.Atom).Body).first(atomNS, "entry"),
	} {
		got := depictions(t, item)[0]
		equal(t, string(f), got.Title+"|"+got.Caption, "|A heron on the weir")
	}
}

// TestAnOriginTellsNoSecretOfItsSource has a source that repeats its own address
// as the origin of an entry.
func TestAnOriginTellsNoSecretOfItsSource(t *testing.T) {
	m := one(func(e *storage.Entry) {
		e.Origin = &storage.Origin{ID: "https://paper.example/?key=s3cret", URL: "https://reader:s3cret@paper.example/feed", Link: "https://cdn.example/?key=s3cret"}
	})
	m.sources[0].URL = "https://paper.example/feed?key=s3cret"
	for _, f := range publish.Formats() {
		if body := string(render(t, m, publish.Selection{}, f).Body); strings.Contains(body, "s3cret") {
			t.Errorf("%s tells the secret:\n%s", f, body)
		}
	}
}
