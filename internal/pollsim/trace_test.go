package main

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func writeFileOf(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "trace.tsv")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestATraceReadsAsItWasWritten(t *testing.T) {
	written := synthetic(3, 40, 2, 3)
	name := filepath.Join(t.TempDir(), "trace.tsv")
	if err := writeFile(name, written); err != nil {
		t.Fatal(err)
	}
	read, err := readTraces([]string{name})
	if err != nil {
		t.Fatal(err)
	}
	want, got := map[string][]float64{}, map[string][]float64{}
	for _, s := range written.sources {
		for _, at := range s.items {
			if at >= written.start {
				// A trace holds whole seconds.
				want[s.kind+" "+s.name] = append(want[s.kind+" "+s.name], math.Floor(at*60))
			}
		}
	}
	for _, s := range read.sources {
		for _, at := range s.items {
			got[s.kind+" "+s.name] = append(got[s.kind+" "+s.name], math.Round(at*60))
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("items by source (-written +read):\n%s", diff)
	}
}

func TestTheFirstHalfOfATraceIsTheWarmUp(t *testing.T) {
	read, err := readTraces([]string{
		writeFileOf(t, "# a comment\n\nnews/a\t2024-01-03T00:00:00+01:00\nnews/a\t1704067200\n"),
		writeFileOf(t, "b\t2024-01-01T10:00:00Z"),
	})
	if err != nil {
		t.Fatal(err)
	}
	want := &trial{
		sources: []*source{
			{name: "b", kind: "trace", shown: 20, items: []float64{600}},
			{name: "news/a", kind: "news", shown: 20, items: []float64{0, 2820}},
		},
		start: 282, from: 1410, end: 2820,
	}
	if diff := cmp.Diff(want, read, cmp.AllowUnexported(trial{}, source{})); diff != "" {
		t.Errorf("trial (-want +got):\n%s", diff)
	}
}

func TestABadLineOfATraceIsNamed(t *testing.T) {
	for _, line := range []string{"a", "a\t", "a 1704067200", "a\tyesterday"} {
		_, err := readTraces([]string{writeFileOf(t, "a\t1704067200\n"+line+"\n")})
		if err == nil || !strings.Contains(err.Error(), "trace.tsv: line 2: ") {
			t.Errorf("%q: got error %v, want one about line 2", line, err)
		}
	}
}
