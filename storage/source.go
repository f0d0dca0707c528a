package storage

import (
	"cmp"
	"time"
)

// Settings is what the configuration contributes to the store.
type Settings struct {
	BaseURL string // public URL of this server, ending in a slash
	Feed    Feed
	Views   []View
	Sources []SourceSettings // by id

	// Changed is the second in which these settings became visible.
	Changed time.Time
}

// Feed describes the merged News Feed.
type Feed struct {
	Title  string
	Limit  int           // greatest number of items; 0 is none
	Window time.Duration // counted back from the newest item; 0 is none
	Across Across

	// Share is the greatest part of Limit that the items of one source may
	// take; 0 is all of it.
	Share float64
}

// View is a further feed: the entries of some sources and categories that meet
// a condition.
type View struct {
	Name       string
	Title      string
	Sources    []string // ids, any of them; none: all
	Categories []string // any of them, compared without case; none: all
	Where      string   // expression that its entries must meet; empty: none
	Limit      int      // greatest number of items; 0 is none
	Token      string   // needed to read it; empty: it is public
}

// Across says what becomes of the same story in several sources.
type Across string

// The choices for Across.
const (
	Merge Across = "merge" // one item, which names all its sources
	Mark  Across = "mark"  // an item each, with the story's id
	Off   Across = "off"   // an item each
)

// SourceSettings is a source as configured.
type SourceSettings struct {
	ID         string
	URL        string // as configured; may hold secrets, never shown
	Title      string // empty: what the source says
	Categories []string
	Disabled   bool
	Where      string // expression that its entries must meet; empty: none
	Across     Across // of its entries; empty: as in Feed
}

// Folding says what becomes of the source's entries that are of a story with
// those of others, in a feed that says what becomes of all.
func (s SourceSettings) Folding(f Feed) Across { return cmp.Or(s.Across, f.Across, Merge) }

// Source is a source as the store knows it.
type Source struct {
	SourceSettings
	Removed bool // no longer configured
	State   State
	Entries int    // stored
	Judged  string // the conditions by which all its entries have been judged
}

// Hidden reports whether the source's entries are kept out of every feed.
func (s Source) Hidden() bool { return s.Disabled || s.Removed }

// Condition is how a source is, in a word.
type Condition string

// The conditions of a source.
const (
	Removed  Condition = "removed" // no longer configured
	Disabled Condition = "disabled"
	Ended    Condition = "gone"
	Failing  Condition = "failing"
	Unpolled Condition = "new"
	Working  Condition = "ok"
)

// Condition returns how the source is.
func (s Source) Condition() Condition {
	switch {
	case s.Removed:
		return Removed
	case s.Disabled:
		return Disabled
	case s.State.Gone:
		return Ended
	case s.State.Failures > 0:
		return Failing
	case s.State.LastPoll.IsZero():
		return Unpolled
	}
	return Working
}

// Name returns the title to show for the source: the configured one, its own,
// or its id.
func (s Source) Name() string {
	switch {
	case s.Title != "":
		return s.Title
	case s.State.About.Title != "":
		return s.State.About.Title
	}
	return s.ID
}

// State is what polls have found out about a source.
type State struct {
	About      About
	Validators Validators
	Body       Digest     // of the last body read, zero for none
	Reading    Digest     // of how the configuration said to read it
	Seen       []Sighting // the items of the last document

	NextDue   time.Time
	DueReason string        // why NextDue is what it is, for people
	Bounds    []Bound       // all that had a say in NextDue
	NotBefore time.Time     // the publisher asked for no request before this
	Slow      time.Duration // wait that refusals have taught
	Hints     Hints
	Habit     []byte  // when the source publishes, in the form of the scheduler
	Trim      float64 // of the price of requests when NextDue was chosen

	LastPoll    time.Time
	LastSuccess time.Time // the last 200 or 304 that could be read
	LastNew     time.Time // the last poll that brought an entry
	LastForced  time.Time

	Trouble EventKind // the last one told of the source that is not over: Broken, Challenged, Gone or Silent

	Status   int    // HTTP status of the last poll, 0 when none came
	Error    string // why the last poll failed, one line; empty: it did not
	Failures int    // polls failed in a row
	Gone     bool   // answered 410: not polled until enabled anew
	MovedTo  string // permanent redirect target, used instead of the URL
	Moving   string // permanent redirect target that has not led to a document yet
	Polls    uint64
	Traffic  Traffic

	// SharedGUIDs says that the source gave several items one guid.
	SharedGUIDs bool

	// Flaps is by how many the polls that found entries changed in nothing of
	// importance outnumber the others, within bounds.
	Flaps int

	Parts    []Part    // of a sitemap index, the newest first
	Articles []Article // to be visited for their text, in order
}

// Bound is a time before which a source is not due, and what says so.
type Bound struct {
	Name string
	At   time.Time
}

// Hints are what a source says about when to come again, each zero when it
// does not say it.
type Hints struct {
	MaxAge    time.Duration // freshness of its last response (RFC 9111 section 4.2)
	TTL       time.Duration // of RSS 2.0
	Period    time.Duration // between updates (RSS 1.0 module Syndication)
	Base      time.Time     // of an update
	SkipHours uint32        // bit h: not from h to h+1 o'clock UTC
	SkipDays  uint8         // bit d: not on weekday d of UTC, 0 is Sunday
}

// Traffic counts what the polls of a source asked of the web.
type Traffic struct {
	Since       time.Time // of the first request counted
	Requests    uint64    // redirects included
	Conditional uint64    // of Requests, with validators
	NotModified uint64    // answered 304
	Repeated    uint64    // answered with the document as it was before

	// Gap is the shortest time from the end of a request to the registrable
	// domain, also of another source, to the start of the next; 0: not known.
	Gap time.Duration
}

// Part is one of the sitemaps that a sitemap index names.
type Part struct {
	URL        string
	Modified   string // as the index says it
	Pending    bool   // it changed, and was not read since
	Visited    time.Time
	Validators Validators
}

// Article is the page of an entry, to be visited for its text.
type Article struct {
	Entry string // id
	URL   string
	Due   time.Time
	Tries int // failed
}

// About is what a source says about itself, normalized.
type About struct {
	ID          string // atom:id, or empty
	Title       string
	Description string
	Link        string // of the site
	Self        string // of the feed
	Hub         string
	Image       string
	Language    string
	Rights      string
	Format      string // see contract: rss2.0, atom1.0, json1.1, …
	Updated     time.Time
}

// Validators are the byte-exact validators of one complete response
// (RFC 9110 section 8.8) and the URL that issued them.
type Validators struct {
	URL          string
	ETag         string
	LastModified string
}

// Sighting is an item of a source's last document: the digest of its raw
// bytes and the strongest key of the entry it became.
type Sighting struct {
	Item Digest
	Key  Key
}
