package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"newsfeed/aggregator"
	"newsfeed/storage"
)

// domainJSON is what was asked of a registrable domain, as sources
// --politeness prints it: since the first request that was counted, over all
// its sources.
type domainJSON struct {
	Domain           string  `json:"domain"`
	Sources          int     `json:"sources"`
	Since            string  `json:"since"` // RFC 3339
	Requests         uint64  `json:"requests"`
	RequestsPerDay   float64 `json:"requests_per_day"`
	ConditionalShare float64 `json:"conditional_share"`    // of the requests, 0 to 1
	NotModifiedShare float64 `json:"not_modified_share"`   // of the requests
	ShortestGap      float64 `json:"shortest_gap_seconds"` // from the end of a request to the next; 0: not known
	PausedUntil      string  `json:"paused_until"`         // RFC 3339, or empty
}

// politeness sums up what the polls of sources asked, by domain; the one most
// asked comes first.
func politeness(sources []storage.Source, now time.Time) []domainJSON {
	type sum struct {
		sources int
		storage.Traffic
	}
	sums := map[string]*sum{}
	for _, s := range sources {
		t := s.State.Traffic
		if t.Requests == 0 {
			continue
		}
		d := sums[aggregator.AskedHost(s)]
		if d == nil {
			d = &sum{Traffic: storage.Traffic{Since: t.Since}}
			sums[aggregator.AskedHost(s)] = d
		}
		d.sources++
		d.Requests += t.Requests
		d.Conditional += t.Conditional
		d.NotModified += t.NotModified
		if t.Since.Before(d.Since) {
			d.Since = t.Since
		}
		if t.Gap > 0 && (d.Gap == 0 || t.Gap < d.Gap) {
			d.Gap = t.Gap
		}
	}
	pauses := aggregator.Pauses(sources, now)
	list := make([]domainJSON, 0, len(sums))
	for name, d := range sums {
		requests := float64(d.Requests)
		list = append(list, domainJSON{
			Domain: name, Sources: d.sources, Since: rfc3339(d.Since), Requests: d.Requests,
			RequestsPerDay:   requests / max(now.Sub(d.Since).Hours()/24, 1),
			ConditionalShare: float64(d.Conditional) / requests,
			NotModifiedShare: float64(d.NotModified) / requests,
			ShortestGap:      d.Gap.Seconds(),
			PausedUntil:      rfc3339(pauses[name]),
		})
	}
	slices.SortFunc(list, func(a, b domainJSON) int {
		return cmp.Or(cmp.Compare(b.Requests, a.Requests), cmp.Compare(a.Domain, b.Domain))
	})
	return list
}

func (p *program) printPoliteness(answer []byte) error {
	var list []domainJSON
	if err := json.Unmarshal(answer, &list); err != nil {
		return fmt.Errorf("read politeness: %w", err)
	}
	t := p.table("DOMAIN", "SOURCES", "REQUESTS", "A DAY", "CONDITIONAL", "UNCHANGED", "SHORTEST GAP", "PAUSED UNTIL")
	for _, d := range list {
		gap := ""
		if d.ShortestGap > 0 {
			gap = fmt.Sprintf("%.1fs", d.ShortestGap)
		}
		t.row(d.Domain, d.Sources, d.Requests, rate(d.RequestsPerDay), percent(d.ConditionalShare), percent(d.NotModifiedShare), gap, d.PausedUntil)
	}
	t.print()
	return nil
}

func percent(share float64) string { return fmt.Sprintf("%.0f %%", 100*share) }
