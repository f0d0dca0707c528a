package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"newsfeed/aggregator/publish"
	"newsfeed/config"
	"newsfeed/storage"
	"newsfeed/storage/bolt"
)

// unwritable is the error that a store, or the folder for one, cannot be
// written to.
type unwritable struct{ error }

func (u unwritable) Unwrap() error { return u.error }

// asUnwritable returns an error of opening a store as an unwritable one, if it
// is that.
func asUnwritable(err error) error {
	if errors.Is(err, storage.ErrReadOnly) || errors.Is(err, syscall.EROFS) || errors.Is(err, fs.ErrPermission) {
		return unwritable{err}
	}
	return err
}

// openToServe opens the store of a daemon. Where it cannot be written to, which
// why says, it is opened to be served, and takes commits as soon as it can.
func openToServe(c config.Config, told tellers) (s *bolt.Store, why, err error) {
	s, err = openStore(c, writing, told)
	if !errors.As(err, new(unwritable)) && !errors.Is(err, storage.ErrFaulty) {
		return s, nil, err
	}
	why = err
	if s, err = openStore(c, serving, told); err != nil {
		return nil, nil, fmt.Errorf("%w, and none can be written: %w", err, why)
	}
	return s, why, nil
}

// condition is what everybody is told of the troubles of the store and of the
// configuration. It is safe for concurrent use.
type condition struct {
	publisher *publish.Publisher
	now       atomic.Pointer[storage.Trouble]
	started   time.Time
	loaded    atomic.Pointer[time.Time] // last, after the start
	refused   atomic.Pointer[string]    // see refusal
}

// set passes on a trouble, or its end.
func (c *condition) set(t storage.Trouble) {
	c.now.Store(&t)
	c.publisher.Troubled(t)
}

// refuse takes in why the configuration was not reloaded; nil: it was.
func (c *condition) refuse(err error) {
	why := ""
	if err != nil {
		why, _, _ = strings.Cut(escaped(err.Error()), `\u000a`)
	}
	if why == "" {
		now := time.Now()
		c.loaded.Store(&now)
	}
	c.refused.Store(&why)
}

// reloaded returns when the configuration that holds was loaded, and why the
// last reload was refused; empty: it was not.
func (c *condition) reloaded() (at time.Time, why string) {
	at = c.started
	if loaded := c.loaded.Load(); loaded != nil {
		at = *loaded
	}
	return at, c.refusal()
}

// refusal returns in a line why the last reload was refused; empty: it was not, as
// without a condition.
func (c *condition) refusal() string {
	if c == nil || c.refused.Load() == nil {
		return ""
	}
	return *c.refused.Load()
}

// trouble returns the one that there is now, or the zero value, as without a
// condition.
func (c *condition) trouble() storage.Trouble {
	if c == nil || c.now.Load() == nil {
		return storage.Trouble{}
	}
	return *c.now.Load()
}

// waiting says in a few words why no source is polled; empty: they are.
func waiting(t storage.Trouble) string {
	switch t.Cause {
	case nil:
		return ""
	case storage.ErrReadOnly:
		return "the store is read-only"
	case storage.ErrFaulty:
		return "the disk of the store fails"
	}
	return "the store is full"
}

// statusJSON is how the daemon is.
type statusJSON struct {
	Polling bool   `json:"polling"` // false: no source is polled
	Since   string `json:"since"`   // RFC 3339, or empty
	Why     string `json:"why"`
	Refused string `json:"refused"` // why the last reload was refused; empty: it was not
}

func newStatusJSON(c *condition) statusJSON {
	t := c.trouble()
	return statusJSON{Polling: t == storage.Trouble{}, Since: rfc3339(t.Since), Why: t.Why, Refused: c.refusal()}
}

// status answers how the daemon is.
func (a api) status(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(newStatusJSON(a.condition))
}

// noteTrouble tells people that the daemon does not poll, and why.
func (p *program) noteTrouble(ctx context.Context) error {
	answer, err := p.ask(ctx, "/api/status", nil)
	if err != nil {
		return err
	}
	var s statusJSON
	if err := json.Unmarshal(answer, &s); err != nil {
		return fmt.Errorf("read status: %w", err)
	}
	if !s.Polling {
		p.note("no source is polled since %s: %s%s\n", s.Since, s.Why, makeRoom)
	}
	if s.Refused != "" {
		p.note("the configuration of before holds on, since the last reload was refused: %s\n", printable(s.Refused))
	}
	return nil
}

// makeRoom is the way out of a trouble.
const makeRoom = "; make room on its disk or in the store (storage.max_size, storage.min_free, storage.retention), make it writable, or mend its disk (dmesg, smartctl): polls then resume"
