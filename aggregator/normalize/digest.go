package normalize

import (
	"crypto/sha256"
	"encoding/binary"

	"newsfeed/storage"
)

// digest covers what a reader sees of an entry. Each part goes in with its
// length, so that nothing can move from one part to the next unseen.
func (d *document) digest(e *storage.Entry) storage.Digest {
	b := d.digested[:0]
	number := func(n int64) { b = binary.AppendVarint(b, n) }
	text := func(list ...string) {
		for _, s := range list {
			number(int64(len(s)))
			b = append(b, s...)
		}
	}
	text(e.Title, e.Summary, e.Content, e.CanonicalURL)
	number(int64(len(e.Authors)))
	for _, p := range e.Authors {
		text(p.Name, p.Email, p.URL)
	}
	number(int64(len(e.Categories)))
	text(e.Categories...)
	number(int64(len(e.Media)))
	for _, m := range e.Media {
		text(m.URL, m.Type, string(m.Medium), m.Title, m.Caption, m.Credit)
		number(m.Bytes)
		number(int64(m.Width))
		number(int64(m.Height))
		number(int64(m.Duration))
	}
	d.digested = b
	sum := sha256.Sum256(b)
	return storage.Digest(sum[:len(storage.Digest{})])
}
