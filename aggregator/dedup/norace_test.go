//go:build !race

package dedup_test

import "testing"

// alone marks a test of one goroutine that computes for long.
func alone(t *testing.T) { t.Helper() }
