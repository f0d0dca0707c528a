//go:build linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const unitFile = "../../deploy/newsfeed.service"

// analyze runs systemd-analyze on a unit with another text than ours, and its
// socket, drop-ins included.
func analyze(t *testing.T, text string, dropIns []string, args ...string) (out string, code int) {
	t.Helper()
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("systemd-analyze is not here: ", err)
	}
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
		return path
	}
	// The program is not where the unit says.
	unit := write("newsfeed.service", strings.ReplaceAll(text, "/usr/bin/newsfeed", "/bin/true"))
	for i, d := range dropIns {
		write(fmt.Sprintf("newsfeed.service.d/%d.conf", i), readText(t, d))
	}
	paths := []string{unit}
	if args[0] == "verify" {
		paths = append(paths, write("newsfeed.socket", readText(t, "../../deploy/newsfeed.socket")))
	}
	c := exec.Command("systemd-analyze", append(args, paths...)...)
	b, err := c.CombinedOutput()
	if c.ProcessState == nil {
		t.Fatal(err)
	}
	return string(b), c.ProcessState.ExitCode()
}

func readText(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// systemdVersion returns that of systemd-analyze.
func systemdVersion(t *testing.T) int {
	t.Helper()
	out, err := exec.Command("systemd-analyze", "--version").Output()
	if err != nil {
		t.Skip("systemd-analyze is not here: ", err)
	}
	n, err := strconv.Atoi(regexp.MustCompile(`\d+`).FindString(string(out)))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestE03_TheUnitIsVerified(t *testing.T) {
	version := systemdVersion(t)
	dropIns, err := filepath.Glob("../../deploy/newsfeed.service.d/*.conf.example")
	if err != nil || len(dropIns) < 4 {
		t.Fatal(dropIns, err)
	}
	for _, list := range [][]string{nil, dropIns} {
		list = slices.DeleteFunc(slices.Clone(list), func(d string) bool {
			return strings.Contains(d, "notify-reload") && version < 253 || strings.Contains(d, "restart-steps") && version < 254
		})
		if out, code := analyze(t, readText(t, unitFile), list, "verify"); code != 0 || out != "" {
			t.Errorf("with %v: status %d: %s", list, code, out)
		}
	}
	for name, want := range map[string]string{"Type": "notify", "ExecReload": "/bin/kill -HUP $MAINPID"} {
		if got := unitValue(t, name); got != want {
			t.Errorf("%s=%s, want %s", name, got, want)
		}
	}
}

// threshold is ten times the greatest score that is good enough.
const threshold = "--threshold=15"

func TestE12_TheUnitIsTight(t *testing.T) {
	out, code := analyze(t, readText(t, unitFile), nil, "security", "--offline=yes", threshold)
	if code != 0 {
		t.Errorf("status %d: %s", code, out)
	}
	t.Log(regexp.MustCompile(`Overall exposure.*`).FindString(out))
}

// TestE13_WhatTheScoreRestsOn leaves out what protects most: then the unit is
// not what it was any more, which is a score of 1.1.
func TestE13_WhatTheScoreRestsOn(t *testing.T) {
	const reached = "--threshold=11"
	text := readText(t, unitFile)
	if out, code := analyze(t, text, nil, "security", "--offline=yes", reached); code != 0 {
		t.Errorf("status %d: %s", code, out)
	}
	for _, name := range []string{"CapabilityBoundingSet", "SystemCallFilter", "RestrictNamespaces", "RestrictAddressFamilies", "DynamicUser"} {
		without := regexp.MustCompile(`(?m)^`+name+`=.*\n`).ReplaceAllString(text, "")
		if without == text {
			t.Errorf("the unit has no %s", name)
		}
		if _, code := analyze(t, without, nil, "security", "--offline=yes", reached); code == 0 {
			t.Errorf("without %s the unit scores as well", name)
		}
	}
}

// unitValue returns the last value of a key of the unit.
func unitValue(t *testing.T, name string) string {
	t.Helper()
	found := regexp.MustCompile(`(?m)^`+name+`=(.*)$`).FindAllStringSubmatch(readText(t, unitFile), -1)
	if len(found) == 0 {
		return ""
	}
	return found[len(found)-1][1]
}

func TestE16_TheUnitRestartsAndIsBounded(t *testing.T) {
	for name, want := range map[string]string{
		"Restart": "on-failure", "RestartPreventExitStatus": strconv.Itoa(exitUsage),
		"UMask": "0077", "StateDirectory": "newsfeed", "NotifyAccess": "main",
		"After": "network-online.target", "Wants": "network-online.target",
	} {
		if got := unitValue(t, name); got != want {
			t.Errorf("%s=%s, want %s", name, got, want)
		}
	}
	for _, name := range []string{"RestartSec", "StartLimitIntervalSec", "StartLimitBurst", "TasksMax", "LimitNOFILE", "WatchdogSec"} {
		if unitValue(t, name) == "" {
			t.Errorf("%s is not set", name)
		}
	}
	const gib, mib = 1 << 30, 1 << 20
	limits := map[string]int{"1G": gib, "GOMEMLIMIT=800MiB": 800 * mib}
	most, goal := limits[unitValue(t, "MemoryMax")], limits[unitValue(t, "Environment")]
	if most == 0 || goal == 0 || goal > most*9/10 {
		t.Errorf("MemoryMax=%s and Environment=%s", unitValue(t, "MemoryMax"), unitValue(t, "Environment"))
	}
}

// unshared returns a command in namespaces of its own, which root may make.
func unshared(t *testing.T, flag, script string, args ...string) *exec.Cmd {
	t.Helper()
	if err := exec.Command("unshare", flag, "true").Run(); err != nil {
		t.Skip("no namespaces to be had: ", err)
	}
	return exec.Command("unshare", append([]string{flag, "/bin/sh", "-ec", script + `; exec "$0" "$@"`}, args...)...)
}

// TestE11_NothingIsWrittenElsewhere runs the daemon where it can write to its
// state directory only.
func TestE11_NothingIsWrittenElsewhere(t *testing.T) {
	m := inFolder(t)
	bases := serve(t, site("testdata/readers"))
	state := t.TempDir()
	config, listen := configureService(t, fmt.Sprintf("[storage]\npath = \"a.db\"\n[[source]]\nid = \"a\"\nurl = \"%s/none\"\n", bases[0]))
	c := unshared(t, "-m", `mount --make-rprivate /; mount --bind "$STATE_DIRECTORY" "$STATE_DIRECTORY"; mount -o remount,bind,ro /; ! touch "$TMPDIR/x" 2>/dev/null`,
		programFile(t), "serve", "-c", config)
	c.Dir = "/"
	s := startCommand(t, c, "NOTIFY_SOCKET="+m.name, "STATE_DIRECTORY="+state, "TMPDIR="+filepath.Dir(config))
	m.await("READY")
	awaitFeed(t, listen)
	for name, want := range map[string]os.FileMode{"a.db": 0o600, "a.sock": 0o600 | os.ModeSocket} {
		info, err := os.Stat(filepath.Join(state, name))
		if err != nil || info.Mode() != want {
			t.Errorf("%s: %v, %v; want %v", name, info, err, want)
		}
	}
	if code, _ := s.end(os.Interrupt); code != exitDone {
		t.Errorf("exit status %d: %s", code, &s.errs)
	}
}

// TestE18_StartsWithoutANetwork starts where there is no network at all.
func TestE18_StartsWithoutANetwork(t *testing.T) {
	m := inFolder(t)
	dir := filepath.Dir(m.name)
	config := filepath.Join(t.TempDir(), "newsfeed.toml")
	public := filepath.Join(dir, "public")
	text := fmt.Sprintf("[server]\nlisten = \"unix:%s\"\nadmin_listen = \"unix:%s/admin\"\nbase_url = \"http://a.example/\"\n[[source]]\nid = \"a\"\nurl = \"https://a.example/feed\"\n", public, dir)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s := startCommand(t, unshared(t, "-n", "true", programFile(t), "serve", "-c", config), "NOTIFY_SOCKET="+m.name)
	m.await("READY")
	out, err := exec.Command("curl", "-sS", "-o", "-", "--unix-socket", public, "http://a.example/feed.atom").Output()
	if errors.Is(err, exec.ErrNotFound) {
		t.Skip(err)
	}
	if err != nil || !bytes.Contains(out, []byte("<feed")) {
		t.Errorf("%v: %s", err, out)
	}
	if code, _ := s.end(os.Interrupt); code != exitDone {
		t.Errorf("exit status %d: %s", code, &s.errs)
	}
}
