// Package parse reads the bytes of a source into a Document and its Items as
// the source wrote them: RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0, JSON Feed,
// CDF, sitemaps, and HTML pages by selectors. It is pure: it reads no clock,
// opens nothing and keeps nothing.
//
// The work has two steps. Scan decodes the characters, guards against hostile
// documents, repairs damaged ones, reads the header and cuts the document into
// raw items. Items then reads those raw items that the caller does not know
// yet: from their elements, by the usual names of the namespaces, with gofeed
// behind that for JSON Feed and for items that seem to say little.
package parse

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
)

// ErrNoFeed says that a body is not a document this package can read.
var ErrNoFeed = errors.New("not a feed")

// The bounds of a document. What lies beyond MaxItems is left out with a
// warning; a document beyond the others is refused as hostile, or loses the
// item that goes beyond.
const (
	MaxItems      = 5000
	MaxDepth      = 200 // open elements
	MaxAttributes = 200 // of one element
	MaxNamespaces = 500 // declarations, an item
)

// Options say how to read a body.
type Options struct {
	ContentType string // of the response; its charset comes before a declaration
	Language    string // Content-Language of the response: of a document that names none
	Format      Format
	Select      Select // for FormatHTML
	Salt        string // goes into each item's digest
}

// Format says which documents are to be read.
type Format string

// The formats of sources. The zero value is as good as FormatAuto.
const (
	FormatAuto        Format = "auto"        // all but HTML
	FormatSyndication Format = "syndication" // RSS, Atom, RDF, JSON Feed, CDF
	FormatSitemap     Format = "sitemap"
	FormatHTML        Format = "html"
)

// Document is a scanned body. It is not safe for concurrent use.
type Document struct {
	Format   string // rss0.90 … rss2.0, atom0.3, atom1.0, json1.0, json1.1, cdf, sitemap, html
	Header   Header
	Warnings []string // what was repaired or left out, for people

	// Parts are the sitemaps of a sitemap index, which has no items itself.
	Parts []Part

	raw    [][]byte // the items, cut but not read
	digest []Digest
	read   func(raw [][]byte) ([]Item, []string)
}

// Scan reads body up to its items. The error wraps ErrNoFeed when body is
// something else than a feed. The Document keeps parts of body.
func Scan(body []byte, o Options) (doc *Document, err error) {
	defer recovered(&err)
	reader := decode
	if o.Format == FormatHTML {
		reader = decodePage
	}
	text, warnings := reader(body, o.ContentType)
	switch {
	case o.Format == FormatHTML:
		doc, err = scanPage(text, o.Select)
	case isJSON(text):
		doc, err = scanJSON(text)
	default:
		doc, err = scanXML(text)
	}
	if err != nil {
		return nil, err
	}
	switch isSitemap := doc.Format == "sitemap"; {
	case o.Format == FormatSitemap && !isSitemap:
		return nil, fmt.Errorf("%w: %s, but not a sitemap", ErrNoFeed, doc.Format)
	case o.Format == FormatSyndication && isSitemap:
		return nil, fmt.Errorf("%w: a sitemap", ErrNoFeed)
	case doc.Header.Empty() && len(doc.raw) == 0 && doc.Parts == nil:
		return nil, fmt.Errorf("%w: it says nothing of itself and has no items", ErrNoFeed)
	}
	if doc.Header.Lang == "" {
		doc.Header.Lang, _, _ = strings.Cut(o.Language, ",")
	}
	doc.Header.undouble()
	doc.Warnings = append(warnings, doc.Warnings...)
	if n := len(doc.raw); n > MaxItems {
		doc.warn("%d items, only the first %d are read", n, MaxItems)
		doc.raw = doc.raw[:MaxItems]
	}
	doc.stamp(o.Salt)
	return doc, nil
}

// Len returns the number of items.
func (d *Document) Len() int { return len(d.raw) }

// Digests returns the items' digests in the order of the document. A digest
// covers the item's raw bytes, what it inherits of the header, and the salt.
func (d *Document) Digests() []Digest { return d.digest }

// Items reads the items whose digest is not known, in the order of the
// document. An item that cannot be read is left out with a warning.
func (d *Document) Items(known func(Digest) bool) (items []Item, err error) {
	defer recovered(&err)
	var raw [][]byte
	var digests []Digest
	for i, r := range d.raw {
		if known == nil || !known(d.digest[i]) {
			raw, digests = append(raw, r), append(digests, d.digest[i])
		}
	}
	if len(raw) == 0 {
		return nil, nil
	}
	read, warnings := d.read(raw)
	d.Warnings = append(d.Warnings, warnings...)
	items = make([]Item, 0, len(read))
	for i := range read {
		if read[i].Digest == unread {
			continue
		}
		read[i].Digest = digests[i]
		read[i].undouble()
		items = append(items, read[i])
	}
	return items, nil
}

// unread marks the place of an item that could not be read.
var unread = Digest{0: 1}

func (d *Document) warn(format string, args ...any) {
	d.Warnings = append(d.Warnings, fmt.Sprintf(format, args...))
}

// stamp computes the digests.
func (d *Document) stamp(salt string) {
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %q %q %q", salt, d.Format, d.Header.Lang, d.Header.Base, d.Header.Authors)
	context := h.Sum(nil)
	d.digest = make([]Digest, len(d.raw))
	var sum [sha256.Size]byte
	for i, raw := range d.raw {
		h.Reset()
		h.Write(context)
		h.Write(raw)
		d.digest[i] = Digest(h.Sum(sum[:0])[:len(Digest{})])
	}
}

// recovered turns a panic of a parser into an error: one bad document must not
// end the daemon.
func recovered(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("read document: %v", r)
	}
}
