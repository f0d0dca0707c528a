package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// article is what a reader holds of an item. What it has no place for is empty.
type article struct {
	ID     string `json:"id"`
	Title  string `json:"title"`
	Date   int64  `json:"date"` // seconds of Unix time
	Author string `json:"author"`
	Link   string `json:"link"`
	Image  string `json:"image"`
	Text   string `json:"text"` // HTML or plain
}

// reader is a program that people read feeds with.
type reader struct {
	name    string
	program string
	check   []string // arguments with which the program runs where it is whole

	// subscribe returns what polls the feed once and then tells all that is
	// held. The folder is the reader's home.
	subscribe func(t *testing.T, home, url string) func() []article

	// edit is what becomes of an item that has another title and text.
	edit edit
}

// edit is what a reader makes of an item that has changed.
type edit string

const (
	inPlace edit = "in place" // it is shown as it is now
	ignored edit = "ignored"  // it stays as it was
	beside  edit = "beside"   // it is shown as it is now, and as it was too
)

// python is Debian's, which has Debian's packages.
const python = "/usr/bin/python3"

var newsReaders = []reader{
	{"newsboat", "newsboat", []string{"--version"}, newsboat, inPlace},
	{"sfeed", "sfeed_update", nil, sfeed, beside},
	{"feedparser", python, []string{"-c", "import feedparser"}, feedparser, inPlace},
	{"rss2email", "r2e", []string{"--version"}, rss2email, ignored},
}

// has reports whether the reader is here. CI must have it.
func (r reader) has(t *testing.T) bool {
	t.Helper()
	_, err := exec.LookPath(r.program)
	if err == nil && r.check != nil {
		err = exec.Command(r.program, r.check...).Run()
	}
	if err != nil && os.Getenv("CI") != "" {
		t.Fatalf("CI needs %s: %v", r.name, err)
	}
	return err == nil
}

// command runs a program with a home of its own and returns what it printed.
func command(t *testing.T, home, program string, args ...string) []byte {
	t.Helper()
	c := exec.CommandContext(t.Context(), program, args...)
	c.Dir = home
	c.Env = append(os.Environ(), "HOME="+home, "XDG_CONFIG_HOME="+home, "XDG_DATA_HOME="+home, "TERM=dumb", "TZ=UTC", "LC_ALL=C.UTF-8")
	var errs strings.Builder
	c.Stderr = &errs
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%s: %v: %s%s", program, err, out, errs.String())
	}
	return out
}

func place(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// newsboat keeps articles in a database.
func newsboat(t *testing.T, home, url string) func() []article {
	urls, cache := filepath.Join(home, "urls"), filepath.Join(home, "cache.db")
	place(t, urls, url+"\n")
	const dump = `
import json, sqlite3, sys
for row in sqlite3.connect(sys.argv[1]).execute("select guid, title, pubDate, author, url, enclosure_url, content from rss_item where deleted = 0"):
    print(json.dumps(dict(zip(["id", "title", "date", "author", "link", "image", "text"], [v or "" for v in row[:2]] + [row[2]] + [v or "" for v in row[3:]]))))
`
	return func() []article {
		command(t, home, "newsboat", "-u", urls, "-c", cache, "-C", os.DevNull, "-x", "reload")
		return decode(t, command(t, home, python, "-c", dump, cache))
	}
}

// sfeed writes a line of fields for each item.
func sfeed(t *testing.T, home, url string) func() []article {
	rc := filepath.Join(home, "sfeedrc")
	place(t, rc, fmt.Sprintf("sfeedpath='%s/feeds'\nfeeds() {\n\tfeed news '%s'\n}\n", home, url))
	return func() []article {
		command(t, home, "sfeed_update", rc)
		text, err := os.ReadFile(filepath.Join(home, "feeds", "news"))
		if err != nil {
			t.Fatal(err)
		}
		var all []article
		for line := range strings.Lines(string(text)) {
			f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
			a := article{Title: f[1], Link: f[2], Text: strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\\`, `\`).Replace(f[3]), ID: f[5], Author: f[6], Image: f[7]}
			if _, err := fmt.Sscan(f[0], &a.Date); err != nil {
				t.Fatal(err)
			}
			all = append(all, a)
		}
		return all
	}
}

// feedparser is the library of many readers. It keeps nothing but what it is
// given: validators and, here, the last document.
func feedparser(t *testing.T, home, url string) func() []article {
	const script = `
import calendar, feedparser, json, os, pickle, sys
url, kept = sys.argv[1:]
last = pickle.load(open(kept, "rb")) if os.path.exists(kept) else {"etag": None, "modified": None, "lines": {}}
d = feedparser.parse(url, etag=last["etag"], modified=last["modified"])
assert d.status in (200, 226, 304), d.status
assert not d.bozo, d.get("bozo_exception")
if d.status != 304:
    lines = last["lines"] if d.status == 226 else {} # 226: only what is new
    for e in d.entries:
        images = [m["url"] for m in e.get("media_thumbnail", [])]
        lines[e.id] = json.dumps({
            "id": e.id, "title": e.title, "date": calendar.timegm(e.published_parsed), "author": e.author, "link": e.get("link", ""),
            "image": images[0] if images else "", "text": e.content[0].value if "content" in e else e.get("summary", "")})
    last = {"etag": d.get("etag"), "modified": d.get("modified"), "lines": lines}
    pickle.dump(last, open(kept, "wb"))
print("\n".join(last["lines"].values()))
`
	return func() []article {
		return decode(t, command(t, home, python, "-c", script, url, filepath.Join(home, "kept")))
	}
}

// rss2email sends a mail for each item; here into a maildir.
func rss2email(t *testing.T, home, url string) func() []article {
	box := filepath.Join(home, "box")
	for _, folder := range []string{"cur", "new", "tmp"} {
		if err := os.MkdirAll(filepath.Join(box, folder), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	config, data := filepath.Join(home, "r2e.cfg"), filepath.Join(home, "r2e.json")
	place(t, config, "[DEFAULT]\nfrom = r2e@reader.example\nto = me@reader.example\nemail-protocol = maildir\nmaildir-path = "+box+
		"\nmaildir-mailbox = .\ndate-header = True\nhtml-mail = True\nbody-width = 0\n")
	r2e := func(args ...string) {
		command(t, home, "r2e", append([]string{"-c", config, "-d", data}, args...)...)
	}
	r2e("add", "news", url)
	return func() []article {
		r2e("run")
		mails, err := filepath.Glob(filepath.Join(box, "new", "*"))
		if err != nil {
			t.Fatal(err)
		}
		const dump = `
import email, email.policy, email.utils, json, sys
for path in sys.argv[1:]:
    m = email.message_from_binary_file(open(path, "rb"), policy=email.policy.default)
    print(json.dumps({"id": m["X-RSS-ID"] or "", "title": m["Subject"], "date": int(email.utils.parsedate_to_datetime(m["Date"]).timestamp()),
        "author": email.utils.parseaddr(m["From"])[0].removeprefix("News Feed: "), "link": m["X-RSS-URL"] or "", "image": "",
        "text": m.get_body().get_content()}))
`
		return decode(t, command(t, home, python, append([]string{"-c", dump}, mails...)...))
	}
}

func decode(t *testing.T, lines []byte) []article {
	t.Helper()
	var all []article
	for line := range strings.Lines(string(lines)) {
		var a article
		if strings.TrimSpace(line) == "" {
			continue
		}
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		all = append(all, a)
	}
	return all
}

// newsroom serves ten sources, each with one report, in four formats.
type newsroom struct{ edits atomic.Int64 }

// report is the item of a source, as its readers are to see it.
func (n *newsroom) report(source int) article {
	name := sourceName(source)
	a := article{
		ID:     fmt.Sprintf("tag:s%d.example,2026:report", source),
		Title:  fmt.Sprintf("Report %d: \"Quay & Sons\", x < y — 橋", source),
		Date:   time.Date(2026, 11, 1, 10, source, 0, 0, time.UTC).Unix(),
		Author: fmt.Sprintf("Iris Calder %d (%s)", source, name),
		Link:   fmt.Sprintf("https://s%d.example/report?a=1&b=2", source),
		Image:  fmt.Sprintf("https://img.example/%d.jpg", source),
		Text:   fmt.Sprintf("The whole text of report %d, from end to end.", source),
	}
	if source == 3 {
		a.Title += strings.Repeat(" (corrected)", int(n.edits.Load()))
		a.Text += strings.Repeat(" A correction was made.", int(n.edits.Load()))
	}
	return a
}

func sourceName(source int) string { return fmt.Sprintf("Paper %d & Co", source) }

func (n *newsroom) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var source int
	if _, err := fmt.Sscanf(r.URL.Path, "/source%d", &source); err != nil {
		http.NotFound(w, r)
		return
	}
	a := n.report(source)
	author := strings.Split(a.Author, " (")[0]
	body := fmt.Sprintf(`<p>%s</p><p><img src="%s" alt="quay"></p>`, a.Text, a.Image)
	at := time.Unix(a.Date, 0).UTC()
	esc := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace
	switch source % 4 {
	case 0:
		fmt.Fprintf(w, `<feed xmlns="http://www.w3.org/2005/Atom"><id>tag:s%d.example,2026:feed</id><title>%s</title><updated>%s</updated>
<entry><id>%s</id><title type="text">%s</title><published>%[3]s</published><updated>%[3]s</updated><author><name>%[6]s</name></author>
<link rel="alternate" href="%[7]s"/><summary type="text">In short.</summary><content type="html">%[8]s</content></entry></feed>`,
			source, esc(sourceName(source)), at.Format(time.RFC3339), a.ID, esc(a.Title), author, esc(a.Link), esc(body))
	case 1:
		json.NewEncoder(w).Encode(map[string]any{
			"version": "https://jsonfeed.org/version/1.1", "title": sourceName(source), "items": []any{map[string]any{
				"id": a.ID, "title": a.Title, "url": a.Link, "date_published": at.Format(time.RFC3339), "content_html": body, "summary": "In short.",
				"authors": []any{map[string]any{"name": author}}, "image": a.Image,
			}},
		})
	default:
		fmt.Fprintf(w, `<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>%s</title>
<item><guid isPermaLink="false">%s</guid><title>%s</title><link>%s</link><pubDate>%s</pubDate><dc:creator>%s</dc:creator>
<description>In short.</description><content:encoded>%s</content:encoded></item></channel></rss>`,
			esc(sourceName(source)), a.ID, esc(esc(a.Title)), esc(a.Link), at.Format(time.RFC1123Z), author, esc(body))
	}
}

// TestG11_ReadersShowWhatTheSourcesWrote subscribes real readers to a feed of
// ten sources. G09: a second poll brings nothing. G10: an edit is no new
// article.
func TestG11_ReadersShowWhatTheSourcesWrote(t *testing.T) {
	for _, format := range []string{"rss", "atom"} {
		for _, r := range newsReaders {
			t.Run(r.name+"."+format, func(t *testing.T) {
				if !r.has(t) {
					t.Skipf("no %s here", r.name)
				}
				room := &newsroom{}
				config, site := room.open(t)
				reload := r.subscribe(t, t.TempDir(), site+"feed."+format)
				first := byTitle(reload())
				r.compare(t, room, first)
				checkGolden(t, filepath.Join("testdata", "readers", r.name+"."+format+".golden"), dump(t, first))
				if diff := cmp.Diff(first, byTitle(reload())); diff != "" {
					t.Errorf("a second poll changed something (-first +second):\n%s", diff)
				}
				shown := lastModified(t, site+"feed."+format)
				room.edits.Add(1)
				poll(t, exitDone, "-c", config, "--force")
				awaitModified(t, site+"feed."+format, shown)
				r.compareEdit(t, room, first, byTitle(reload()))
			})
		}
	}
}

// open starts a daemon that has read all sources, and returns its configuration
// and its public URL.
func (n *newsroom) open(t *testing.T) (config, site string) {
	t.Helper()
	names := make([]string, 10)
	for i := range names {
		names[i] = fmt.Sprintf("source%d", i)
	}
	config, _ = configure(t, serve(t, n), names)
	listen, err := freeListen()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	place(t, config, fmt.Sprintf("[server]\nlisten = %q\n%s", listen, text))
	poll(t, exitDone, "-c", config)
	site = "http://" + listen + "/"
	startDaemon(t, config, site+"feed.rss")
	return config, site
}

func lastModified(t *testing.T, url string) string {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	_ = r.Body.Close()
	return r.Header.Get("Last-Modified")
}

// awaitModified waits for another Last-Modified: newsboat takes a document that
// has the one it knows for the document that it knows.
func awaitModified(t *testing.T, url, known string) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for range 500 {
		if lastModified(t, url) != known {
			return
		}
		<-tick.C
	}
	t.Fatalf("%s was last modified on %s still", url, known)
}

// byTitle orders articles for comparison: readers have their own order.
func byTitle(all []article) []article {
	slices.SortFunc(all, func(a, b article) int { return strings.Compare(a.Title, b.Title) })
	return all
}

// compare holds what a reader has against what the sources wrote.
func (r reader) compare(t *testing.T, room *newsroom, got []article) {
	t.Helper()
	if len(got) != 10 {
		t.Fatalf("%d articles: %+v", len(got), got)
	}
	for i, a := range got {
		want := room.report(i)
		// Who has no place for an image shows the one in the text.
		if a.Image == "" && strings.Contains(a.Text, `src="`+want.Image+`"`) {
			a.Image = want.Image
		}
		if !strings.Contains(a.Text, want.Text) {
			t.Errorf("text %q lacks %q", a.Text, want.Text)
		}
		a.Text = want.Text
		if diff := cmp.Diff(want, a); diff != "" {
			t.Errorf("article %d (-source +reader):\n%s", i, diff)
		}
	}
}

// compareEdit holds what a reader makes of an edit against what it is known to
// make of one.
func (r reader) compareEdit(t *testing.T, room *newsroom, before, after []article) {
	t.Helper()
	known := map[article]bool{}
	for _, a := range before {
		known[a] = true
	}
	var changed []article
	ids := map[string]int{}
	for _, a := range after {
		ids[a.ID]++
		if !known[a] {
			changed = append(changed, a)
		}
	}
	want := room.report(3)
	wantChanged, wantAll := 1, len(before)
	switch r.edit {
	case ignored:
		wantChanged = 0
	case beside:
		wantAll++
	}
	if len(changed) != wantChanged || len(after) != wantAll || len(ids) != len(before) {
		t.Fatalf("an edit makes %d articles, of which %d changed, with %d ids; want it %s", len(after), len(changed), len(ids), r.edit)
	}
	for _, a := range changed {
		if a.Title != want.Title || !strings.Contains(a.Text, want.Text) || a.ID != want.ID {
			t.Errorf("after an edit: %+v", a)
		}
	}
}

// dump writes articles for people to look at.
func dump(t *testing.T, all []article) string {
	t.Helper()
	var b strings.Builder
	for _, a := range all {
		lines, err := json.MarshalIndent(a, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		b.Write(lines)
		b.WriteByte('\n')
	}
	return b.String()
}
