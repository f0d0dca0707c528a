// Package bolt is the store on one bbolt file.
//
// One transaction applies all records of a Commit, synced to disk before it
// returns. Reads are short transactions that copy what they return.
//
// Times are kept in UTC and to the microsecond; what is finer is cut off.
// Empty lists are read back as nil.
package bolt

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"newsfeed/storage"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// ErrLocked says that another process holds the store.
var ErrLocked = errors.New("bolt: held by another process")

// ErrDamaged says that the file is not a store, or is one no longer in all of
// its parts. The file is left as it was found.
var ErrDamaged = errors.New("bolt: damaged")

// ErrOlder says that an older version of the program wrote the store, which
// must be opened for writing once before it can be only read.
var ErrOlder = errors.New("bolt: written by an older version")

// ErrNewer says that a newer version of the program wrote the store.
var ErrNewer = errors.New("bolt: written by a newer version")

// Options say how to open a store. The zero value is good for a daemon.
type Options struct {
	Timeout   time.Duration // to wait for the lock; 0 is one second
	ReadOnly  bool          // Commit fails; others may read at the same time
	MustExist bool          // a missing store is fs.ErrNotExist; ReadOnly implies it
	MmapSize  int           // bytes of address space taken at first; 0 is 1 GiB
	MaxBytes  int64         // the file grows no larger; 0: no limit
	MinFree   int64         // bytes of the file's disk that Room leaves free; 0: none

	// Later says of a store that is opened ReadOnly that it is to take commits as
	// soon as its file can be written to, which Commit and Room find out.
	Later bool

	// Migrating, if not nil, is told how far a migration is, in words, when it
	// begins and then every few seconds.
	Migrating func(how string)

	// Doubtful, if not nil, is told that one of the two meta pages is damaged. The
	// store is opened by the other, which leads to the last commit or to the one
	// before.
	Doubtful func()

	discardOld bool // a migration keeps no copy
}

// Store is a store on one file. It is safe for concurrent use.
type Store struct {
	at     atomic.Pointer[opened]
	packer *packer
	limits atomic.Pointer[limits]
	page   int64 // size of one, in bytes

	later   atomic.Pointer[reopening] // to be done before the next commit; nil: nothing
	writing Options                   // how to open the file to take commits

	// stuck is why the store cannot be used any more: bbolt holds a lock that it
	// will never release, or another process took the file; nil: it can.
	stuck atomic.Pointer[error]

	changed chan uint64
	commit  sync.Mutex // keeps versions in order from the commit to the channel; guards the fields below
	told    *uint64    // the last version sent, or that before the first commit; nil: none was tried
	closing bool       // takes no commits any more
	learnt  bool       // has begun to learn
	faulty  bool       // what is read may not be on the disk: there was no commit yet, or bbolt could not write the last one
	single  bool       // just one of the meta pages leads to the last commit
	learner sync.WaitGroup
	retired chan struct{} // closed when nobody reads any more what was open before; nil: it is in use
}

// opened is a file in use.
type opened struct {
	db   *bbolt.DB
	file *os.File // of db, which closes it
}

func (s *Store) db() *bbolt.DB  { return s.at.Load().db }
func (s *Store) file() *os.File { return s.at.Load().file }

var (
	_ storage.Store    = (*Store)(nil)
	_ storage.Notifier = (*Store)(nil)
	_ storage.Limited  = (*Store)(nil)
)

// Open opens the store at path. One that does not exist is created, complete
// or not at all; its folder must exist. One that an older version wrote is
// migrated, and a copy of it kept beside it. The error is ErrLocked, ErrDamaged, ErrOlder or
// ErrNewer where they apply, and fs.ErrNotExist for a missing store or folder.
func Open(path string, o Options) (*Store, error) {
	s, err := open(path, o)
	if errors.Is(err, fs.ErrNotExist) && !o.MustExist && !o.ReadOnly {
		if err = create(path); err == nil {
			s, err = open(path, o)
		}
	}
	if err == nil && !o.ReadOnly {
		// Who made the file may have been stopped before its name was durable.
		if err = syncFolder(filepath.Dir(path)); err != nil {
			err = errors.Join(err, s.db().Close())
		}
	}
	if errors.Is(err, ErrLocked) {
		err = fmt.Errorf("%w%s", err, holder(path))
	}
	if err != nil {
		return nil, fmt.Errorf("open store %s: %w", path, err)
	}
	return s, nil
}

func open(path string, o Options) (*Store, error) {
	if o.Timeout == 0 {
		o.Timeout = time.Second
	}
	if o.MmapSize == 0 {
		o.MmapSize = 1 << 30
	}
	// Who had the file before may have met a sync that failed.
	s := &Store{packer: newPacker(), changed: make(chan uint64, 1), faulty: !o.ReadOnly}
	s.limits.Store(&limits{size: o.MaxBytes, free: o.MinFree})
	at := &opened{}
	s.at.Store(at)
	s.writing = o
	s.writing.ReadOnly, s.writing.MustExist = false, true
	if o.ReadOnly && o.Later {
		s.later.Store(&reopening{s.writing, storage.ErrReadOnly})
	}
	err := guard(func() (err error) {
		at.db, err = bbolt.Open(path, 0o600, &bbolt.Options{
			Timeout:         o.Timeout,
			ReadOnly:        o.ReadOnly,
			FreelistType:    bbolt.FreelistMapType,
			InitialMmapSize: o.MmapSize,
			// bbolt would make a new store of a missing or an empty file.
			OpenFile: func(name string, flag int, mode os.FileMode) (*os.File, error) {
				f, err := os.OpenFile(name, flag&^os.O_CREATE, mode)
				if err != nil {
					return nil, err
				}
				at.file = f
				// bbolt would read beyond the end of a shorter one.
				if err := isWhole(f); err != nil {
					return nil, errors.Join(err, f.Close())
				}
				return f, nil
			},
		})
		if err != nil {
			return err
		}
		if err := s.isAt(path); err != nil {
			return err
		}
		s.page = int64(s.db().Info().PageSize)
		if err := s.checkMetas(o.Doubtful); err != nil {
			return err
		}
		if o.ReadOnly {
			return s.db().View(func(b *bbolt.Tx) error { return checkSchema(b, s.packer) })
		}
		if err := s.db().View(func(b *bbolt.Tx) error { s.limits.Load().apply(s.db(), b.Size()); return nil }); err != nil {
			return err
		}
		return s.migrate(path, o.discardOld, &report{tell: o.Migrating, every: tellEvery})
	})
	if err == nil {
		return s, nil
	}
	if at.db != nil {
		err = errors.Join(err, at.db.Close())
	} else if at.file != nil {
		// Where bbolt panicked the file is still open and locked; where it
		// did not, neither has an effect.
		_, _ = unlock(at.file), at.file.Close()
	}
	if errors.Is(err, errReplaced) {
		return open(path, o)
	}
	return nil, err
}

// errReplaced says that a file was replaced while its lock was waited for.
var errReplaced = errors.New("bolt: replaced")

// isAt returns errReplaced when the file that is open is no longer the one at path.
func (s *Store) isAt(path string) error {
	mine, err := s.file().Stat()
	if err != nil {
		return err
	}
	there, err := os.Stat(path)
	if err == nil && !os.SameFile(mine, there) {
		err = errReplaced
	}
	return err
}

// isWhole returns ErrDamaged for a file that was cut off: what is missing of a page
// would be read as zeros, and what was on it not be found. Who holds the lock makes
// a file longer before its meta pages say so.
func isWhole(f *os.File) error {
	p, err := readPages(f)
	if err != nil {
		return err
	}
	length, err := lengthOf(f)
	if err == nil && p.size() > length {
		err = fmt.Errorf("%w: %d of %d bytes are there", ErrDamaged, length, p.size())
	}
	return err
}

// Close waits for calls in progress and closes the file. Calls after it
// return storage.ErrClosed.
func (s *Store) Close() error {
	s.commit.Lock()
	s.closing = true
	retired := s.retired
	s.commit.Unlock()
	s.learner.Wait()
	if retired != nil {
		<-retired
	}
	err := s.pairMetas()
	if stuck := s.stuck.Load(); stuck != nil {
		return fmt.Errorf("close store: %w", *stuck) // bbolt may wait for ever
	}
	if err := errors.Join(err, s.db().Close()); err != nil {
		return fmt.Errorf("close store: %w", err)
	}
	return nil
}

// Changed implements storage.Notifier. A version is sent after the commit is
// durable; one that nobody has read yet is replaced.
func (s *Store) Changed() <-chan uint64 { return s.changed }

// Commit implements storage.Writer: all records in one transaction.
func (s *Store) Commit(ctx context.Context, records ...storage.Record) error {
	s.commit.Lock()
	defer s.commit.Unlock()
	var after uint64
	var entries int
	err := s.update(ctx, func(t *tx) error {
		if s.told == nil {
			s.told = new(t.counts.version)
		}
		for i := range records {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := t.apply(&records[i]); err != nil {
				return fmt.Errorf("record %d: %w", i, err)
			}
		}
		after, entries = t.counts.version, t.counts.entries
		return t.finish()
	})
	s.packer.prepared.committed()
	if err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	if !s.learnt && entries >= minLearn {
		s.learnt = true
		s.learner.Go(s.learn)
	}
	if after != *s.told {
		select {
		case <-s.changed:
		default:
		}
		s.changed <- after
		*s.told = after
	}
	return nil
}

// update changes the store in one transaction. The caller holds the mutex.
func (s *Store) update(ctx context.Context, fn func(*tx) error) error {
	if err := s.becomeWritable(); err != nil {
		return err
	}
	if s.faulty {
		if err := guard(s.syncMetas); err != nil {
			return err
		}
	}
	done := false
	err := s.run(ctx, durable, func(t *tx) error {
		err := fn(t)
		done = err == nil
		return err
	})
	// Whatever kept bbolt from committing may have come after its meta page.
	s.faulty, s.single = done && err != nil, s.single || err == nil
	if s.faulty {
		s.reopenLater()
	}
	return err
}

// durable is bbolt's Update, with ErrFaulty for a sync that fails. Whatever its
// cause, a full disk too, it is not known what of the commit is on the disk.
func durable(db *bbolt.DB, fn func(*bbolt.Tx) error) error {
	err := db.Update(fn)
	if err != nil && unsynced(err) {
		return fmt.Errorf("%w: sync: %w", storage.ErrFaulty, err)
	}
	return err
}

// unsynced reports whether an error of bbolt's Update is that of a sync: a bare
// number where it calls the system itself, and words where the file was made
// larger.
func unsynced(err error) bool {
	if _, bare := err.(syscall.Errno); bare {
		return true
	}
	path := (*fs.PathError)(nil)
	return errors.As(err, &path) && path.Op == "sync" || strings.HasPrefix(err.Error(), "file sync error: ")
}

func (s *Store) view(ctx context.Context, fn func(*tx) error) error {
	return s.run(ctx, (*bbolt.DB).View, fn)
}

// transact is bbolt's way to read or to change a file in one transaction.
type transact func(*bbolt.DB, func(*bbolt.Tx) error) error

func (s *Store) run(ctx context.Context, how transact, fn func(*tx) error) error {
	return s.look(ctx, how, func(t *tx) error {
		if err := t.readFigures(); err != nil {
			return err
		}
		return fn(t)
	})
}

// look is run without the figures: fn must not ask for counts, nor which sources
// are hidden or apart.
func (s *Store) look(ctx context.Context, how transact, fn func(*tx) error) error {
	for {
		at := s.at.Load()
		err := s.runAt(ctx, at, how, fn)
		if !errors.Is(err, storage.ErrClosed) || s.at.Load() == at {
			return err
		}
		// The file was opened anew between the two moments.
	}
}

func (s *Store) runAt(ctx context.Context, at *opened, how transact, fn func(*tx) error) error {
	return s.unlessStuck(ctx, func(begun func(*bbolt.Tx)) error {
		return how(at.db, func(b *bbolt.Tx) error {
			begun(b)
			t := newTx(b, s.packer)
			defer t.drop()
			return fn(t)
		})
	})
}

// unlessStuck calls fn, guarded, which begins one transaction, hands it to begun
// and ends it; or returns why the store is stuck. A page that cannot be read may
// make bbolt panic where it begins a transaction, or once more where it ends one:
// with a lock in its hand. Then the store is stuck.
func (s *Store) unlessStuck(ctx context.Context, fn func(begun func(*bbolt.Tx)) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if stuck := s.stuck.Load(); stuck != nil {
		return *stuck
	}
	var b *bbolt.Tx
	ended := false
	err := guard(func() error {
		err := fn(func(begun *bbolt.Tx) { b = begun })
		ended = true
		return err
	})
	if !ended && (b == nil || b.DB() != nil) {
		err = fmt.Errorf("%w; the store cannot be used until the program is started anew", err)
		s.stuck.Store(&err)
	}
	return err
}

// guard calls fn, which uses bbolt, and says what its errors mean here. Over a
// damaged page bbolt panics or reads beyond the file, and so may what decodes
// our own fixed-size keys: that is ErrDamaged too.
func guard(fn func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", ErrDamaged, p)
		}
	}()
	err = fn()
	switch {
	case errors.Is(err, storage.ErrFaulty):
		return err // its cause says less
	case errors.Is(err, berrors.ErrDatabaseNotOpen):
		return storage.ErrClosed
	case errors.Is(err, berrors.ErrTimeout):
		return ErrLocked
	case errors.Is(err, berrors.ErrMaxSizeReached), is(err, syscall.ENOSPC), is(err, syscall.EDQUOT):
		return fmt.Errorf("%w: %w", storage.ErrFull, err)
	case is(err, syscall.EIO):
		return fmt.Errorf("%w: %w", storage.ErrFaulty, err)
	case errors.Is(err, berrors.ErrDatabaseReadOnly), is(err, syscall.EROFS):
		return fmt.Errorf("%w: %w", storage.ErrReadOnly, err)
	case errors.Is(err, berrors.ErrInvalid),
		errors.Is(err, berrors.ErrChecksum),
		errors.Is(err, berrors.ErrVersionMismatch),
		errors.Is(err, berrors.ErrIncompatibleValue): // no bucket of ours holds buckets
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return err
}

// is reports whether a system call failed with that error. Of what fails when
// the file is made larger, bbolt hands on nothing but the words. Those of our own
// errors do not count: they quote what comes from the web.
func is(err error, number syscall.Errno) bool {
	if err == nil || errors.Is(err, number) {
		return err != nil
	}
	text := err.Error()
	return strings.HasPrefix(text, "file resize error: ") && strings.HasSuffix(text, number.Error())
}
