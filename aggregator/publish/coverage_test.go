package publish_test

import (
	"fmt"
	"strings"
	"testing"

	"newsfeed/aggregator/publish"
	"newsfeed/storage"
)

// told returns the last paragraph of the item that leads the store's one
// story, and how the mentions go by in JSON.
func told(t *testing.T, m *memory) (paragraph string, item jsonItem) {
	t.Helper()
	items := asJSON(t, m, publish.Selection{}).Items
	equal(t, "items", len(items), 1)
	item = items[0]
	if i := strings.Index(item.ContentHTML, "<p>Also covered by "); i >= 0 {
		paragraph = item.ContentHTML[i:]
	}
	return paragraph, item
}

func TestAStoryNamesItsOtherSourcesAndFurtherVersions(t *testing.T) {
	m := outage()
	const want = `<p>Also covered by <a href="https://ledger.example/600" title="Power cut stops trams across Marlow Quay">The Quay Ledger</a>, ` +
		`<a href="https://estuary.example/1800" title="Trams back, bridge &#34;still up&#34; at Marlow Quay">Radio Estuary &amp; Coast</a>, ` +
		`<a href="https://northwire.example/1200" title="Northwire">UPDATE 1-Power cut stops trams across Marlow Quay, bridge stuck open</a>, ` +
		`<a href="https://ledger.example/2400" title="The Quay Ledger">On foot over the quay: a morning without trams</a>.</p>`
	paragraph, item := told(t, m)
	equal(t, "JSON", paragraph, want)
	equal(t, "id", item.ID, "tag:news.example,2025:northwire/0")

	links := []atomLink{
		{"related", "https://ledger.example/600", "Power cut stops trams across Marlow Quay (The Quay Ledger)", ""},
		{"related", "https://estuary.example/1800", `Trams back, bridge "still up" at Marlow Quay (Radio Estuary & Coast)`, ""},
		{"related", "https://northwire.example/1200", "UPDATE 1-Power cut stops trams across Marlow Quay, bridge stuck open (Northwire)", ""},
		{"related", "https://ledger.example/2400", "On foot over the quay: a morning without trams (The Quay Ledger)", ""},
	}
	rss, atom := asRSS(t, m, publish.Selection{}).Items[0], asAtom(t, m, publish.Selection{}).Entries[0]
	if !strings.HasSuffix(rss.Content, want) || !strings.HasSuffix(atom.Content, want) {
		t.Errorf("RSS says %q and Atom %q", rss.Content, atom.Content)
	}
	equal(t, "RSS links", rss.Related, links)
	equal(t, "Atom links", atom.Links[1:], links)
	for i, a := range item.Newsfeed.Also {
		equal(t, "JSON link", a.URL, links[i].Href)
		if entry, err := m.Entry(t.Context(), a.ID); err != nil || entry.Title != a.Title || entry.Source != a.Source {
			t.Errorf("JSON names %+v", a)
		}
	}
	equal(t, "JSON links", len(item.Newsfeed.Also), len(links))
}

func TestEverySourceIsNamedAndEveryAddressOnce(t *testing.T) {
	for name, test := range map[string]struct {
		edit func(*memory)
		want string
	}{
		"addresses of their own":        {func(*memory) {}, "mail/1 paper/2"},
		"another source without":        {func(m *memory) { m.entries[1].URL = "" }, "mail/1 paper/2"},
		"another source, the lead's":    {func(m *memory) { m.entries[1].URL = m.entries[0].URL }, "mail/1 paper/2"},
		"the lead's source without":     {func(m *memory) { m.entries[2].URL = "" }, "mail/1"},
		"the lead's source, another's":  {func(m *memory) { m.entries[2].URL = m.entries[1].URL }, "mail/1"},
		"the lead's source, the lead's": {func(m *memory) { m.entries[2].URL = m.entries[0].URL }, "mail/1"},
		"the lead's, but for what tracks": {func(m *memory) {
			m.entries[0].CanonicalURL, m.entries[2].CanonicalURL = "https://paper.example/0", "https://paper.example/0"
		}, "mail/1"},
	} {
		t.Run(name, func(t *testing.T) {
			m := one(func(e *storage.Entry) { e.Story = "s" })
			m.source("mail", "https://mail.example/feed", storage.About{})
			m.entries = append(m.entries, entry("mail", 1, func(e *storage.Entry) { e.Story = "s" }),
				entry("paper", 2, func(e *storage.Entry) { e.Story = "s" }))
			test.edit(m)
			_, item := told(t, m)
			var got []string
			for _, a := range item.Newsfeed.Also {
				got = append(got, strings.TrimPrefix(a.ID, "tag:news.example,2025:"))
			}
			equal(t, "named", strings.Join(got, " "), test.want)
		})
	}
}

func TestAStoryShowsTwentyEntriesAtMost(t *testing.T) {
	for _, test := range []struct {
		further int
		end     string
		named   int
		more    int
	}{
		{20, ">Entry 20</a>.</p>", 20, 0}, {21, ">Entry 20</a> and 1 more.</p>", 21, 0}, {3000, ">Entry 20</a> and 2980 more.</p>", 200, 2800},
	} {
		m := many(test.further + 1)
		for i := range m.entries {
			m.entries[i].Story = "s"
		}
		paragraph, item := told(t, m)
		equal(t, "_newsfeed.also", len(item.Newsfeed.Also), test.named)
		equal(t, "_newsfeed.also_more", item.Newsfeed.AlsoMore, test.more)
		equal(t, "links", strings.Count(paragraph, "<a "), 20)
		if !strings.HasSuffix(paragraph, test.end) {
			t.Errorf("the paragraph ends %q", paragraph[len(paragraph)-50:])
		}
	}
}

func TestEverySourceIsNamedBeforeFurtherVersions(t *testing.T) {
	m := many(40)
	for i := range 3 {
		id := fmt.Sprintf("late%d", i)
		m.source(id, "https://"+id+".example/feed", storage.About{})
		m.entries = append(m.entries, entry(id, 100+i, func(*storage.Entry) {}))
	}
	for i := range m.entries {
		m.entries[i].Story = "s"
	}
	paragraph, _ := told(t, m)
	if !strings.Contains(paragraph, `>late0</a>, <a href="https://late1.example/101" title="Entry 101">late1</a>, `) {
		t.Errorf("the paragraph is %s", paragraph)
	}
}
