package bolt

import (
	"fmt"
	"io"
	"time"
)

// tellEvery is the least time between two words about one piece of work.
const tellEvery = 5 * time.Second

// report tells how far a piece of work is, at first and then not too often.
type report struct {
	tell  func(how string) // nil: nobody wants to know
	every time.Duration
	next  time.Time
}

func (r *report) say(format string, args ...any) {
	if now := time.Now(); r.tell != nil && !now.Before(r.next) {
		r.next = now.Add(r.every)
		r.tell(fmt.Sprintf(format, args...))
	}
}

// reported is a writer that reports how much of so many bytes was written.
type reported struct {
	w         io.Writer
	report    *report
	done, all int64
}

func (r *reported) Write(b []byte) (int, error) {
	r.report.say("%d of %d MiB copied", r.done>>20, r.all>>20)
	n, err := r.w.Write(b)
	r.done += int64(n)
	return n, err
}
