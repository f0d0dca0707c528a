package main

import "slices"

// result is what a policy came to over all trials. Delays are in minutes, from
// the publication of an item until it is polled.
type result struct {
	Policy   string    `json:"policy"`
	Scalars  []float64 `json:"scalars"`   // calibrated, of each trial
	Requests float64   `json:"requests"`  // made, over the budget
	FirstDay float64   `json:"first_day"` // the same on the first measured day
	Later    float64   `json:"later"`     // and after it
	Wasted   float64   `json:"wasted"`    // share of polls that found nothing
	Missed   float64   `json:"missed"`    // share of items that no poll came in time for

	Mean    float64            `json:"mean"`
	P50     float64            `json:"p50"`
	P95     float64            `json:"p95"`
	Sources float64            `json:"sources"` // mean over sources of their means
	Kinds   map[string]float64 `json:"kinds"`   // mean by kind of source
}

// summarize pools the outcomes of a policy that had a budget of one poll a
// source in so many minutes.
func summarize(name string, outcomes []*outcome, budget float64) result {
	r := result{Policy: name, Kinds: map[string]float64{}}
	var (
		polls, first, wasted, missed float64
		allowed, allowedFirst        float64 // polls
		all, means                   []float64
		byKind                       = map[string][]float64{}
	)
	for _, o := range outcomes {
		t := o.trial
		r.Scalars = append(r.Scalars, o.scalar)
		polls += float64(o.polls)
		first += float64(o.firstDay)
		wasted += float64(o.wasted)
		missed += float64(o.missed)
		allowed += float64(len(t.sources)) * (t.end - t.from) / budget
		allowedFirst += float64(len(t.sources)) * day / budget
		for i, delays := range o.delays {
			all = append(all, delays...)
			byKind[t.sources[i].kind] = append(byKind[t.sources[i].kind], delays...)
			if len(delays) > 0 {
				means = append(means, mean(delays))
			}
		}
	}
	r.Requests, r.FirstDay = polls/allowed, first/allowedFirst
	r.Later = (polls - first) / (allowed - allowedFirst)
	r.Wasted, r.Missed = wasted/polls, missed/float64(max(1, len(all)))
	slices.Sort(all)
	r.Mean, r.P50, r.P95 = mean(all), quantile(all, 0.5), quantile(all, 0.95)
	r.Sources = mean(means)
	for kind, delays := range byKind {
		r.Kinds[kind] = mean(delays)
	}
	return r
}

// mean returns the mean of a list, 0 when it is empty.
func mean(list []float64) float64 {
	sum := 0.0
	for _, x := range list {
		sum += x
	}
	return sum / float64(max(1, len(list)))
}

// quantile returns the value below which a share of a sorted list is.
func quantile(sorted []float64, share float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[int(share*float64(len(sorted)-1))]
}
