package fetch

import (
	"net/http"
	"time"
)

// Service returns a client for a service that the operator chose, such as an
// authority that gives certificates; timeout bounds one request. It goes where
// visits may go at the time of each request, by the same proxy, but waits for no
// host's turn and is not counted.
func (c *Client) Service(timeout time.Duration) *http.Client {
	return &http.Client{Transport: service{c}, Timeout: timeout}
}

// service makes requests by the settings of the moment.
type service struct{ *Client }

func (s service) RoundTrip(r *http.Request) (*http.Response, error) {
	now := s.settings.Load()
	return now.transports.of(now.Options, Access{}).RoundTrip(r)
}
