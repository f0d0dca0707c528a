package parse

// Item is one item of a document as its source wrote it: nothing is resolved,
// converted, cleaned or believed. An absent thing is the zero value.
type Item struct {
	GUID      string // guid, atom:id, rdf:about, JSON Feed id
	Permalink bool   // the source says that GUID is the item's address

	Links []Link

	Title   Text
	Summary Text
	Content Text

	Authors      []Person
	Contributors []Person
	Categories   []Category

	// Dates in the order in which they are to be believed.
	Published []string
	Updated   []string

	Media    []Media
	Origin   *Origin // atom:source, RSS source
	Comments string  // URL of the discussion
	Replies  string  // how many comments there are
	Point    string  // latitude and longitude, apart by a space
	Rights   Text
	Lang     string // nearest xml:lang, or the item's own language
	Base     string // xml:base in scope at the item, as far as the document says

	Digest Digest // of the item's raw bytes and of what it inherits
}

// Empty reports whether the item says nothing: it has no name, no address, no
// text and no media.
func (i Item) Empty() bool {
	return i.GUID == "" && len(i.Links) == 0 && len(i.Media) == 0 &&
		i.Title.Value == "" && i.Summary.Value == "" && i.Content.Value == ""
}

// Digest is the first half of a SHA-256.
type Digest = [16]byte

// Text is a piece of text and how it is to be read.
type Text struct {
	Value string
	Type  TextType
	Base  string // xml:base in scope, as far as the document says
	Lang  string // xml:lang in scope
}

// TextType says what the characters of a Text are.
type TextType string

// Guess is what RSS has: HTML by custom, plain text now and then.
const (
	Guess TextType = ""
	Plain TextType = "text"
	HTML  TextType = "html"
)

// Link is an atom:link, or what another format has in its place: RSS link is
// rel "alternate", feedburner:origLink is rel "original", and relations lists
// the others.
type Link struct {
	Href     string
	Rel      string // never empty; "alternate" where the source wrote none
	Type     string
	Hreflang string
	Title    string
	Length   string
}

// Person is an author or contributor. Name may hold a whole address such as
// "mail@example.org (Jane Doe)".
type Person struct {
	Name  string
	Email string
	URL   string
}

// Category is a subject. Label is for people, where it differs from Term.
type Category struct {
	Term   string
	Scheme string
	Label  string
}

// MediaKind says in which place of an item a Media was named.
type MediaKind string

// The places, the most telling first.
const (
	MediaContent   MediaKind = "content"   // media:content
	MediaEnclosure MediaKind = "enclosure" // enclosure, link rel=enclosure, attachment
	MediaImage     MediaKind = "image"     // itunes:image, JSON Feed image, RSS image
	MediaThumbnail MediaKind = "thumbnail" // media:thumbnail
)

// Media is one image, film, recording or file.
type Media struct {
	Kind     MediaKind
	URL      string
	Type     string
	Medium   string
	Length   string // bytes
	Width    string
	Height   string
	Duration string // seconds or h:m:s
	Title    string
	Caption  string
	Credit   string
	Default  bool
}

// Origin is the feed that the source took an item from.
type Origin struct {
	ID      string
	Title   Text
	URL     string // of the feed
	Link    string // of the site
	Updated string
}

// Header is what a document says about itself.
type Header struct {
	ID          string
	Title       Text
	Description Text
	Links       []Link // rel self, alternate, hub and others
	Image       string
	Rights      Text
	Lang        string
	Base        string
	Updated     []string // in the order in which they are to be believed
	Authors     []Person
	Categories  []Category
	TTL         string // minutes
	SkipHours   []string
	SkipDays    []string
	SyPeriod    string // sy:updatePeriod
	SyFrequency string // sy:updateFrequency
	SyBase      string // sy:updateBase
}

// Empty reports whether the header says nothing.
func (h Header) Empty() bool {
	return h.ID == "" && h.Title.Value == "" && h.Description.Value == "" && h.Rights.Value == "" &&
		len(h.Links)+len(h.Updated)+len(h.Authors)+len(h.Categories)+len(h.SkipHours)+len(h.SkipDays) == 0 &&
		h.Image == "" && h.Lang == "" && h.TTL == "" && h.SyPeriod == "" && h.SyFrequency == "" && h.SyBase == ""
}

// Link returns the first link of that relation, or "".
func (h Header) Link(rel string) string { return first(h.Links, rel) }

// Link returns the first link of that relation, or "".
func (i Item) Link(rel string) string { return first(i.Links, rel) }

func first(links []Link, rel string) string {
	for _, l := range links {
		if l.Rel == rel {
			return l.Href
		}
	}
	return ""
}
