package main

import (
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"newsfeed/aggregator"
	"newsfeed/storage"
)

// conditions are all that a source may be in.
var conditions = []storage.Condition{storage.Working, storage.Failing, storage.Unpolled, storage.Ended, storage.Disabled, storage.Removed}

var (
	sourcesDesc = prometheus.NewDesc(prometheus.BuildFQName(namespace, "", "sources"), "Sources, by state.", []string{"state"}, nil)
	lagDesc     = prometheus.NewDesc(prometheus.BuildFQName(namespace, "", "next_due_lag_seconds"),
		"By how long the poll is late that should have been made first; 0: none is. A poll counts until its result is kept.", nil, nil)
)

// plan is how the sources are and when each is due, as last committed. A store
// could tell, but not at little cost. It is a prometheus.Collector, and safe for
// concurrent use.
type plan struct {
	mu      sync.Mutex // guards sources
	sources map[string]*planned
}

// planned is a source in the plan.
type planned struct {
	url       string // as configured
	host      string // that is asked
	condition storage.Condition
	due       int64 // since the epoch, in nanoseconds
	pause     int64 // until when the host wants to be left alone; 0: it did not say
	disabled  bool
	removed   bool
}

// read takes in all sources as read returns them. What is committed meanwhile
// waits to be taken in after them.
func (p *plan) read(read func() ([]storage.Source, error)) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	sources, err := read()
	if err != nil {
		return err
	}
	now := time.Now()
	p.sources = make(map[string]*planned, len(sources))
	for _, s := range sources {
		source := &planned{url: s.URL, disabled: s.Disabled, removed: s.Removed}
		source.set(s.State, now)
		p.sources[s.ID] = source
	}
	return nil
}

// update takes in the state of a source after a poll.
func (p *plan) update(id string, state storage.State) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := p.sources[id]; s != nil {
		s.set(state, time.Now())
	}
}

// set takes in a state. A source that was never polled is due now.
func (s *planned) set(state storage.State, now time.Time) {
	source := storage.Source{SourceSettings: storage.SourceSettings{URL: s.url, Disabled: s.disabled}, Removed: s.removed, State: state}
	s.condition, s.host = source.Condition(), aggregator.AskedHost(source)
	s.due, s.pause = now.UnixNano(), 0
	if !state.NextDue.IsZero() {
		s.due = state.NextDue.UnixNano()
	}
	if pause, ok := aggregator.Pauses([]storage.Source{source}, now)[s.host]; ok {
		s.pause = pause.UnixNano()
	}
}

// lag returns by how long the most overdue poll is late.
func (p *plan) lag(now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	pauses := map[string]int64{}
	for _, s := range p.sources {
		if s.pause > pauses[s.host] {
			pauses[s.host] = s.pause
		}
	}
	var most time.Duration
	for _, s := range p.sources {
		switch s.condition {
		case storage.Working, storage.Failing, storage.Unpolled:
			due := time.Unix(0, max(s.due, pauses[s.host]))
			most = max(most, now.Sub(due))
		}
	}
	return most
}

func (p *plan) count() map[storage.Condition]int {
	p.mu.Lock()
	defer p.mu.Unlock()
	counts := map[storage.Condition]int{}
	for _, s := range p.sources {
		counts[s.condition]++
	}
	return counts
}

// Describe implements prometheus.Collector.
func (p *plan) Describe(to chan<- *prometheus.Desc) { to <- sourcesDesc; to <- lagDesc }

// Collect implements prometheus.Collector.
func (p *plan) Collect(to chan<- prometheus.Metric) {
	counts := p.count()
	for _, c := range conditions {
		to <- prometheus.MustNewConstMetric(sourcesDesc, prometheus.GaugeValue, float64(counts[c]), string(c))
	}
	to <- prometheus.MustNewConstMetric(lagDesc, prometheus.GaugeValue, p.lag(time.Now()).Seconds())
}
