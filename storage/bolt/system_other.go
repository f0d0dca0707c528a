//go:build !(linux || darwin || freebsd)

package bolt

import "os"

// lock takes no lock where there is none to share with bbolt: a file that
// another process has open cannot be replaced there.
func lock(*os.File, bool) error { return nil }

// unlock has nothing to give back.
func unlock(*os.File) error { return nil }

// chown leaves the owner as it is.
func chown(_, _ *os.File) error { return nil }
