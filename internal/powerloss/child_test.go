package powerloss

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"newsfeed/storage"
	"newsfeed/storage/bolt"

	"go.etcd.io/bbolt"
)

// The test binary runs itself as the process that uses a disk.
const childEnv = "NEWSFEED_POWERLOSS_CHILD"

func TestMain(m *testing.M) {
	switch os.Getenv(childEnv) {
	case "":
		os.Exit(m.Run())
	case "commit":
		commitForEver(os.Args[1])
	case "careless":
		putForEver(os.Args[1])
	case "work":
		work(os.Args[1])
	case "tell":
		tell(os.Args[1])
	}
}

// errHangs says that a child did not end in time.
var errHangs = errors.New("it hangs")

const storeName = "newsfeed.db"

// patience is how long a child may take.
const patience = 20 * time.Second

// run runs a child on a mounted disk until the power is cut or the child ends,
// and returns the lines that it wrote and what it complained of.
func run(t *testing.T, d *Disk, mode string) (lines []string, complaints string, err error) {
	t.Helper()
	dir := t.TempDir()
	unmount, err := d.Mount(dir)
	if err != nil {
		t.Skip("no file system in user space to be had here: ", err)
	}
	defer func() {
		if err := unmount(); err != nil {
			t.Fatal("unmount: ", err)
		}
	}()
	ctx, stop := context.WithTimeout(t.Context(), patience)
	defer stop()
	var errs bytes.Buffer
	c := exec.CommandContext(ctx, os.Args[0], filepath.Join(dir, storeName))
	c.Env = append(os.Environ(), childEnv+"="+mode)
	c.Stderr = &errs
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	defer close(ended)
	go func() {
		select {
		case <-d.Off():
			_ = c.Process.Kill()
		case <-ended:
		}
	}()
	for written := bufio.NewScanner(out); written.Scan(); {
		lines = append(lines, written.Text())
	}
	err = c.Wait()
	if ctx.Err() != nil {
		err = errHangs
	}
	return lines, errs.String(), err
}

// last returns the number in the last line that is one, or n.
func last(lines []string, n int) int {
	for _, line := range lines {
		if number, err := strconv.Atoi(line); err == nil {
			n = number
		}
	}
	return n
}

func fatal(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "child:", err)
		os.Exit(1)
	}
}

// small keeps the files small: bbolt makes a file as large as what it maps.
var small = bolt.Options{MmapSize: 1 << 17}

// The kth of these polls removes the entries of the one so many before it.
const (
	pruneEvery = 7
	pruneAfter = 20
)

// commitOf returns the records of the nth poll of the source: two entries of
// one story, one of them now and then of many pages, and a state that says n.
func commitOf(n int) []storage.Record {
	records := []storage.Record{{Poll: &storage.Poll{Source: "a", State: storage.State{Polls: uint64(n)}, Entries: entriesOf(n)}}}
	if m := n - pruneAfter; n%pruneEvery == 0 && m > 0 {
		p := &storage.Prune{}
		for _, e := range entriesOf(m) {
			p.Entries, p.Remember = append(p.Entries, e.ID), append(p.Remember, e.Keys...)
		}
		records = append(records, storage.Record{Time: time.Unix(int64(1e9+n), 0).UTC(), Prune: p})
	}
	return records
}

func entriesOf(n int) (entries []storage.Entry) {
	for i := range 2 {
		id := fmt.Sprintf("urn:a:%d:%d", n, i)
		sum := sha256.Sum256([]byte(id))
		text := strings.Repeat("<p>"+id+" said so.</p>", 20)
		if i == 1 && n%5 == 0 {
			text = noise(n, 20_000)
		}
		entries = append(entries, storage.Entry{
			ID: id, Source: "a", Story: fmt.Sprint("story ", n), Title: "About " + id, Content: text,
			Categories: []string{"World", fmt.Sprint("Number ", n)},
			Effective:  time.Unix(int64(1e9+n), 0).UTC(),
			Keys:       []storage.Key{storage.Key(sum[:17])},
		})
	}
	return entries
}

// noise is text that does not become smaller when it is compressed.
func noise(seed, length int) string {
	r := rand.New(rand.NewPCG(uint64(seed), 0))
	b := make([]byte, length)
	for i := range b {
		b[i] = 'A' + byte(r.IntN(58))
	}
	return string(b)
}

// expected returns the entries that are there after n polls, by id.
func expected(n int) map[string]storage.Entry {
	entries := map[string]storage.Entry{}
	for k := 1; k <= n; k++ {
		for _, e := range entriesOf(k) {
			entries[e.ID] = e
		}
	}
	for k := pruneEvery; k <= n; k += pruneEvery {
		for _, e := range entriesOf(k - pruneAfter) {
			delete(entries, e.ID)
		}
	}
	return entries
}

// settle opens the store, and gives it its settings.
func settle(ctx context.Context, path string) (*bolt.Store, int, error) {
	s, err := bolt.Open(path, small)
	if err != nil {
		return nil, 0, err
	}
	settings := storage.Record{Settings: &storage.Settings{Sources: []storage.SourceSettings{{ID: "a"}}}}
	if err := s.Commit(ctx, settings); err != nil {
		return nil, 0, errors.Join(err, s.Close())
	}
	src, err := s.Source(ctx, "a")
	if err != nil {
		return nil, 0, errors.Join(err, s.Close())
	}
	return s, int(src.State.Polls), nil
}

// commitForEver commits polls, some of them together, and says after each
// commit how many there are.
func commitForEver(path string) {
	ctx := context.Background()
	s, n, err := settle(ctx, path)
	fatal(err)
	for {
		var records []storage.Record
		for range 1 + n%3 {
			n++
			records = append(records, commitOf(n)...)
		}
		fatal(s.Commit(ctx, records...))
		fmt.Println(n)
	}
}

// putForEver does the same with a bbolt file that is not synced.
func putForEver(path string) {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: time.Second, NoSync: true, NoGrowSync: true})
	fatal(err)
	for {
		n := uint64(0)
		fatal(db.Update(func(tx *bbolt.Tx) error {
			b, err := tx.CreateBucketIfNotExists([]byte("numbers"))
			if err != nil {
				return err
			}
			n, err = b.NextSequence()
			return errors.Join(err, b.Put(binary.BigEndian.AppendUint64(nil, n), make([]byte, 1000)))
		}))
		fmt.Println(n)
	}
}

// polls is how many polls work commits.
const polls = 24

// work opens the store, commits polls, opens it again and reads all. What fails
// is said, and tried again as a daemon would.
func work(path string) {
	ctx := context.Background()
	again := func(what string, do func() error) {
		for try := 1; ; try++ {
			err := do()
			if err == nil {
				return
			}
			fmt.Printf("%s: %v\n", what, err)
			if try == 3 {
				fatal(err)
			}
		}
	}
	var s *bolt.Store
	again("open", func() (err error) { s, _, err = settle(ctx, path); return err })
	for n := 1; n <= polls; n++ {
		again("commit", func() error { return s.Commit(ctx, commitOf(n)...) })
		fmt.Println(n)
	}
	// A store is closed once.
	if err := s.Close(); err != nil {
		fmt.Printf("close: %v\n", err)
	}
	again("open", func() (err error) { s, _, err = settle(ctx, path); return err })
	again("read", func() error { return compare(ctx, s, polls) })
	fatal(s.Close())
}

// tell adds a source, as often as that fails, and says whether the change is told.
func tell(path string) {
	ctx := context.Background()
	s, _, err := settle(ctx, path)
	fatal(err)
	<-s.Changed()
	settings := storage.Record{Settings: &storage.Settings{Sources: []storage.SourceSettings{{ID: "a"}, {ID: "b"}}}}
	for s.Commit(ctx, settings) != nil {
		fmt.Println("failed")
	}
	select {
	case <-s.Changed():
		fmt.Println("told")
	default:
		fmt.Println("not told")
	}
	fatal(s.Close())
}
