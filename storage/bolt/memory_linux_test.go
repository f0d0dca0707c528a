package bolt_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"newsfeed/storage/bolt"
)

// exhaust commits polls while it takes more and more memory, of which it may
// have a little more than it has, and says after each how many there are.
func exhaust(path string) {
	ctx := context.Background()
	s, err := bolt.Open(path, small)
	fatal(err)
	fatal(s.Commit(ctx, configure("a")))
	src, err := s.Source(ctx, "a")
	fatal(err)
	fatal(limitMemory(16<<20 + rand.N[uint64](48<<20)))
	begun := make(chan struct{})
	go func() {
		var taken [][]byte
		for range begun {
			for range 32 { // while the commit goes on
				taken = append(taken, make([]byte, rand.IntN(64<<10)))
			}
		}
		runtime.KeepAlive(taken)
	}()
	for n := int(src.State.Polls) + 1; ; n++ {
		begun <- struct{}{}
		fatal(s.Commit(ctx, bulky(n)))
		fmt.Println(n)
	}
}

// limitMemory lets the process have so many bytes of address space more.
func limitMemory(more uint64) error {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return err
	}
	pages, err := strconv.ParseUint(strings.Fields(string(text))[0], 10, 64)
	if err != nil {
		return err
	}
	most := pages*uint64(os.Getpagesize()) + more
	return syscall.Setrlimit(syscall.RLIMIT_AS, &syscall.Rlimit{Cur: most, Max: most})
}

// TestF20_NothingIsLostWhenMemoryRunsOut lets processes run out of memory in the
// middle of commits to one store: by the limit, the runtime ends them wherever
// they are, or the file cannot be mapped any more.
func TestF20_NothingIsLostWhenMemoryRunsOut(t *testing.T) {
	path := filepath.Join(t.TempDir(), "newsfeed.db")
	acknowledged := 0
	for range cycles(12) {
		cmd, out := child(t, "exhaust", path)
		var complaint strings.Builder
		cmd.Stderr = &complaint
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for out.Scan() {
			n, err := strconv.Atoi(out.Text())
			if err != nil {
				t.Fatal(err)
			}
			acknowledged = n
		}
		if err := cmd.Wait(); err == nil {
			t.Fatal("the child ended by itself")
		}
		if !strings.Contains(complaint.String(), "memory") {
			t.Fatalf("the child ended for another reason: %s", complaint.String())
		}
		s := openWith(t, path, small)
		src, err := s.Source(t.Context(), "a")
		if err != nil {
			t.Fatal(err)
		}
		if stored := int(src.State.Polls); stored < acknowledged || stored > acknowledged+1 {
			t.Fatalf("%d polls are stored, %d were acknowledged", stored, acknowledged)
		}
		acknowledged = int(src.State.Polls)
		requireEntries(t, s, 2*acknowledged)
		if err := s.Verify(t.Context(), func(fault string) { t.Error(fault) }); err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		check(t, path)
	}
	t.Logf("%d polls in the end", acknowledged)
}

// TestF20_LittleMemoryIsEnough commits under a memory limit that the runtime
// cannot keep: it collects all the time, and nothing fails.
func TestF20_LittleMemoryIsEnough(t *testing.T) {
	t.Setenv("GOMEMLIMIT", "1MiB")
	path := filepath.Join(t.TempDir(), "newsfeed.db")
	cmd, out := child(t, "commit", path)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	last := 0
	for last < 50 && out.Scan() {
		n, err := strconv.Atoi(out.Text())
		if err != nil {
			t.Fatal(err)
		}
		last = n
	}
	_ = cmd.Process.Kill()
	if err := cmd.Wait(); err == nil || last < 50 {
		t.Fatalf("the child ended by itself after %d polls", last)
	}
	check(t, path)
}
