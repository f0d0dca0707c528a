//go:build linux && amd64

package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// systemCalls returns the numbers of those that the unit allows: the sets are
// systemd's, the numbers the kernel's headers'.
func systemCalls(t *testing.T) []uint32 {
	t.Helper()
	header, err := os.ReadFile("/usr/include/x86_64-linux-gnu/asm/unistd_64.h")
	if err != nil {
		t.Skip("the numbers of system calls are not here: ", err)
	}
	numbers := map[string]uint32{}
	for _, m := range regexp.MustCompile(`#define __NR_(\w+) (\d+)`).FindAllSubmatch(header, -1) {
		n, _ := strconv.ParseUint(string(m[2]), 10, 32) // digits
		numbers[string(m[1])] = uint32(n)
	}
	var set func(name string) map[string]bool
	set = func(name string) map[string]bool {
		out, err := exec.Command("systemd-analyze", "syscall-filter", "--no-pager", name).Output()
		if err != nil {
			t.Skip("the sets of system calls are not here: ", err)
		}
		names := map[string]bool{}
		lines := bufio.NewScanner(bytes.NewReader(out))
		lines.Scan() // the name
		for lines.Scan() {
			call := strings.TrimSpace(lines.Text())
			switch {
			case strings.HasPrefix(call, "#"), call == "":
			case strings.HasPrefix(call, "@"):
				for c := range set(call) {
					names[c] = true
				}
			default:
				names[call] = true
			}
		}
		return names
	}
	allowed := set("@system-service")
	if !strings.Contains(readText(t, unitFile), "SystemCallFilter=@system-service\nSystemCallFilter=~@privileged @resources\n") {
		t.Fatal("the unit has another filter than this test")
	}
	for _, name := range []string{"@privileged", "@resources"} {
		for c := range set(name) {
			delete(allowed, c)
		}
	}
	for c := range set("@default") { // systemd adds it
		allowed[c] = true
	}
	var list []uint32
	for c := range allowed {
		if n, known := numbers[c]; known {
			list = append(list, n)
		}
	}
	return list
}

// filterOf returns the program for seccomp(2) that lets these calls pass; all
// others fail with EPERM.
func filterOf(calls []uint32) []unix.SockFilter {
	load := func(offset uint32) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: offset}
	}
	equal := func(value uint32, yes, no uint8) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: value, Jt: yes, Jf: no}
	}
	ret := func(action uint32) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: action}
	}
	deny := ret(unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM))
	program := []unix.SockFilter{load(4), equal(unix.AUDIT_ARCH_X86_64, 1, 0), deny, load(0)}
	for _, n := range calls {
		program = append(program, equal(n, 0, 1), ret(unix.SECCOMP_RET_ALLOW))
	}
	return append(program, deny)
}

// filtered is the command newsfeed under the filter in the file that its first
// argument names.
func filtered() {
	// The filter is this thread's, which becomes the program.
	runtime.LockOSThread()
	b, err := os.ReadFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	program := make([]unix.SockFilter, len(b)/8)
	if err := binary.Read(bytes.NewReader(b), binary.NativeEndian, program); err != nil {
		panic(err)
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		panic(err)
	}
	filter := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	if err := unix.Prctl(unix.PR_SET_SECCOMP, unix.SECCOMP_MODE_FILTER, uintptr(unsafe.Pointer(&filter)), 0, 0); err != nil {
		panic(err)
	}
	panic(syscall.Exec(os.Args[2], os.Args[2:], os.Environ()))
}

// TestE14_RunsUnderTheFilterOfTheUnit lets all flows of the program run where
// only the system calls are allowed that the unit allows.
func TestE14_RunsUnderTheFilterOfTheUnit(t *testing.T) {
	var rules bytes.Buffer
	program := filterOf(systemCalls(t))
	if err := binary.Write(&rules, binary.NativeEndian, program); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "filter")
	if err := os.WriteFile(file, rules.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	newsfeed := programFile(t)
	door := filepath.Join(filepath.Dir(newsfeed), "newsfeed-filtered")
	test, err := os.Executable()
	if err == nil {
		err = os.Symlink(test, door)
	}
	if err != nil {
		t.Fatal(err)
	}
	under := func(name string, args ...string) *exec.Cmd {
		return exec.Command(door, append([]string{file, name}, args...)...)
	}
	if out, err := under("/bin/chroot", "/").CombinedOutput(); err == nil {
		t.Fatalf("the filter lets chroot pass: %s", out)
	}

	m := inFolder(t)
	bases := serve(t, site("testdata/readers"))
	config, listen := configureService(t, fmt.Sprintf("min_force = \"0\"\n[[source]]\nid = \"a\"\nurl = \"%s/none\"\n[[source]]\nid = \"b\"\nurl = \"http://localhost:1/none\"\n", bases[0]))
	s := startCommand(t, under(newsfeed, "serve", "-c", config, "--log-level", "debug"), "NOTIFY_SOCKET="+m.name, "WATCHDOG_USEC=1000000")
	m.await("READY")
	awaitFeed(t, listen)
	m.await("WATCHDOG")
	run := func(code int, args ...string) {
		t.Helper()
		c := under(newsfeed, append(args, "-c", config)...)
		out, _ := c.CombinedOutput() // the status says it
		if got := c.ProcessState.ExitCode(); got != code {
			t.Errorf("%v: status %d, want %d: %s", args, got, code, out)
		}
	}
	backup := filepath.Join(t.TempDir(), "backup.db")
	run(exitPartly, "poll", "--force")
	run(exitDone, "reload")
	run(exitDone, "sources")
	run(exitDone, "store", "backup", backup)
	if code, _ := s.end(syscall.SIGTERM); code != exitDone {
		t.Errorf("exit status %d", code)
	}
	run(exitDone, "store", "verify")
	run(exitDone, "store", "compact")
	run(exitDone, "render")
	if strings.Contains(s.errs.String(), "operation not permitted") {
		t.Errorf("something was not permitted: %s", &s.errs)
	}
}
