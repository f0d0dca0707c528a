package storage

import "time"

// Event is something that happened to a source and that people should know of.
type Event struct {
	Number uint64 // in the order in which they were committed, from 1
	Source string // id
	Time   time.Time
	Kind   EventKind
	Detail string // in words: the error, the new address; may be empty
}

// EventKind says what happened.
type EventKind string

// The kinds of event.
const (
	Broken     EventKind = "broken"     // it has failed for long enough to tell
	Challenged EventKind = "challenged" // it answers with a page that wants to see a browser or a person
	Recovered  EventKind = "recovered"  // it answers again after it was broken or challenged
	Moved      EventKind = "moved"      // permanently, to the address in Detail
	Gone       EventKind = "gone"       // for good
	Silent     EventKind = "silent"     // it brings nothing new for much longer than it used to
	Resumed    EventKind = "resumed"    // it brings news again after it was silent
)

// Edition is a published document as it last was: what it takes to tell readers
// after a restart what they were told before.
type Edition struct {
	Path     string // of the document, relative to the base URL
	Hash     Digest // of its bytes
	Modified time.Time
}
