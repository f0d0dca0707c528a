// Package bubble runs tests in bubbles of testing/synctest.
package bubble

import (
	"runtime"
	"testing"
	"testing/synctest"
)

// Test runs a test in a bubble, on one processor: two goroutines that each run
// an expired timer of their bubble at the same time break the race detector
// (golang.org/issue/78156). It is not for parallel tests.
func Test(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	synctest.Test(t, test)
}
