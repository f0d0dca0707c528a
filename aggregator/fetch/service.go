package fetch

import (
	"net/http"
	"time"
)

// Service returns a client for a service that the operator chose, such as an
// authority that gives certificates; timeout bounds one request. It goes where
// visits may go, by the same proxy, but waits for no host's turn and is not
// counted.
func (c *Client) Service(timeout time.Duration) *http.Client {
	s := c.settings.Load()
	return &http.Client{Transport: s.transports.of(s.Options, Access{}), Timeout: timeout}
}
