package fetch

import (
	"fmt"
	"net/http"
	"time"
)

// StatusError is a visit that ended in a status that brings no document.
type StatusError struct {
	Code int

	// RetryAfter is the time before which the server asked not to be asked
	// again, at most ten years ahead; zero when it named none or a past one.
	RetryAfter time.Time

	// Challenge is the name of the service that answered because it wants to
	// see a browser or a person first; empty: none did.
	Challenge string
}

// Error names the status, the service and the time, without the server's own
// words.
func (e *StatusError) Error() string {
	text := http.StatusText(e.Code)
	if text == "" {
		text = "unknown status"
	}
	text = fmt.Sprintf("%d %s", e.Code, text)
	if e.Challenge != "" {
		text += ", a challenge page of " + e.Challenge
	}
	if e.RetryAfter.IsZero() {
		return text
	}
	return text + "; retry after " + e.RetryAfter.UTC().Format(time.RFC3339)
}
