package publish

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// page is a rendering as it goes over the wire.
type page struct {
	Rendering
	header http.Header // of 200; its values are shared
	token  string      // needed to read it, or empty

	// What is new in a feed is told by these; a page that is none has none.
	format Format
	pieces []piece
	past   []past // earlier renderings, the last one first

	spool *spool // of the body; nil: there is none
}

// contentPolicy lets a feed that is opened in a browser do nothing.
const contentPolicy = "default-src 'none'; style-src 'self'; sandbox"

// notModifiedHeader is what a 304 says: RFC 9110, section 15.4.5. What else
// there is to say of a page is known to who asks.
var notModifiedHeader = []string{"Access-Control-Allow-Origin", "Cache-Control", "Etag", "Last-Modified", "Vary"}

// newPage makes the page of a feed; last is the one before it, or nil.
func (p *Publisher) newPage(r Rendering, doc feed, f Format, last *page) *page {
	links := make([]string, 0, len(Formats()))
	links = append(links, fmt.Sprintf(`<%s>; rel="self"; type="%s"`, doc.url(f), f.MediaType()))
	for _, other := range Formats() {
		if other != f && !doc.sel.Subscriptions {
			links = append(links, fmt.Sprintf(`<%s>; rel="alternate"; type="%s"`, doc.url(other), other.MediaType()))
		}
	}
	g := p.wired(r, strings.Join(links, ", "))
	g.header.Set("Vary", "Accept-Encoding, A-IM")
	varyByAccept(g.header, r.ContentType)
	if g.token = doc.token; g.token != "" {
		g.header.Set("Cache-Control", "private, "+g.header.Get("Cache-Control"))
	}
	if doc.isSettled() {
		g.header.Set("Cache-Control", archiveCaching)
	}
	g.format = f
	g.follow(last)
	if g.spool == nil {
		g.spool = newSpool(g.Body)
	}
	return g
}

func (p *Publisher) wired(r Rendering, links string) *page {
	h := http.Header{}
	h.Set("ETag", r.ETag)
	h.Set("Cache-Control", "max-age="+strconv.Itoa(int(p.maxAge.Seconds())))
	h.Set("Vary", "Accept-Encoding")
	h.Set("Link", links)
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Expose-Headers", "ETag, Last-Modified, Link")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", contentPolicy)
	g := &page{Rendering: r, header: h}
	g.date(r.LastModified)
	return g
}

// date says when the page was last modified.
func (g *page) date(t time.Time) {
	g.LastModified = t.UTC().Truncate(time.Second)
	g.header.Set("Last-Modified", g.LastModified.Format(http.TimeFormat))
}

// undate leaves out when the page was last modified: it is made of more than
// anything tells the time of.
func (g *page) undate() {
	g.LastModified = time.Time{}
	g.header.Del("Last-Modified")
}

// opensFor reports whether a request may read the page. That takes the same time
// however much of the token is right.
func (g *page) opensFor(r *http.Request) bool {
	if g.token == "" {
		return true
	}
	given, token := sha256.Sum256([]byte(r.URL.Query().Get(tokenArgument))), sha256.Sum256([]byte(g.token))
	return subtle.ConstantTimeCompare(given[:], token[:]) == 1
}

// size is about the number of bytes that the page takes in memory.
func (g *page) size() int {
	n := len(g.Body)
	for _, coded := range g.coded {
		n += len(coded)
	}
	if g.spool != nil { // as large again, when it is asked for
		n += len(g.Body)
	}
	for _, p := range g.past {
		n += 8 * len(p.prints)
	}
	return n
}

// serve answers a GET or HEAD request.
func (g *page) serve(w http.ResponseWriter, r *http.Request) {
	unchanged := notModified(r.Header, g.ETag, g.LastModified)
	h := w.Header()
	if unchanged {
		for _, name := range notModifiedHeader {
			if values := g.header[name]; values != nil {
				h[name] = values
			}
		}
	} else {
		maps.Copy(h, g.header)
	}
	// RFC 9110, section 8.8.2.1: never later than the message itself. What is
	// compared is the true time, so that nobody who was told the earlier one
	// misses the change.
	if now := time.Now(); g.LastModified.After(now) {
		h.Set("Last-Modified", now.UTC().Format(http.TimeFormat))
	}
	if unchanged {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body, encoding := g.Body, ""
	if c := negotiate(r.Header["Accept-Encoding"]); c != identity && g.coded[c] != nil {
		body, encoding = g.coded[c], codingNames[c]
	}
	if g.serveNews(w, r, len(body)) {
		return
	}
	if encoding != "" {
		h.Set("Content-Encoding", encoding)
		g.send(w, r, http.StatusOK, body, nil)
		return
	}
	g.send(w, r, http.StatusOK, body, g.spool)
}

// send sends a body, from its spool if it has one, or says only what it is like
// to who asks with HEAD.
func (g *page) send(w http.ResponseWriter, r *http.Request, status int, body []byte, spool *spool) {
	w.Header().Set("Content-Type", shownAs(g.ContentType, r.Header))
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead && !spool.send(w) {
		w.Write(body)
	}
}
