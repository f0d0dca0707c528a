package main

// The bounds of every wait, for all policies alike, in minutes.
const (
	shortest = 5.0
	longest  = day
)

// A pacer decides when one source is polled.
type pacer interface {
	// wait returns how long to wait after a poll at now that found these new
	// items. The first poll of a source finds all it shows.
	wait(now float64, found []float64) float64
}

// policy is a way to pace the sources of a trial. Its scalar sets how many
// requests it makes: the higher, the fewer.
type policy struct {
	name  string
	guess float64 // of the scalar; 0: it has none and makes as many as its budget allows
	cold  bool    // it meets all sources at once, without warm-up
	pace  func(t *trial, scalar, perMinute float64) pacing
}

// pacing is a policy at work on the sources of a trial.
type pacing struct {
	pacers []pacer
	admit  func(now float64) float64 // when a poll due now may start; nil: at once
}

// each returns a pacing whose sources know nothing of each other.
func each(newPacer func(s *source, scalar float64) pacer) func(*trial, float64, float64) pacing {
	return func(t *trial, scalar, _ float64) pacing {
		var p pacing
		for _, s := range t.sources {
			p.pacers = append(p.pacers, newPacer(s, scalar))
		}
		return p
	}
}

// policies are all policies, ours last.
var policies = []policy{
	{name: "fixed", guess: 60, pace: each(func(_ *source, k float64) pacer { return fixed(k) })},
	{name: "miniflux", guess: 0.2, pace: each(func(_ *source, k float64) pacer { return &miniflux{scale: k} })},
	{name: "commafeed", guess: 0.5, pace: each(func(s *source, k float64) pacer { return &commafeed{scale: k, recent: recent{size: s.shown}} })},
	{name: "mav", guess: 0.2, pace: each(func(s *source, k float64) pacer { return &movingAverage{scale: k, recent: recent{size: s.shown}} })},
	{name: "adaptive-ttl", guess: 0.3, pace: each(func(_ *source, k float64) pacer { return &adaptiveTTL{scale: k} })},
	{name: "aimd", guess: 4, pace: each(func(_ *source, k float64) pacer { return &aimd{step: k, interval: 60} })},
	{name: "freshness", guess: 3, pace: each(func(_ *source, k float64) pacer { return &freshness{price: k} })},
	{name: "sqrt-rate", guess: 2.5, pace: each(func(_ *source, k float64) pacer { return &sqrtRate{scale: k} })},
	{name: "oracle", guess: 2.5, pace: each(func(s *source, k float64) pacer { return &oracle{source: s, price: k} })},
	{name: "ours", guess: 2.5, pace: func(t *trial, k, _ float64) pacing { return ours(t, k) }},
	{name: "ours-online", pace: func(t *trial, _, perMinute float64) pacing { return oursOnline(t, perMinute) }},
	{name: "ours-new", cold: true, pace: func(t *trial, _, perMinute float64) pacing { return oursOnline(t, perMinute) }},
}
