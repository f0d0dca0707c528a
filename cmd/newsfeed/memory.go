package main

import (
	"context"
	"runtime"
	"runtime/debug"
	"time"
)

// settled is how long after its start a daemon has done what a start takes.
const settled = 5 * time.Second

// giveBack gives the memory back that only the start needed: several times what
// the daemon needs from then on. One that is idle would keep it for minutes; one
// that polls has its garbage collected in any case.
func giveBack(ctx context.Context) {
	select {
	case <-time.After(settled):
		runtime.GC() // what is in a sync.Pool outlives one collection
		debug.FreeOSMemory()
	case <-ctx.Done():
	}
}
