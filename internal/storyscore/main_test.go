package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
)

// given puts entries into the stories named.
type given map[string]string

func (g given) group(_ context.Context, entries []labelled) ([]decision, error) {
	decisions := make([]decision, len(entries))
	for i, e := range entries {
		decisions[i].story = g[e.ID]
	}
	return decisions, nil
}

// write writes a file and returns its name.
func write(t *testing.T, name string, lines ...any) string {
	t.Helper()
	var b bytes.Buffer
	for _, l := range lines {
		if s, ok := l.(string); ok {
			fmt.Fprintln(&b, s)
		} else if err := json.NewEncoder(&b).Encode(l); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func entry(id, source, cluster string) labelled {
	return labelled{ID: id, Source: source, Cluster: cluster, Published: time.Date(2026, 11, 1, 0, len(id), 0, 0, time.UTC), Title: "Title of " + id}
}

func output(t *testing.T, o options, g grouper) string {
	t.Helper()
	var out bytes.Buffer
	if err := run(t.Context(), o, g, &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestPairsOfClustersAreCounted(t *testing.T) {
	file := write(t, "file.jsonl",
		entry("a", "s", "one"), entry("b", "s", "one"), entry("c", "s", "one"),
		entry("d", "s", "two"), entry("e", "s", "two"), entry("f", "s", ""))
	for name, test := range map[string]struct {
		stories given
		want    string
	}{
		"as labelled": {given{"a": "1", "b": "1", "c": "1", "d": "2", "e": "2", "f": "2"}, "precision 1.0000, recall 1.0000, F1 1.0000 (pairs linked 4, same 4, both 4)"},
		"all apart":   {given{"a": "1", "b": "2", "c": "3", "d": "4", "e": "5"}, "precision 0.0000, recall 0.0000, F1 0.0000 (pairs linked 0, same 4, both 0)"},
		"all in one":  {given{"a": "1", "b": "1", "c": "1", "d": "1", "e": "1"}, "precision 0.4000, recall 1.0000, F1 0.5714 (pairs linked 10, same 4, both 4)"},
		"one missing": {given{"a": "1", "b": "1", "c": "3", "d": "2", "e": "2"}, "precision 1.0000, recall 0.5000, F1 0.6667 (pairs linked 2, same 4, both 2)"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := output(t, options{file: file}, test.stories); !strings.Contains(got, test.want) {
				t.Errorf("got %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestPairsCountByTheirWeight(t *testing.T) {
	file := write(t, "file.jsonl", entry("a", "s", ""), entry("b", "s", ""), entry("c", "s", ""))
	pairs := write(t, "pairs.json", `[{"a": "a", "b": "b", "same": true, "weight": 6}, {"a": "a", "b": "c", "same": false, "weight": 2}, {"a": "b", "b": "c", "same": true}]`)
	o := options{file: file, pairs: pairs, verbose: true}
	if got, want := output(t, o, given{"a": "1", "b": "1", "c": "1"}), "precision 0.7778, recall 1.0000"; !strings.Contains(got, want) || !strings.Contains(got, "linked wrongly, weight 2") {
		t.Errorf("got %s\nwant %s and the wrong link", got, want)
	}
	if got, want := output(t, o, given{"a": "1", "b": "1", "c": "2"}), "precision 1.0000, recall 0.8571"; !strings.Contains(got, want) || !strings.Contains(got, "not linked, weight 1") {
		t.Errorf("got %s\nwant %s and the missed link", got, want)
	}
}

const ferry = `<p>A ferry with three hundred passengers ran aground outside the ancient harbour on Sunday morning after its engine failed in heavy
	seas, the coast guard said. All of the people on board were brought ashore within two hours by fishing boats and a helicopter.</p>`

func TestEntriesGoThroughKeysAndTexts(t *testing.T) {
	at := func(minute int) time.Time { return time.Date(2026, 11, 1, 12, minute, 0, 0, time.UTC) }
	file := write(t, "file.jsonl",
		labelled{ID: "first", Source: "a", Published: at(0), URL: "https://www.a.example/ferry?utm_source=rss", GUID: "1", Title: "Ferry runs aground outside ancient harbour", HTML: ferry, Cluster: "ferry"},
		labelled{ID: "again", Source: "a", Published: at(1), URL: "http://a.example/ferry/", GUID: "1", Title: "Ferry runs aground outside ancient harbour", HTML: ferry, Cluster: "ferry"},
		labelled{ID: "linked", Source: "b", Published: at(2), URL: "http://a.example/ferry", GUID: "x", Title: "Look at this", Cluster: "ferry"},
		labelled{ID: "copied", Source: "c", Published: at(3), URL: "https://c.example/9", GUID: "9", Title: "Ferry aground, passengers safe", HTML: ferry, Cluster: "ferry"},
		labelled{ID: "other", Source: "c", Published: at(4), URL: "https://c.example/10", GUID: "10", Title: "Library reopens", HTML: "<p>" + strings.Repeat("something else entirely ", 20) + "</p>", Cluster: "library"})
	got := output(t, options{file: file, verbose: true}, newResolved(true))
	for _, want := range []string{
		"      2  a story of its own\n", "      1  near: 0.60/0.10\n", "      1  url\n", "      1  same entry\n",
		"precision 1.0000, recall 1.0000", "0 entries linked wrongly, 0 not linked",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in:\n%s", want, got)
		}
	}
	exact := output(t, options{file: file, verbose: true}, newResolved(false))
	for _, want := range []string{"recall 0.5000", "not linked:", "    copied c 2026-11-01 12:03 \"Ferry aground, passengers safe\""} {
		if !strings.Contains(exact, want) {
			t.Errorf("by keys only: no %q in:\n%s", want, exact)
		}
	}
}

func TestTheOrderOfLinesMakesNoDifference(t *testing.T) {
	late, early := entry("later", "s", "x"), entry("a", "s", "x")
	got, err := readLabelled(write(t, "file.jsonl", late, early))
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff([]labelled{early, late}, got); diff != "" {
		t.Error(diff)
	}
}

func TestTheOriginsTruthIsJoined(t *testing.T) {
	entries := write(t, "entries.jsonl",
		stored{ID: "e1", Source: "s17", GUID: "g", Title: "Seen", Content: "<p>text</p>", Published: "2026-11-01T12:00:00Z"},
		stored{ID: "e2", Source: "s7", GUID: "g", Title: "Of another source", Published: "2026-11-01T12:00:00Z"},
		stored{ID: "e3", Source: "s17", GUID: "undated", Title: "Undated"},
		stored{ID: "e4", Source: "s17", GUID: "unknown", Published: "2026-11-01T12:00:00Z"})
	truth := write(t, "truth.jsonl",
		`{"source": 17, "guid": "g", "cluster": "one", "kind": "own"}`,
		`{"source": 7, "guid": "g", "cluster": "two", "kind": "own"}`,
		`{"source": 17, "guid": "undated", "cluster": "three"}`)
	got, err := options{file: entries, origin: truth}.entries()
	if err != nil {
		t.Fatal(err)
	}
	clusters := map[string]string{}
	for _, e := range got {
		clusters[e.ID] = e.Cluster
	}
	if diff := gocmp.Diff(map[string]string{"e1": "one", "e2": "two"}, clusters); diff != "" {
		t.Error(diff)
	}
}

func TestFilesThatCannotBeScoredAreRefused(t *testing.T) {
	good := write(t, "file.jsonl", entry("a", "s", "x"))
	for name, o := range map[string]options{
		"no such file":                {file: "nowhere.jsonl"},
		"no JSON":                     {file: write(t, "file.jsonl", "id,source")},
		"an id twice":                 {file: write(t, "file.jsonl", entry("a", "s", "x"), entry("a", "s", "x"))},
		"no id":                       {file: write(t, "file.jsonl", entry("", "s", "x"))},
		"no time":                     {file: write(t, "file.jsonl", labelled{ID: "a"})},
		"no pairs":                    {file: good, pairs: "nowhere.json"},
		"pairs that are no list":      {file: good, pairs: write(t, "pairs.json", "{}")},
		"pairs of unknown entries":    {file: good, pairs: write(t, "pairs.json", `[{"a": "a", "b": "z"}]`)},
		"no truth":                    {file: good, origin: "nowhere.jsonl"},
		"entries without their truth": {file: good, origin: write(t, "truth.jsonl", `{"source": 1, "guid": "g", "cluster": "c"}`)},
	} {
		t.Run(name, func(t *testing.T) {
			if err := run(t.Context(), o, given{}, new(bytes.Buffer)); err == nil {
				t.Error("want an error")
			}
		})
	}
}

func TestFlagsStandBeforeAndAfterTheFile(t *testing.T) {
	want := options{file: "f", pairs: "p", exact: true, verbose: true}
	for _, args := range []string{"f --pairs p --exact --verbose", "--exact f -verbose -pairs=p", "-exact -verbose -pairs p f"} {
		got, err := parseOptions(strings.Fields(args))
		if err != nil || got != want {
			t.Errorf("%s: got %+v, %v", args, got, err)
		}
	}
	for _, args := range []string{"", "--exact", "f g"} {
		if got, err := parseOptions(strings.Fields(args)); err == nil {
			t.Errorf("%q: got %+v, want an error", args, got)
		}
	}
}
