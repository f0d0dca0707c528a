package powerloss

import (
	"bytes"
	"math/rand/v2"
	"syscall"
	"testing"
)

// TestSurvivors cuts the power often and holds what is left to what a disk may
// do, and looks that it does all of it.
func TestSurvivors(t *testing.T) {
	d := NewDisk()
	whole, half, unnamed := &file{}, &file{}, &file{}
	d.names["whole"], d.names["half"] = whole, half
	d.syncNames()
	whole.write(0, bytes.Repeat([]byte{1}, 2*page))
	whole.sync()
	half.write(0, bytes.Repeat([]byte{1}, 2*page))
	half.sync()
	half.write(0, bytes.Repeat([]byte{2}, 2*page))
	half.truncate(3 * page)
	if err := d.rename(func(names map[string]*file) syscall.Errno {
		names["moved"], names["unnamed"] = names["whole"], unnamed
		delete(names, "whole")
		return 0
	}); err != 0 {
		t.Fatal(err)
	}

	met := map[string]bool{}
	r := rand.New(rand.NewPCG(1, 0))
	for range 1000 {
		left := d.Survivors(r)
		before, isBefore := left.File("whole")
		after, isAfter := left.File("moved")
		if _, named := left.File("unnamed"); isBefore == isAfter || named != isAfter {
			t.Fatal("half of a change of names is left")
		}
		met["renamed"], met["not renamed"] = met["renamed"] || isAfter, met["not renamed"] || isBefore
		if !bytes.Equal(append(before, after...), bytes.Repeat([]byte{1}, 2*page)) {
			t.Fatal("what was synced is lost")
		}
		b, ok := left.File("half")
		if !ok || len(b) != 2*page && len(b) != 3*page {
			t.Fatalf("a file of %d bytes is left", len(b))
		}
		met["truncated"] = met["truncated"] || len(b) == 3*page
		var sectors []byte
		for at := 0; at < 2*page; at += sector {
			if s := b[at : at+sector]; bytes.Count(s, s[:1]) != sector {
				t.Fatal("a sector is torn")
			}
			sectors = append(sectors, b[at])
		}
		first, second := sectors[:len(sectors)/2], sectors[len(sectors)/2:]
		met["all lost"] = met["all lost"] || bytes.Count(sectors, []byte{1}) == len(sectors)
		met["all left"] = met["all left"] || bytes.Count(sectors, []byte{2}) == len(sectors)
		met["a later page without an earlier"] = met["a later page without an earlier"] ||
			bytes.Count(first, []byte{1}) == len(first) && bytes.Count(second, []byte{2}) == len(second)
		met["a torn page"] = met["a torn page"] || bytes.ContainsRune(first, 1) && bytes.ContainsRune(first, 2)
	}
	for _, what := range []string{"renamed", "not renamed", "truncated", "all lost", "all left", "a later page without an earlier", "a torn page"} {
		if !met[what] {
			t.Errorf("it never happened: %s", what)
		}
	}
}
