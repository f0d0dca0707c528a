package bolt

import (
	"bytes"
	"errors"
	"path/filepath"
	"testing"

	"newsfeed/internal/article"

	"go.etcd.io/bbolt"
)

// A store that has learnt is read whole by the next process: the entries from
// before, and those from after.
func TestAStoreLearnsFromItsEntries(t *testing.T) {
	path := filepath.Join(t.TempDir(), "newsfeed.db")
	s := openBench(t, path)
	commit := func(from, to int) {
		t.Helper()
		if err := s.Commit(t.Context(), article.Polls(from, to)...); err != nil {
			t.Fatal(err)
		}
	}
	commit(0, minLearn-1)
	s.learner.Wait()
	if n := len(s.packer.codec.Load().dictionaries); n != 0 {
		t.Fatalf("%d dictionaries of too few entries", n)
	}
	commit(minLearn-1, minLearn)
	s.learner.Wait()
	if n := len(s.packer.codec.Load().dictionaries); n != 1 {
		t.Fatalf("%d dictionaries", n)
	}
	commit(minLearn, 2*minLearn)
	before, after := sizes(t, s, 1, minLearn), sizes(t, s, minLearn+1, 2*minLearn)
	if after > before*19/20 {
		t.Errorf("1000 entries take %d bytes with a dictionary, and %d without", after, before)
	}

	for range 2 { // also by one that learns no more
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = openBench(t, path)
		for _, n := range []int{0, minLearn - 1, minLearn, 2*minLearn - 1} {
			want := article.Entry(n)
			got, err := s.Entry(t.Context(), want.ID)
			if err != nil || got.Content != want.Content {
				t.Errorf("entry %d: %v", n, err)
			}
		}
		commit(2*minLearn, 2*minLearn+10)
		s.learner.Wait()
		if n := len(s.packer.codec.Load().dictionaries); n != 1 {
			t.Fatalf("%d dictionaries after another opening", n)
		}
	}
}

func TestF04_ADictionaryIsThereTwice(t *testing.T) {
	path := filepath.Join(t.TempDir(), "newsfeed.db")
	s := openLearnt(t, path)
	for damaged := range copies {
		err := s.db().Update(func(b *bbolt.Tx) error {
			key := []byte{0, 0, 0, 1, byte(damaged)}
			value := bytes.Clone(b.Bucket([]byte("learned")).Get(key))
			value[len(value)/2] ^= 1
			return b.Bucket([]byte("learned")).Put(key, value)
		})
		if err := errors.Join(err, s.Close()); err != nil {
			t.Fatal(err)
		}
		s, err = Open(path, Options{})
		if damaged == copies-1 {
			if !errors.Is(err, ErrDamaged) {
				t.Errorf("without a copy: Open returned %v", err)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Entry(t.Context(), article.Entry(minLearn+50).ID); err != nil {
			t.Errorf("with %d copies damaged: %v", damaged+1, err)
		}
		faults := 0
		if err := s.Verify(t.Context(), func(string) { faults++ }); err != nil || faults != damaged+1 {
			t.Errorf("with %d copies damaged: %d faults found, error %v", damaged+1, faults, err)
		}
	}
}

func TestSalvageReadsWhatADictionaryMade(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "newsfeed.db")
	s := openLearnt(t, path)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	out, err := Salvage(t.Context(), path, filepath.Join(dir, "saved.db"))
	if err != nil || out.Lost() || out.Entries != minLearn+100 {
		t.Errorf("saved %+v, error %v", out, err)
	}
}

// openLearnt makes a store in which the last 100 entries were compressed with what
// it had learnt.
func openLearnt(t *testing.T, path string) *Store {
	t.Helper()
	s := openBench(t, path)
	if err := s.Commit(t.Context(), article.Polls(0, minLearn)...); err != nil {
		t.Fatal(err)
	}
	s.learner.Wait()
	if err := s.Commit(t.Context(), article.Polls(minLearn, minLearn+100)...); err != nil {
		t.Fatal(err)
	}
	return s
}

// sizes returns the bytes that the rows of entries take.
func sizes(t *testing.T, s *Store, from, to uint64) (n int) {
	t.Helper()
	err := s.db().View(func(b *bbolt.Tx) error {
		for seq := from; seq <= to; seq++ {
			n += len(b.Bucket([]byte("entries")).Get(seqKey(seq)))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func BenchmarkLearn(b *testing.B) {
	s := benchStore(b)
	s.learnt = true
	if err := s.Commit(b.Context(), article.Polls(0, minLearn)...); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		s.learn()
		if err := s.packer.use(nil); err != nil {
			b.Fatal(err)
		}
	}
}

func TestF22_AStoreWithADictionaryIsMigrated(t *testing.T) {
	path := filepath.Join(t.TempDir(), "newsfeed.db")
	s := openLearnt(t, path)
	err := s.db().Update(func(b *bbolt.Tx) error {
		return b.Bucket([]byte("meta")).Put([]byte("schema"), seqKey(2))
	})
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	s = openBench(t, path)
	if _, err := s.Entry(t.Context(), article.Entry(minLearn+50).ID); err != nil {
		t.Error(err)
	}
}
