package bolt

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// holder names the process that holds the lock on the file at path, as the end
// of a message; empty: that is not to be found out.
func holder(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return ""
	}
	locks, err := os.Open("/proc/locks")
	if err != nil {
		return ""
	}
	defer locks.Close()
	inode := fmt.Sprintf(":%d", info.Sys().(*syscall.Stat_t).Ino)
	lines := bufio.NewScanner(locks)
	for lines.Scan() {
		// 1: FLOCK  ADVISORY  WRITE 4711 fd:01:1234 0 EOF
		f := strings.Fields(lines.Text())
		if len(f) < 6 || f[1] != "FLOCK" || !strings.HasSuffix(f[5], inode) {
			continue
		}
		if pid, err := strconv.Atoi(f[4]); err == nil && pid > 0 && hasOpen(pid, info) {
			name, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
			return fmt.Sprintf(": process %d (%s)", pid, strings.TrimSpace(string(name)))
		}
	}
	return ""
}

// hasOpen reports whether a process has a file open. One whose files are not
// shown to us may have it: the device in /proc/locks would not tell, for some
// file systems give others to those who ask.
func hasOpen(pid int, file os.FileInfo) bool {
	dir := fmt.Sprintf("/proc/%d/fd", pid)
	names, err := os.ReadDir(dir)
	if err != nil {
		return true
	}
	for _, n := range names {
		if its, err := os.Stat(filepath.Join(dir, n.Name())); err == nil && os.SameFile(its, file) {
			return true
		}
	}
	return false
}
