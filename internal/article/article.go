// Package article makes entries for measurements: of about 3 KB each, no two
// alike, the same on every machine.
package article

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"newsfeed/storage"
)

const (
	// Sources is the number of sources that the entries are from.
	Sources = 100

	perPoll = 35 // entries that a poll brings
)

// Entry returns the nth of all entries. One in ten joins the story of the one
// before it.
func Entry(n int) storage.Entry {
	r := rand.New(rand.NewPCG(0, uint64(n)))
	var text strings.Builder
	for text.Len() < 2600 {
		text.WriteString(words[int(float64(len(words))*r.Float64()*r.Float64())])
		text.WriteByte(' ')
	}
	id := address(n)
	e := storage.Entry{
		ID: id, Source: sourceOf(n), Story: fmt.Sprintf("%013d", n-n%10/9),
		GUID: id, URL: id, CanonicalURL: id,
		Title: text.String()[:60], Summary: text.String()[:200], Content: text.String(),
		Authors:    []storage.Person{{Name: "Ann Author"}},
		Categories: []string{words[n%20], words[n%50], words[n%300]},
		Media:      []storage.Media{{URL: id + ".jpg", Type: "image/jpeg", Medium: storage.Image, Width: 1200}},
		Language:   "en", ReadingTime: 2 * time.Minute,
		Published: time.Unix(1_700_000_000+int64(n)*60, 0).UTC(), Revision: 1,
		Keys: Keys(n),
	}
	e.FirstSeen, e.Effective, e.Changed = e.Published, e.Published, e.Published
	return e
}

// Keys returns those of the nth entry.
func Keys(n int) []storage.Key {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	source, site := storage.Near(sourceOf(n)), storage.Near(address(n))
	keys := make([]storage.Key, 3)
	for i, near := range [][4]byte{source, source, site} {
		copy(keys[i][1:], near[:])
		binary.BigEndian.PutUint64(keys[i][5:], r.Uint64())
		binary.BigEndian.PutUint32(keys[i][13:], r.Uint32())
	}
	return keys
}

func address(n int) string {
	return fmt.Sprintf("https://%s.example/2026/11/story-%d.html", sourceOf(n), n)
}

func sourceOf(n int) string { return sourceID(n / perPoll % Sources) }

// Polls returns those that bring the entries from n up to end.
func Polls(n, end int) []storage.Record {
	var records []storage.Record
	for ; n < end; n++ {
		e := Entry(n)
		if last := len(records) - 1; last < 0 || records[last].Poll.Source != e.Source {
			records = append(records, storage.Record{Time: e.Changed, Poll: &storage.Poll{Source: e.Source}})
		}
		p := records[len(records)-1].Poll
		p.Entries = append(p.Entries, e)
	}
	return records
}

// Settings configure the sources.
func Settings() *storage.Settings {
	s := &storage.Settings{BaseURL: "https://feeds.example/", Feed: storage.Feed{Title: "News Feed", Limit: 100}}
	for i := range Sources {
		s.Sources = append(s.Sources, storage.SourceSettings{ID: sourceID(i), URL: fmt.Sprintf("https://%s.example/feed", sourceID(i))})
	}
	return s
}

func sourceID(n int) string { return fmt.Sprint("source-", n) }

// words are made of the letters of English, in their frequency.
var words = func() []string {
	r := rand.New(rand.NewPCG(1, 1))
	words := make([]string, 5000)
	for i := range words {
		b := make([]byte, 2+r.IntN(9))
		for j := range b {
			b[j] = "eeetaoinshrdlucmfwyp"[r.IntN(20)]
		}
		words[i] = string(b)
	}
	return words
}()
