package aggregator

import "sync"

// workers are goroutines that do one task after the other. They stay for the
// next one, and for a while so does the stack that a poll makes grow. All go at
// the end, none before.
type workers struct {
	tasks chan func()
	hired int
	gone  sync.WaitGroup
}

// do has a worker do a task, of which so many are under way, this one included.
// Of as many workers one is free, or about to be: a task that is not under way
// any more has nothing left to wait for.
func (w *workers) do(task func(), underway int) {
	if w.hired < underway {
		w.hired++
		w.gone.Go(func() {
			for task := range w.tasks {
				task()
			}
		})
	}
	w.tasks <- task
}

// dismiss waits for the end of all tasks, after which there will be none.
func (w *workers) dismiss() {
	close(w.tasks)
	w.gone.Wait()
}
