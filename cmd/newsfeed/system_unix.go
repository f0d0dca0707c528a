//go:build unix

package main

import (
	"fmt"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// reloadSignal asks the daemon to read its configuration anew.
const reloadSignal = syscall.SIGHUP

// monotonic returns the clock by which service managers put messages in order,
// in microseconds: CLOCK_MONOTONIC of clock_gettime(2), which package time does
// not tell.
func monotonic() (int64, error) {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &t); err != nil {
		return 0, fmt.Errorf("read monotonic clock: %w", err)
	}
	return t.Nano() / 1000, nil
}

// keepPrivate makes all files that are made from now on the user's own.
func keepPrivate() { unix.Umask(0o077) }

// fileNumber returns the device and the inode of a file.
func fileNumber(f *os.File) (dev, inode uint64, ok bool) {
	var s unix.Stat_t
	if unix.Fstat(int(f.Fd()), &s) != nil {
		return 0, 0, false
	}
	return uint64(s.Dev), s.Ino, true
}
