package powerloss

import (
	"errors"
	"flag"
	"math/rand/v2"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

var faults = flag.Int("faults", 60, "how many of the faults are tried, by chance; 0: all")

// fault is what goes wrong: the nth operation of a kind, and if it is lasting
// all of that kind after it.
type fault struct {
	kind    Kind
	n       int
	lasting bool
	errno   syscall.Errno
}

// plant makes the fault happen on a disk. The returned function says whether it
// has happened.
func (f fault) plant(d *Disk) (happened func() bool) {
	met := 0
	d.Before(func(k Kind) syscall.Errno {
		if k != f.kind {
			return 0
		}
		if met++; met == f.n || f.lasting && met > f.n {
			return f.errno
		}
		return 0
	})
	return func() bool {
		d.Before(nil)
		return met >= f.n
	}
}

// told reports whether a process must be told of the fault: the kernel reads
// ahead, and tries again by itself what it could not read. Where nothing more fits
// in when a store is closed, it is closed without its second meta page; a commit
// for which there is no room is not acknowledged.
func (f fault) told() bool {
	return f.kind != Read && !(f.kind == Write && f.errno == syscall.ENOSPC)
}

// possible returns all faults of the work of a child, which it counts.
func possible(t *testing.T) (list []fault) {
	d := NewDisk()
	done := map[Kind]int{}
	d.Before(func(k Kind) syscall.Errno { done[k]++; return 0 })
	if lines, complaints, err := run(t, d, "work"); err != nil {
		t.Fatalf("the work fails on a sound disk: %v: %q %s", err, lines, complaints)
	}
	for _, kind := range []Kind{Open, Read, Write, Truncate, Sync, Name} {
		errnos := []syscall.Errno{syscall.EIO, syscall.ENOSPC}
		switch kind {
		case Read:
			errnos = errnos[:1]
		case Sync:
			errnos = ofSync
		}
		for n := range done[kind] {
			for _, errno := range errnos {
				list = append(list, fault{kind, n + 1, false, errno}, fault{kind, n + 1, true, errno})
			}
		}
	}
	t.Logf("operations: %v; %d possible faults", done, len(list))
	return list
}

// TestF20_AFaultAtAnyOperationIsAnErrorAndNoDamage lets each operation of the
// disk fail in turn. The process that works with the store must end with a plain
// error or get over it, and what it said to have stored is there afterwards:
// also when the power goes with the disk.
func TestF20_AFaultAtAnyOperationIsAnErrorAndNoDamage(t *testing.T) {
	r, dir, begin := random(t), memory(t), time.Now()
	list := possible(t)
	r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	if *faults > 0 {
		list = list[:min(*faults, len(list))]
	}
	got := map[string]int{}
	for _, f := range list {
		outcome := f.try(t, r, dir)
		got[outcome]++
	}
	t.Logf("%d faults in %v: %v", len(list), time.Since(begin).Round(time.Second), got)
}

// try lets the fault happen to a child at work and looks at what it leaves.
func (f fault) try(t *testing.T, r *rand.Rand, dir string) (outcome string) {
	d := NewDisk()
	happened := f.plant(d)
	lines, complaints, err := run(t, d, "work")
	exit := (*exec.ExitError)(nil)
	problems := 0
	for _, line := range lines {
		if _, err := strconv.Atoi(line); err != nil {
			problems++
		}
	}
	switch {
	case !happened():
		outcome = "did not happen"
	case err == nil && problems == 0:
		if outcome = "not noticed"; f.told() {
			t.Errorf("%+v: no error came of it", f)
		}
	case err == nil:
		outcome = "got over"
	case errors.As(err, &exit) && exit.ExitCode() == 1 && strings.HasPrefix(complaints, "child: ") && !strings.Contains(complaints, "goroutine "):
		outcome = "ended with an error"
	default:
		t.Errorf("%+v: the child ended with %v: %q %s", f, err, lines, complaints)
	}
	acknowledged := last(lines, 0)
	if _, err := verify(t.Context(), d, dir, acknowledged); err != nil {
		t.Errorf("%+v: %q: %v", f, lines, err)
	}
	d.PowerOff()
	if _, err := verify(t.Context(), d.Survivors(r), dir, acknowledged); err != nil {
		t.Errorf("%+v, and the power off: %q: %v", f, lines, err)
	}
	return outcome
}
