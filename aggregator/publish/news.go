package publish

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"net/http"
	"slices"
	"strings"
)

// maxPast is the number of earlier renderings of a page since which it can tell
// what is new.
const maxPast = 16

// fewBytes is about what a connection carries before the first acknowledgement:
// less than that saves no time.
const fewBytes = 14 << 10

// manipulation is the instance manipulation of RFC 3229 that we know: a feed
// of those items only that the client has not seen as they are.
const manipulation = "feed"

// piece is an item within the body of a feed.
type piece struct {
	start, end int
	print      uint64 // of its bytes
}

// past is an earlier rendering of a page.
type past struct {
	tag    string
	prints []uint64 // of its items, in order of size
}

// follow takes over what the page has to know of the one before it, if there
// was one.
func (g *page) follow(last *page) {
	if last != nil && last.ETag == g.ETag {
		g.pieces, g.past, g.spool = last.pieces, last.past, last.spool
		return
	}
	g.pieces = cut(g.Body, g.format)
	for i, p := range g.pieces {
		sum := sha256.Sum256(g.Body[p.start:p.end])
		g.pieces[i].print = binary.BigEndian.Uint64(sum[:])
	}
	if last != nil {
		g.past = append([]past{last.asPast()}, last.past[:min(len(last.past), maxPast-1)]...)
	}
}

func (g *page) asPast() past {
	p := past{tag: g.ETag, prints: make([]uint64, len(g.pieces))}
	for i, item := range g.pieces {
		p.prints[i] = item.print
	}
	slices.Sort(p.prints)
	return p
}

// news returns the feed without the items that the newest of the renderings
// with these tags held, and that one's tag. Where there is no such rendering,
// nothing new in it or nothing else, the body is nil.
func (g *page) news(tags string) (body []byte, base string) {
	i := slices.IndexFunc(g.past, func(p past) bool { return matches(tags, p.tag) })
	if i < 0 {
		return nil, ""
	}
	var fresh []piece
	for _, item := range g.pieces {
		if _, known := slices.BinarySearch(g.past[i].prints, item.print); !known {
			fresh = append(fresh, item)
		}
	}
	if len(fresh) == 0 || len(fresh) == len(g.pieces) {
		return nil, ""
	}
	first, last := g.pieces[0], g.pieces[len(g.pieces)-1]
	// What stands between two items is the same between any two.
	between := g.Body[first.end:g.pieces[1].start]
	body = slices.Clone(g.Body[:first.start])
	for n, item := range fresh {
		if n > 0 {
			body = append(body, between...)
		}
		body = append(body, g.Body[item.start:item.end]...)
	}
	return append(body, g.Body[last.end:]...), g.past[i].tag
}

// serveNews answers a request that prefers what is new, and reports whether it
// did: not where the whole feed, as it is coded for the client, is shorter by
// more than a few bytes. What is new is sent as it is.
func (g *page) serveNews(w http.ResponseWriter, r *http.Request, whole int) bool {
	if r.Method != http.MethodGet || !wantsNews(r.Header) {
		return false
	}
	body, base := g.news(strings.Join(r.Header.Values("If-None-Match"), ","))
	if body == nil || len(body) > max(whole, fewBytes) {
		return false
	}
	h := w.Header()
	h.Set("IM", manipulation)
	h.Set("Delta-Base", base)
	// A cache that does not know 226 must not store it: RFC 3229, section 10.8.
	h.Set("Cache-Control", "no-store, im")
	if g.token != "" {
		h.Set("Cache-Control", "private, no-store, im")
	}
	g.send(w, r, http.StatusIMUsed, body, nil)
	return true
}

// cut finds the items in a feed that we have written.
func cut(body []byte, f Format) []piece {
	switch f {
	case RSS:
		return cutXML(body, "item")
	case Atom:
		return cutXML(body, "entry")
	case JSON:
		return cutJSON(body)
	}
	return nil
}

// cutXML finds the elements of a name that none of them is within. Only within
// a CDATA section does a "<" of the text stand as it is.
func cutXML(body []byte, name string) []piece {
	var (
		all        []piece
		start, end = []byte("<" + name), []byte("</" + name + ">")
		open, stop = []byte("<![CDATA["), []byte("]]>")
	)
	for i := 0; i < len(body); i++ {
		next := bytes.IndexByte(body[i:], '<')
		if next < 0 {
			break
		}
		i += next
		switch rest := body[i:]; {
		case bytes.HasPrefix(rest, open):
			i += max(bytes.Index(rest, stop), 0)
		case bytes.HasPrefix(rest, end):
			i += len(end) - 1
			all[len(all)-1].end = i + 1
		case bytes.HasPrefix(rest, start) && (rest[len(start)] == '>' || rest[len(start)] == ' '):
			all = append(all, piece{start: i})
		}
	}
	return all
}

// cutJSON finds the objects in the first array of the name "items". Within a
// string its quotes would be escaped.
func cutJSON(body []byte) []piece {
	opening := []byte(`"items":[`)
	i := bytes.Index(body, opening)
	if i < 0 {
		return nil
	}
	var all []piece
	depth := 0
	for i += len(opening); i < len(body); i++ {
		switch body[i] {
		case '"':
			for i++; body[i] != '"'; i++ {
				if body[i] == '\\' {
					i++
				}
			}
		case '{':
			if depth == 0 {
				all = append(all, piece{start: i})
			}
			depth++
		case '}':
			if depth--; depth == 0 {
				all[len(all)-1].end = i + 1
			}
		case ']':
			if depth == 0 {
				return all
			}
		}
	}
	return all
}
