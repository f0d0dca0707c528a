package powerloss

import (
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"syscall"
	"testing"
	"time"

	"go.etcd.io/bbolt"
)

var (
	seed = flag.Uint64("seed", rand.Uint64(), "of what chance does")
	cuts = flag.Int("cuts", 40, "how often the power is cut")
)

const (
	// fresh is after how many cuts a new disk takes the place of the old one,
	// so that stores are cut while they are made, too.
	fresh = 20

	// most is up to how many operations a disk does before the power is cut, or
	// up to how many syncs; and of a new disk, on which a store is being made.
	most, mostSyncs = 400, 20
	mostNew         = 60
)

// random returns a source of chance, of which it says the seed.
func random(t *testing.T) *rand.Rand {
	t.Helper()
	t.Logf("seed %d", *seed)
	return rand.New(rand.NewPCG(*seed, 0))
}

// cutAfter cuts the power of a disk at its nth operation of these kinds.
func cutAfter(d *Disk, n int, kinds ...Kind) {
	d.Before(func(k Kind) syscall.Errno {
		if len(kinds) > 0 && !slices.Contains(kinds, k) {
			return 0
		}
		if n--; n == 0 {
			return Cut
		}
		return 0
	})
}

// cutSometime cuts the power of a disk at a random moment: half of the times
// before a sync, when there is most to lose.
func cutSometime(d *Disk, r *rand.Rand, isNew bool) {
	switch {
	case isNew:
		cutAfter(d, 1+r.IntN(mostNew))
	case r.IntN(2) == 0:
		cutAfter(d, 1+r.IntN(mostSyncs), Sync)
	default:
		cutAfter(d, 1+r.IntN(most))
	}
}

// TestF18_NothingIsLostWithThePower cuts the power while a process commits, and
// has the next one go on with what is left.
func TestF18_NothingIsLostWithThePower(t *testing.T) {
	r, dir, begin := random(t), memory(t), time.Now()
	var d *Disk
	acknowledged, total, kept, made := 0, 0, 0, 0
	for n := range *cuts {
		if n%fresh == 0 {
			d, acknowledged = NewDisk(), 0
		}
		before := acknowledged
		cutSometime(d, r, n%fresh == 0)
		lines, complaints, err := run(t, d, "commit")
		if acknowledged = last(lines, before); acknowledged == 0 {
			made++
		}
		total += len(lines)
		select {
		case <-d.Off():
		default:
			t.Fatalf("cut %d: the child ended by itself: %v: %s", n, err, complaints)
		}
		d = d.Survivors(r)
		stored, err := verify(t.Context(), d, dir, acknowledged)
		if err != nil {
			t.Fatalf("cut %d: after %d polls: %v", n, acknowledged, err)
		}
		if stored > acknowledged {
			kept++
		}
		acknowledged = stored
	}
	t.Logf("%d cuts in %v, %d of them before the first poll; %d commits acknowledged, %.1f between two cuts; %d times the one under way was kept",
		*cuts, time.Since(begin).Round(time.Second), made, total, float64(total)/float64(*cuts), kept)
}

// TestThePowerLossIsReal shows that a file that is not synced does not outlive
// cuts like those.
func TestThePowerLossIsReal(t *testing.T) {
	r := random(t)
	lost := 0
	const times = 10
	for range times {
		d := NewDisk()
		cutAfter(d, most)
		lines, _, _ := run(t, d, "careless")
		data, _ := d.Survivors(r).File(storeName)
		path := filepath.Join(t.TempDir(), storeName)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if numbers, err := count(path); err != nil || numbers < last(lines, 0) {
			lost++
		}
	}
	t.Logf("%d of %d files were spoilt", lost, times)
	if lost < times/2 {
		t.Error("files that were not synced outlive the power")
	}
}

// count returns the last number that putForEver put into a file, or an error
// when it is damaged.
func count(path string) (n int, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("damaged: %v", p)
		}
	}()
	if err := checkFile(path); err != nil {
		return 0, err
	}
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true})
	if err != nil {
		return 0, err
	}
	err = db.View(func(tx *bbolt.Tx) error {
		b := tx.Bucket([]byte("numbers"))
		if b == nil {
			return errors.New("no numbers")
		}
		k, _ := b.Cursor().Last()
		n = int(binary.BigEndian.Uint64(k))
		return nil
	})
	return n, errors.Join(err, db.Close())
}
