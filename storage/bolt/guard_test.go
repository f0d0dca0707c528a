package bolt

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"testing"

	"newsfeed/storage"

	berrors "go.etcd.io/bbolt/errors"
)

func TestF14_GuardSaysWhatErrorsMean(t *testing.T) {
	write := func(number syscall.Errno) error { return &fs.PathError{Op: "write", Path: "newsfeed.db", Err: number} }
	for _, test := range []struct {
		err, want error
	}{
		{write(syscall.ENOSPC), storage.ErrFull},
		{write(syscall.EDQUOT), storage.ErrFull},
		{fmt.Errorf("file resize error: %s", write(syscall.ENOSPC)), storage.ErrFull},
		{berrors.ErrMaxSizeReached, storage.ErrFull},
		{write(syscall.EIO), storage.ErrFaulty},
		{fmt.Errorf("%w: sync: %w", storage.ErrFaulty, syscall.ENOSPC), storage.ErrFaulty},
		{write(syscall.EROFS), storage.ErrReadOnly},
		{berrors.ErrDatabaseReadOnly, storage.ErrReadOnly},
		{berrors.ErrDatabaseNotOpen, storage.ErrClosed},
		{berrors.ErrTimeout, ErrLocked},
		{berrors.ErrChecksum, ErrDamaged},
	} {
		if err := guard(func() error { return test.err }); !errors.Is(err, test.want) {
			t.Errorf("%v: %v, want %v", test.err, err, test.want)
		}
	}
	for _, other := range []error{
		nil,
		write(syscall.EBADF),
		errors.New(`record 0: poll of source a: entry "urn:no space left on device": no id or no story`),
		errors.New("record 0: read-only file system"),
	} {
		if err := guard(func() error { return other }); storage.Refused(err) || errors.Is(err, ErrDamaged) {
			t.Errorf("%v: %v", other, err)
		}
	}
}

func TestF20_ASyncThatFailedIsToldFromAWrite(t *testing.T) {
	at := func(op string) error { return &fs.PathError{Op: op, Path: "newsfeed.db", Err: syscall.ENOSPC} }
	for _, test := range []struct {
		err  error
		want bool
	}{
		{syscall.ENOSPC, true}, // of fdatasync
		{syscall.EPERM, true},
		{at("sync"), true},
		{fmt.Errorf("file sync error: %s", at("sync")), true},
		{at("write"), false},
		{fmt.Errorf("file resize error: %s", at("truncate")), false},
		{berrors.ErrMaxSizeReached, false},
		{errors.New("record 0: no id or no story"), false},
	} {
		if got := unsynced(test.err); got != test.want {
			t.Errorf("%v: %v, want %v", test.err, got, test.want)
		}
	}
}
