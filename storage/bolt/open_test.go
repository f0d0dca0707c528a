package bolt_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"newsfeed/storage"
	"newsfeed/storage/bolt"

	"go.etcd.io/bbolt"
)

func TestF03_SecondOpenSaysLocked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "newsfeed.db")
	s := open(t, path)
	for _, o := range []bolt.Options{
		{Timeout: time.Millisecond},
		{Timeout: time.Millisecond, ReadOnly: true},
	} {
		_, err := bolt.Open(path, o)
		if !errors.Is(err, bolt.ErrLocked) || !strings.Contains(err.Error(), path) {
			t.Errorf("open with %+v: error %v, want one that is ErrLocked and names %s", o, err, path)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, path)
}

func TestReadOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "newsfeed.db")
	s := open(t, path)
	commit(t, s, configure("a"), pollOf("a", 1))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 { // both at once
		s, err := bolt.Open(path, bolt.Options{ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		if _, err := s.Entry(t.Context(), "urn:a:1:0"); err != nil {
			t.Error(err)
		}
		if err := s.Commit(t.Context(), pollOf("a", 2)); err == nil {
			t.Error("commit to a store opened for reading: no error")
		}
	}
}

func TestOpenMissing(t *testing.T) {
	for name, o := range map[string]bolt.Options{
		"newsfeed.db":             {MustExist: true},
		"read/only/newsfeed.db":   {ReadOnly: true},
		"no/such/dir/newsfeed.db": {},
	} {
		dir := t.TempDir()
		if _, err := bolt.Open(filepath.Join(dir, name), o); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("open %s: error %v, want fs.ErrNotExist", name, err)
		}
		if names := list(t, dir); len(names) > 0 {
			t.Errorf("open %s left %q", name, names)
		}
	}
}

func TestOpenCreates(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "newsfeed.db")
	open(t, path)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	if names := list(t, dir); len(names) != 1 {
		t.Errorf("folder holds %q", names)
	}
}

func TestF06_TwoCreateOneStore(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "newsfeed.db")
	var all sync.WaitGroup
	for _, source := range []string{"a", "b", "c", "d"} {
		all.Go(func() {
			s, err := bolt.Open(path, bolt.Options{Timeout: time.Minute})
			if err != nil {
				t.Error(err)
				return
			}
			settings, err := s.Settings(t.Context())
			if err != nil {
				t.Error(err)
			}
			settings.Sources = append(settings.Sources, storage.SourceSettings{ID: source})
			commit(t, s, storage.Record{Settings: &settings})
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	stats, err := open(t, path).Stats(t.Context())
	if err != nil || stats.Sources != 4 {
		t.Errorf("%d sources are left of 4: they were in different files (error %v)", stats.Sources, err)
	}
	if names := list(t, dir); len(names) != 1 {
		t.Errorf("folder holds %q", names)
	}
}

func TestOpenWhatIsNoStore(t *testing.T) {
	otherBolt := func(path string) error {
		db, err := bbolt.Open(path, 0o600, nil)
		if err != nil {
			return err
		}
		err = db.Update(func(tx *bbolt.Tx) error {
			_, err := tx.CreateBucket([]byte("widgets"))
			return err
		})
		return errors.Join(err, db.Close())
	}
	newer := func(path string) error {
		s, err := bolt.Open(path, small)
		if err != nil {
			return err
		}
		if err := s.Close(); err != nil {
			return err
		}
		db, err := bbolt.Open(path, 0o600, nil)
		if err != nil {
			return err
		}
		err = db.Update(func(tx *bbolt.Tx) error {
			return tx.Bucket([]byte("meta")).Put([]byte("schema"), binary.BigEndian.AppendUint64(nil, 9))
		})
		return errors.Join(err, db.Close())
	}
	write := func(b []byte) func(string) error {
		return func(path string) error { return os.WriteFile(path, b, 0o600) }
	}
	for _, test := range []struct {
		name string
		make func(path string) error
		want error
	}{
		{"empty file", write(nil), bolt.ErrDamaged},
		{"short file", write([]byte("hello")), bolt.ErrDamaged},
		{"other file", write(bytes.Repeat([]byte("hello"), 1e5)), bolt.ErrDamaged},
		{"zeros", write(make([]byte, 1e5)), bolt.ErrDamaged},
		{"other bbolt file", otherBolt, bolt.ErrDamaged},
		{"newer schema", newer, bolt.ErrNewer},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "newsfeed.db")
			if err := test.make(path); err != nil {
				t.Fatal(err)
			}
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for range 2 { // the second finds no lock of the first
				_, err := bolt.Open(path, small)
				if !errors.Is(err, test.want) || !strings.Contains(err.Error(), path) {
					t.Errorf("error %v, want one that is %v and names the path", err, test.want)
				}
			}
			if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
				t.Errorf("the file was changed (error %v)", err)
			}
		})
	}
}

func list(t *testing.T, dir string) []string {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		names = append(names, f.Name())
	}
	return names
}

func TestF03_SecondProcessNamesTheFirst(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the process that holds a lock is known on Linux only")
	}
	path := filepath.Join(t.TempDir(), "newsfeed.db")
	cmd, out := child(t, "commit", path)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}()
	out.Scan()
	_, err := bolt.Open(path, bolt.Options{Timeout: time.Millisecond})
	want := fmt.Sprintf("process %d (", cmd.Process.Pid)
	if !errors.Is(err, bolt.ErrLocked) || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want ErrLocked with %q", err, want)
	}
}

// Who waited for the lock of a file that was replaced opens the new one.
func TestF13_WaitingForAFileThatIsReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "newsfeed.db")
	first := open(t, path)
	commit(t, first, configure("old"))
	other := open(t, path+".other")
	commit(t, other, configure("new"))
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	opened := make(chan *bolt.Store)
	go func() {
		s, err := bolt.Open(path, bolt.Options{Timeout: time.Minute, MmapSize: small.MmapSize})
		if err != nil {
			t.Error(err)
		}
		opened <- s
	}()
	if err := os.Rename(path+".other", path); err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	s := <-opened
	t.Cleanup(func() { _ = s.Close() })
	if _, err := s.Source(t.Context(), "new"); err != nil {
		t.Errorf("source of the new file: %v", err)
	}
}
