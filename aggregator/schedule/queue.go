package schedule

import (
	"iter"
	"time"
)

// Queue holds the due times of sources and hands out those that are due, one
// of a host at a time. A host is any string: sources with the same one are
// never in flight together, and after each of them the host rests.
//
// Every operation takes a time logarithmic in the number of sources, however
// many share a host. A Queue is not safe for concurrent use. The now of its
// methods should not go back from call to call.
type Queue struct {
	gap     time.Duration
	sources map[string]*source // all that wait
	flights map[string]*host   // the hosts of sources in flight, by source
	hosts   map[string]*host

	// A host that is not busy is in one of these.
	ready   tree[*host] // rested, with a source that is due: by that due time
	waiting tree[*host] // by the time from which it will be ready
	idle    tree[*host] // without a source, but not rested: by the end of the rest
}

// source is a source that waits. One that is in flight as well joins its host
// only when it is done.
type source struct {
	id    string
	due   time.Time
	name  string // of its host
	host  *host  // nil: not joined
	place int    // within host.sources
}

func (s *source) before(t *source) bool { return before(s.due, s.id, t.due, t.id) }
func (s *source) moved(place int)       { s.place = place }

// host is a host with its sources that wait.
type host struct {
	name    string
	busy    bool
	gap     time.Duration // that it rests for
	rest    time.Time     // it rests until then
	pause   time.Time     // the rest that it asked for
	sources tree[*source]

	in    *tree[*host] // the tree in which it is, nil: none
	place int          // within in
	key   time.Time    // by which it is ordered there
}

func (h *host) before(o *host) bool { return before(h.key, h.first(), o.key, o.first()) }
func (h *host) moved(place int)     { h.place = place }

// first returns the id of the source that is due first.
func (h *host) first() string {
	if len(h.sources) == 0 {
		return ""
	}
	return h.sources[0].id
}

// before orders by time, then by id: what is due at the same time has an
// order as well.
func before(a time.Time, idA string, b time.Time, idB string) bool {
	if c := a.Compare(b); c != 0 {
		return c < 0
	}
	return idA < idB
}

// The bounds of the gap of a host that refuses requests.
const (
	leastSlowGap    = time.Second
	greatestSlowGap = 10 * time.Minute
)

// NewQueue returns an empty queue that lets a host rest for gap after each of
// its sources.
func NewQueue(gap time.Duration) *Queue {
	return &Queue{
		gap:     gap,
		sources: map[string]*source{},
		flights: map[string]*host{},
		hosts:   map[string]*host{},
	}
}

// SetGap changes the gap, from the next rest of each host on. What was learned
// from refusals stays.
func (q *Queue) SetGap(gap time.Duration) {
	for _, h := range q.hosts {
		if h.gap == q.gap {
			h.gap = gap
		}
		h.gap = max(h.gap, gap)
	}
	q.gap = gap
}

// Len returns the number of sources that wait. A source in flight is not
// counted until it is set anew.
func (q *Queue) Len() int { return len(q.sources) }

// Set adds a source, or changes its host and due time. A source in flight can
// be set before or after it is done, and does not come again before.
func (q *Queue) Set(id, hostName string, due time.Time) {
	q.Remove(id)
	s := &source{id: id, due: due, name: hostName}
	q.sources[id] = s
	if q.flights[id] == nil {
		q.join(s)
	}
}

// Remove takes a source out, if it is there. One in flight keeps its host busy
// until it is done.
func (q *Queue) Remove(id string) {
	s := q.sources[id]
	if s == nil {
		return
	}
	delete(q.sources, id)
	if h := s.host; h != nil {
		q.take(h)
		h.sources.remove(s.place)
		q.put(h)
	}
}

// Next takes out the source that has been due for longest among those whose
// host is neither busy nor resting. The host is busy until Done.
func (q *Queue) Next(now time.Time) (id string, ok bool) {
	q.promote(now)
	if len(q.ready) == 0 {
		return "", false
	}
	h := q.ready[0]
	q.take(h)
	s := h.sources[0]
	h.sources.remove(0)
	h.busy = true
	delete(q.sources, s.id)
	q.flights[s.id] = h
	return s.id, true
}

// Done ends the flight of a source: from now on its host rests. It does
// nothing for a source that is not in flight.
func (q *Queue) Done(id string, now time.Time) {
	h := q.flights[id]
	if h == nil {
		return
	}
	delete(q.flights, id)
	h.rest = later(h.rest, now.Add(h.gap))
	q.land(id, h)
}

// Postpone ends the flight of a source that was not asked after all, and sets
// when it is due instead. Its host does not rest.
func (q *Queue) Postpone(id string, due time.Time) {
	h := q.flights[id]
	if h == nil {
		return
	}
	q.Set(id, h.name, due)
	q.land(id, h)
}

func (q *Queue) land(id string, h *host) {
	delete(q.flights, id)
	h.busy = false
	q.put(h)
	if s := q.sources[id]; s != nil {
		q.join(s)
	}
}

// Rest lets a host rest until a time at least.
func (q *Queue) Rest(hostName string, until time.Time) {
	h := q.host(hostName)
	q.take(h)
	h.rest = later(h.rest, until)
	q.put(h)
}

// Pause lets a host rest until a time at least, as it asked for.
func (q *Queue) Pause(hostName string, until time.Time) {
	q.Rest(hostName, until)
	h := q.hosts[hostName]
	h.pause = later(h.pause, until)
}

// Slow doubles the gap of a host that refused a request, and Ease takes a
// tenth of it back when it answered one. Only a host with sources is known for
// long.
func (q *Queue) Slow(hostName string) {
	h := q.host(hostName)
	h.gap = max(h.gap, min(2*max(h.gap, leastSlowGap), greatestSlowGap))
	q.take(h)
	q.put(h)
}

// Ease is described with Slow.
func (q *Queue) Ease(hostName string) {
	if h := q.hosts[hostName]; h != nil {
		h.gap = max(h.gap-h.gap/10, q.gap)
	}
}

// Paused returns until when a host asked to be left alone, or a time in the
// past.
func (q *Queue) Paused(hostName string) time.Time {
	if h := q.hosts[hostName]; h != nil {
		return h.pause
	}
	return time.Time{}
}

// Waiting lists the sources that wait, and when they are due. The queue must
// not change meanwhile.
func (q *Queue) Waiting() iter.Seq2[string, time.Time] {
	return func(yield func(string, time.Time) bool) {
		for id, s := range q.sources {
			if !yield(id, s.due) {
				return
			}
		}
	}
}

// Shift moves all that is to come, after a step of the clock.
func (q *Queue) Shift(by time.Duration) {
	for _, s := range q.sources {
		s.due = s.due.Add(by)
	}
	for _, h := range q.hosts {
		h.rest, h.pause, h.key = h.rest.Add(by), h.pause.Add(by), h.key.Add(by)
	}
}

// Wake returns when Next will next return a source if nothing else changes:
// now if it would already, and false if it would not at all.
func (q *Queue) Wake(now time.Time) (time.Time, bool) {
	q.promote(now)
	switch {
	case len(q.ready) > 0:
		return now, true
	case len(q.waiting) > 0:
		return q.waiting[0].key, true
	}
	return time.Time{}, false
}

// join puts a source among those of its host.
func (q *Queue) join(s *source) {
	h := q.host(s.name)
	q.take(h)
	s.host = h
	h.sources.add(s)
	q.put(h)
}

// host returns the host of that name, a new one if need be.
func (q *Queue) host(name string) *host {
	h := q.hosts[name]
	if h == nil {
		h = &host{name: name, gap: q.gap}
		q.hosts[name] = h
	}
	return h
}

// take takes a host out of its tree.
func (q *Queue) take(h *host) {
	if h.in != nil {
		h.in.remove(h.place)
		h.in = nil
	}
}

// put puts a host that is in no tree into the one where it belongs.
func (q *Queue) put(h *host) {
	switch {
	case h.busy:
		return
	case len(h.sources) == 0:
		h.in, h.key = &q.idle, h.rest
	default:
		h.in, h.key = &q.waiting, later(h.sources[0].due, h.rest)
	}
	h.in.add(h)
}

// promote finds the hosts that have become ready, and forgets those that have
// neither a source nor a rest to keep.
func (q *Queue) promote(now time.Time) {
	for len(q.waiting) > 0 && !q.waiting[0].key.After(now) {
		h := q.waiting[0]
		q.take(h)
		h.in, h.key = &q.ready, h.sources[0].due
		h.in.add(h)
	}
	for len(q.idle) > 0 && !q.idle[0].key.After(now) {
		h := q.idle[0]
		q.take(h)
		delete(q.hosts, h.name)
	}
}
