package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"time"
)

// Visit is what a visit brought. It belongs to the caller.
type Visit struct {
	URL       string // that was asked last, without userinfo and fragment; its query may be secret
	Status    int    // 200, 203 or 304
	Unchanged bool   // 304: the document is the one the validators were for

	Body            []byte // decoded
	ContentType     string // as sent
	ContentLocation string // absolute, or empty
	Header          http.Header

	// Validators are the set to keep from now on, in place of any other. It
	// is empty when the source issued none.
	Validators Validators

	// Permanent is where permanent redirects (301 and 308) alone led from the
	// URL asked for, or empty. It is worth keeping when the document turns
	// out to be what was sought.
	Permanent string

	// Temporary says that another redirect was followed as well.
	Temporary bool

	// MaxAge is how long the publisher calls the document fresh (RFC 9111
	// section 4.2), counted from now. It is 0 when stale or not said.
	MaxAge time.Duration

	// MaxAgeGiven says that the publisher did say: a max-age that can be read,
	// or else an Expires, be it past or no date.
	MaxAgeGiven bool

	Traffic Traffic
	Elapsed time.Duration // without waiting for the host's turn
	Bytes   int64         // of body on the wire
}

// errUnasked says that a 304 came where no condition was sent.
var errUnasked = errors.New("304 Not Modified to an unconditional request")

// ask makes one request of the visit, when the host's turn has come. The
// Visit of a redirect has only Status and Header.
func (t *trip) ask(ctx context.Context) (Visit, error) {
	to := t.path.at
	if err := t.guard.checkURL(to); err != nil {
		return Visit{}, err
	}
	var gap time.Duration
	if t.request.Page {
		if err := t.permit(ctx, to); err != nil {
			return Visit{}, err
		}
		gap = t.PageInterval
	}
	turn, err := t.client.gate.enter(ctx, hostKey(to), gap)
	if err != nil {
		return Visit{}, err
	}
	defer turn.leave()
	known := t.request.Validators.forURL(to.String())
	t.traffic.add(turn.traffic(!known.empty()))
	t.asked = to.String()

	start := time.Now()
	defer func() { t.spent += time.Since(start) }()
	bounded, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	alarm := time.AfterFunc(t.Timeout-t.spent, func() { stop(fmt.Errorf("timeout after %v", t.Timeout)) })
	defer alarm.Stop()

	visit, err := t.exchange(bounded, stop, to, known)
	t.Answered(visit.Status, visit.Bytes)
	switch {
	case err == nil:
		return visit, nil
	case ctx.Err() != nil:
		return Visit{}, ctx.Err()
	case bounded.Err() != nil && !errors.As(err, new(*StatusError)):
		err = context.Cause(bounded)
	}
	return Visit{}, explain(err, visit.Status != 0)
}

// exchange sends a request and reads the answer, and calls stop, which must end
// ctx, when the body
// stalls or the connection was a stale one. With an error the Visit has a Status if one came.
func (t *trip) exchange(ctx context.Context, stop context.CancelCauseFunc, to *url.URL, known Validators) (Visit, error) {
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GetConn: once(stop)})
	request := (&http.Request{Method: http.MethodGet, URL: to, Header: t.header(to, known)}).WithContext(ctx)
	response, err := t.transport(to).RoundTrip(request)
	if err != nil {
		return Visit{}, err
	}
	response.Body = watch(response.Body, stop)
	defer response.Body.Close()

	now := time.Now()
	h := response.Header
	visit := Visit{
		Status:          response.StatusCode,
		ContentType:     h.Get("Content-Type"),
		ContentLocation: contentLocation(to, h),
		Header:          h,
	}
	visit.MaxAge, visit.MaxAgeGiven = maxAge(h, now)
	switch {
	case redirects(response.StatusCode) && h.Get("Location") != "":
		// A short body read to its end lets the connection be used again;
		// how it ends does not matter.
		_, _ = io.CopyN(io.Discard, response.Body, 4<<10)
		return visit, nil
	case response.StatusCode == http.StatusNotModified:
		if known.empty() {
			return visit, errUnasked
		}
		visit.Unchanged = true
		visit.Validators = known.merged(h)
		return visit, nil
	case response.StatusCode == http.StatusOK, response.StatusCode == http.StatusNonAuthoritativeInfo:
		visit.Body, visit.Bytes, err = readBody(response, t.MaxBody)
		visit.Validators = issued(to.String(), h)
		return visit, err
	}
	return visit, &StatusError{Code: response.StatusCode, RetryAfter: retryAfter(h, now), Challenge: challenged(response)}
}

// errStale says that a kept connection closed before an answer came.
var errStale = errors.New("connection closed without an answer")

// once returns a hook for the transport, which asks for a connection again when
// a kept one closed under a request, and would send it anew at once: that ends
// the exchange.
func once(stop context.CancelCauseFunc) func(string) {
	asked := false
	return func(string) {
		if asked {
			stop(errStale)
		}
		asked = true
	}
}

// contentLocation returns the URL of the document itself, if the response
// names one (RFC 9110 section 8.7).
func contentLocation(base *url.URL, h http.Header) string {
	if h.Get("Content-Location") == "" {
		return ""
	}
	u, err := resolve(base, h.Get("Content-Location"))
	if err != nil {
		return ""
	}
	return u.String()
}
