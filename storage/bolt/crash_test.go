package bolt_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"newsfeed/storage"
	"newsfeed/storage/bolt"
)

// cycles is how often a child is killed, of so many times in a test that is not
// short.
func cycles(most int) int {
	if testing.Short() {
		return min(most, 20)
	}
	return most
}

// killAt lets the child work until it has said something and then for a
// random time up to most, kills it, and returns the lines it had written.
func killAt(t *testing.T, mode, arg string, most time.Duration) []string {
	t.Helper()
	cmd, out := child(t, mode, arg)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var lines []string
	if out.Scan() {
		lines = append(lines, out.Text())
	}
	kill := time.AfterFunc(rand.N(most), func() { _ = cmd.Process.Kill() })
	defer kill.Stop()
	for out.Scan() {
		lines = append(lines, out.Text())
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("the child ended by itself")
	}
	return lines
}

// createForEver creates one store after the other in dir.
func createForEver(dir string) {
	for i := 0; ; i++ {
		s, err := bolt.Open(filepath.Join(dir, strconv.Itoa(i)), small)
		fatal(err)
		fatal(s.Close())
		fmt.Println(i)
	}
}

func TestF06_KilledWhileCreating(t *testing.T) {
	for range cycles(200) {
		dir := t.TempDir()
		done := len(killAt(t, "create", dir, 20*time.Millisecond))
		for i := range done {
			s, err := bolt.Open(filepath.Join(dir, strconv.Itoa(i)), bolt.Options{MustExist: true})
			if err != nil {
				t.Fatal(err)
			}
			_ = s.Close()
		}
		// The one in the making is not there, or is whole; and can be made.
		last := filepath.Join(dir, strconv.Itoa(done))
		s, err := bolt.Open(last, bolt.Options{MustExist: true})
		if err == nil {
			_ = s.Close()
		} else if !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		_ = open(t, last).Close()
		check(t, last)
	}
}

// commitForEver commits polls to a store and says after each how many there
// are.
func commitForEver(path string) {
	ctx := context.Background()
	s, err := bolt.Open(path, small)
	fatal(err)
	fatal(s.Commit(ctx, configure("a")))
	src, err := s.Source(ctx, "a")
	fatal(err)
	for n := int(src.State.Polls); ; {
		var records []storage.Record
		for range 1 + n%3 {
			n++
			records = append(records, pollOf("a", n))
		}
		fatal(s.Commit(ctx, records...))
		fmt.Println(n)
	}
}

func TestF07_KilledWhileCommitting(t *testing.T) {
	path := filepath.Join(t.TempDir(), "newsfeed.db")
	acknowledged := 0
	for range cycles(60) {
		for _, line := range killAt(t, "commit", path, 50*time.Millisecond) {
			n, err := strconv.Atoi(line)
			if err != nil {
				t.Fatalf("the child said %q", line)
			}
			acknowledged = n
		}
		check(t, path)

		s := open(t, path)
		src, err := s.Source(t.Context(), "a")
		if err != nil {
			t.Fatal(err)
		}
		polls := int(src.State.Polls)
		if polls < acknowledged {
			t.Fatalf("%d polls are stored, %d were acknowledged", polls, acknowledged)
		}
		seen := map[string]bool{}
		for q := (storage.Query{Limit: storage.MaxPage}); ; {
			page, err := s.Entries(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range page.Items {
				if seen[e.ID] {
					t.Errorf("entry %s came twice", e.ID)
				}
				seen[e.ID] = true
			}
			if q.Before = page.Next; q.Before == "" {
				break
			}
		}
		for n := range polls {
			for _, e := range pollOf("a", n+1).Poll.Entries {
				if !seen[e.ID] {
					t.Errorf("entry %s of poll %d of %d is lost", e.ID, n+1, polls)
				}
			}
		}
		stats, err := s.Stats(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(seen) != 2*polls || stats.Entries != len(seen) || src.Entries != len(seen) || stats.Stories != polls {
			t.Errorf("%d entries after %d polls, the store says %+v, the source %d", len(seen), polls, stats, src.Entries)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Log(acknowledged, "polls acknowledged")
	if _, err := os.Stat(path); err != nil {
		t.Fatal(err)
	}
}
