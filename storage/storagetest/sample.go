package storagetest

import (
	"crypto/sha256"
	"fmt"
	"reflect"
	"time"

	"newsfeed/storage"
)

// noon is a time from which the others are counted.
var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func at(minutes int) time.Time { return noon.Add(time.Duration(minutes) * time.Minute) }

// configure is a record of settings with these sources.
func configure(ids ...string) storage.Record {
	s := &storage.Settings{
		BaseURL: "https://news.example/",
		Feed:    storage.Feed{Title: "News Feed", Limit: 100, Window: 7 * 24 * time.Hour, Across: storage.Merge},
		Changed: noon,
	}
	for _, id := range ids {
		s.Sources = append(s.Sources, storage.SourceSettings{ID: id, URL: "https://" + id + ".example/feed"})
	}
	return storage.Record{Time: noon, Settings: s}
}

// disable disables a source in a record of settings.
func disable(r storage.Record, id string) storage.Record {
	for i := range r.Settings.Sources {
		if r.Settings.Sources[i].ID == id {
			r.Settings.Sources[i].Disabled = true
		}
	}
	return r
}

func poll(source string, entries ...storage.Entry) storage.Record {
	return storage.Record{Time: noon, Poll: &storage.Poll{Source: source, Entries: entries}}
}

func prune(ids ...string) storage.Record {
	return storage.Record{Time: noon, Prune: &storage.Prune{Entries: ids}}
}

// across gives a source in a record of settings its own choice.
func across(r storage.Record, id string, a storage.Across) storage.Record {
	for i := range r.Settings.Sources {
		if r.Settings.Sources[i].ID == id {
			r.Settings.Sources[i].Across = a
		}
	}
	return r
}

// fold is a poll that folds stories, each into the one named after it.
func fold(source string, pairs ...string) storage.Record {
	r := poll(source)
	for i := 0; i < len(pairs); i += 2 {
		r.Poll.Folds = append(r.Poll.Folds, storage.Fold{
			From: pairs[i], Into: pairs[i+1], Why: storage.Decision{Rule: "alike", Other: "urn:other", Score: 0.5},
		})
	}
	return r
}

// judge is a judgement of one entry of a source.
func judge(source, id, hidden string, views ...string) storage.Record {
	return storage.Record{Time: noon, Judge: &storage.Judge{
		Source:  source,
		Entries: []storage.Judgement{{ID: id, Hidden: hidden, Views: views}},
	}}
}

// remember is a record of keys to be remembered.
func remember(now time.Time, names ...string) storage.Record {
	p := &storage.Prune{}
	for _, n := range names {
		p.Remember = append(p.Remember, key(n))
	}
	return storage.Record{Time: now, Prune: p}
}

// eventful is a poll that events follow from.
func eventful(source string, events ...storage.Event) storage.Record {
	r := poll(source)
	r.Poll.Events = events
	return r
}

// editions is a record of editions.
func editions(list ...storage.Edition) storage.Record {
	return storage.Record{Time: noon, Editions: list}
}

// entry is an entry of that source and story, so many minutes from noon.
func entry(id, source, story string, minutes int) storage.Entry {
	return storage.Entry{
		ID: id, Source: source, Story: story,
		Title:     "About " + id,
		FirstSeen: at(minutes), Effective: at(minutes), Changed: at(minutes),
		Revision: 1,
	}
}

// key is a key of that name.
func key(name string) storage.Key {
	sum := sha256.Sum256([]byte(name))
	return storage.Key(append([]byte{1}, sum[:16]...))
}

// filled returns a T none of whose fields is zero, and no two alike, so that
// a field which a store forgets is missed.
func filled[T any]() T {
	var v T
	n := 0
	fill(reflect.ValueOf(&v).Elem(), &n)
	return v
}

func fill(v reflect.Value, n *int) {
	*n++
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(noon.Add(time.Duration(*n) * (time.Hour + time.Microsecond))))
			return
		}
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), n)
		fill(v.Index(1), n)
	case reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i), n)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.String:
		v.SetString(fmt.Sprint("text ", *n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(*n) << 20)
	case reflect.Float64:
		v.SetFloat(float64(*n) / 4)
	case reflect.Uint32, reflect.Uint64:
		v.SetUint(uint64(*n) << 40)
	case reflect.Uint8:
		v.SetUint(uint64(*n%255) + 1)
	default:
		panic(fmt.Sprint("no way to fill a ", v.Type()))
	}
}
