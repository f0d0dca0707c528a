package publish

import (
	"errors"
	"io"
	"os"
	"strconv"
	"sync"

	"golang.org/x/sys/unix"
)

// minSpool is the size from which on a body is worth its spool.
const minSpool = 64 << 10

// spool is a body in a file in memory, which the kernel sends (sendfile(2))
// without copying it out of the process for every client. The file is made for
// the first one, because few ask for a body that is not compressed; it is gone
// when nothing refers to the spool any more. A nil spool sends nothing.
type spool struct {
	body  []byte
	once  sync.Once
	file  *os.File  // nil where the system has no such files
	files sync.Pool // of *os.File: the same file, each with a position of its own
}

// newSpool returns nil for a small body.
func newSpool(body []byte) *spool {
	if len(body) < minSpool {
		return nil
	}
	return &spool{body: body}
}

func (s *spool) fill() {
	const name = "newsfeed"
	fd, err := unix.MemfdCreate(name, unix.MFD_CLOEXEC|unix.MFD_NOEXEC_SEAL)
	if errors.Is(err, unix.EINVAL) { // before Linux 6.3
		fd, err = unix.MemfdCreate(name, unix.MFD_CLOEXEC)
	}
	if err != nil {
		return
	}
	f := os.NewFile(uintptr(fd), name)
	if _, err := f.Write(s.body); err != nil {
		_ = f.Close()
		return
	}
	s.file = f
}

// send sends the body and reports whether it began to: else nothing was sent.
func (s *spool) send(w io.Writer) bool {
	if s == nil {
		return false
	}
	if s.once.Do(s.fill); s.file == nil {
		return false
	}
	f, err := s.open()
	if err != nil {
		return false
	}
	if _, err := io.Copy(w, io.LimitReader(f, int64(len(s.body)))); err != nil {
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
	return os.Open("/proc/self/fd/" + strconv.FormatUint(uint64(s.file.Fd()), 10))
}
