package bolt

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"newsfeed/storage"
)

// place is where an entry stands in the order of entries: its effective time
// and the hash of its id. As bytes, later places are greater.
type place [8 + len(hash{})]byte

// hash is the first half of a SHA-256.
type hash [16]byte

func hashOf(id string) hash {
	sum := sha256.Sum256([]byte(id))
	return hash(sum[:])
}

// idKey is where the bucket of ids leads from an id to its entry: those of one site
// are neighbours.
func idKey(id string) [16]byte { return idKeyOf(id, hashOf(id)) }

func idKeyOf(id string, h hash) (key [16]byte) {
	near := storage.Near(id)
	copy(key[copy(key[:], near[:]):], h[:])
	return key
}

func placeOf(effective time.Time, h hash) (p place) {
	// With the sign turned over, times before 1970 come first as bytes too.
	binary.BigEndian.PutUint64(p[:], uint64(effective.UnixMicro())^1<<63)
	copy(p[8:], h[:])
	return p
}

// end is after every place.
func end() (p place) {
	for i := range p {
		p[i] = 0xff
	}
	return p
}

var cursorEncoding = base32.HexEncoding.WithPadding(base32.NoPadding)

func (p place) cursor() storage.Cursor {
	return storage.Cursor(cursorEncoding.EncodeToString(p[:]))
}

func parseCursor(c storage.Cursor) (place, error) {
	if c == "" {
		return end(), nil
	}
	b, err := cursorEncoding.DecodeString(string(c))
	if err == nil && len(b) != len(place{}) {
		err = errors.New("wrong length")
	}
	if err != nil {
		return place{}, fmt.Errorf("%w: cursor %.64q: %w", storage.ErrNotFound, c, err)
	}
	return place(b), nil
}

// ref is what the index of times says about an entry. As bytes it begins with
// the source, as what the index of lists says does.
type ref struct {
	source uint32
	seq    uint64
	leads  bool // first of its story
	hidden bool // by a filter
	story  string
}

const (
	flagLeads  = 1
	flagHidden = 2
)

func flags(leads, hidden bool) (b byte) {
	if leads {
		b |= flagLeads
	}
	if hidden {
		b |= flagHidden
	}
	return b
}

func (r ref) append(b []byte) []byte {
	b = binary.BigEndian.AppendUint32(b, r.source)
	b = binary.BigEndian.AppendUint64(b, r.seq)
	b = append(b, flags(r.leads, r.hidden))
	return append(b, r.story...)
}

func parseRef(b []byte) ref {
	return ref{
		source: sourceOf(b),
		seq:    binary.BigEndian.Uint64(b[4:]),
		leads:  b[12]&flagLeads != 0,
		hidden: b[12]&flagHidden != 0,
		story:  string(b[13:]),
	}
}

// sourceOf returns the source of an entry from what an index says about it.
func sourceOf(b []byte) uint32 { return binary.BigEndian.Uint32(b) }

// list names the entries of a source, a category or a view. It is a short hash:
// whoever could make two names meet could as well use the other name.
type list [8]byte

func listOfSource(id string) list     { return listOf("source\x00" + id) }
func listOfCategory(name string) list { return listOf("category\x00" + fold(name)) }
func listOfView(name string) list     { return listOf("view\x00" + name) }

func listOf(name string) list {
	sum := sha256.Sum256([]byte(name))
	return list(sum[:])
}

// listsOf returns the lists that an entry is in, each once.
func listsOf(e *storage.Entry) []list {
	if e.ID == "" {
		return nil
	}
	lists := []list{listOfSource(e.Source)}
	add := func(l list) {
		if !slices.Contains(lists, l) {
			lists = append(lists, l)
		}
	}
	for _, c := range e.Categories {
		add(listOfCategory(c))
	}
	for _, v := range e.Views {
		add(listOfView(v))
	}
	return lists
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}

// fold returns a form that is equal for strings equal by strings.EqualFold.
func fold(s string) string {
	if isASCII(s) {
		return strings.ToUpper(s)
	}
	return strings.Map(func(r rune) rune {
		least := r
		for n := unicode.SimpleFold(r); n != r; n = unicode.SimpleFold(n) {
			least = min(least, n)
		}
		return least
	}, s)
}
