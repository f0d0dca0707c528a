package guard

import (
	"os"
	"sync"
	"time"
)

// early is how much before its deadline a read or write may be given up.
const early = time.Second

// deadline is until when the reads, or the writes, of a connection may take. A
// server sets it eight times for a request, and nothing waits for most of them.
// Setting a timer of the system is not cheap beside a short answer, so the
// connection is told only when it is read or written, and not of less than early.
//
// It is safe for concurrent use.
type deadline struct {
	tell func(time.Time) error // the connection

	mu     sync.Mutex // guards the fields below
	wanted time.Time  // zero: there is none
	told   time.Time
	users  int // reads or writes under way
}

// set is net.Conn's SetReadDeadline, or SetWriteDeadline.
func (d *deadline) set(t time.Time) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.wanted = t
	if d.users == 0 {
		return nil
	}
	return d.renew()
}

// begin comes before each read or write; where it succeeds, end comes after it.
func (d *deadline) begin() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.holds() {
		if !d.wanted.IsZero() && !d.wanted.After(time.Now()) {
			return os.ErrDeadlineExceeded
		}
		if err := d.renew(); err != nil {
			return err
		}
	}
	d.users++
	return nil
}

func (d *deadline) end() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.users--
}

// holds reports whether what the connection was told is what is wanted.
func (d *deadline) holds() bool {
	if d.wanted.IsZero() || d.told.IsZero() {
		return d.wanted.IsZero() && d.told.IsZero()
	}
	sooner := d.wanted.Sub(d.told)
	return sooner >= 0 && sooner < early
}

func (d *deadline) renew() error {
	if err := d.tell(d.wanted); err != nil {
		return err
	}
	d.told = d.wanted
	return nil
}
