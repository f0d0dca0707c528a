package aggregator

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"newsfeed/aggregator/fetch"
	"newsfeed/aggregator/normalize"
	"newsfeed/aggregator/parse"
	"newsfeed/storage"
)

// The bounds of a sitemap index: the parts that are kept in mind, the newest
// first, and those that one poll visits.
const (
	maxParts     = 1000
	partsAtATime = 10
)

// mergeParts returns the parts that an index names now, the newest first.
// Those that are new, or changed since they were named before, are pending.
func mergeParts(had []storage.Part, named []parse.Part, base string, now time.Time) []storage.Part {
	root, err := url.Parse(base)
	if err != nil || named == nil {
		return nil
	}
	old := make(map[string]storage.Part, len(had))
	for _, p := range had {
		old[p.URL] = p
	}
	list := []storage.Part{}
	listed := map[string]bool{}
	for _, n := range named {
		u, err := root.Parse(n.URL)
		if err != nil || listed[u.String()] {
			continue
		}
		listed[u.String()] = true
		p, known := old[u.String()]
		p.URL = u.String()
		if !known || p.Modified != n.Modified {
			p.Modified, p.Pending = n.Modified, true
		}
		list = append(list, p)
	}
	modified := make(map[string]time.Time, len(list))
	for _, p := range list {
		modified[p.URL], _ = normalize.Date(p.Modified, now)
	}
	slices.SortStableFunc(list, func(a, b storage.Part) int { return modified[b.URL].Compare(modified[a.URL]) })
	return list[:min(len(list), maxParts)]
}

// readParts visits those parts of a sitemap index that may have changed, some
// at a time. A part that cannot be read is tried again when the others had
// their turn; when none can, that is the error.
func (t *turn) readParts(ctx context.Context) ([]document, error) {
	var docs []document
	var failures error
	read := 0
	refused := false // to go on would be rude
	for _, i := range pending(t.parts) {
		if refused {
			break
		}
		doc, err := t.readPart(ctx, &t.parts[i])
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case err != nil:
			failures = cmp.Or(failures, fmt.Errorf("sitemap %d of the index: %w", i+1, err))
			if status := (*fetch.StatusError)(nil); errors.As(err, &status) && isPause(status.Code) {
				t.pause = t.bounded(status.RetryAfter)
				refused = true
			}
			continue
		case doc.Document != nil:
			docs = append(docs, doc)
		}
		read++
	}
	t.now = time.Now()
	if failures != nil && read == 0 {
		return nil, failures
	}
	if failures != nil {
		t.warn(t.source, []string{failures.Error()})
	}
	return docs, nil
}

// pending returns the indexes of the parts to visit now: of those that changed,
// or of which the index does not say, the ones visited longest ago.
func pending(parts []storage.Part) []int {
	var list []int
	for i, p := range parts {
		if p.Pending || p.Modified == "" {
			list = append(list, i)
		}
	}
	slices.SortStableFunc(list, func(i, j int) int { return parts[i].Visited.Compare(parts[j].Visited) })
	return list[:min(len(list), partsAtATime)]
}

// partAccess returns what of the source's access its parts share: all of it on
// the same server, nothing elsewhere.
func (t *turn) partAccess(part string) fetch.Access {
	index, err := url.Parse(t.source.URL)
	u, failed := url.Parse(part)
	if err != nil || failed != nil || u.Scheme != index.Scheme || !strings.EqualFold(u.Host, index.Host) {
		return fetch.Access{}
	}
	access := t.source.Access
	access.User = cmp.Or(access.User, index.User)
	return access
}

// readPart visits one part. There is no document when it did not change, or is
// not there any more.
func (t *turn) readPart(ctx context.Context, p *storage.Part) (document, error) {
	visit, err := t.o.Client.Get(ctx, fetch.Request{URL: p.URL, Validators: fetch.Validators(p.Validators), Access: t.partAccess(p.URL)})
	t.count(visit)
	p.Visited = time.Now()
	status := (*fetch.StatusError)(nil)
	switch {
	case errors.As(err, &status) && (status.Code == http.StatusNotFound || status.Code == http.StatusGone):
		p.Pending = false
		return document{}, nil
	case err != nil:
		return document{}, err
	}
	var doc document
	if !visit.Unchanged {
		if doc, err = t.source.scan(visit); err != nil {
			return document{}, err
		}
	}
	p.Pending, p.Validators = false, storage.Validators(visit.Validators)
	return doc, nil
}
