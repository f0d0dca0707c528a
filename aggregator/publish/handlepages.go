package publish

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"
)

// The argument of a page that turns its images off, and its value.
const (
	imagesArgument = "images"
	imagesOff      = "off"
)

// assets are the files that the pages and XML feeds ask for, by path, and their
// media types.
var assets = map[string]string{
	"style.css": "text/css; charset=utf-8",
	"page.js":   "text/javascript; charset=utf-8",
	"icon.svg":  "image/svg+xml",
	feedStyle:   "text/css; charset=utf-8",
}

// handlePages adds the pages for people but the one of the merged feed.
func (p *Publisher) handlePages(mux *http.ServeMux) {
	mux.HandleFunc("GET /stories/{id}", p.meter.limited(func(w http.ResponseWriter, r *http.Request) {
		p.order(w, r, webOrder{kind: storyPage, place: r.PathValue("id"), plain: isPlain(r.URL.Query())})
	}))
	mux.HandleFunc("GET /sources", p.meter.limited(func(w http.ResponseWriter, r *http.Request) {
		tick := time.Now().Unix() / int64(statusAge.Seconds())
		q := r.URL.Query()
		p.order(w, r, webOrder{kind: sourcesPage, place: q.Get("page"), plain: isPlain(q), tick: tick})
	}))
	for name, mediaType := range assets {
		mux.Handle("GET /"+name, asset(path.Join("web", name), mediaType, p.maxAge))
	}
}

func (p *Publisher) order(w http.ResponseWriter, r *http.Request, o webOrder) {
	g, err := p.page(r.Context(), order{web: o})
	p.answer(w, r, g, err)
}

// newWebOrder reads the arguments of the front page. Those that it does not know
// count for nothing, so that they do not fill the cache; of several selections
// one counts.
func newWebOrder(q url.Values) webOrder {
	o := webOrder{kind: frontPage, place: q.Get("before"), plain: isPlain(q)}
	switch {
	case q.Get("source") != "":
		o.sel.Source = q.Get("source")
	case q.Get("category") != "":
		o.sel.Category = strings.ToLower(q.Get("category"))
	default:
		o.sel.View = q.Get("view")
	}
	return o
}

func isPlain(q url.Values) bool { return q.Get(imagesArgument) == imagesOff }

// answerMissing says that there is nothing at an address, on a page from which
// people find their way.
func (p *Publisher) answerMissing(w http.ResponseWriter, r *http.Request) {
	body, err := p.missingPage(r.Context())
	if err != nil {
		p.answer(w, r, nil, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", htmlType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	// A cache that ignores arguments must not answer with it those who have
	// the token.
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", pagePolicy(true))
	w.WriteHeader(http.StatusNotFound)
	_, _ = w.Write(body)
}

// asset serves an embedded file.
func asset(name, mediaType string, maxAge time.Duration) http.Handler {
	body, err := webFiles.ReadFile(name)
	if err != nil {
		panic(err) // it is not embedded
	}
	tag := fmt.Sprintf(`"%x"`, sha256.Sum256(body))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Type", mediaType)
		h.Set("ETag", tag)
		h.Set("Cache-Control", "max-age="+strconv.Itoa(int(maxAge.Seconds())))
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "default-src 'none'")
		http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(body))
	})
}
