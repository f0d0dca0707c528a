package main

import (
	"log/slog"
	"net/http"
	"runtime"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"newsfeed/aggregator"
	"newsfeed/internal/guard"
	"newsfeed/storage"
	"newsfeed/storage/bolt"
)

// metrics are the daemon's figures for Prometheus, in a registry of their own.
// They are counted where things happen, or read when they are asked for. Labels
// have few values: none names a source, a client or a file.
type metrics struct {
	registry *prometheus.Registry
	log      *slog.Logger

	polls          *prometheus.CounterVec // by outcome
	pollDuration   prometheus.Histogram
	fetchBytes     prometheus.Counter
	fetchResponses *prometheus.CounterVec // by code
	entriesStored  prometheus.Counter
	entriesRevised prometheus.Counter
	entriesMerged  *prometheus.CounterVec // by rule
	entriesPruned  prometheus.Counter
	commitDuration prometheus.Histogram
	commitFailures *prometheus.CounterVec // by reason
	publishDelay   prometheus.Histogram
	requests       *prometheus.CounterVec // by path and code
	requestTime    prometheus.Histogram

	plan    plan
	unshown unshown
}

// The buckets of histograms, in seconds.
var (
	// A commit is an fsync; a poll is a visit to a server that may be slow, and
	// a commit.
	commitBuckets = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10}
	pollBuckets   = []float64{.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 20, 60}

	// From when a publisher dates an article until readers get it: seconds where
	// the source was just being asked, a day where it is asked that seldom.
	publishBuckets = []float64{1, 5, 15, 60, 300, 900, 1800, 3600, 7200, 14400, 28800, 86400, 172800}

	requestBuckets = []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .05, .1, .5, 1, 5, 30}
)

const namespace = "newsfeed"

// newMetrics returns the figures of a daemon on a store, whose file is at path.
func newMetrics(store *bolt.Store, path string, log *slog.Logger) *metrics {
	m := &metrics{registry: prometheus.NewRegistry(), log: log}
	m.polls = m.counters("polls_total", "Polls, by how they ended: changed, unchanged, failed, skipped or stopped.", "outcome")
	m.pollDuration = m.histogram("poll_duration_seconds", "Time of a poll, from its turn until its result was kept.", pollBuckets)
	m.fetchBytes = m.counter("fetch_bytes_total", "Bytes of documents fetched, as they came over the wire.")
	m.fetchResponses = m.counters("fetch_responses_total", "Answers to requests made, by status code; none where no answer came.", "code")
	m.entriesStored = m.counter("entries_stored_total", "Entries that were new.")
	m.entriesRevised = m.counter("entries_revised_total", "Entries stored that changed, or got their full text.")
	m.entriesMerged = m.counters("entries_merged_total", "New entries that joined the story of another one, and stories that were folded into another one, by the rule that told.", "rule")
	m.entriesPruned = m.counter("entries_pruned_total", "Entries that retention removed.")
	m.commitDuration = m.histogram("commit_duration_seconds", "Time of a commit that was durable, which may be of many polls.", commitBuckets)
	m.commitFailures = m.counters("commit_failures_total", "Commits that failed, by reason: full, read_only, faulty or other.", "reason")
	m.publishDelay = m.histogram("publish_delay_seconds", "Time from when an article was published, by its source's word, until the merged feed was rendered with it. Articles of before the first poll of their source have no part in it.", publishBuckets)
	m.requests = m.counters("http_requests_total", "Requests of readers, by the pattern of the path and the status code.", "path", "code")
	m.requestTime = m.histogram("http_request_duration_seconds", "Time of a reader's request, until the answer was written.", requestBuckets)
	for _, o := range []aggregator.Outcome{aggregator.Changed, aggregator.Unchanged, aggregator.Failed, aggregator.Skipped, aggregator.Stopped} {
		m.polls.WithLabelValues(string(o))
	}
	m.commitFailures.WithLabelValues(reasonOther)
	for reason := range reasons {
		m.commitFailures.WithLabelValues(reason)
	}
	info := prometheus.NewGauge(prometheus.GaugeOpts{
		Namespace: namespace, Name: "build_info", Help: "1, with the version of the program.",
		ConstLabels: prometheus.Labels{"version": version(), "go": runtime.Version()},
	})
	info.Set(1)
	m.registry.MustRegister(
		info, newStoreFigures(store, path, log), &m.plan,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return m
}

func (m *metrics) counter(name, help string) prometheus.Counter {
	c := prometheus.NewCounter(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help})
	m.registry.MustRegister(c)
	return c
}

func (m *metrics) counters(name, help string, labels ...string) *prometheus.CounterVec {
	c := prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help}, labels)
	m.registry.MustRegister(c)
	return c
}

func (m *metrics) histogram(name, help string, buckets []float64) prometheus.Histogram {
	h := prometheus.NewHistogram(prometheus.HistogramOpts{Namespace: namespace, Name: name, Help: help, Buckets: buckets})
	m.registry.MustRegister(h)
	return h
}

// gauge adds a figure that is read when it is asked for.
func (m *metrics) gauge(name, help string, read func() float64) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: namespace, Name: name, Help: help}, read))
}

// guarded adds the figures of what stands before the public server.
func (m *metrics) guarded(g *guard.Guard) {
	m.gauge("http_connections", "Connections of readers that are open.", func() float64 { return float64(g.Stats().Open) })
	m.registry.MustRegister(
		prometheus.NewCounterFunc(prometheus.CounterOpts{
			Namespace: namespace, Name: "http_connections_displaced_total",
			Help: "Connections that waited for a request and were closed to make room for others.",
		}, func() float64 { s := g.Stats(); return float64(s.Displaced - s.Cut) }),
		prometheus.NewCounterFunc(prometheus.CounterOpts{
			Namespace: namespace, Name: "http_connections_cut_total",
			Help: "Connections that were closed to make room for others while a request was answered.",
		}, func() float64 { return float64(g.Stats().Cut) }),
	)
}

// certified adds the figure of the certificates of the public server.
func (m *metrics) certified(c *guard.Certificates) {
	m.gauge("tls_certificate_expiry_seconds", "When the first of the certificates in use ends, as a Unix time; 0: none is in use yet.", func() float64 {
		if end := c.Expiry(); !end.IsZero() {
			return float64(end.Unix())
		}
		return 0
	})
}

// troubled adds what keeps sources from being polled.
func (m *metrics) troubled(trouble func() storage.Trouble) {
	for reason, cause := range reasons {
		m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Namespace: namespace, Name: "store_trouble", ConstLabels: prometheus.Labels{"reason": reason},
			Help: "1 while the store takes no records, so that no source is polled, by reason: full, read_only or faulty.",
		}, func() float64 {
			if trouble().Cause == cause {
				return 1
			}
			return 0
		}))
	}
}

// reloaded adds how the last reload ended.
func (m *metrics) reloaded(last func() (at time.Time, why string)) {
	m.gauge("config_last_reload_successful", "1 while the last reload of the configuration was taken, or none was asked for; 0 while it was refused.", func() float64 {
		if _, why := last(); why != "" {
			return 0
		}
		return 1
	})
	m.gauge("config_last_reload_success_timestamp_seconds", "When the configuration that holds was loaded.", func() float64 {
		at, _ := last()
		return float64(at.Unix())
	})
}

// polled counts the end of a poll.
func (m *metrics) polled(r aggregator.Result, took time.Duration) {
	m.polls.WithLabelValues(string(r.Outcome)).Inc()
	m.pollDuration.Observe(took.Seconds())
}

// answered counts the answer to a request that was made. Codes that HTTP does
// not know count as one: servers make them up.
func (m *metrics) answered(status int, bytes int64) {
	code := "other"
	switch {
	case status == 0:
		code = "none"
	case http.StatusText(status) != "":
		code = strconv.Itoa(status)
	}
	m.fetchResponses.WithLabelValues(code).Inc()
	m.fetchBytes.Add(float64(bytes))
}

// shown takes in that readers see what was stored by then.
func (m *metrics) shown(asOf time.Time) {
	now := time.Now()
	for _, published := range m.unshown.take(asOf) {
		m.publishDelay.Observe(max(0, now.Sub(published).Seconds()))
	}
}

// handler answers with all figures in the form that Prometheus reads.
func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		ErrorHandling: promhttp.ContinueOnError, MaxRequestsInFlight: 4,
	})
}
