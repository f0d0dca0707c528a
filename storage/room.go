package storage

import (
	"context"
	"errors"
	"time"
)

// Limited is the optional ability of a store to tell how much it can still
// take.
type Limited interface {
	// Room returns how much room there is at the moment, or ErrReadOnly.
	Room(ctx context.Context) (Room, error)
}

// Room is what a store can still take.
type Room struct {
	Free  int64  // bytes, with those within the store that can be used again
	Least int64  // of them, which are kept for the store's own work
	Limit string // what bounds it, in words; empty: nothing does
}

// Short reports whether nothing more should be brought to the store.
func (r Room) Short() bool { return r.Limit != "" && r.Free < r.Least }

// Ample reports whether there is so much room that a store that was short of it
// will not be so again at once.
func (r Room) Ample() bool { return r.Limit == "" || r.Free >= r.Least+r.Least/4 }

// Refused reports whether an error of Commit says that the store takes no
// records at present: it is for no fault of the records, which may come again.
func Refused(err error) bool { return Cause(err) != nil }

// Cause returns which of ErrFull, ErrReadOnly and ErrFaulty an error is; nil:
// none of them.
func Cause(err error) error {
	for _, cause := range []error{ErrReadOnly, ErrFaulty, ErrFull} {
		if errors.Is(err, cause) {
			return cause
		}
	}
	return nil
}

// Trouble is that of a store which takes no records for a time. It is kept in
// memory only. The zero value is none.
type Trouble struct {
	Since time.Time
	Cause error  // ErrFull, ErrReadOnly or ErrFaulty
	Why   string // for the operator, in one line; may name files
}
