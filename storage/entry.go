package storage

import "time"

// Entry is one normalized news item of exactly one source.
//
// Everything in it is safe to hand to any reader: URLs are absolute http or
// https, Summary and Content are allow-listed HTML, all else is plain text,
// and every string is valid UTF-8 with characters that XML allows.
type Entry struct {
	ID     string // public id, an absolute IRI, minted once and unique
	Source string // id of its source
	Story  string // id of its story

	GUID         string   // as the source wrote it
	URL          string   // as the source gave it, made absolute
	CanonicalURL string   // without tracking parameters and the like
	Aliases      []string // other canonical URLs of the same article, or a guid that is an IRI of another kind
	Title        string   // plain text
	Summary      string   // safe HTML
	Content      string   // safe HTML; empty when the source gives only a summary
	FullText     bool     // Content is the text of the article's page, not what the source gave
	Authors      []Person
	Categories   []string
	Media        []Media // the lead image first, if there is one
	Language     string  // BCP 47, or empty
	Rights       string
	Comments     string // URL of the discussion
	Origin       *Origin
	ReadingTime  time.Duration

	// Published and Updated are what the source says, zero when it does not.
	// Published is fixed once it is said; Updated moves only with Digest.
	Published time.Time
	Updated   time.Time
	FirstSeen time.Time // when a poll first brought it
	Effective time.Time // by which feeds are ordered, fixed at first sight

	// Changed is the second in which the present revision became visible.
	Changed  time.Time
	Revision int    // from 1; grows when Digest changes
	Digest   Digest // of the normalized content that the source gave
	Keys     []Key  // by which it is known, strongest first

	// History are earlier revisions, the last one first: a few of them.
	History []Revision

	// Sketch is what the text was when the entry was first seen, in the form of
	// the resolver; empty: it has none.
	Sketch []byte

	// Known is why an item with another guid was last taken for this entry, whose
	// guid it had before is Other; zero: its guid has always told.
	Known Decision

	// Joined is why the entry is part of a story that another one began; zero:
	// it began its story itself.
	Joined Decision

	// Declined is the entry most like it that another story has, and what spoke
	// against; zero: none came near, or it has joined a story.
	Declined Decision

	// Hidden is the filter that keeps the entry out of every feed; empty: none
	// does.
	Hidden string

	// Views are the names of the views whose condition it meets.
	Views []string
}

// Decision is why two entries are taken to carry the same report, or to be one.
type Decision struct {
	Rule  string
	Other string  // id of the entry that was there before
	Score float64 // how alike they are by the rule, up to 1

	// Against is what speaks against it although the rule holds; empty: nothing.
	Against string
}

// Revision is what an entry was before it changed.
type Revision struct {
	Number  int
	Changed time.Time // the second in which it became visible
	Title   string
	Digest  Digest
}

// Person is an author.
type Person struct {
	Name  string
	Email string
	URL   string
}

// Medium says what kind of thing a Media is.
type Medium string

// The media that an entry may carry.
const (
	Image    Medium = "image"
	Video    Medium = "video"
	Audio    Medium = "audio"
	Document Medium = "document"
)

// Media is one image, film, recording or file of an entry. A zero Bytes,
// Width, Height or Duration is not known.
type Media struct {
	URL      string
	Type     string // media type, such as image/jpeg, or empty
	Medium   Medium
	Bytes    int64
	Width    int
	Height   int
	Duration time.Duration
	Title    string
	Caption  string
	Credit   string
}

// Origin is where the source itself took an entry from (RFC 4287 atom:source,
// RSS 2.0 source).
type Origin struct {
	ID      string
	Title   string
	URL     string // of the feed
	Link    string // of the site
	Updated time.Time
}

// Digest is the first half of a SHA-256.
type Digest [16]byte

// Key is an identity key: its kind (1 byte), what it has in common with keys of
// the same source or site (4 bytes, by Near), and a hash (12). Keys of different
// kinds never meet.
type Key [17]byte

// Arrival is an entry and its number in the order of first commit, from 1.
type Arrival struct {
	Number uint64
	Entry  Entry
}

// Story is entries of one or more sources that carry the same report.
type Story struct {
	ID     string // 13 base32 characters
	Public string // id under which it is published: of the entry that began it

	// Entries are the visible ones in order of first commit, at least one.
	// The first leads.
	Entries []Entry

	// Changed is the second in which the story last changed: an entry of it
	// was added or revised.
	Changed time.Time
}

// Lead returns the entry that stands for the story.
func (s Story) Lead() Entry { return s.Entries[0] }
