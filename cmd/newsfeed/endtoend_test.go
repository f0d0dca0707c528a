package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"newsfeed/aggregator/publish/feedcheck"
)

// origin serves a folder of documents as sources and counts how it is asked.
type origin struct {
	dir string
	mu  sync.Mutex // guards the fields below

	requests    map[string]int // by document
	conditional map[string]int
	withoutTag  map[string]bool // documents served without validators
}

func newOrigin(dir string) *origin {
	return &origin{dir: dir, requests: map[string]int{}, conditional: map[string]int{}, withoutTag: map[string]bool{}}
}

func (o *origin) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, "/")
	o.mu.Lock()
	o.requests[name]++
	if r.Header.Get("If-None-Match") != "" {
		o.conditional[name]++
	}
	bare := o.withoutTag[name]
	o.mu.Unlock()
	body, err := os.ReadFile(filepath.Join(o.dir, filepath.Base(name)))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/xml")
	if !bare {
		etag := fmt.Sprintf(`"%x"`, sha256.Sum256(body))
		w.Header().Set("ETag", etag)
		if r.Header.Get("If-None-Match") == etag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	_, _ = w.Write(body)
}

func (o *origin) reset() {
	o.mu.Lock()
	defer o.mu.Unlock()
	clear(o.requests)
	clear(o.conditional)
}

var notSlug = regexp.MustCompile(`[^a-z0-9]+`)

// serve serves a handler on a few loopback hosts, so that sources need not wait
// for each other, and returns their addresses.
func serve(t *testing.T, h http.Handler) []string {
	t.Helper()
	var bases []string
	for _, host := range []string{"127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4"} {
		l, err := net.Listen("tcp", host+":0")
		if err != nil {
			continue // not every system has all of 127.0.0.0/8
		}
		s := &httptest.Server{Listener: l, Config: &http.Server{Handler: h}}
		s.Start()
		t.Cleanup(s.Close)
		bases = append(bases, s.URL)
	}
	return bases
}

// configure writes a configuration with each document as a source, dealt out
// to the addresses, and returns its path and the document of each source.
func configure(t *testing.T, bases, names []string) (path string, sources map[string]string) {
	t.Helper()
	var b strings.Builder
	b.WriteString("[poll]\nallow_private = [\"127.0.0.0/8\"]\nhost_interval = \"0\"\nmin_force = \"0\"\n[feed]\nlimit = 0\nwindow = \"0\"\n")
	sources = map[string]string{}
	for i, name := range names {
		slug := notSlug.ReplaceAllString(strings.ToLower(name), "-")
		id := fmt.Sprintf("s%d-%s", i, strings.Trim(slug[:min(len(slug), 50)], "-"))
		sources[id] = name
		fmt.Fprintf(&b, "[[source]]\nid = %q\nurl = %q\n", id, bases[i%len(bases)]+"/"+name)
	}
	path = filepath.Join(t.TempDir(), "newsfeed.toml")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path, sources
}

// newsfeed runs a command in this process.
func newsfeed(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	p := program{in: strings.NewReader(""), out: &out, err: &errs, env: func(string) string { return "" }}
	code = p.run(t.Context(), args)
	return code, out.String(), errs.String()
}

func render(t *testing.T, config, format string) string {
	t.Helper()
	code, out, errs := newsfeed(t, "render", "-c", config, "--format", format)
	if code != exitDone {
		t.Fatalf("render %s: status %d: %s", format, code, errs)
	}
	return out
}

// result is a line of poll --json.
type result struct {
	Source  string `json:"source"`
	Outcome string `json:"outcome"`
	New     int    `json:"new"`
	Updated int    `json:"updated"`
	Error   string `json:"error"`
}

func poll(t *testing.T, wantCode int, args ...string) []result {
	t.Helper()
	code, out, errs := newsfeed(t, append([]string{"poll", "--json"}, args...)...)
	if code != wantCode {
		t.Fatalf("poll: status %d, want %d: %s", code, wantCode, errs)
	}
	var results []result
	for line := range strings.Lines(out) {
		var r result
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		results = append(results, r)
	}
	return results
}

// carried counts the entries that a merged feed in JSON carries: its items,
// and the further sources that an item names.
func carried(t *testing.T, feed string) (items, entries int, sources map[string]int) {
	t.Helper()
	var doc struct {
		Items []struct {
			ID       string `json:"id"`
			Newsfeed struct {
				Source string `json:"source"`
				Also   []struct {
					Source string `json:"source"`
				} `json:"also"`
			} `json:"_newsfeed"`
		} `json:"items"`
	}
	if err := json.Unmarshal([]byte(feed), &doc); err != nil {
		t.Fatal(err)
	}
	sources = map[string]int{}
	ids := map[string]bool{}
	for _, item := range doc.Items {
		if ids[item.ID] {
			t.Errorf("id %s is there twice", item.ID)
		}
		ids[item.ID] = true
		sources[item.Newsfeed.Source]++
		for _, a := range item.Newsfeed.Also {
			sources[a.Source]++
		}
		entries += 1 + len(item.Newsfeed.Also)
	}
	return len(doc.Items), entries, sources
}

func valid(t *testing.T, config string) (rss, atom, js string) {
	t.Helper()
	rss, atom, js = render(t, config, "rss"), render(t, config, "atom"), render(t, config, "json")
	for name, problems := range map[string][]string{
		"rss":  feedcheck.RSS([]byte(rss)),
		"atom": feedcheck.Atom([]byte(atom)),
		"json": feedcheck.JSON([]byte(js)),
	} {
		for i, p := range problems {
			if i == 10 {
				t.Errorf("%s: and %d more", name, len(problems)-i)
				break
			}
			t.Errorf("%s: %s", name, p)
		}
	}
	return rss, atom, js
}

// validAgainstSchema checks an Atom feed with the schema of RFC 4287.
func validAgainstSchema(t *testing.T, atom string) {
	t.Helper()
	jing, err := exec.LookPath("jing")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Log("not checked against the schema: ", err)
		return
	}
	file := filepath.Join(t.TempDir(), "feed.atom")
	if err := os.WriteFile(file, []byte(atom), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), jing, "-c", "../../aggregator/publish/testdata/atom.rnc", file).CombinedOutput(); err != nil {
		t.Errorf("jing: %v\n%.3000s", err, out)
	}
}

// TestSmallDocumentsEndToEnd polls the documents of aggregator/parse/testdata.
func TestSmallDocumentsEndToEnd(t *testing.T) {
	dir := "../../aggregator/parse/testdata"
	var names []string
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	noFeeds := []string{"page.html", "error.json", "empty-feed.xml", "damage-nothing.xml", "damage-wrong-root.xml"}
	noItems := []string{"damage-cut-in-header.xml"}
	for _, f := range files {
		if !f.IsDir() && !strings.HasSuffix(f.Name(), ".golden") {
			names = append(names, f.Name())
		}
	}
	o := newOrigin(dir)
	o.withoutTag["rss10.xml"] = true
	config, sources := configure(t, serve(t, o), names)

	items := 0
	for _, r := range poll(t, exitPartly, "-c", config) {
		want := "changed"
		if name := sources[r.Source]; slices.Contains(noFeeds, name) {
			want = "failed"
		} else if slices.Contains(noItems, name) {
			want = "unchanged"
		}
		if r.Outcome != want {
			t.Errorf("%s: %s %s, want %s", sources[r.Source], r.Outcome, r.Error, want)
		}
		items += r.New
	}
	rss, atom, js := valid(t, config)
	if _, entries, _ := carried(t, js); entries != items || items < len(names)-len(noFeeds)-len(noItems) {
		t.Errorf("the merged feed carries %d entries, %d were stored of %d documents", entries, items, len(names))
	}

	o.reset()
	for _, r := range poll(t, exitPartly, "-c", config, "--force") {
		if r.New+r.Updated > 0 {
			t.Errorf("%s: %d new and %d updated in an unchanged source", sources[r.Source], r.New, r.Updated)
		}
	}
	unchanged(t, o, names, noFeeds)
	if render(t, config, "rss") != rss || render(t, config, "atom") != atom || render(t, config, "json") != js {
		t.Error("an unchanged poll changed the rendered bytes")
	}
}

// unchanged wants one request for each document since the last reset,
// conditional where it gave validators and was read.
func unchanged(t *testing.T, o *origin, names, unread []string) {
	t.Helper()
	for _, name := range names {
		if n := o.requests[name]; n != 1 {
			t.Errorf("%s: %d requests, want 1", name, n)
		}
		want := 1
		if o.withoutTag[name] || slices.Contains(unread, name) {
			want = 0
		}
		if n := o.conditional[name]; n != want {
			t.Errorf("%s: %d conditional requests, want %d", name, n, want)
		}
	}
}

// corpus is a folder of real documents. It is no part of the project.
const corpus = "../../../shared/feeds"

// TestRealDocumentsEndToEnd polls hundreds of real documents in one go: the
// merged feed carries their items and is valid in every format, and a second
// poll is quiet.
func TestRealDocumentsEndToEnd(t *testing.T) {
	index, err := os.ReadFile(filepath.Join(corpus, "INDEX.tsv"))
	if err != nil {
		t.Skip("no real documents here: ", err)
	}
	counts := map[string]int{}
	total := 0
	for _, line := range strings.Split(string(index), "\n")[1:] {
		if columns := strings.Split(line, "\t"); len(columns) >= 7 {
			counts[columns[0]], _ = strconv.Atoi(columns[6])
			total += counts[columns[0]]
		}
	}
	names := slices.Sorted(maps.Keys(counts))
	o := newOrigin(corpus)
	config, sources := configure(t, serve(t, o), names)

	for _, r := range poll(t, exitDone, "-c", config) {
		if r.Outcome != "changed" && counts[sources[r.Source]] > 0 {
			t.Errorf("%s: %s %s", sources[r.Source], r.Outcome, r.Error)
		}
	}
	rss, atom, js := valid(t, config)
	validAgainstSchema(t, atom)
	items, entries, bySource := carried(t, js)
	repeats := 0
	for _, id := range slices.Sorted(maps.Keys(sources)) {
		name := sources[id]
		missing := counts[name] - bySource[id]
		repeats += repeated[name].items
		if missing != repeated[name].items {
			t.Errorf("%s: the merged feed lacks %d of %d items, want %d (%s)", name, missing, counts[name], repeated[name].items, repeated[name].why)
		}
	}
	share := float64(entries) / float64(total-repeats)
	t.Logf("%d documents, %d items, %d of them repeats; the merged feed has %d items that carry %d entries: %.1f %%", len(names), total, repeats, items, entries, 100*share)
	if share < 0.97 {
		t.Errorf("the merged feed carries %.1f %% of the items", 100*share)
	}

	o.reset()
	for _, r := range poll(t, exitDone, "-c", config, "--force") {
		if r.New+r.Updated > 0 {
			t.Errorf("%s: %d new and %d updated in an unchanged source", sources[r.Source], r.New, r.Updated)
		}
	}
	unchanged(t, o, names, nil)
	if render(t, config, "rss") != rss || render(t, config, "atom") != atom || render(t, config, "json") != js {
		t.Error("an unchanged poll changed the rendered bytes")
	}
}

// repeated are documents whose items are not all entries, and why.
var repeated = map[string]struct {
	items int
	why   string
}{
	"AlexKucera_microblog_mirror__index.json":             {1, "its address is named for another source's entry of the story"},
	"Olshansk_rss-feeds__feed_paulgraham.xml":             {3, "three essays are listed twice"},
	"Olshansk_rss-feeds__feed_windsurf_changelog.xml":     {3, "one guid, address and title, with other dates"},
	"Ranchero-Software_NetNewsWire__scriptingNews.rss":    {2, "two guids are repeated"},
	"aasmith_feed-normalizer__rss20.xml":                  {1, "an empty <item/>"},
	"alan-turing-institute_ai-rss-feeds__claude-blog.xml": {10, "the list of ten is there twice"},
	"alexdebril_feed-io__feed.json":                       {3, "one id four times"},
	"danmactough_node-feedparser__illegally-nested.xml":   {10, "the index counts the empty <item /> inside each item"},
	"fent_feedme.js__rdf.xml":                             {1, "one item is there twice"},
	"miniflux_v2__no_encoding_ISO-8859-1.xml":             {1, "an item whose elements are all empty"},
	"ruricolist_cl-feedparser__what-if.atom":              {1, "one id and title twice"},
	"spacecowboy_Feeder__rss_ukrnet.xml":                  {1, "one address and title twice"},
}
