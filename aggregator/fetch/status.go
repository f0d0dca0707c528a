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
}

// Error names the status and the time, without the server's own words.
func (e *StatusError) Error() string {
	text := http.StatusText(e.Code)
	if text == "" {
		text = "unknown status"
	}
	text = fmt.Sprintf("%d %s", e.Code, text)
	if e.RetryAfter.IsZero() {
		return text
	}
	return text + "; retry after " + e.RetryAfter.UTC().Format(time.RFC3339)
}
