package bolt

import (
	"bytes"
	"reflect"
	"runtime"
	"slices"
	"testing"
	"time"

	"newsfeed/storage"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/tinylib/msgp/msgp"
)

func FuzzDecode(f *testing.F) {
	sample := storage.Entry{
		ID: "urn:1", Title: "A title", Authors: []storage.Person{{Name: "Ann"}}, Categories: []string{"World"},
		Media: []storage.Media{{URL: "https://a.example/1.png", Width: 640}}, Origin: &storage.Origin{Title: "Elsewhere"},
		Effective: time.Unix(1e9, 0).UTC(), Keys: []storage.Key{{1}},
	}
	p := newPacker()
	row := appendRow(nil, entryFields, &sample)
	f.Add(plain, row)
	f.Add(compressed, p.codec.Load().frame(row))
	f.Add(parted, append(appendRow(nil, shortFields, &sample), p.codec.Load().frame(appendRow(nil, bodyFields, &sample))...))
	f.Fuzz(func(t *testing.T, format byte, b []byte) {
		value := seal(format, append(make([]byte, prefix), b...))
		again(t, p, value, entryFields)
		entryAgain(t, p, value)
		again(t, p, value, stateFields)
		again(t, p, value, storyFields)
		again(t, p, value, settingsFields)
		again(t, p, value, checkpointFields)
	})
}

// again decodes a value, which may fail, and what it gave, which may not.
func again[T any](t *testing.T, p *packer, value []byte, fields []field[T]) {
	t.Helper()
	var first, second T
	if decode(p, value, fields, &first) != nil {
		return
	}
	if err := decode(p, encode(fields, &first), fields, &second); err != nil {
		t.Fatal(err)
	}
	alike(t, first, second)
}

// entryAgain does so with the value of an entry.
func entryAgain(t *testing.T, p *packer, value []byte) {
	t.Helper()
	var first, second storage.Entry
	if unpackEntry(p, value, &first) != nil {
		return
	}
	b, err := packEntry(p, &first)
	if err != nil {
		t.Fatal(err)
	}
	if err := unpackEntry(p, b, &second); err != nil {
		t.Fatal(err)
	}
	alike(t, first, second)
}

func alike[T any](t *testing.T, first, second T) {
	t.Helper()
	all := cmp.Exporter(func(reflect.Type) bool { return true })
	// Byte by byte, megabytes of zeros would take half a minute.
	blobs := cmp.FilterValues(func(a, b []byte) bool { return len(a)+len(b) > 0 }, cmp.Comparer(bytes.Equal))
	if diff := cmp.Diff(first, second, all, blobs, cmpopts.EquateEmpty(), cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("decoded and again (-first +second):\n%s", diff)
	}
}

func TestUnknownFieldsAreSkipped(t *testing.T) {
	b := msgp.AppendMapHeader(nil, 4)
	b = msgp.AppendString(msgp.AppendString(b, "title"), "A title")
	b, err := msgp.AppendIntf(msgp.AppendString(b, "later"), map[string]any{"a": []any{1, "two", 3.0, nil}})
	if err != nil {
		t.Fatal(err)
	}
	b = msgp.AppendBool(msgp.AppendString(b, "gone"), true)
	b = msgp.AppendString(msgp.AppendString(b, "id"), "urn:1")
	var e storage.Entry
	rest, err := readRow(b, entryFields, &e)
	if err != nil || len(rest) > 0 {
		t.Fatalf("error %v, %d bytes left", err, len(rest))
	}
	if diff := cmp.Diff(storage.Entry{ID: "urn:1", Title: "A title"}, e); diff != "" {
		t.Error(diff)
	}
}

func TestHostileLengths(t *testing.T) {
	huge := []byte{0xff, 0xff, 0xff, 0xff}
	entry := func(name string, header byte) []byte {
		return slices.Concat(msgp.AppendString([]byte{0x81}, name), []byte{header}, huge)
	}
	frame := newPacker().codec.Load().enc.EncodeAll(make([]byte, 2*maxRow), nil)
	for name, b := range map[string][]byte{
		"map":         seal(plain, slices.Concat(make([]byte, prefix), []byte{0xdf}, huge)),
		"list":        seal(plain, append(make([]byte, prefix), entry("media", 0xdd)...)),
		"texts":       seal(plain, append(make([]byte, prefix), entry("cats", 0xdd)...)),
		"text":        seal(plain, append(make([]byte, prefix), entry("title", 0xdb)...)),
		"packed":      seal(plain, append(make([]byte, prefix), entry("keys", 0xc6)...)),
		"blob":        seal(plain, append(make([]byte, prefix), entry("sketch", 0xc6)...)),
		"unknown map": seal(plain, append(make([]byte, prefix), entry("?", 0xdf)...)),
		"frame":       seal(compressed, append(make([]byte, prefix), frame...)),
	} {
		t.Run(name, func(t *testing.T) {
			p := newPacker()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			var e storage.Entry
			if err := decode(p, b, entryFields, &e); err == nil {
				t.Error("no error")
			}
			runtime.ReadMemStats(&after)
			if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
				t.Errorf("%d bytes allocated", n)
			}
		})
	}
}

func TestCompressRefusesWhatIsTooLarge(t *testing.T) {
	p := newPacker()
	e := storage.Entry{Content: string(bytes.Repeat([]byte("x"), maxRow-100))}
	value, err := packEntry(p, &e)
	if err != nil {
		t.Fatal(err)
	}
	var got storage.Entry
	if err := unpackEntry(p, value, &got); err != nil || got.Content != e.Content {
		t.Errorf("the largest row does not come back: error %v", err)
	}
	e.Content += string(make([]byte, 100))
	if _, err := packEntry(p, &e); err == nil {
		t.Error("a row too large to be read: no error")
	}
}

// A name that two fields had would be read as the wrong one of them.
func TestNamesOfFieldsAreUnique(t *testing.T) {
	unique(t, "entry", entryFields)
	unique(t, "head of an entry", shortFields)
	unique(t, "source", sourceFields)
	unique(t, "state", stateFields)
	unique(t, "story", storyFields)
	unique(t, "settings", settingsFields)
}

func unique[T any](t *testing.T, row string, fields []field[T]) {
	t.Helper()
	names := map[string]bool{}
	for _, f := range fields {
		if names[f.name] {
			t.Errorf("%s: two fields are called %q", row, f.name)
		}
		names[f.name] = true
	}
}
