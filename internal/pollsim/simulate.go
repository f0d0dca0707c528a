package main

import (
	"container/heap"
	"slices"
)

// outcome is what came of one run over a trial, in its measured time.
type outcome struct {
	trial    *trial
	scalar   float64 // of the policy
	polls    int
	firstDay int         // of the polls
	wasted   int         // polls that found nothing new
	missed   int         // items that had left the document before a poll came
	delays   [][]float64 // of the items by source: published until polled
}

// simulate polls the sources of a trial from its start to its end, and each
// then once more.
func simulate(t *trial, p pacing) *outcome {
	o := &outcome{trial: t, delays: make([][]float64, len(t.sources))}
	seen := make([]int, len(t.sources)) // items published until the last poll
	due := make(agenda, len(t.sources))
	for i := range due {
		due[i] = turn{source: i, at: t.start + t.spread*evenly(i, 0)}
	}
	heap.Init(&due)
	for len(due) > 0 {
		next := &due[0]
		if p.admit != nil && !next.admitted {
			next.admitted = true
			next.at = max(next.at, p.admit(next.at))
			heap.Fix(&due, 0)
			continue
		}
		now, s := next.at, t.sources[next.source]
		published := seen[next.source]
		for published < len(s.items) && s.items[published] <= now {
			published++
		}
		fresh := s.items[seen[next.source]:published]
		o.count(next.source, now, fresh)
		seen[next.source] = published
		if now >= t.end {
			heap.Pop(&due)
			continue
		}
		shown := fresh[max(0, len(fresh)-s.shown):]
		if t.undated {
			shown = slices.Repeat([]float64{now}, len(shown))
		}
		wait := p.pacers[next.source].wait(now, shown)
		next.at, next.admitted = now+min(max(wait, shortest), longest), false
		heap.Fix(&due, 0)
	}
	return o
}

// count counts a poll of a source at now to which these items are new.
func (o *outcome) count(source int, now float64, fresh []float64) {
	t := o.trial
	for i, at := range fresh {
		if at >= t.from && at < t.end {
			o.delays[source] = append(o.delays[source], now-at)
			if len(fresh)-i > t.sources[source].shown {
				o.missed++
			}
		}
	}
	if now < t.from || now >= t.end {
		return
	}
	o.polls++
	if now < t.from+day {
		o.firstDay++
	}
	if len(fresh) == 0 {
		o.wasted++
	}
}

// turn is the next poll of a source.
type turn struct {
	at       float64
	source   int
	admitted bool
}

// agenda is a heap of turns, the soonest first.
type agenda []turn

func (a agenda) Len() int           { return len(a) }
func (a agenda) Less(i, j int) bool { return a[i].at < a[j].at }
func (a agenda) Swap(i, j int)      { a[i], a[j] = a[j], a[i] }
func (a *agenda) Push(x any)        { *a = append(*a, x.(turn)) }

func (a *agenda) Pop() any {
	last := (*a)[len(*a)-1]
	*a = (*a)[:len(*a)-1]
	return last
}
