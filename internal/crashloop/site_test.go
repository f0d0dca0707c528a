package crashloop

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// window is the number of items that a document shows.
const window = 12

// issue is a state of a source's document: how many items it has had so far, and
// how many corrections. The zero issue is that before the first.
type issue struct{ items, corrections int }

// source is one document of the site, and who asked for it when.
type source struct {
	id    string
	url   string
	timed bool // polled by its schedule alone

	now       issue
	corrected []int       // the item that each correction is of
	answered  issue       // the last one that was answered with
	requests  []time.Time // of the present life of the daemon
}

// site is the web that the daemon polls. A document gets news only when who
// asks has all of it so far: what is served and not stored stays in it.
type site struct {
	mu      sync.Mutex // guards the fields below and all sources
	random  *rand.Rand
	frozen  bool // nothing is new
	sources []*source
}

// newSite serves forced sources that are polled when asked for, and timed ones
// that are polled by schedule, each on one of some loopback addresses.
func newSite(t *testing.T, seed uint64, forced, timed, hosts int) *site {
	s := &site{random: rand.New(rand.NewPCG(seed, 1))}
	bases := s.listen(t, hosts)
	for i := range forced + timed {
		src := &source{id: fmt.Sprintf("forced%d", i), timed: i >= forced}
		if src.timed {
			src.id = fmt.Sprintf("timed%d", i-forced)
		}
		src.url = bases[i%len(bases)] + "/" + src.id
		s.sources = append(s.sources, src)
	}
	return s
}

// listen serves the site on a few addresses, as the daemon never asks two
// things of one host at a time.
func (s *site) listen(t *testing.T, hosts int) (bases []string) {
	t.Helper()
	for h := range hosts {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.1.%d:0", h+1))
		if err != nil {
			break // not every system has all of 127.0.0.0/8
		}
		server := &httptest.Server{Listener: l, Config: &http.Server{Handler: s}}
		server.Start()
		t.Cleanup(server.Close)
		bases = append(bases, server.URL)
	}
	if len(bases) < hosts {
		server := httptest.NewServer(s)
		t.Cleanup(server.Close)
		bases = append(bases, server.URL)
	}
	return bases
}

func (s *site) find(id string) *source {
	for _, src := range s.sources {
		if src.id == id {
			return src
		}
	}
	return nil
}

// begin begins a life of the daemon, in which nothing may be new.
func (s *site) begin(frozen bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.frozen = frozen
	for _, src := range s.sources {
		src.requests = nil
	}
}

// answered returns what a source was last answered with.
func (s *site) answered(id string) issue {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.find(id).answered
}

// requests returns when a source was asked for in this life of the daemon.
func (s *site) requests(id string) []time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.find(id).requests
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	src := s.find(strings.TrimPrefix(r.URL.Path, "/"))
	if src == nil {
		s.mu.Unlock()
		http.NotFound(w, r)
		return
	}
	src.requests = append(src.requests, time.Now())
	known := r.Header.Get("If-None-Match")
	s.advance(src, known == src.now.tag())
	src.answered = src.now
	tag, body := src.now.tag(), src.document()
	s.mu.Unlock()

	w.Header().Set("ETag", tag)
	if known == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("Content-Type", "application/rss+xml")
	_, _ = w.Write(body)
}

// advance makes news in some of the documents whose reader is up to date.
func (s *site) advance(src *source, upToDate bool) {
	switch chance := s.random.Float64(); {
	case src.now == issue{}:
		src.now.items = window / 2
	case s.frozen || !upToDate:
	case chance < 0.15:
		src.now.items += 1 + s.random.IntN(2)
	case chance < 0.20:
		src.now.corrections++
		src.corrected = append(src.corrected, src.now.items-1)
	}
}

func (i issue) tag() string { return fmt.Sprintf(`"%d-%d"`, i.items, i.corrections) }

// parseTag reads an entity tag. The tag of no document is that of the zero
// issue.
func parseTag(tag string) (i issue, err error) {
	if tag == "" {
		return i, nil
	}
	_, err = fmt.Sscanf(tag, `"%d-%d"`, &i.items, &i.corrections)
	return i, err
}

// document is the RSS of the present issue: the last items, the newest first.
func (s *source) document() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<rss version="2.0"><channel><title>%s</title><link>https://%[1]s.example/</link>`, s.id)
	for n := s.now.items - 1; n >= max(0, s.now.items-window); n-- {
		fmt.Fprintf(&b, `<item><title>%s</title><link>%s</link><guid isPermaLink="false">%s</guid><category>%s</category><description>`,
			s.title(n, s.now), s.link(n), s.guid(n), categories[n%len(categories)])
		_ = xml.EscapeText(&b, []byte(s.text(n))) // a buffer takes all
		b.WriteString(`</description></item>`)
	}
	b.WriteString(`</channel></rss>`)
	return b.Bytes()
}

var categories = []string{"even", "odd"}

func (s *source) guid(n int) string { return fmt.Sprintf("%s-%d", s.id, n) }

// title is that of an item in an issue: it says how often it was corrected.
func (s *source) title(n int, in issue) string {
	times := 0
	for _, item := range s.corrected[:in.corrections] {
		if item == n {
			times++
		}
	}
	return fmt.Sprintf("Report %d of %s, correction %d", n, s.id, times)
}

// link is the address of an item. Some are those of reports that other sources
// carry too.
func (s *source) link(n int) string {
	if n%7 == 3 {
		return fmt.Sprintf("https://agency.example/%d", n)
	}
	return fmt.Sprintf("https://%s.example/%d", s.id, n)
}

// text is the text of an item, unlike that of others.
func (s *source) text(n int) string {
	words := strings.Fields("harbour ferry council bridge winter market signal report river engine budget school garden night stone paper")
	hash := fnv.New64()
	_, _ = hash.Write([]byte(s.id))
	r := rand.New(rand.NewPCG(hash.Sum64(), uint64(n)))
	var b strings.Builder
	for range 60 {
		fmt.Fprintf(&b, "%s%d ", words[r.IntN(len(words))], r.IntN(90))
	}
	return "<p>" + b.String() + "</p>"
}
