package crashloop

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"
)

// paths are what the reader reads: what is kept rendered.
var paths = []string{"feed.rss", "feed.atom", "feed.json", "feeds/even.rss"}

// pause is how long the reader waits between two requests for all of them.
const pause = 120 * time.Millisecond

// edition is what was served at a path.
type edition struct {
	hash     [sha256.Size]byte
	tag      string
	modified time.Time
}

// reader subscribes to the daemon's feeds, and remembers them over its lives.
type reader struct {
	*testing.T
	base   string
	client *http.Client
	last   map[string]edition                    // by path
	served map[string]map[[sha256.Size]byte]bool // by path, in this life of the daemon
	count  int                                   // editions read
}

func newReader(t *testing.T, base string) *reader {
	return &reader{T: t, base: base, client: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}, last: map[string]edition{}}
}

// run reads until ctx ends.
func (r *reader) run(ctx context.Context) {
	r.served = map[string]map[[sha256.Size]byte]bool{}
	for _, path := range paths {
		r.served[path] = map[[sha256.Size]byte]bool{}
	}
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for n := 0; ; n++ {
		for _, path := range paths {
			r.read(ctx, path, n%2 == 1)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// read asks for one feed. That nobody answers, or not to the end, is no fault.
func (r *reader) read(ctx context.Context, path string, conditional bool) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.base+path, nil)
	if err != nil {
		r.Error(err)
		return
	}
	before, known := r.last[path]
	if conditional && known {
		request.Header.Set("If-None-Match", before.tag)
	}
	answer, err := r.client.Do(request)
	if err != nil {
		return
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return
	}
	now := edition{hash: sha256.Sum256(body), tag: answer.Header.Get("ETag")}
	now.modified, err = http.ParseTime(answer.Header.Get("Last-Modified"))
	switch {
	case answer.StatusCode == http.StatusNotModified:
		now.hash = before.hash
	case answer.StatusCode != http.StatusOK:
		r.Errorf("%s: %s: %s", path, answer.Status, bytes.TrimSpace(body))
		return
	}
	if err != nil {
		r.Errorf("%s: Last-Modified: %v", path, err)
		return
	}
	if problem := follows(before, now); known && problem != "" {
		r.Errorf("%s: %s\nbefore: %+v\nafter:  %+v", path, problem, before, now)
	}
	r.last[path] = now
	r.served[path][now.hash] = true
	r.count++
}

// follows says what is wrong with an edition after another one.
func follows(before, now edition) string {
	switch same := before.hash == now.hash; {
	case now.modified.Before(before.modified):
		return fmt.Sprintf("Last-Modified went back by %v", before.modified.Sub(now.modified))
	case same && !now.modified.Equal(before.modified):
		return fmt.Sprintf("the same bytes are %v newer", now.modified.Sub(before.modified))
	case !same && now.modified.Equal(before.modified):
		return "other bytes have the same Last-Modified"
	case same != (now.tag == before.tag):
		return "the ETag does not tell whether the bytes are the same"
	}
	return ""
}
