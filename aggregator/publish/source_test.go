package publish_test

import (
	"bytes"
	"strings"
	"testing"

	"newsfeed/aggregator/publish"
	"newsfeed/storage"
)

func TestC08_AtomSourceCarriesTheOrigin(t *testing.T) {
	m := one(func(e *storage.Entry) {})
	m.sources[0].State.About = storage.About{
		ID: "urn:x:paper", Title: "Paper", Link: "https://paper.example/", Self: "https://paper.example/feed", Rights: "© Paper",
		Updated: second(99),
	}
	e := asAtom(t, m, publish.Selection{}).Entries[0]
	src := e.Source
	if src.ID != "urn:x:paper" || src.Title != "Paper" || src.Rights != "© Paper" {
		t.Errorf("source is %+v", src)
	}
	if href(src.Links, "self") != "https://paper.example/feed" || href(src.Links, "alternate") != "https://paper.example/" {
		t.Errorf("source links to %+v", src.Links)
	}
	if src.Updated != e.Updated {
		t.Errorf("source updated %s: what the source says moves with every poll", src.Updated)
	}
}

func TestC08C09_AnExistingOriginIsKept(t *testing.T) {
	origin := storage.Origin{
		ID: "tag:blog.example,2020:x", Title: "A <Blog>", URL: "https://blog.example/feed?f=1", Link: "https://blog.example/", Updated: second(-5),
	}
	m := one(func(e *storage.Entry) { e.Origin = &origin })
	src := asAtom(t, m, publish.Selection{}).Entries[0].Source
	if src.ID != origin.ID || src.Title != origin.Title || src.Updated != "2025-03-01T11:59:55Z" ||
		href(src.Links, "self") != origin.URL || href(src.Links, "alternate") != origin.Link {
		t.Errorf("Atom source is %+v", src)
	}
	if src := asRSS(t, m, publish.Selection{}).Items[0].Source; src.URL != origin.URL || src.Title != origin.Title {
		t.Errorf("RSS source is %+v", src)
	}
}

func TestC08_AnOriginLacksNothing(t *testing.T) {
	for name, o := range map[string]storage.Origin{
		"link only":  {Link: "https://blog.example/"},
		"title only": {Title: "Blog"},
		"bad id":     {ID: "blog 7", URL: "https://blog.example/feed"},
		"bad URL":    {ID: "urn:x:blog", URL: "https://%zz/"},
	} {
		t.Run(name, func(t *testing.T) {
			m := one(func(e *storage.Entry) { e.Origin = &o })
			asAtom(t, m, publish.Selection{})
			asRSS(t, m, publish.Selection{})
		})
	}
}

func TestC09_RSSSourceNamesTheOrigin(t *testing.T) {
	src := asRSS(t, one(func(e *storage.Entry) {}), publish.Selection{}).Items[0].Source
	if src.URL != "https://paper.example/feed" || src.Title != "Paper" {
		t.Errorf("source is %+v", src)
	}
}

func TestSecretsOfSourcesAreNeverShown(t *testing.T) {
	about := func(query string) storage.About {
		return storage.About{
			ID:    "https://user:pa55word@paper.example/feed" + query,
			Self:  "https://cdn.example/feed" + query,
			Link:  "https://user:pa55word@paper.example/" + query,
			Image: "https://paper.example/logo.png" + query,
		}
	}
	for name, src := range map[string]storage.Source{
		"userinfo":      {SourceSettings: storage.SourceSettings{URL: "https://user:pa55word@paper.example/feed"}},
		"query":         {SourceSettings: storage.SourceSettings{URL: "https://paper.example/feed?token=s3cret"}},
		"repeated":      {SourceSettings: storage.SourceSettings{URL: "https://paper.example/feed?token=s3cret"}, State: storage.State{About: about("?token=s3cret")}},
		"other host":    {SourceSettings: storage.SourceSettings{URL: "https://api.example/feed?token=old"}, State: storage.State{About: about("?a=b&token=s3cret")}},
		"other key":     {SourceSettings: storage.SourceSettings{URL: "https://cdn.example/?key=s3cret"}, State: storage.State{About: storage.About{Self: "https://cdn.example/?k=s3cret"}}},
		"no title, key": {SourceSettings: storage.SourceSettings{URL: "https://paper.example/?s3cret"}},
	} {
		t.Run(name, func(t *testing.T) {
			m := one(func(e *storage.Entry) {
				e.Origin = nil
			})
			src.ID = "paper"
			m.sources[0] = src
			for _, sel := range []publish.Selection{{}, {Source: "paper"}} {
				for _, f := range publish.Formats() {
					body := render(t, m, sel, f).Body
					for _, secret := range []string{"pa55word", "s3cret"} {
						if bytes.Contains(body, []byte(secret)) {
							t.Errorf("%s shows %s", sel.Path(f), secret)
						}
					}
				}
			}
		})
	}
}

func TestAPublicQueryIsKept(t *testing.T) {
	m := one(func(e *storage.Entry) {})
	m.sources[0].State.About.Self = "https://paper.example/?feed=rss2"
	if got := asRSS(t, m, publish.Selection{}).Items[0].Source.URL; got != "https://paper.example/?feed=rss2" {
		t.Errorf("source is %s", got)
	}
}

func TestC10C12_ReadersShowTheSourceBesideTheAuthor(t *testing.T) {
	for name, test := range map[string]struct {
		authors []storage.Person
		sel     publish.Selection
		want    []string
	}{
		"none":          {nil, publish.Selection{}, []string{"Paper"}},
		"one":           {[]storage.Person{{Name: "Ann"}}, publish.Selection{}, []string{"Ann (Paper)"}},
		"many":          {[]storage.Person{{Name: "Ann"}, {Name: "Bo"}}, publish.Selection{}, []string{"Ann (Paper)", "Bo (Paper)"}},
		"the source":    {[]storage.Person{{Name: "PAPER"}}, publish.Selection{}, []string{"PAPER"}},
		"address only":  {[]storage.Person{{Email: "ann@paper.example"}}, publish.Selection{}, []string{"ann (Paper)"}},
		"nothing in it": {[]storage.Person{{URL: "https://ann.example/"}, {Name: " "}}, publish.Selection{}, []string{"Paper"}},
		"own feed":      {[]storage.Person{{Name: "Ann"}}, publish.Selection{Source: "paper"}, []string{"Ann"}},
		"category feed": {[]storage.Person{{Name: "Ann"}}, publish.Selection{Category: "x"}, []string{"Ann (Paper)"}},
	} {
		t.Run(name, func(t *testing.T) {
			m := one(func(e *storage.Entry) { e.Authors, e.Categories = test.authors, []string{"x"} })
			var inAtom, inJSON []string
			for _, a := range asAtom(t, m, test.sel).Entries[0].Authors {
				inAtom = append(inAtom, a.Name)
			}
			for _, a := range asJSON(t, m, test.sel).Items[0].Authors {
				inJSON = append(inJSON, a.Name)
			}
			equal(t, "dc:creator", asRSS(t, m, test.sel).Items[0].Creators, test.want)
			equal(t, "Atom authors", inAtom, test.want)
			equal(t, "JSON authors", inJSON, test.want)
		})
	}
}

func TestC11_RightsArePreserved(t *testing.T) {
	own := one(func(e *storage.Entry) { e.Rights = "CC BY 4.0" })
	inherited := one(func(e *storage.Entry) {})
	for _, m := range []*memory{own, inherited} {
		m.sources[0].State.About.Rights = "© Paper"
	}
	equal(t, "RSS", asRSS(t, own, publish.Selection{}).Items[0].Rights, "CC BY 4.0")
	equal(t, "RSS, of the source", asRSS(t, inherited, publish.Selection{}).Items[0].Rights, "© Paper")
	equal(t, "Atom", asAtom(t, own, publish.Selection{}).Entries[0].Rights, "CC BY 4.0")
	equal(t, "Atom, of the source", asAtom(t, inherited, publish.Selection{}).Entries[0].Source.Rights, "© Paper")
	equal(t, "JSON", asJSON(t, own, publish.Selection{}).Items[0].Newsfeed.Rights, "CC BY 4.0")
	equal(t, "JSON, of the source", asJSON(t, inherited, publish.Selection{}).Items[0].Newsfeed.Rights, "© Paper")
}

func TestC11_ADroppedSourceIsGoneAtOnce(t *testing.T) {
	m := fixture()
	m.sources[0].Disabled = true
	for _, f := range publish.Formats() {
		if body := render(t, m, publish.Selection{}, f).Body; bytes.Contains(body, []byte("Harbour Post")) {
			t.Errorf("%s still names the source", f)
		}
	}
	first := asJSON(t, m, publish.Selection{}).Items
	if last := first[len(first)-1]; last.ID != "tag:harbour.example,2020:ferry" {
		t.Errorf("the story changed its id to %s when its first source went", last.ID)
	}
	if _, err := publish.Render(t.Context(), m, publish.Selection{Source: "harbour"}, publish.RSS); err == nil {
		t.Error("the source still has a feed")
	}
}

// TestC08_SourcesThatDifferInTheirQueryAreTwo has two feeds of one address,
// whose queries are not told.
func TestC08_SourcesThatDifferInTheirQueryAreTwo(t *testing.T) {
	m := many(0)
	for i, id := range []string{"one", "two"} {
		m.source(id, "https://video.example/feed?channel="+id, storage.About{})
		m.put(entry(id, i, func(*storage.Entry) {}))
	}
	ids := map[string]bool{}
	for _, e := range asAtom(t, m, publish.Selection{}).Entries {
		ids[e.Source.ID] = true
		if strings.Contains(e.Source.ID, "?") {
			t.Errorf("%s tells a query", e.Source.ID)
		}
	}
	equal(t, "ids of sources", len(ids), 2)
}
