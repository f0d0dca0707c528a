package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"newsfeed/config"
)

// A list of a thousand sources is imported, checked and polled, and comes out as
// it went in.
func TestOPML_AThousandSources(t *testing.T) {
	const many = 1000
	bases := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/rss+xml")
		fmt.Fprintf(w, `<rss version="2.0"><channel><title>T</title><item><title>News of %[1]s</title><link>https://news.example%[1]s</link></item></channel></rss>`, r.URL.Path)
	}))
	dir := t.TempDir()
	file := filepath.Join(dir, "newsfeed.toml")
	place(t, file, "include = [\"sources.d/*.toml\"]\n[poll]\nallow_private = [\"127.0.0.0/8\"]\nhost_interval = \"0\"\n")
	var list strings.Builder
	list.WriteString("<opml version=\"2.0\"><body>\n")
	for folder := range many / 10 {
		fmt.Fprintf(&list, "<outline text=\"Region %d\"><outline text=\"Topic &amp; %d\">\n", folder%7, folder)
		for n := folder * 10; n < folder*10+10; n++ {
			fmt.Fprintf(&list, "<outline type=\"rss\" text=\"Paper %d\" xmlUrl=\"%s/paper/%d\"/>\n", n, bases[n%len(bases)], n)
		}
		list.WriteString("</outline></outline>\n")
	}
	list.WriteString("</body></opml>\n")
	opml := filepath.Join(dir, "papers.opml")
	place(t, opml, list.String())

	command := func(wants string, args ...string) string {
		t.Helper()
		code, out, errs := newsfeed(t, append(args, "--config", file)...)
		if code != exitDone || !strings.Contains(errs, wants) {
			t.Fatalf("%s: exit status %d, %s", args, code, errs)
		}
		return out
	}
	command("1000 sources new to "+dir+"/sources.d/papers.toml, 0 configured already, 0 left out\n", "opml", "import", opml)
	command("configuration is good: 1000 sources", "check")
	outcomes := map[string]int{}
	for line := range strings.Lines(command("", "poll", "--json")) {
		var r result
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		outcomes[r.Outcome]++
	}
	if diff := cmp.Diff(map[string]int{"changed": many}, outcomes); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}

	exported := filepath.Join(dir, "exported.opml")
	place(t, exported, command("", "opml", "export"))
	command("0 sources new, 1000 configured already, 0 left out\n", "opml", "import", exported)
	again := filepath.Join(dir, "again.toml")
	if code, _, errs := newsfeed(t, "opml", "import", exported, "--write", again, "--config", again); code != exitDone {
		t.Fatal(errs)
	}
	if diff := cmp.Diff(subscriptions(t, file), subscriptions(t, again)); diff != "" {
		t.Errorf("exported and imported (-want +got):\n%s", diff)
	}
}

// subscriptions are the sources of a configuration, each in a line.
func subscriptions(t *testing.T, file string) []string {
	t.Helper()
	c, _, err := config.Load(file, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, s := range c.Sources {
		slices.Sort(s.Categories)
		list = append(list, strings.Join([]string{s.URL, s.Title, strings.Join(s.Categories, "|")}, " ; "))
	}
	slices.Sort(list)
	return list
}
