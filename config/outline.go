package config

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// The bounds of an OPML file.
const (
	maxOPML     = 16 * mebibyte
	maxOutlines = 100_000
	maxNesting  = 64
	maxTags     = 20 // categories of one subscription; further ones are left out
)

// outline is a subscription in an OPML file, and where it stands.
type outline struct {
	url        string
	title      string
	categories []string // of the outlines around it, the outermost first, then its own
	place      place    // without the file
}

// outlines reads the subscriptions of an OPML file. Common mistakes, such as a
// bare & in an address, are read as they are meant.
type outlines struct {
	dec    *xml.Decoder
	around []string // names of the outlines around; empty: not named
	found  []outline
}

// parseOPML returns the subscriptions in their order. The error is a Problem,
// without its file.
func parseOPML(text []byte) ([]outline, error) {
	if len(text) > int(maxOPML) {
		return nil, Problem{Message: fmt.Sprintf("is larger than %v; split it", maxOPML)}
	}
	o := outlines{dec: newDecoder(text)}
	err := o.root()
	for err == nil {
		err = o.next()
	}
	if errors.Is(err, io.EOF) {
		return o.found, nil
	}
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) {
		err = Problem{Line: syntax.Line, Column: 1, Message: "is damaged here: " + syntax.Msg}
	}
	var p Problem
	if !errors.As(err, &p) {
		err = o.problem("cannot be read: " + strings.TrimPrefix(err.Error(), "xml: "))
	}
	return nil, err
}

func newDecoder(text []byte) *xml.Decoder {
	// A byte order mark says more than the declaration does.
	marked := bytes.HasPrefix(text, []byte("\xfe\xff")) || bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xef\xbb\xbf"))
	otherwise := transform.Transformer(transform.Nop)
	if !marked && !utf8.Valid(text) && !declaresOther(text) {
		otherwise = charmap.Windows1252.NewDecoder() // what claims to be UTF-8 and is not
	}
	decoded := transform.NewReader(bytes.NewReader(text), unicode.BOMOverride(otherwise))
	dec := xml.NewDecoder(decoded)
	dec.Strict = false
	dec.Entity = xml.HTMLEntity
	dec.CharsetReader = charset.NewReaderLabel
	if marked {
		dec.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	}
	return dec
}

// declaresOther reports whether a text says that it is in another encoding than
// UTF-8.
func declaresOther(text []byte) bool {
	declared := declaration.FindSubmatch(text)
	return declared != nil && !bytes.EqualFold(declared[1], []byte("utf-8"))
}

var declaration = regexp.MustCompile(`^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([\w.:-]+)["']`)

// problem is one at the place that was read last.
func (o *outlines) problem(message string) Problem {
	p := Problem{Message: message}
	p.Line, p.Column = o.dec.InputPos()
	return p
}

// root reads up to the first element, which says whether it is OPML.
func (o *outlines) root() error {
	for {
		token, err := o.dec.Token()
		if errors.Is(err, io.EOF) {
			return Problem{Message: "is not OPML: it has no element <opml>"}
		}
		if err != nil {
			return err
		}
		if e, ok := token.(xml.StartElement); ok {
			if !strings.EqualFold(e.Name.Local, "opml") {
				return o.problem(fmt.Sprintf("is not OPML: it begins with an element <%.40s>", e.Name.Local))
			}
			return nil
		}
	}
}

// next reads one token; io.EOF is the end.
func (o *outlines) next() error {
	token, err := o.dec.Token()
	if err != nil {
		return err
	}
	switch t := token.(type) {
	case xml.StartElement:
		if len(o.around) == maxNesting {
			return o.problem(fmt.Sprintf("has more than %d elements within each other", maxNesting))
		}
		o.around = append(o.around, o.begin(t))
		if len(o.found) > maxOutlines {
			return o.problem(fmt.Sprintf("has more than %d subscriptions; split it", maxOutlines))
		}
	case xml.EndElement:
		o.around = o.around[:max(0, len(o.around)-1)]
	}
	return nil
}

// begin notes the subscription that an element is, if it is one, or returns
// the name under which it gathers others.
func (o *outlines) begin(e xml.StartElement) string {
	if !strings.EqualFold(e.Name.Local, "outline") {
		return ""
	}
	given := map[string]string{}
	for _, a := range e.Attr {
		given[strings.ToLower(a.Name.Local)] = a.Value
	}
	name := oneLine(cmp.Or(given["title"], given["text"]))
	address := webAddress(given["xmlurl"])
	if kind := strings.ToLower(given["type"]); address == "" && (kind == "rss" || kind == "atom") {
		address = webAddress(given["url"]) // of early programs, before OPML 2.0
	}
	if address == "" {
		return name
	}
	out := outline{url: address, title: name}
	if name == address {
		out.title = ""
	}
	out.place.line, out.place.column = o.dec.InputPos()
	for _, c := range append(slices.Clone(o.around), categories(given["category"])...) {
		out.addCategory(c)
	}
	o.found = append(o.found, out)
	return ""
}

func (o *outline) addCategory(name string) {
	same := func(c string) bool { return strings.EqualFold(c, name) }
	if name != "" && len(o.categories) < maxTags && !slices.ContainsFunc(o.categories, same) {
		o.categories = append(o.categories, name)
	}
}

// categories reads an attribute of that name: tags, and paths of which each
// part is one.
func categories(attribute string) []string {
	var list []string
	for member := range strings.SplitSeq(attribute, ",") {
		member = oneLine(member)
		path, isPath := strings.CutPrefix(member, "/")
		if !isPath {
			list = append(list, member)
			continue
		}
		for part := range strings.SplitSeq(path, "/") {
			list = append(list, oneLine(part))
		}
	}
	return list
}

// webAddress returns an address without the feed: that some programs put before
// it or in place of http:.
func webAddress(s string) string {
	s = strings.TrimSpace(s)
	scheme, rest, _ := strings.Cut(s, ":")
	switch {
	case !strings.EqualFold(scheme, "feed"):
		return s
	case strings.HasPrefix(rest, "//"):
		return "http:" + rest
	}
	return rest
}

// oneLine returns text as a title or category may be.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, "\uFFFD"), isBlank), " ")
}
