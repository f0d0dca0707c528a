package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"newsfeed/config"
	"newsfeed/storage"
)

// pages are what the sources of a measured daemon answer.
type pages struct {
	mu     sync.Mutex // guards the fields below
	bodies map[string]string
	hold   map[string]chan struct{} // answers wait for it to be closed
}

func (p *pages) set(path, body string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bodies[path] = body
}

func (p *pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	body, known := p.bodies[r.URL.Path]
	hold := p.hold[r.URL.Path]
	p.mu.Unlock()
	if hold != nil {
		<-hold
	}
	etag := fmt.Sprintf(`"%d"`, len(body))
	w.Header().Set("ETag", etag)
	switch {
	case !known:
		w.WriteHeader(http.StatusNotFound)
	case r.Header.Get("If-None-Match") == etag:
		w.WriteHeader(http.StatusNotModified)
	default:
		_, _ = io.WriteString(w, body)
	}
}

// measured is a running daemon whose figures can be read.
type measured struct {
	*testing.T
	config  config.Config
	url     string
	origins []string // addresses of the site
	client  client
}

// measure runs a daemon with a configuration. In it $A to $D are addresses of
// the site.
func measure(t *testing.T, site http.Handler, text string) *measured {
	t.Helper()
	origins := serve(t, site)
	for i, base := range origins {
		text = strings.ReplaceAll(text, "$"+string(rune('A'+i)), base)
	}
	head := fmt.Sprintf("[storage]\npath = %q\n[poll]\nallow_private = [\"127.0.0.0/8\"]\nhost_interval = \"0\"\nmin_force = \"0\"\n[feed]\nwindow = \"0\"\n",
		filepath.Join(t.TempDir(), "newsfeed.db"))
	if !strings.Contains(text, "[server]") {
		head = "[server]\nlisten = \"127.0.0.1:0\"\n" + head
	}
	m := &measured{T: t, origins: origins, config: loadConfig(t, head+text)}
	ctx, cancel := context.WithCancel(context.Background())
	started, ended := make(chan string, 1), make(chan error, 1)
	log := slog.New(slog.DiscardHandler)
	load := func() (config.Config, []string, error) { return m.config, nil, nil }
	go func() {
		ended <- daemon{config: m.config, log: log, notify: notifier{log}, load: load, started: func(url string) { started <- url }}.run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the daemon ended: %v", err)
		}
	})
	select {
	case m.url = <-started:
	case err := <-ended:
		ended <- nil
		t.Fatal(err)
	}
	var ok bool
	if m.client, ok, _ = connect(t.Context(), m.config); !ok {
		t.Fatal("the daemon does not answer")
	}
	t.Cleanup(func() { _ = m.client.close() })
	return m
}

// figures reads all metrics: by name and labels, as they are written.
func (m *measured) figures() map[string]float64 {
	m.Helper()
	body, err := m.client.get(context.Background(), "/metrics", nil)
	if err != nil {
		m.Fatal(err)
	}
	defer body.Close()
	all := map[string]float64{}
	lines := bufio.NewScanner(body)
	for lines.Scan() {
		name, value, ok := cutLast(lines.Text(), " ")
		if !ok || strings.HasPrefix(name, "#") {
			continue
		}
		number, err := strconv.ParseFloat(value, 64)
		if err != nil {
			m.Fatalf("%s: %v", lines.Text(), err)
		}
		all[name] = number
	}
	return all
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// await reads the metrics until they are as wanted.
func (m *measured) await(what string, wanted func(f map[string]float64) bool) map[string]float64 {
	m.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(20 * time.Second); ; <-tick.C {
		f := m.figures()
		if wanted(f) {
			return f
		}
		if time.Now().After(deadline) {
			m.Fatalf("%s: it does not come; %v", what, f)
		}
	}
}

// want compares figures.
func (m *measured) want(f, want map[string]float64) {
	m.Helper()
	for name, value := range want {
		if got, ok := f[name]; got != value || !ok {
			m.Errorf("%s is %v, want %v", name, got, value)
		}
	}
}

func (m *measured) poll(sources ...string) {
	m.Helper()
	body, err := m.client.post(m.Context(), "/api/poll", pollRequest{Sources: sources, Force: true})
	if err != nil {
		m.Fatal(err)
	}
	_, err = io.Copy(io.Discard, body)
	if err != nil {
		m.Fatal(err)
	}
	_ = body.Close()
}

// reload makes what the configuration says now the one that holds.
func (m *measured) reload() reloadJSON {
	m.Helper()
	body, err := m.client.post(context.Background(), "/api/reload", struct{}{})
	if err != nil {
		m.Fatal(err)
	}
	defer body.Close()
	var changed reloadJSON
	if err := json.NewDecoder(body).Decode(&changed); err != nil {
		m.Fatal(err)
	}
	return changed
}

func item(title, link, guid string, published time.Time) string {
	return fmt.Sprintf(`<entry><id>%s</id><title>%s</title><link href="%s"/><published>%[4]s</published><updated>%[4]s</updated></entry>`,
		guid, title, link, published.Format(time.RFC3339Nano))
}

func atom(items ...string) string {
	return `<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><id>urn:t</id>` + strings.Join(items, "") + `</feed>`
}

func TestMetrics_WhatPollsCameTo(t *testing.T) {
	old := time.Now().Add(-time.Hour)
	site := &pages{bodies: map[string]string{
		"/one":   atom(item("Ferry runs again", "https://news.example/ferry", "urn:1", old), item("Bridge opens", "https://news.example/bridge", "urn:2", old)),
		"/other": atom(item("Ferry runs again", "https://news.example/ferry", "urn:3", old)),
		"/slow":  atom(),
	}, hold: map[string]chan struct{}{"/slow": make(chan struct{})}}
	m := measure(t, site, "[[source]]\nid = \"one\"\nurl = \"$A/one\"\n[[source]]\nid = \"other\"\nurl = \"$B/other\"\n"+
		"[[source]]\nid = \"gone\"\nurl = \"$C/missing\"\n[[source]]\nid = \"slow\"\nurl = \"$D/slow\"\n[[source]]\nid = \"off\"\nurl = \"$D/off\"\nenabled = false\n")

	// The slow source keeps its poll waiting, which is late all the while.
	f := m.await("a lag", func(f map[string]float64) bool {
		return f["newsfeed_next_due_lag_seconds"] > 0.3 && f["newsfeed_poll_duration_seconds_count"] == 3 && f[`newsfeed_sources{state="ok"}`] == 2
	})
	m.want(f, map[string]float64{`newsfeed_sources{state="new"}`: 1})
	close(site.hold["/slow"])
	f = m.await("the end of the slow poll", func(f map[string]float64) bool {
		info, err := os.Stat(m.config.Storage.Path) // it grows with what is noted of renderings
		return f[`newsfeed_sources{state="ok"}`] == 3 && f["newsfeed_poll_duration_seconds_count"] == 4 && err == nil && f["newsfeed_store_bytes"] == float64(info.Size())
	})
	m.want(f, map[string]float64{
		`newsfeed_polls_total{outcome="changed"}`:       2,
		`newsfeed_polls_total{outcome="unchanged"}`:     1,
		`newsfeed_polls_total{outcome="failed"}`:        1,
		`newsfeed_polls_total{outcome="stopped"}`:       0,
		`newsfeed_fetch_responses_total{code="200"}`:    3,
		`newsfeed_fetch_responses_total{code="404"}`:    1,
		`newsfeed_fetch_bytes_total`:                    float64(len(site.bodies["/one"]) + len(site.bodies["/other"]) + len(site.bodies["/slow"])),
		`newsfeed_entries_stored_total`:                 3,
		`newsfeed_entries_merged_total{rule="url"}`:     1,
		`newsfeed_entries_revised_total`:                0,
		`newsfeed_entries_pruned_total`:                 0,
		`newsfeed_sources{state="ok"}`:                  3,
		`newsfeed_sources{state="failing"}`:             1,
		`newsfeed_sources{state="disabled"}`:            1,
		`newsfeed_sources{state="new"}`:                 0,
		`newsfeed_sources{state="gone"}`:                0,
		`newsfeed_sources{state="removed"}`:             0,
		`newsfeed_next_due_lag_seconds`:                 0,
		`newsfeed_store_entries`:                        3,
		`newsfeed_store_stories`:                        2,
		`newsfeed_publish_delay_seconds_count`:          0, // all is from before the first poll
		`newsfeed_store_trouble{reason="full"}`:         0,
		`newsfeed_store_trouble{reason="read_only"}`:    0,
		`newsfeed_commit_failures_total{reason="full"}`: 0,
	})
	if sum := f["newsfeed_poll_duration_seconds_sum"]; sum < 0.3 || sum > 20 {
		t.Errorf("polls took %v s", sum)
	}
	if n, sum := f["newsfeed_commit_duration_seconds_count"], f["newsfeed_commit_duration_seconds_sum"]; n < 2 || sum <= 0 {
		t.Errorf("%v commits took %v s", n, sum)
	}
	if live := f["newsfeed_store_live_bytes"]; live <= 0 || live > f["newsfeed_store_bytes"] {
		t.Errorf("store: %v bytes, %v live", f["newsfeed_store_bytes"], live)
	}
	if room := f["newsfeed_store_room_bytes"]; room < 1<<20 {
		t.Errorf("room: %v bytes", room)
	}

	// Dates are whole seconds where they are close to now.
	first := time.Now()
	m.await("another second", func(map[string]float64) bool { return time.Since(first) > 1100*time.Millisecond })

	// News of now is seen a moment later; a changed title is a revision.
	published := time.Now().Truncate(time.Second)
	site.set("/one", atom(item("Ferry runs again, and late", "https://news.example/ferry", "urn:1", old), item("Bridge opens", "https://news.example/bridge", "urn:2", old),
		item("Harbour master retires", "https://news.example/master", "urn:4", published)))
	m.poll("one", "other")
	f = m.await("news", func(f map[string]float64) bool { return f["newsfeed_publish_delay_seconds_count"] == 1 })
	if delay := f["newsfeed_publish_delay_seconds_sum"]; delay <= 0 || delay > time.Since(published).Seconds() {
		t.Errorf("seen %v s after it was published, of %v", delay, time.Since(published))
	}
	if r, err := http.Get(m.url + "feed.atom"); err != nil {
		t.Error(err)
	} else if body, err := io.ReadAll(r.Body); err != nil || !strings.Contains(string(body), "Harbour master") {
		t.Errorf("it counts as seen and is not: %v", err)
	}
	m.want(f, map[string]float64{
		`newsfeed_polls_total{outcome="changed"}`:    3,
		`newsfeed_polls_total{outcome="unchanged"}`:  2,
		`newsfeed_fetch_responses_total{code="304"}`: 1,
		`newsfeed_entries_stored_total`:              4,
		`newsfeed_entries_revised_total`:             1,
		`newsfeed_publish_delay_seconds_count`:       1,
	})
}

func TestMetrics_GoOnAfterAReload(t *testing.T) {
	site := &pages{bodies: map[string]string{"/a": atom()}}
	m := measure(t, site, "[[source]]\nid = \"a\"\nurl = \"$A/a\"\n")
	before := m.await("the first poll", func(f map[string]float64) bool { return f["newsfeed_poll_duration_seconds_count"] == 1 })
	m.config.Poll.Workers++
	m.reload()
	site.set("/a", atom(item("One", "https://a.example/1", "1", time.Now())))
	m.poll("a")
	after := m.await("the second poll", func(f map[string]float64) bool { return f["newsfeed_poll_duration_seconds_count"] == 2 })
	for _, name := range []string{`newsfeed_polls_total{outcome="changed"}`, "newsfeed_commit_duration_seconds_count", "newsfeed_entries_stored_total"} {
		if after[name] <= before[name] {
			t.Errorf("%s is %v, was %v", name, after[name], before[name])
		}
	}
}

func TestMetrics_TellOfARefusedReload(t *testing.T) {
	m := measure(t, &pages{}, "")
	want := func(successful float64) {
		t.Helper()
		f := m.figures()
		m.want(f, map[string]float64{"newsfeed_config_last_reload_successful": successful})
		if at := time.Unix(int64(f["newsfeed_config_last_reload_success_timestamp_seconds"]), 0); time.Since(at) > time.Minute {
			t.Errorf("it was loaded at %v", at)
		}
	}
	want(1)
	good := m.config.Poll.Proxy
	m.config.Poll.Proxy = "http://%"
	if _, err := m.client.post(t.Context(), "/api/reload", struct{}{}); err == nil {
		t.Fatal("the reload was not refused")
	}
	want(0)
	m.config.Poll.Proxy = good
	m.reload()
	want(1)
}

func TestMetrics_WhatReadersAsk(t *testing.T) {
	m := measure(t, &pages{}, "[[view]]\nname = \"local\"\n")
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	ask := func(method, path, etag string) *http.Response {
		r, err := http.NewRequestWithContext(t.Context(), method, m.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("If-None-Match", etag)
		answer, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, answer.Body)
		_ = answer.Body.Close()
		return answer
	}
	ask(http.MethodPost, "feed.atom", "")
	first := ask(http.MethodGet, "feed.atom", "")
	ask(http.MethodGet, "feed.atom", first.Header.Get("ETag"))
	ask(http.MethodHead, "feed.atom?a=b", "")
	ask(http.MethodGet, "", "")
	ask(http.MethodGet, "feeds/local.rss", "")
	ask(http.MethodGet, "feeds/other.rss", "")
	ask(http.MethodGet, "sources/1.rss", "")
	ask(http.MethodGet, "sources/2.rss", "")
	ask(http.MethodGet, "wp-login.php", "")
	f := m.figures()
	m.want(f, map[string]float64{
		`newsfeed_http_requests_total{code="200",path="/feed.atom"}`:      2,
		`newsfeed_http_requests_total{code="304",path="/feed.atom"}`:      1,
		`newsfeed_http_requests_total{code="200",path="/"}`:               1,
		`newsfeed_http_requests_total{code="200",path="/feeds/{file}"}`:   1,
		`newsfeed_http_requests_total{code="404",path="/feeds/{file}"}`:   1,
		`newsfeed_http_requests_total{code="404",path="/sources/{file}"}`: 2,
		`newsfeed_http_requests_total{code="404",path="other"}`:           1,
		`newsfeed_http_requests_total{code="405",path="other"}`:           1,
		`newsfeed_http_request_duration_seconds_count`:                    10,
		`newsfeed_http_connections_displaced_total`:                       0,
		`newsfeed_http_connections_cut_total`:                             0,
	})
	if open := f["newsfeed_http_connections"]; open < 1 || open > 2 {
		t.Errorf("%v connections", open)
	}
	client.CloseIdleConnections()
	m.await("the end of the connections", func(f map[string]float64) bool { return f["newsfeed_http_connections"] == 0 })
}

func TestMetrics_APanicIsLoggedAndCountsAsAnError(t *testing.T) {
	for name, test := range map[string]struct {
		handler func(w http.ResponseWriter)
		status  string // counted
		whole   bool   // an answer came
		logged  int
	}{
		"before the answer":          {func(http.ResponseWriter) { panic("oh") }, "500", true, 1},
		"within the answer":          {func(w http.ResponseWriter) { _, _ = io.WriteString(w, "half"); panic("oh") }, "500", false, 1},
		"a handler that gives it up": {func(http.ResponseWriter) { panic(http.ErrAbortHandler) }, "200", false, 0},
	} {
		var log bytes.Buffer
		m := &metrics{registry: prometheus.NewRegistry(), log: slog.New(slog.NewTextHandler(&log, nil))}
		m.requests, m.requestTime = m.counters("http_requests_total", "", "path", "code"), m.histogram("http_request_duration_seconds", "", requestBuckets)
		s := httptest.NewServer(m.counted(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { test.handler(w) })))
		answer, err := s.Client().Get(s.URL)
		if err == nil {
			_, err = io.Copy(io.Discard, answer.Body)
			_ = answer.Body.Close()
		}
		s.Close()
		if whole := err == nil && answer.StatusCode == http.StatusInternalServerError; whole != test.whole {
			t.Errorf("%s: the answer is whole: %t, error %v", name, whole, err)
		}
		if got := strings.Count(log.String(), "level=ERROR"); got != test.logged {
			t.Errorf("%s: log: %s", name, log.String())
		}
		w := httptest.NewRecorder()
		m.handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
		if want := `newsfeed_http_requests_total{code="` + test.status + `",path="other"} 1`; !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: no %s in %s", name, want, w.Body.String())
		}
	}
}

func TestMetrics_TellOfAFullStore(t *testing.T) {
	c := startCrowded(t, t.TempDir(), `max_size = "8MiB"`, 1000)
	c.await(false)
	settings, _, err := config.Load(c.config, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	m := &measured{T: t, config: settings}
	var ok bool
	if m.client, ok, _ = connect(t.Context(), settings); !ok {
		t.Fatal("the daemon does not answer")
	}
	defer func() { _ = m.client.close() }()
	f := m.figures()
	m.want(f, map[string]float64{`newsfeed_store_trouble{reason="full"}`: 1, `newsfeed_store_trouble{reason="read_only"}`: 0})
	if f["newsfeed_store_room_bytes"] > 2<<20 || f["newsfeed_store_bytes"] > 8<<20 {
		t.Errorf("%v bytes, room for %v", f["newsfeed_store_bytes"], f["newsfeed_store_room_bytes"])
	}
}

func TestMetrics_HaveFewLabelsAndThoseOfGo(t *testing.T) {
	m := measure(t, &pages{bodies: map[string]string{"/one": atom()}}, "[[source]]\nid = \"one\"\nurl = \"$A/one\"\n")
	f := m.await("a poll", func(f map[string]float64) bool { return f["newsfeed_poll_duration_seconds_count"] == 1 })
	few := []string{"outcome", "code", "rule", "reason", "state", "path", "le", "version", "go"}
	for name := range f {
		for _, label := range regexp.MustCompile(`([a-z_]+)="`).FindAllStringSubmatch(name, -1) {
			if strings.HasPrefix(name, namespace) && !slices.Contains(few, label[1]) {
				t.Errorf("%s has the label %s", name, label[1])
			}
		}
	}
	for _, name := range []string{"go_goroutines", "go_memstats_heap_inuse_bytes", "process_cpu_seconds_total", "process_open_fds", "process_resident_memory_bytes"} {
		if f[name] == 0 {
			t.Errorf("%s is missing", name)
		}
	}
}

func TestPlan_TellsWhatIsLate(t *testing.T) {
	now := time.Now()
	polled := storage.State{LastPoll: now.Add(-time.Hour), LastSuccess: now.Add(-time.Hour)}
	due := func(ago time.Duration, change func(*storage.State)) storage.State {
		s := polled
		s.NextDue = now.Add(-ago)
		if change != nil {
			change(&s)
		}
		return s
	}
	pausing := func(s *storage.State) {
		s.NotBefore, s.Failures, s.Status = now.Add(time.Hour), 1, http.StatusTooManyRequests
	}
	for name, test := range map[string]struct {
		states []storage.State
		hidden bool
		want   time.Duration
	}{
		"nothing":                  {want: 0},
		"due later":                {states: []storage.State{due(-time.Minute, nil)}, want: 0},
		"late":                     {states: []storage.State{due(time.Minute, nil), due(time.Hour, nil), due(time.Second, nil)}, want: time.Hour},
		"failing and late":         {states: []storage.State{due(time.Minute, func(s *storage.State) { s.Failures = 3 })}, want: time.Minute},
		"gone":                     {states: []storage.State{due(time.Hour, func(s *storage.State) { s.Gone = true })}, want: 0},
		"disabled":                 {states: []storage.State{due(time.Hour, nil)}, hidden: true, want: 0},
		"its host wants no visits": {states: []storage.State{due(time.Hour, pausing)}, want: 0},
		"another of that host":     {states: []storage.State{due(time.Hour, nil), due(-time.Hour, pausing)}, want: 0},
		"never polled":             {states: []storage.State{{}}, want: 0},
	} {
		var p plan
		var sources []storage.Source
		for i, s := range test.states {
			settings := storage.SourceSettings{ID: strconv.Itoa(i), URL: "https://news.example/" + strconv.Itoa(i), Disabled: test.hidden}
			sources = append(sources, storage.Source{SourceSettings: settings, State: s})
		}
		if err := p.read(func() ([]storage.Source, error) { return sources, nil }); err != nil {
			t.Fatal(err)
		}
		if got := p.lag(now).Round(time.Second); got != test.want {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}
