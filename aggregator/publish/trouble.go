package publish

import (
	"html"
	"time"

	"newsfeed/storage"
)

// Troubled takes in a trouble of the store or, with the zero value, its end. The
// health feed tells of it for as long as it lasts.
func (p *Publisher) Troubled(t storage.Trouble) {
	p.trouble.Store(&t)
	p.desk.beside.Add(1)
}

// withTrouble returns the health feed with the trouble that the store is in.
func (h health) withTrouble(t *storage.Trouble) health {
	if t == nil || *t == (storage.Trouble{}) {
		return h
	}
	h.trouble = *t
	h.updated = later(h.updated, t.Since)
	h.modified = later(h.modified, t.Since.UTC().Truncate(time.Second))
	return h
}

// troubleEntry tells of the trouble without what is the operator's alone.
func (h health) troubleEntry() atomEntry {
	headline := "The store is full: no source is polled until there is room"
	switch h.trouble.Cause {
	case storage.ErrReadOnly:
		headline = "The store can only be read: no source is polled until it can be changed"
	case storage.ErrFaulty:
		headline = "The disk of the store fails: no source is polled until it takes what is stored"
	}
	return atomEntry{
		Title:      text(headline),
		Categories: []atomCategory{{Term: "store"}},
		Content:    &atomHTML{Type: "html", HTML: "<p>" + html.EscapeString(headline) + ".</p>"},
	}
}
