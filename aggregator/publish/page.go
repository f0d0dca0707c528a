package publish

import (
	"crypto/subtle"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// page is a rendering as it goes over the wire.
type page struct {
	Rendering
	header http.Header // of 200 and of 304; its values are shared
	token  string      // needed to read it, or empty
}

// contentPolicy lets a feed that is opened in a browser do nothing.
const contentPolicy = "default-src 'none'; style-src 'self'; sandbox"

func (p *Publisher) newPage(r Rendering, doc feed, f Format) *page {
	links := make([]string, 0, len(Formats()))
	links = append(links, fmt.Sprintf(`<%s>; rel="self"; type="%s"`, doc.url(f), f.MediaType()))
	for _, other := range Formats() {
		if other != f {
			links = append(links, fmt.Sprintf(`<%s>; rel="alternate"; type="%s"`, doc.url(other), other.MediaType()))
		}
	}
	g := p.wired(r, strings.Join(links, ", "))
	if g.token = doc.token; g.token != "" {
		g.header.Set("Cache-Control", "private, "+g.header.Get("Cache-Control"))
	}
	return g
}

func (p *Publisher) wired(r Rendering, links string) *page {
	h := http.Header{}
	h.Set("ETag", r.ETag)
	h.Set("Last-Modified", r.LastModified.UTC().Format(http.TimeFormat))
	h.Set("Cache-Control", "max-age="+strconv.Itoa(int(p.maxAge.Seconds())))
	h.Set("Vary", "Accept-Encoding")
	h.Set("Link", links)
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", contentPolicy)
	return &page{Rendering: r, header: h}
}

// opensFor reports whether a request may read the page.
func (g *page) opensFor(r *http.Request) bool {
	if g.token == "" {
		return true
	}
	given := r.URL.Query().Get(tokenArgument)
	return subtle.ConstantTimeCompare([]byte(given), []byte(g.token)) == 1
}

func (g *page) size() int { return len(g.Body) + len(g.Gzip) }

// serve answers a GET or HEAD request.
func (g *page) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	for name, values := range g.header {
		h[name] = values
	}
	// RFC 9110, section 8.8.2.1: never later than the message itself. What is
	// compared is the true time, so that nobody who was told the earlier one
	// misses the change.
	if now := time.Now(); g.LastModified.After(now) {
		h.Set("Last-Modified", now.UTC().Format(http.TimeFormat))
	}
	if notModified(r.Header, g.ETag, g.LastModified) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := g.Body
	if acceptsGzip(r.Header) {
		body = g.Gzip
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("Content-Type", g.ContentType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodHead {
		return
	}
	w.Write(body)
}
