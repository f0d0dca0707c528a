package publish_test

import (
	"bytes"
	"encoding/xml"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"newsfeed/aggregator/publish"
	"newsfeed/storage"
)

var subscriptions = publish.Selection{Subscriptions: true}

// library is the fixture with sources of several categories, a source that is
// switched off and one that is no longer configured.
func library() *memory {
	m := fixture()
	m.source("off", "https://off.example/", storage.About{Title: "Off"})
	m.source("removed", "https://removed.example/", storage.About{Title: "Removed"})
	m.sources[4].Disabled, m.sources[5].Removed = true, true
	m.sources[0].Categories = []string{"Ports", "Sea, & \"shore\"", "A/V"}
	m.sources[2].Categories = []string{"ports"}
	m.sources[3].Categories = []string{"Radio <live>\x01"}
	return m
}

func TestOPML_Golden(t *testing.T) {
	got, err := publish.Render(t.Context(), library(), subscriptions, publish.OPML)
	if err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "sources.opml.golden")
	if *update {
		if err := os.WriteFile(golden, got.Body, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, golden, string(got.Body), string(want))
	if out, err := exec.CommandContext(t.Context(), tool(t, "xmllint"), "--noout", golden).CombinedOutput(); err != nil {
		t.Errorf("xmllint: %v\n%s", err, out)
	}
}

func TestOPML_ShowsNoSecret(t *testing.T) {
	got, err := publish.Render(t.Context(), library(), subscriptions, publish.OPML)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"pa55word", "s3cret", "reader", "id=7", "Off", "Removed"} {
		if bytes.Contains(got.Body, []byte(secret)) {
			t.Errorf("%q is in the list:\n%s", secret, got.Body)
		}
	}
}

func TestOPML_IsAsTheStandardWants(t *testing.T) {
	got, err := publish.Render(t.Context(), library(), subscriptions, publish.OPML)
	if err != nil {
		t.Fatal(err)
	}
	dec := xml.NewDecoder(bytes.NewReader(got.Body))
	for {
		token, err := dec.Token()
		if token == nil {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		outline, ok := token.(xml.StartElement)
		if !ok || outline.Name.Local != "outline" {
			continue
		}
		given := map[string]string{}
		for _, a := range outline.Attr {
			given[a.Name.Local] = a.Value
		}
		if given["text"] == "" ||
			given["type"] == "rss" && given["xmlUrl"] == "" ||
			given["type"] == "" && given["xmlUrl"] != "" || given["url"] != "" {
			t.Errorf("outline %v", given)
		}
	}
}

func TestOPML_IsServed(t *testing.T) {
	s := serve(t, library())
	res, body := s.get("/sources.opml")
	equal(t, "status", res.StatusCode, http.StatusOK)
	equal(t, "Content-Type", res.Header.Get("Content-Type"), "text/x-opml; charset=utf-8")
	equal(t, "Link", res.Header.Get("Link"), "<"+s.url+`/sources.opml>; rel="self"; type="text/x-opml"`)
	if !bytes.Contains(body, []byte(`xmlUrl="https://harbour.example/feed.xml"`)) {
		t.Errorf("got %s", body)
	}
	res, _ = s.get("/sources.opml", "If-None-Match: "+res.Header.Get("ETag"))
	equal(t, "status of the second request", res.StatusCode, http.StatusNotModified)
	for _, path := range []string{"/feed.opml", "/sources/harbour.opml", "/sources.rss"} {
		res, _ = s.get(path)
		equal(t, path, res.StatusCode, http.StatusNotFound)
	}
}

func TestOPML_IsNoFormatOfFeeds(t *testing.T) {
	for _, test := range []struct {
		sel publish.Selection
		f   publish.Format
	}{{publish.Selection{}, publish.OPML}, {subscriptions, publish.RSS}} {
		if _, err := publish.Render(t.Context(), fixture(), test.sel, test.f); err == nil || !strings.Contains(err.Error(), test.sel.Path(test.f)) {
			t.Errorf("%s: got %v", test.sel.Path(test.f), err)
		}
	}
}
