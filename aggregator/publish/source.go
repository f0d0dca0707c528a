package publish

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"newsfeed/storage"
)

// origin is the feed that an item is credited to: atom:source, RSS source.
type origin struct {
	id      string // an absolute IRI
	title   string
	url     string // of the feed
	link    string // of the site, or empty
	rights  string
	updated time.Time // zero: not known
}

// source is a configured source as the world may see it.
type source struct {
	storage.Source
	unknown    bool // the store has no record of it
	configured *url.URL
	origin     origin
}

// sources looks sources up, each once.
type sources struct {
	store storage.Reader
	known map[string]source
}

func (s sources) find(ctx context.Context, id string) (source, error) {
	if found, ok := s.known[id]; ok {
		return found, nil
	}
	stored, err := s.store.Source(ctx, id)
	unknown := errors.Is(err, storage.ErrNotFound)
	if unknown {
		// Only in a damaged store does an entry outlive the record of its
		// source, and that must not take a whole feed down.
		stored.ID = id
	} else if err != nil {
		return source{}, err
	}
	found := shown(legalSource(stored))
	found.unknown = unknown
	s.known[id] = found
	return found, nil
}

// shown leaves out of a source's addresses what may be secret.
func shown(s storage.Source) source {
	configured, err := url.Parse(s.URL)
	if err != nil {
		configured = &url.URL{}
	}
	about := &s.State.About
	for _, address := range []*string{&s.URL, &about.ID, &about.Self, &about.Link, &about.Image} {
		*address = public(*address, configured)
	}
	from := origin{id: about.ID, title: line(s.Name()), url: about.Self, link: about.Link, rights: about.Rights}
	if !isWeb(from.url) {
		from.url = s.URL
	}
	if !isIRI(from.id) {
		from.id = from.url
	}
	if from.id == from.url && from.url != "" && configured.RawQuery != "" {
		from.id += "#" + url.PathEscape(s.ID) // another source may differ in no more than the query
	}
	return source{Source: s, configured: configured, origin: from}
}

// named returns the origin that an entry of the source came with, no more than
// it said; zero: it came with none.
func (s source) named(e storage.Entry) origin {
	o := e.Origin
	if o == nil {
		return origin{}
	}
	return origin{
		id:      public(o.ID, s.configured),
		title:   line(o.Title),
		url:     public(o.URL, s.configured),
		link:    public(o.Link, s.configured),
		updated: o.Updated,
	}
}

// credit returns the origin of an entry of the source: the one that it came
// with, or else the source.
func (s source) credit(e storage.Entry) origin {
	from := s.named(e)
	from.title = cmp.Or(from.title, s.origin.title)
	from.url = cmp.Or(from.url, from.link)
	if from.url == "" {
		return s.origin
	}
	if !isIRI(from.id) {
		from.id = from.url
	}
	return from
}

// public returns a URL without its userinfo, and without its query where that
// may hold what the configured URL's query holds: what a source says about
// itself commonly repeats the address under which it was asked. An IRI of
// another kind (tag:, urn:) is returned as it is.
func public(raw string, configured *url.URL) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return raw
	}
	hidden := configured.RawQuery != "" && u.RawQuery != "" &&
		(strings.EqualFold(u.Host, configured.Host) || shareKey(u.Query(), configured.Query()))
	if u.User == nil && !hidden {
		return raw
	}
	u.User = nil
	if hidden {
		u.RawQuery = ""
	}
	return u.String()
}

func shareKey(a, b url.Values) bool {
	for key := range a {
		if b.Has(key) {
			return true
		}
	}
	return false
}

func isWeb(s string) bool {
	return strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://")
}

func isIRI(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.IsAbs() && !strings.ContainsAny(s, " \t\r\n")
}
