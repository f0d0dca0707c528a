package publish

import (
	"encoding/xml"
	"net/http"
	"strings"
)

// feedStyle is the path of the style sheet that makes an XML feed readable for a
// person who opens it in a browser. It is CSS: browsers give XSLT up.
const feedStyle = "feed.css"

// styled is an XML document that names its style sheet.
type styled struct {
	base string // URL of the server
	root any
}

// FeedXml makes it a feeds.XmlFeed.
func (s styled) FeedXml() any { return s }

// MarshalXML implements xml.Marshaler.
func (s styled) MarshalXML(e *xml.Encoder, _ xml.StartElement) error {
	href := newLinker(s.base, false).Root + feedStyle
	err := e.EncodeToken(xml.ProcInst{Target: "xml-stylesheet", Inst: []byte(`type="text/css" href="` + href + `"`)})
	if err != nil {
		return err
	}
	return e.Encode(s.root)
}

// shownAs returns the media type under which a request gets a document. Some
// browsers show the source of what has a feed's own type; to them an XML feed is
// what it is as well, XML. They are told by what they want first of all.
func shownAs(contentType string, h http.Header) string {
	if isStyled(contentType) && strings.HasPrefix(h.Get("Accept"), "text/html") {
		return "application/xml; charset=utf-8"
	}
	return contentType
}

// varyByAccept adds to the header of a document that has two media types what
// tells them apart, so that no cache gives readers what is for browsers.
func varyByAccept(h http.Header, contentType string) {
	if isStyled(contentType) {
		h.Set("Vary", "Accept, "+h.Get("Vary"))
	}
}

// isStyled reports whether documents of a media type name the style sheet.
func isStyled(contentType string) bool { return strings.Contains(contentType, "+xml;") }
