package bolt

import (
	"cmp"
	"encoding/binary"
	"slices"
	"time"

	"newsfeed/storage"
)

// The names of fields are on disk. A name once used is never used for another
// thing.

// entryFields are all those of an entry.
var entryFields = slices.Concat(headFields, bodyFields)

// headFields are those of an entry that its commit decides, and those that are
// hashes.
var headFields = []field[storage.Entry]{
	text("id", func(e *storage.Entry) *string { return &e.ID }),
	text("source", func(e *storage.Entry) *string { return &e.Source }),
	text("story", func(e *storage.Entry) *string { return &e.Story }),
	moment("pub", func(e *storage.Entry) *time.Time { return &e.Published }),
	moment("upd", func(e *storage.Entry) *time.Time { return &e.Updated }),
	moment("seen", func(e *storage.Entry) *time.Time { return &e.FirstSeen }),
	moment("eff", func(e *storage.Entry) *time.Time { return &e.Effective }),
	moment("changed", func(e *storage.Entry) *time.Time { return &e.Changed }),
	number("rev", func(e *storage.Entry) *int { return &e.Revision }),
	digest("digest", func(e *storage.Entry) *storage.Digest { return &e.Digest }),
	text("jrule", func(e *storage.Entry) *string { return &e.Joined.Rule }),
	text("jother", func(e *storage.Entry) *string { return &e.Joined.Other }),
	real("jscore", func(e *storage.Entry) *float64 { return &e.Joined.Score }),
	text("krule", func(e *storage.Entry) *string { return &e.Known.Rule }),
	text("kother", func(e *storage.Entry) *string { return &e.Known.Other }),
	real("kscore", func(e *storage.Entry) *float64 { return &e.Known.Score }),
	text("kagainst", func(e *storage.Entry) *string { return &e.Known.Against }),
	text("jagainst", func(e *storage.Entry) *string { return &e.Joined.Against }),
	text("drule", func(e *storage.Entry) *string { return &e.Declined.Rule }),
	text("dother", func(e *storage.Entry) *string { return &e.Declined.Other }),
	real("dscore", func(e *storage.Entry) *float64 { return &e.Declined.Score }),
	text("dagainst", func(e *storage.Entry) *string { return &e.Declined.Against }),
	text("hidden", func(e *storage.Entry) *string { return &e.Hidden }),
	packed("keys", func(e *storage.Entry) *[]storage.Key { return &e.Keys }, len(storage.Key{}),
		func(b []byte, k *storage.Key) []byte { return append(b, k[:]...) },
		func(b []byte, k *storage.Key) { copy(k[:], b) }),
	rows("history", func(e *storage.Entry) *[]storage.Revision { return &e.History }, revisionFields),
	blob("sketch", func(e *storage.Entry) *[]byte { return &e.Sketch }),
	texts("views", func(e *storage.Entry) *[]string { return &e.Views }),
}

// shortFields are headFields under short names: in a head nothing else is long. The
// id is left out where it is the guid.
var shortFields = func() []field[storage.Entry] {
	short := map[string]string{
		"id": "i", "source": "s", "story": "t", "pub": "p", "upd": "u", "seen": "f", "eff": "e", "changed": "c",
		"rev": "r", "digest": "d", "keys": "k", "sketch": "h", "views": "v",
	}
	fields := slices.Clone(headFields)
	for i := range fields {
		f := &fields[i]
		f.name = cmp.Or(short[f.name], "h"+f.name)
		if f.name == "i" {
			f.zero = func(e *storage.Entry) bool { return e.ID == e.GUID }
		}
	}
	return fields
}()

// bodyFields are those that an entry comes with, and that say what it says.
var bodyFields = []field[storage.Entry]{
	text("guid", func(e *storage.Entry) *string { return &e.GUID }),
	text("url", func(e *storage.Entry) *string { return &e.URL }),
	text("canon", func(e *storage.Entry) *string { return &e.CanonicalURL }),
	texts("aliases", func(e *storage.Entry) *[]string { return &e.Aliases }),
	text("title", func(e *storage.Entry) *string { return &e.Title }),
	text("sum", func(e *storage.Entry) *string { return &e.Summary }),
	text("content", func(e *storage.Entry) *string { return &e.Content }),
	flag("full", func(e *storage.Entry) *bool { return &e.FullText }),
	rows("authors", func(e *storage.Entry) *[]storage.Person { return &e.Authors }, personFields),
	texts("cats", func(e *storage.Entry) *[]string { return &e.Categories }),
	rows("media", func(e *storage.Entry) *[]storage.Media { return &e.Media }, mediaFields),
	text("lang", func(e *storage.Entry) *string { return &e.Language }),
	text("rights", func(e *storage.Entry) *string { return &e.Rights }),
	text("comments", func(e *storage.Entry) *string { return &e.Comments }),
	maybe("origin", func(e *storage.Entry) **storage.Origin { return &e.Origin }, originFields),
	number("reading", func(e *storage.Entry) *time.Duration { return &e.ReadingTime }),
}

var revisionFields = []field[storage.Revision]{
	number("n", func(r *storage.Revision) *int { return &r.Number }),
	moment("changed", func(r *storage.Revision) *time.Time { return &r.Changed }),
	text("title", func(r *storage.Revision) *string { return &r.Title }),
	digest("digest", func(r *storage.Revision) *storage.Digest { return &r.Digest }),
}

var personFields = []field[storage.Person]{
	text("name", func(p *storage.Person) *string { return &p.Name }),
	text("email", func(p *storage.Person) *string { return &p.Email }),
	text("url", func(p *storage.Person) *string { return &p.URL }),
}

var mediaFields = []field[storage.Media]{
	text("url", func(m *storage.Media) *string { return &m.URL }),
	text("type", func(m *storage.Media) *string { return &m.Type }),
	text("medium", func(m *storage.Media) *storage.Medium { return &m.Medium }),
	number("bytes", func(m *storage.Media) *int64 { return &m.Bytes }),
	number("w", func(m *storage.Media) *int { return &m.Width }),
	number("h", func(m *storage.Media) *int { return &m.Height }),
	number("dur", func(m *storage.Media) *time.Duration { return &m.Duration }),
	text("title", func(m *storage.Media) *string { return &m.Title }),
	text("caption", func(m *storage.Media) *string { return &m.Caption }),
	text("credit", func(m *storage.Media) *string { return &m.Credit }),
}

var originFields = []field[storage.Origin]{
	text("id", func(o *storage.Origin) *string { return &o.ID }),
	text("title", func(o *storage.Origin) *string { return &o.Title }),
	text("url", func(o *storage.Origin) *string { return &o.URL }),
	text("link", func(o *storage.Origin) *string { return &o.Link }),
	moment("upd", func(o *storage.Origin) *time.Time { return &o.Updated }),
}

// settingsFields leaves out the sources: they have rows of their own.
var settingsFields = []field[storage.Settings]{
	text("base", func(s *storage.Settings) *string { return &s.BaseURL }),
	text("title", func(s *storage.Settings) *string { return &s.Feed.Title }),
	number("limit", func(s *storage.Settings) *int { return &s.Feed.Limit }),
	number("window", func(s *storage.Settings) *time.Duration { return &s.Feed.Window }),
	text("across", func(s *storage.Settings) *storage.Across { return &s.Feed.Across }),
	real("share", func(s *storage.Settings) *float64 { return &s.Feed.Share }),
	rows("views", func(s *storage.Settings) *[]storage.View { return &s.Views }, viewFields),
	moment("changed", func(s *storage.Settings) *time.Time { return &s.Changed }),
}

var viewFields = []field[storage.View]{
	text("name", func(v *storage.View) *string { return &v.Name }),
	text("title", func(v *storage.View) *string { return &v.Title }),
	texts("sources", func(v *storage.View) *[]string { return &v.Sources }),
	texts("cats", func(v *storage.View) *[]string { return &v.Categories }),
	text("where", func(v *storage.View) *string { return &v.Where }),
	number("limit", func(v *storage.View) *int { return &v.Limit }),
	text("token", func(v *storage.View) *string { return &v.Token }),
}

// source is a source and its number. Its two rows leave out the id, which is
// their key.
type source struct {
	storage.Source
	number uint32
}

var sourceFields = []field[source]{
	number("n", func(s *source) *uint32 { return &s.number }),
	text("url", func(s *source) *string { return &s.URL }),
	text("title", func(s *source) *string { return &s.Title }),
	texts("cats", func(s *source) *[]string { return &s.Categories }),
	flag("disabled", func(s *source) *bool { return &s.Disabled }),
	flag("removed", func(s *source) *bool { return &s.Removed }),
	text("where", func(s *source) *string { return &s.Where }),
	text("across", func(s *source) *storage.Across { return &s.Across }),
}

var stateFields = slices.Concat(standingFields, visitFields)

// standingFields are those that a poll keeps, or compares with its own. The commit
// of a poll reads no others: what it is to keep must be here.
var standingFields = []field[source]{
	number("entries", func(s *source) *int { return &s.Entries }),
	text("judged", func(s *source) *string { return &s.Judged }),

	text("id", func(s *source) *string { return &s.State.About.ID }),
	text("title", func(s *source) *string { return &s.State.About.Title }),
	text("desc", func(s *source) *string { return &s.State.About.Description }),
	text("link", func(s *source) *string { return &s.State.About.Link }),
	text("self", func(s *source) *string { return &s.State.About.Self }),
	text("hub", func(s *source) *string { return &s.State.About.Hub }),
	text("image", func(s *source) *string { return &s.State.About.Image }),
	text("lang", func(s *source) *string { return &s.State.About.Language }),
	text("rights", func(s *source) *string { return &s.State.About.Rights }),
	text("format", func(s *source) *string { return &s.State.About.Format }),
}

// visitFields are those that each poll replaces.
var visitFields = []field[source]{
	moment("upd", func(s *source) *time.Time { return &s.State.About.Updated }),
	text("vurl", func(s *source) *string { return &s.State.Validators.URL }),
	text("etag", func(s *source) *string { return &s.State.Validators.ETag }),
	text("mod", func(s *source) *string { return &s.State.Validators.LastModified }),
	digest("body", func(s *source) *storage.Digest { return &s.State.Body }),
	digest("reading", func(s *source) *storage.Digest { return &s.State.Reading }),
	packed("seen", func(s *source) *[]storage.Sighting { return &s.State.Seen },
		len(storage.Digest{})+len(storage.Key{}),
		func(b []byte, s *storage.Sighting) []byte { return append(append(b, s.Item[:]...), s.Key[:]...) },
		func(b []byte, s *storage.Sighting) { copy(s.Key[:], b[copy(s.Item[:], b):]) }),

	moment("due", func(s *source) *time.Time { return &s.State.NextDue }),
	text("why", func(s *source) *string { return &s.State.DueReason }),
	rows("bounds", func(s *source) *[]storage.Bound { return &s.State.Bounds }, boundFields),
	moment("notbefore", func(s *source) *time.Time { return &s.State.NotBefore }),
	number("slow", func(s *source) *time.Duration { return &s.State.Slow }),
	number("maxage", func(s *source) *time.Duration { return &s.State.Hints.MaxAge }),
	number("ttl", func(s *source) *time.Duration { return &s.State.Hints.TTL }),
	number("period", func(s *source) *time.Duration { return &s.State.Hints.Period }),
	moment("base", func(s *source) *time.Time { return &s.State.Hints.Base }),
	number("skiph", func(s *source) *uint32 { return &s.State.Hints.SkipHours }),
	number("skipd", func(s *source) *uint8 { return &s.State.Hints.SkipDays }),
	blob("habit", func(s *source) *[]byte { return &s.State.Habit }),
	real("trim", func(s *source) *float64 { return &s.State.Trim }),
	moment("poll", func(s *source) *time.Time { return &s.State.LastPoll }),
	moment("success", func(s *source) *time.Time { return &s.State.LastSuccess }),
	moment("new", func(s *source) *time.Time { return &s.State.LastNew }),
	moment("forced", func(s *source) *time.Time { return &s.State.LastForced }),
	number("status", func(s *source) *int { return &s.State.Status }),
	text("trouble", func(s *source) *storage.EventKind { return &s.State.Trouble }),
	text("error", func(s *source) *string { return &s.State.Error }),
	number("failures", func(s *source) *int { return &s.State.Failures }),
	flag("gone", func(s *source) *bool { return &s.State.Gone }),
	text("moved", func(s *source) *string { return &s.State.MovedTo }),
	text("moving", func(s *source) *string { return &s.State.Moving }),
	number("polls", func(s *source) *uint64 { return &s.State.Polls }),
	moment("tsince", func(s *source) *time.Time { return &s.State.Traffic.Since }),
	number("treq", func(s *source) *uint64 { return &s.State.Traffic.Requests }),
	number("tcond", func(s *source) *uint64 { return &s.State.Traffic.Conditional }),
	number("t304", func(s *source) *uint64 { return &s.State.Traffic.NotModified }),
	number("tsame", func(s *source) *uint64 { return &s.State.Traffic.Repeated }),
	number("tgap", func(s *source) *time.Duration { return &s.State.Traffic.Gap }),
	flag("shared", func(s *source) *bool { return &s.State.SharedGUIDs }),
	number("flaps", func(s *source) *int { return &s.State.Flaps }),
	rows("parts", func(s *source) *[]storage.Part { return &s.State.Parts }, partFields),
	rows("articles", func(s *source) *[]storage.Article { return &s.State.Articles }, articleFields),
}

var boundFields = []field[storage.Bound]{
	text("name", func(b *storage.Bound) *string { return &b.Name }),
	moment("at", func(b *storage.Bound) *time.Time { return &b.At }),
}

var partFields = []field[storage.Part]{
	text("url", func(p *storage.Part) *string { return &p.URL }),
	text("said", func(p *storage.Part) *string { return &p.Modified }),
	flag("pending", func(p *storage.Part) *bool { return &p.Pending }),
	moment("visited", func(p *storage.Part) *time.Time { return &p.Visited }),
	text("vurl", func(p *storage.Part) *string { return &p.Validators.URL }),
	text("etag", func(p *storage.Part) *string { return &p.Validators.ETag }),
	text("mod", func(p *storage.Part) *string { return &p.Validators.LastModified }),
}

var articleFields = []field[storage.Article]{
	text("entry", func(a *storage.Article) *string { return &a.Entry }),
	text("url", func(a *storage.Article) *string { return &a.URL }),
	moment("due", func(a *storage.Article) *time.Time { return &a.Due }),
	number("tries", func(a *storage.Article) *int { return &a.Tries }),
}

var countsFields = []field[counts]{
	number("version", func(c *counts) *uint64 { return &c.version }),
	moment("changed", func(c *counts) *time.Time { return &c.changed }),
	number("entries", func(c *counts) *int { return &c.entries }),
	number("stories", func(c *counts) *int { return &c.stories }),
	number("filtered", func(c *counts) *int { return &c.filtered }),
	number("pruned", func(c *counts) *int { return &c.pruned }),
	number("editions", func(c *counts) *int { return &c.editions }),
}

// eventFields leaves out the number, which is the key.
var eventFields = []field[storage.Event]{
	text("source", func(e *storage.Event) *string { return &e.Source }),
	moment("time", func(e *storage.Event) *time.Time { return &e.Time }),
	text("kind", func(e *storage.Event) *storage.EventKind { return &e.Kind }),
	text("detail", func(e *storage.Event) *string { return &e.Detail }),
}

// editionFields leaves out the path, which is the key.
var editionFields = []field[storage.Edition]{
	digest("hash", func(e *storage.Edition) *storage.Digest { return &e.Hash }),
	moment("mod", func(e *storage.Edition) *time.Time { return &e.Modified }),
}

var checkpointFields = []field[storage.Checkpoint]{
	blob("data", func(c *storage.Checkpoint) *[]byte { return &c.Data }),
	number("n", func(c *storage.Checkpoint) *uint64 { return &c.Number }),
}

var storyFields = []field[story]{
	text("into", func(s *story) *string { return &s.into }),
	texts("folded", func(s *story) *[]string { return &s.folded }),
	text("public", func(s *story) *string { return &s.public }),
	number("source", func(s *story) *uint32 { return &s.source }),
	moment("changed", func(s *story) *time.Time { return &s.changed }),
	packed("entries", func(s *story) *[]member { return &s.members }, 8+4+1+len(place{}),
		func(b []byte, m *member) []byte {
			b = binary.BigEndian.AppendUint64(b, m.seq)
			b = binary.BigEndian.AppendUint32(b, m.source)
			return append(append(b, flags(false, m.hidden)), m.place[:]...)
		},
		func(b []byte, m *member) {
			m.seq = binary.BigEndian.Uint64(b)
			m.source = binary.BigEndian.Uint32(b[8:])
			m.hidden = b[12]&flagHidden != 0
			m.place = place(b[13:])
		}),
}
