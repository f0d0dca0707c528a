package fetch

import "time"

// Traffic is what a visit cost the servers. It counts each request, be it to a
// redirect's target or for robots.txt, whether or not an answer came.
type Traffic struct {
	Requests    int
	Conditional int // of Requests, those that carried validators

	// Gap is the shortest pause measured between the end of the request before
	// to the same registrable domain, of this visit or another one, and the
	// start of one of these. It is 0 when none is known: nothing was asked
	// there before, or so long ago that it was forgotten, a minute at least.
	Gap time.Duration

	// Run is how many requests the Client has made to the registrable domain
	// asked last without a pause of a minute between two, the last one
	// included.
	Run int
}

// add counts later traffic.
func (t *Traffic) add(later Traffic) {
	if later.Requests == 0 {
		return
	}
	t.Requests += later.Requests
	t.Conditional += later.Conditional
	if t.Gap == 0 || later.Gap != 0 && later.Gap < t.Gap {
		t.Gap = later.Gap
	}
	t.Run = later.Run
}
