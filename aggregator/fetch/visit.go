package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// Visit is what a successful visit brought. It belongs to the caller.
type Visit struct {
	URL       string // that answered, without userinfo and fragment; its query may be secret
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

	// MaxAge is how long the publisher calls the document fresh (RFC 9111
	// section 4.2), counted from now. It is 0 when stale or not said.
	MaxAge time.Duration

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
		gap = t.client.options.PageInterval
	}
	leave, err := t.client.gate.enter(ctx, hostKey(to), gap)
	if err != nil {
		return Visit{}, err
	}
	defer leave()

	start := time.Now()
	defer func() { t.spent += time.Since(start) }()
	limit := t.client.options.Timeout
	bounded, cancel := context.WithTimeoutCause(ctx, limit-t.spent, fmt.Errorf("timeout after %v", limit))
	defer cancel()

	visit, err := t.exchange(bounded, to)
	switch {
	case err == nil:
		return visit, nil
	case ctx.Err() != nil:
		return Visit{}, ctx.Err()
	case bounded.Err() != nil:
		return Visit{}, context.Cause(bounded)
	}
	return Visit{}, explain(err)
}

func (t *trip) exchange(ctx context.Context, to *url.URL) (Visit, error) {
	known := t.request.Validators.forURL(to.String())
	request := (&http.Request{Method: http.MethodGet, URL: to, Header: t.header(to, known)}).WithContext(ctx)
	response, err := t.transport.RoundTrip(request)
	if err != nil {
		return Visit{}, err
	}
	defer response.Body.Close()

	now := time.Now()
	h := response.Header
	visit := Visit{
		URL:             to.String(),
		Status:          response.StatusCode,
		ContentType:     h.Get("Content-Type"),
		ContentLocation: contentLocation(to, h),
		Header:          h,
		MaxAge:          maxAge(h, now),
	}
	switch {
	case redirects(response.StatusCode) && h.Get("Location") != "":
		// A short body read to its end lets the connection be used again;
		// how it ends does not matter.
		_, _ = io.CopyN(io.Discard, response.Body, 4<<10)
		return visit, nil
	case response.StatusCode == http.StatusNotModified:
		if known.empty() {
			return Visit{}, errUnasked
		}
		visit.Unchanged = true
		visit.Validators = known.merged(h)
		return visit, nil
	case response.StatusCode == http.StatusOK, response.StatusCode == http.StatusNonAuthoritativeInfo:
		visit.Body, visit.Bytes, err = readBody(response, t.client.options.MaxBody)
		visit.Validators = issued(visit.URL, h)
		return visit, err
	}
	return Visit{}, &StatusError{Code: response.StatusCode, RetryAfter: retryAfter(h, now)}
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
