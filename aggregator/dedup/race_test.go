//go:build race

package dedup_test

import "testing"

// alone skips a test of one goroutine that computes for long: the race detector
// finds nothing in it and makes it ten times slower.
func alone(t *testing.T) {
	t.Helper()
	t.Skip("runs without the race detector")
}
