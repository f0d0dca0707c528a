package publish_test

import (
	"fmt"
	"strings"
	"time"

	"newsfeed/storage"
)

const (
	base      = "https://news.example/"
	deskToken = "Early.Tide_7~x-2"
)

// fixture is a store with something of everything: a story of three sources,
// an entry that its source took from elsewhere, a recording, entries that lack
// nearly all, and characters that have a meaning somewhere.
func fixture() *memory {
	m := &memory{
		version: 1,
		settings: storage.Settings{
			BaseURL: base,
			Feed:    storage.Feed{Title: "Tom & Ann's <News>", Across: storage.Merge},
			Changed: second(0),
		},
	}
	m.source("harbour", "https://harbour.example/feed.xml", storage.About{
		ID: "tag:harbour.example,2020:feed", Title: "Harbour Post", Description: "News from the <b>harbour</b> & beyond",
		Link: "https://harbour.example/", Self: "https://harbour.example/feed.xml", Image: "https://harbour.example/logo.png",
		Language: "en", Rights: "© Harbour Post", Updated: second(900),
	})
	m.source("valley", "https://reader:pa55word@valley.example/rss?token=s3cret&id=7", storage.About{
		ID: "https://valley.example/rss?token=s3cret&id=7", Title: "Valley & Hill",
		Link: "https://reader:pa55word@valley.example/", Self: "https://cdn.example/rss?token=s3cret",
	})
	m.source("planet", "https://planet.example/atom", storage.About{Title: "Planet Bridges", Link: "https://planet.example/"})
	m.source("talk", "https://talk.example/podcast.rss", storage.About{Title: "Talk <live>", Link: "https://talk.example/"})
	m.settings.Views = []storage.View{
		{Name: "shore", Title: "Sea & <shore>", Sources: []string{"harbour", "planet", "elsewhere"}},
		{Name: "desk", Title: "For the desk", Token: deskToken},
	}
	m.sources[0].Categories = []string{"Ports"}
	m.settings.Sources[0].Categories = []string{"Ports"}

	m.entries = []storage.Entry{
		entry("harbour", 1, func(e *storage.Entry) {
			e.ID = "tag:harbour.example,2020:ferry"
			e.GUID, e.Story = e.ID, "aaaaaaaaaaaa2"
			e.Title = `Ferry "Anna" & crew: x < y, A &amp; B`
			e.Summary = "<p>The ferry is <em>back</em>.</p>"
			e.Content = `<p>The ferry is back, says <a href="https://harbour.example/crew?a=1&amp;b=2">the crew</a>.</p><pre>if (a &lt; b) { ]]&gt; }</pre>`
			e.Authors = []storage.Person{
				{Name: "Mara Lind", Email: "mara@harbour.example", URL: "https://harbour.example/mara"}, {Name: "Jon Å. Beck"},
			}
			e.Categories = []string{"Politics", "Sea & Shore"}
			e.Media = []storage.Media{
				{
					URL: "https://img.example/ferry.jpg?w=800&q=1", Type: "image/jpeg", Medium: storage.Image, Bytes: 51200, Width: 800, Height: 600,
					Title: "The ferry", Caption: "The ferry at the quay", Credit: "Lo Wen",
				},
				{URL: "https://img.example/film.mp4", Medium: storage.Video, Duration: 95 * time.Second, Title: "Casting off"},
				{URL: "https://img.example/plan.pdf", Type: "application/pdf", Medium: storage.Document, Bytes: 1234},
			}
			e.Language, e.Rights = "en", "CC BY 4.0"
			e.Views = []string{"shore", "desk"}
			e.Comments = "https://harbour.example/ferry#comments"
			e.ReadingTime = 2 * time.Minute
		}),
		entry("valley", 2, func(e *storage.Entry) {
			e.Story, e.Title, e.Categories = "aaaaaaaaaaaa2", "The ferry is back", []string{"politics"}
		}),
		entry("talk", 3, func(e *storage.Entry) { e.Story, e.Title = "aaaaaaaaaaaa2", "Back: <the ferry>" }),
		entry("valley", 4, func(e *storage.Entry) { e.Story, e.Title = "aaaaaaaaaaaa2", "The ferry, again" }),
		entry("planet", 5, func(e *storage.Entry) {
			e.Title, e.Language = "Ein Steg über den Fluß — 橋の話 👩‍👩‍👧", "de"
			e.Content = `<p>Text</p><img src="https://blog.example/steg-big.jpg?s=1200" alt="">`
			e.Authors = []storage.Person{{Email: "steg@blog.example"}}
			e.Media = []storage.Media{{URL: "https://blog.example/steg-big.jpg?s=300", Medium: storage.Image}}
			e.Origin = &storage.Origin{
				ID: "urn:uuid:60a76c80-d399-11d9-b93c-0003939e0af6", Title: "Ufer & Steg", URL: "https://blog.example/feed?format=atom",
				Link: "https://blog.example/", Updated: second(4),
			}
			e.Published, e.Updated = second(-7200), second(-3600)
			e.Views = []string{"shore"}
		}),
		entry("talk", 6, func(e *storage.Entry) {
			e.Title, e.Summary = "", "<p>"+strings.Repeat("word ", 40)+"</p>"
			e.Media = []storage.Media{
				{URL: "https://talk.example/6.mp3?x=1&y=2", Medium: storage.Audio, Bytes: 9_000_000, Duration: 31 * time.Minute, Credit: "Talk"},
				{URL: "https://talk.example/6.png", Type: "image/png", Medium: storage.Image, Width: 64, Height: 64},
			}
			e.Published, e.Updated = second(3e9), second(4e9) // far in the future, as sources have it
		}),
		entry("talk", 7, func(e *storage.Entry) { *e = bare(*e) }),
		entry("talk", 8, func(e *storage.Entry) { *e, e.URL = bare(*e), "" }),
		entry("harbour", 9, func(e *storage.Entry) {
			e.ID, e.GUID = e.URL, "9"
			e.Title, e.Summary = "Only <plain> words\n", "One & the same"
			e.Revision, e.Updated, e.Changed = 2, second(20), second(25)
			e.Views = []string{"desk"}
		}),
	}
	return m
}

// outage is a store with one report in three sources. A wire brought it first
// and again when more was known; a paper printed the wire's words at their own
// address, and sent a reporter.
func outage() *memory {
	m := &memory{version: 1, settings: storage.Settings{BaseURL: base, Feed: storage.Feed{Title: "Morning Desk"}, Changed: second(0)}}
	m.source("northwire", "https://northwire.example/all.rss", storage.About{
		ID: "https://northwire.example/all.rss", Title: "Northwire", Link: "https://northwire.example/",
		Self: "https://northwire.example/all.rss", Language: "en", Rights: "© Northwire",
	})
	m.source("ledger", "https://ledger.example/feed", storage.About{Title: "The Quay Ledger", Link: "https://ledger.example/"})
	m.source("estuary", "https://estuary.example/news.atom", storage.About{Title: "Radio Estuary & Coast", Link: "https://estuary.example/"})
	report := func(source string, n int, title string, edit func(*storage.Entry)) {
		m.entries = append(m.entries, entry(source, n*600, func(e *storage.Entry) {
			e.Story, e.Title, e.Language = "nrthgrdtge2a7", title, "en"
			e.CanonicalURL = e.URL
			edit(e)
		}))
	}
	report("northwire", 0, "Power cut stops trams across Marlow Quay", func(e *storage.Entry) {
		e.Authors = []storage.Person{{Name: "Iris Calder"}}
		e.Summary = "<p>Trams stood still on all four lines before seven on Saturday.</p>"
		e.Content = "<p>MARLOW QUAY (Northwire) - Trams stood still on all four lines before seven on Saturday after a fault at the Fennick substation, " +
			"the network operator said.</p><p>Crews expect power back within the hour.</p>"
		e.ReadingTime = time.Minute
	})
	report("ledger", 1, "Power cut stops trams across Marlow Quay", func(e *storage.Entry) {
		e.Content = "<p>Trams stood still on all four lines before seven on Saturday. (Northwire)</p>"
	})
	report("northwire", 2, "UPDATE 1-Power cut stops trams across Marlow Quay, bridge stuck open", func(e *storage.Entry) {
		e.Content = "<p>Adds bridge, quotes</p><p>The lifting bridge cannot be lowered by hand, the harbour master told Northwire.</p>"
	})
	report("estuary", 3, `Trams back, bridge "still up" at Marlow Quay`, func(e *storage.Entry) {
		e.Summary = "<p>Our reporter walked the length of line two.</p>"
	})
	report("ledger", 4, "On foot over the quay: a morning without trams", func(e *storage.Entry) {
		e.Authors = []storage.Person{{Name: "Tobias Renn"}}
	})
	return m
}

// source adds a source to the store and to the settings.
func (m *memory) source(id, url string, about storage.About) {
	s := storage.SourceSettings{ID: id, URL: url}
	m.sources = append(m.sources, storage.Source{SourceSettings: s, State: storage.State{About: about}})
	m.settings.Sources = append(m.settings.Sources, s)
}

// across sets what becomes of the stories of a source.
func (m *memory) across(id string, a storage.Across) {
	for i, s := range m.sources {
		if s.ID == id {
			m.sources[i].Across, m.settings.Sources[i].Across = a, a
		}
	}
}

// entry makes the n-th entry, first seen in the n-th second.
func entry(source string, n int, edit func(*storage.Entry)) storage.Entry {
	at := second(n)
	e := storage.Entry{
		ID:     fmt.Sprintf("tag:news.example,2025:%s/%d", source, n),
		Source: source, Story: fmt.Sprintf("bbbbbbbbbbb%02d", n), GUID: fmt.Sprint(n),
		URL: fmt.Sprintf("https://%s.example/%d", source, n), Title: fmt.Sprintf("Entry %d", n),
		Published: at.Add(-time.Minute), FirstSeen: at, Effective: at.Add(-time.Minute), Changed: at, Revision: 1,
	}
	edit(&e)
	return e
}

// bare is an entry without all that may be missing but its address.
func bare(e storage.Entry) storage.Entry {
	return storage.Entry{
		ID: e.ID, Source: e.Source, Story: e.Story, URL: e.URL,
		FirstSeen: e.FirstSeen, Effective: e.FirstSeen, Changed: e.Changed, Revision: 1,
	}
}
