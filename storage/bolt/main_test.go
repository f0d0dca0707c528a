package bolt_test

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"newsfeed/storage"
	"newsfeed/storage/bolt"
	"newsfeed/storage/storagetest"

	"go.etcd.io/bbolt"
)

// The test binary runs itself as a child that can be killed.
const childEnv = "NEWSFEED_BOLT_TEST_CHILD"

func TestMain(m *testing.M) {
	switch os.Getenv(childEnv) {
	case "":
		os.Exit(m.Run())
	case "create":
		createForEver(os.Args[1])
	case "commit":
		commitForEver(os.Args[1])
	case "migrate":
		migrateForEver(os.Args[1])
	case "compact":
		compactForEver(os.Args[1])
	case "restore":
		restoreForEver(os.Args[1])
	case "crowd":
		crowd(os.Args[1])
	case "exhaust":
		exhaust(os.Args[1])
	case "fill":
		fillDisk(os.Args[1])
	}
}

// child starts the test binary in that mode and returns its output.
func child(t *testing.T, mode, arg string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := exec.Command(os.Args[0], arg)
	cmd.Env = append(os.Environ(), childEnv+"="+mode)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	return cmd, bufio.NewScanner(out)
}

func fatal(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "child:", err)
		os.Exit(1)
	}
}

// small keeps the files of the tests small: bbolt makes a file as large as
// what it maps.
var small = bolt.Options{MmapSize: 1 << 17}

func open(t testing.TB, path string) *bolt.Store {
	t.Helper()
	s, err := bolt.Open(path, small)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func commit(t testing.TB, s storage.Store, records ...storage.Record) {
	t.Helper()
	if err := s.Commit(t.Context(), records...); err != nil {
		t.Fatal(err)
	}
}

// check fails the test when bbolt finds the file inconsistent.
func check(t testing.TB, path string) {
	t.Helper()
	if err := checkFile(path); err != nil {
		t.Fatal(err)
	}
}

func checkFile(path string) error {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: time.Second, ReadOnly: true, PreLoadFreelist: true})
	if err != nil {
		return err
	}
	var found []error
	err = db.View(func(tx *bbolt.Tx) error {
		for err := range tx.Check() {
			found = append(found, err)
		}
		return nil
	})
	return errors.Join(append(found, err, db.Close())...)
}

func configure(ids ...string) storage.Record {
	s := &storage.Settings{}
	for _, id := range ids {
		s.Sources = append(s.Sources, storage.SourceSettings{ID: id})
	}
	return storage.Record{Settings: s}
}

// pollOf is the nth poll of a source: two entries of one story, and a state
// that says n.
func pollOf(source string, n int) storage.Record {
	var entries []storage.Entry
	for i := range 2 {
		id := fmt.Sprintf("urn:%s:%d:%d", source, n, i)
		near, sum := storage.Near(source), sha256.Sum256([]byte(id))
		entries = append(entries, storage.Entry{
			ID: id, Source: source, Story: fmt.Sprint(source, " ", n),
			Title: "About " + id, Content: strings.Repeat("<p>"+id+" said so.</p>", 40),
			Categories: []string{"World", fmt.Sprint("Number ", n)},
			Effective:  time.Unix(int64(1e9+n), 0).UTC(),
			Keys:       []storage.Key{storage.Key(slices.Concat([]byte{1}, near[:], sum[:12]))},
		})
	}
	return storage.Record{Poll: &storage.Poll{Source: source, State: storage.State{Polls: uint64(n)}, Entries: entries}}
}

func TestContract(t *testing.T) {
	storagetest.Run(t, func(t *testing.T, dir string) storage.Store {
		return open(t, filepath.Join(dir, "newsfeed.db"))
	})
}

// breakIndex makes an id of a store lead to no entry, of which bbolt knows nothing.
func breakIndex(t testing.TB, path string) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		ids := tx.Bucket([]byte("ids"))
		id, _ := ids.Cursor().First()
		return ids.Delete(bytes.Clone(id))
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}
