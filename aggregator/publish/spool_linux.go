package publish

import (
	"io"
	"os"
	"strconv"
	"sync"

	"golang.org/x/sys/unix"
)

// minSpool is the size from which on a body is worth its spool.
const minSpool = 64 << 10

// spool is a body in a file in memory, which the kernel sends (sendfile(2))
// without copying it out of the process for every client. It is gone, and so are
// its files, when nothing refers to it any more. A nil spool sends nothing.
type spool struct {
	memory *os.File
	size   int64
	files  sync.Pool // of *os.File: the same file, each with a position of its own
}

// newSpool returns nil for a small body, and where the system has no such files.
func newSpool(body []byte) *spool {
	if len(body) < minSpool {
		return nil
	}
	fd, err := unix.MemfdCreate("newsfeed", unix.MFD_CLOEXEC)
	if err != nil {
		return nil
	}
	memory := os.NewFile(uintptr(fd), "memfd:newsfeed")
	if _, err := memory.Write(body); err != nil {
		_ = memory.Close()
		return nil
	}
	return &spool{memory: memory, size: int64(len(body))}
}

// send sends the body and reports whether it began to: else nothing was sent.
func (s *spool) send(w io.Writer) bool {
	if s == nil {
		return false
	}
	f, err := s.open()
	if err != nil {
		return false
	}
	if _, err := io.Copy(w, io.LimitReader(f, s.size)); err != nil {
		_ = f.Close()
		return true
	}
	s.files.Put(f)
	return true
}

// open returns the file at its beginning.
func (s *spool) open() (*os.File, error) {
	if f, ok := s.files.Get().(*os.File); ok {
		if _, err := f.Seek(0, io.SeekStart); err == nil {
			return f, nil
		}
		_ = f.Close()
	}
	return os.Open("/proc/self/fd/" + strconv.FormatUint(uint64(s.memory.Fd()), 10))
}
