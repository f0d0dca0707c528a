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
	sources map[string]planned
}

// planned is a source in the plan.
type planned struct {
	settings  storage.SourceSettings // ID, URL and Disabled
	removed   bool
	condition storage.Condition
	due       time.Time
	host      string    // that is asked
	pause     time.Time // until when the host wants to be left alone; zero: it did not say
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
	p.sources = make(map[string]planned, len(sources))
	for _, s := range sources {
		settings := storage.SourceSettings{ID: s.ID, URL: s.URL, Disabled: s.Disabled}
		p.sources[s.ID] = planned{settings: settings, removed: s.Removed}.in(s.State, now)
	}
	return nil
}

// update takes in the state of a source after a poll.
func (p *plan) update(id string, state storage.State) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s, ok := p.sources[id]; ok {
		p.sources[id] = s.in(state, time.Now())
	}
}

// in returns the source in a state. One that was never polled is due now.
func (s planned) in(state storage.State, now time.Time) planned {
	source := storage.Source{SourceSettings: s.settings, Removed: s.removed, State: state}
	s.condition, s.due, s.host = source.Condition(), state.NextDue, aggregator.AskedHost(source)
	if s.due.IsZero() {
		s.due = now
	}
	s.pause = aggregator.Pauses([]storage.Source{source}, now)[s.host]
	return s
}

// lag returns by how long the most overdue poll is late.
func (p *plan) lag(now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	pauses := map[string]time.Time{}
	for _, s := range p.sources {
		if s.pause.After(pauses[s.host]) {
			pauses[s.host] = s.pause
		}
	}
	var most time.Duration
	for _, s := range p.sources {
		switch s.condition {
		case storage.Working, storage.Failing, storage.Unpolled:
			due := s.due
			if pause := pauses[s.host]; pause.After(due) {
				due = pause
			}
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
