package publish

// Format is a syndication format that feeds are published in.
type Format string

// The formats.
const (
	RSS  Format = "rss"  // RSS 2.0
	Atom Format = "atom" // RFC 4287
	JSON Format = "json" // JSON Feed 1.1
)

// HTML is the page of a feed, for people. It is none of Formats: only that of
// the merged feed is served, at the base URL.
const HTML Format = "html"

// OPML is the format of the list of sources: OPML 2.0.
const OPML Format = "opml"

// Formats returns every format that feeds are subscribed to in, in the order in
// which they are offered.
func Formats() []Format { return []Format{RSS, Atom, JSON} }

// Ext returns the ending of the format's paths, with its dot.
func (f Format) Ext() string { return "." + string(f) }

// MediaType returns the format's media type without parameters.
func (f Format) MediaType() string {
	switch f {
	case JSON:
		return "application/feed+json"
	case OPML:
		return "text/x-opml"
	}
	return "application/" + string(f) + "+xml"
}

// ContentType returns the Content-Type under which the format is served.
func (f Format) ContentType() string { return f.MediaType() + "; charset=utf-8" }

// name is the format as people call it.
func (f Format) name() string {
	switch f {
	case RSS:
		return "RSS"
	case Atom:
		return "Atom"
	}
	return "JSON Feed"
}
