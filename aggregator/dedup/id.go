package dedup

import (
	"context"
	"crypto/sha1"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	"newsfeed/storage"
)

// mint chooses the public id of a new entry: the source's own, where that is
// an absolute IRI that nobody has published yet, else one made of the source
// and the strongest key.
func (r *Resolver) mint(ctx context.Context, e storage.Entry) (string, error) {
	id := PublicID(e)
	for n := 0; ; n++ {
		free, err := r.free(ctx, id)
		if err != nil || free {
			return id, err
		}
		id = minted(e, n)
	}
}

// PublicID returns the id that an identified entry is published under unless
// another has it already.
func PublicID(e storage.Entry) string {
	if isIRI(e.GUID) {
		return e.GUID
	}
	return minted(e, 0)
}

// minted returns the n-th id made for an entry.
func minted(e storage.Entry, n int) string {
	return uuid(fmt.Sprintf("%s %x %d", e.Source, e.Keys[0], n))
}

func (r *Resolver) free(ctx context.Context, id string) (bool, error) {
	if _, ok := r.ids[id]; ok {
		return false, nil
	}
	_, err := r.store.Entry(ctx, id)
	if errors.Is(err, storage.ErrNotFound) {
		return true, nil
	}
	return false, err
}

// notInIRIs are the characters of ASCII that no IRI has.
const notInIRIs = "\x00\x01\x02\x03\x04\x05\x06\x07\x08\t\n\x0b\x0c\r\x0e\x0f" +
	"\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f <>\"{}|\\^`"

// isIRI reports whether a guid can be an atom:id: an absolute IRI without
// characters that RFC 3987 forbids, of reasonable length.
func isIRI(s string) bool {
	scheme, rest, ok := strings.Cut(s, ":")
	if !ok || len(scheme) < 2 || rest == "" {
		return false
	}
	if len(s) > 1000 || strings.ContainsAny(s, notInIRIs) || strings.ContainsRune(s, utf8.RuneError) {
		return false
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme == "" || strings.Count(s, "#") > 1 || strings.ContainsAny(u.RawPath+u.Path+u.RawQuery+u.Fragment+u.Opaque, "[]") {
		return false
	}
	if u.Scheme == "http" || u.Scheme == "https" {
		return u.Host != ""
	}
	return true
}

// namespace is the UUID under which the ids of this program are made.
var namespace = [16]byte{0x2b, 0x5e, 0x0c, 0x1a, 0x7d, 0x34, 0x4f, 0x0b, 0x9a, 0x41, 0x63, 0xf2, 0x88, 0x1d, 0x5c, 0x90}

// uuid returns the name-based UUID of name (RFC 9562 section 5.5) as a URN.
func uuid(name string) string {
	h := sha1.New()
	h.Write(namespace[:])
	h.Write([]byte(name))
	u := h.Sum(nil)[:16]
	u[6] = u[6]&0x0F | 0x50
	u[8] = u[8]&0x3F | 0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}

// IDOrigin says where the public id of an entry comes from.
func IDOrigin(e storage.Entry) string {
	switch {
	case e.ID == e.GUID:
		return "its guid"
	case e.GUID == "":
		return "made for it: it has no guid"
	case isIRI(e.GUID):
		return "made for it: it had another guid, or another entry had this one, when it was first seen"
	}
	return "made for it: its guid is no IRI"
}
