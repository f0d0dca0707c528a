package powerloss

import (
	"math/rand/v2"
	"slices"
	"syscall"
	"testing"
)

// doubt is a sync that fails, and how many operations later the power is cut.
type doubt struct {
	sync, later int
	errno       syscall.Errno
}

// ofSync are errors of a sync: of a disk that fails, of one that is full where
// what was written gets its place late, and one that nobody has heard of.
var ofSync = []syscall.Errno{syscall.EIO, syscall.ENOSPC, syscall.EPERM}

func (f doubt) plant(d *Disk) {
	syncs, since := 0, 0
	d.Before(func(k Kind) syscall.Errno {
		if syncs >= f.sync {
			if since++; since == f.later {
				return Cut
			}
		}
		if k == Sync {
			if syncs++; syncs == f.sync {
				return f.errno
			}
		}
		return 0
	})
}

// TestF20_AFailedSyncAndThenThePower lets a sync fail, after which the kernel
// takes for written what is not, and cuts the power soon: before the next commit
// is durable, what was acknowledged before must be.
func TestF20_AFailedSyncAndThenThePower(t *testing.T) {
	r, dir := random(t), memory(t)
	for sync := 5; sync < 25; sync++ { // those of the first polls
		for later := 1; later < 20; later++ {
			for _, errno := range ofSync {
				doubt{sync, later, errno}.try(t, r, dir)
			}
		}
	}
}

// try lets it happen to a child at work and looks at what is left.
func (f doubt) try(t *testing.T, r *rand.Rand, dir string) {
	d := NewDisk()
	f.plant(d)
	lines, _, _ := run(t, d, "work")
	d.PowerOff()
	if _, err := verify(t.Context(), d.Survivors(r), dir, last(lines, 0)); err != nil {
		t.Errorf("%+v: %q: %v", f, lines, err)
	}
}

// TestF20_AFailedCommitThatTookEffectIsTold lets the syncs of a commit fail, each
// in turn. After that of the meta page what was committed can be read, and the
// commit that comes again brings nothing new.
func TestF20_AFailedCommitThatTookEffectIsTold(t *testing.T) {
	failed := 0
	for n := 1; ; n++ {
		d := NewDisk()
		happened := fault{Sync, n, false, syscall.EIO}.plant(d)
		lines, complaints, err := run(t, d, "tell")
		if !happened() {
			break
		}
		if slices.Contains(lines, "failed") {
			failed++
			if err != nil || lines[len(lines)-1] != "told" {
				t.Errorf("sync %d: %q, error %v %s", n, lines, err, complaints)
			}
		}
	}
	if failed < 2 {
		t.Errorf("%d syncs of the commit failed", failed)
	}
}

// TestF20_AWriteThatFailsLeavesNoPageFreeAndInUse lets each write of the first
// polls fail. Of a meta page that could not be written the kernel may show what was
// to be on it for a while, and then what is there.
func TestF20_AWriteThatFailsLeavesNoPageFreeAndInUse(t *testing.T) {
	r, dir := random(t), memory(t)
	for range 3 { // it depends on the kernel when
		for n := 5; n < 25; n++ {
			fault{Write, n, false, syscall.EIO}.try(t, r, dir)
		}
	}
}
