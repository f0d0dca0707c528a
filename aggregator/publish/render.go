package publish

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"newsfeed/storage"
)

// Rendering is a feed in one format, ready to be served. Its slices are shared
// and must not be changed.
type Rendering struct {
	Body []byte

	ContentType string

	// ETag is a weak entity tag made of the content, and so the same for
	// every encoding of it.
	ETag string

	// LastModified is the second of the newest change that Body shows: of the
	// settings, or of an item. It may lie a moment ahead of the clock.
	LastModified time.Time

	digest storage.Digest  // of Body
	coded  [codings][]byte // Body in each coding; nil: it is not served
}

// Render renders one feed in one format. It depends on nothing but what the
// store holds: the same store gives the same bytes at any time on any machine.
// A source, category or view that is not there, or hidden, is
// storage.ErrNotFound. The addresses in a feed that needs a token carry it.
func Render(ctx context.Context, r storage.Reader, sel Selection, f Format) (Rendering, error) {
	if f == HTML {
		return renderHTML(ctx, r, sel)
	}
	doc, err := read(ctx, r, sel)
	if err != nil {
		return Rendering{}, err
	}
	body, err := doc.write(f)
	if err != nil {
		return Rendering{}, err
	}
	return seal(body, f.ContentType(), doc.modified), nil
}

// render makes a rendering of the feed in one format, to be served.
func (d feed) render(f Format, p packer) (Rendering, error) {
	body, err := d.write(f)
	if err != nil {
		return Rendering{}, err
	}
	return p.pack(body, f.ContentType(), d.modified)
}

// write writes the feed in one format.
func (d feed) write(f Format) ([]byte, error) {
	body := bytes.NewBuffer(make([]byte, 0, d.size()))
	var err error
	switch {
	case d.sel.Subscriptions != (f == OPML):
		err = errors.New("not published in that format")
	case f == OPML:
		err = d.writeOPML(body)
	case f == RSS:
		err = d.writeRSS(body)
	case f == Atom:
		err = d.writeAtom(body)
	case f == JSON:
		err = d.writeJSON(body)
	default:
		err = fmt.Errorf("unknown format %q", f)
	}
	if err != nil {
		return nil, fmt.Errorf("render %s: %w", d.sel.Path(f), err)
	}
	return body.Bytes(), nil
}

// size is about how many bytes the feed takes in any format.
func (d feed) size() int {
	n := 1 << 10
	for _, it := range d.items {
		n += len(it.body) + 2*len(it.entry.Summary) + 3<<10
	}
	return n
}
