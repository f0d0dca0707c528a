package aggregator

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/zeebo/xxh3"

	"newsfeed/aggregator/fetch"
	"newsfeed/aggregator/normalize"
	"newsfeed/aggregator/parse"
	"newsfeed/storage"
)

// document is a scanned document and where it comes from.
type document struct {
	*parse.Document
	place normalize.Source
}

// scan returns the documents to be read: the one that the visit brought or,
// of a sitemap index, the parts that changed. There is none when the source
// is as it was.
func (t *turn) scan(ctx context.Context) ([]document, error) {
	visit := t.visit
	if visit.Unchanged {
		return t.readParts(ctx)
	}
	body := t.digest(visit.Body)
	if body == t.state.Body {
		t.traffic.Repeated++
		return t.readParts(ctx)
	}
	doc, err := t.source.scan(visit)
	if err != nil {
		return nil, err
	}
	t.body, t.parts = body, mergeParts(t.parts, doc.Parts, base(visit), t.now)
	t.visit.Body = nil // large, and not needed while the poll waits to be committed
	if doc.Parts == nil {
		return []document{doc}, nil
	}
	return t.readParts(ctx)
}

// scan reads a body as the source's configuration says.
func (s Source) scan(v fetch.Visit) (document, error) {
	doc, err := parse.Scan(v.Body, parse.Options{
		ContentType: v.ContentType,
		Language:    v.Header.Get("Content-Language"),
		Format:      s.Format,
		Select:      s.selectors(),
		Salt:        normalize.Version + s.salt(),
	})
	if err != nil {
		return document{}, err
	}
	return document{doc, normalize.Source{ID: s.ID, URL: base(v), Format: doc.Format, Categories: s.Categories}}, nil
}

// hints returns what a source says about when to come again, in its document
// and in the header that came with it.
func hints(h parse.Header, s storage.State, now time.Time) storage.Hints {
	said := normalize.Hints(h, now)
	said.MaxAge = s.Hints.MaxAge
	return said
}

// salt is what of a source's configuration its entries depend on.
func (s Source) salt() string {
	return fmt.Sprint(strings.Join(s.Categories, "\x00"), s.Format, s.selectors())
}

func (s Source) selectors() parse.Select {
	if s.Select == nil {
		return parse.Select{}
	}
	return *s.Select
}

// base is the URL against which relative ones are resolved in the end (RFC
// 3986 section 5.1). It is without the query, which may be secret.
func base(v fetch.Visit) string {
	u, err := url.Parse(cmp.Or(v.ContentLocation, v.URL))
	if err != nil {
		return ""
	}
	u.User, u.RawQuery = nil, ""
	return u.String()
}

// reading is a digest of the source's salt.
func (s Source) reading() storage.Digest {
	if s.read != (storage.Digest{}) {
		return s.read
	}
	sum := sha256.Sum256([]byte(s.salt()))
	return storage.Digest(sum[:16])
}

// readAsBefore reports whether the configuration still says to read the source
// as it did at the last poll.
func (s Source) readAsBefore(state storage.State) bool {
	return state.Reading == (storage.Digest{}) || state.Reading == s.reading()
}

// validators returns what to ask with. An operator who changed how a source
// is to be read wants its document anew, changed or not.
func (s Source) validators(state storage.State) fetch.Validators {
	if !s.readAsBefore(state) {
		return fetch.Validators{}
	}
	return fetch.Validators(state.Validators)
}

// digest is of a body and of all that its reading depends on. It is not made to
// withstand who seeks two bodies with one digest: that would have to be who
// writes all of the source, and would hide nothing but its own news.
func (t *turn) digest(body []byte) storage.Digest {
	reading := fmt.Sprintf("%q", normalize.Version+t.source.salt())
	return xxh3.Hash128Seed(body, xxh3.HashString(reading)).Bytes()
}

// seen are the items of a source's last document by digest.
type seen map[parse.Digest]storage.Key

func sightings(list []storage.Sighting) seen {
	m := make(seen, len(list))
	for _, s := range list {
		m[s.Item] = s.Key
	}
	return m
}

func (s seen) has(d parse.Digest) bool { _, ok := s[d]; return ok }

// next lists the items of the documents at hand: those seen before, and those
// that became entries now.
func (s seen) next(digests []parse.Digest, items []parse.Item, entries []storage.Entry) []storage.Sighting {
	for i, e := range entries {
		s[items[i].Digest] = e.Keys[0]
	}
	list := make([]storage.Sighting, 0, len(digests))
	for _, d := range digests {
		if k, ok := s[d]; ok {
			list = append(list, storage.Sighting{Item: d, Key: k})
		}
	}
	return list
}

// digests lists the items that the source is known to have now: those of the
// documents and, of a sitemap index, those of the parts that were not read.
// They cannot be told from items that are gone, so the oldest go first when
// there are too many.
func digests(docs []document, state storage.State) []parse.Digest {
	var list []parse.Digest
	for _, doc := range docs {
		list = append(list, doc.Digests()...)
	}
	if state.Parts == nil {
		return list
	}
	had := make(map[parse.Digest]bool, len(list))
	for _, d := range list {
		had[d] = true
	}
	for _, s := range state.Seen {
		if len(list) < parse.MaxItems && !had[s.Item] {
			list = append(list, s.Item)
		}
	}
	return list
}
