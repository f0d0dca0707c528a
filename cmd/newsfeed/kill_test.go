package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestKilledAtAnyMoment kills polls with SIGKILL at random moments, from the
// making of the store on: what a result had acknowledged is there afterwards,
// and nothing is there twice.
func TestKilledAtAnyMoment(t *testing.T) {
	const sources, items, rounds = 20, 15, 12
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))

	var round atomic.Int32 // the site has more items in each
	bases := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		source := strings.Trim(r.URL.Path, "/")
		fmt.Fprintf(w, `<rss version="2.0"><channel><title>%s</title>`, source)
		for i := range items * int(round.Load()+1) {
			fmt.Fprintf(w, `<item><title>%s %d</title><guid isPermaLink="false">%[1]s-%[2]d</guid></item>`, source, i)
		}
		fmt.Fprint(w, `</channel></rss>`)
	}))
	var names []string
	for i := range sources {
		names = append(names, fmt.Sprintf("source%d", i))
	}
	config, _ := configure(t, bases, names)

	acknowledged := map[string]int{} // entries by source
	for ; round.Load() < rounds; round.Add(1) {
		for source, n := range pollAndKill(t, config, time.Duration(random.Int64N(int64(60*time.Millisecond)))) {
			acknowledged[source] += n
		}
		stored := map[string]map[string]bool{}
		code, out, errs := newsfeed(t, "entries", "-c", config, "--json", "--limit", "100000")
		if code != exitDone && len(acknowledged) == 0 {
			continue // it was killed before there was a store, or settings in it
		}
		if code != exitDone {
			t.Fatalf("entries: status %d: %s", code, errs)
		}
		for line := range strings.Lines(out) {
			var e storedEntryJSON
			if err := json.Unmarshal([]byte(line), &e); err != nil {
				t.Fatal(err)
			}
			if stored[e.Source] == nil {
				stored[e.Source] = map[string]bool{}
			}
			if stored[e.Source][e.GUID] {
				t.Errorf("round %d: %s is there twice", round.Load(), e.GUID)
			}
			stored[e.Source][e.GUID] = true
		}
		for source, n := range acknowledged {
			if len(stored[source]) < n {
				t.Errorf("round %d: source %s has %d entries, %d were acknowledged", round.Load(), source, len(stored[source]), n)
			}
		}
		if t.Failed() {
			return
		}
	}
}

// pollAndKill polls in a process of its own, kills it after so long, and
// returns the new entries it had acknowledged by source.
func pollAndKill(t *testing.T, config string, after time.Duration) map[string]int {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// The test binary is the program when it is called by that name.
	bin := filepath.Join(t.TempDir(), "newsfeed")
	if err := os.Symlink(program, bin); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(bin, "poll", "-c", config, "--force", "--json")
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	kill := time.AfterFunc(after, func() { _ = c.Process.Kill() }) // it may have ended
	defer kill.Stop()
	acknowledged := map[string]int{}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		var r result
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			continue // the last line, cut short
		}
		acknowledged[r.Source] += r.New
	}
	_ = c.Wait() // it was killed
	return acknowledged
}
