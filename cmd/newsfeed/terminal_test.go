package main

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// onTerminal runs a command on a terminal of so many columns (0: it does not
// know) and returns all that was written to it.
func onTerminal(t *testing.T, columns, environment string, args ...string) string {
	t.Helper()
	script, err := exec.LookPath("script")
	if err != nil {
		t.Skip("script(1), which makes a terminal, is not there")
	}
	line := environment + " newsfeed '" + strings.Join(args, "' '") + "'"
	c := exec.CommandContext(t.Context(), script, "-qefc", "stty cols "+columns+"; "+line, os.DevNull)
	c.Env = append(os.Environ(), "NO_COLOR=", "TERM=xterm", "SHELL=/bin/sh")
	out, err := c.CombinedOutput()
	if c.ProcessState == nil || c.ProcessState.ExitCode() > exitPartly {
		t.Fatalf("%s: %v: %s", line, err, out)
	}
	return strings.ReplaceAll(string(out), "\r\n", "\n")
}

func TestTerminal_HasTablesColourAndProgressWhereTheyAreWanted(t *testing.T) {
	r := openRoom(t)
	forced := r.args("poll", "--force", "good", "other")
	tests := []struct {
		name, environment      string
		args                   []string
		table, colour, counted bool
	}{
		{"terminal", "TERM=xterm", forced, true, true, true},
		{"NO_COLOR", "NO_COLOR=1", forced, true, false, false},
		{"dumb", "TERM=dumb", forced, true, false, false},
		{"dumb, with a log", "TERM=dumb", append(slices.Clone(forced), "--log-level", "debug"), true, false, false},
		{"JSON", "TERM=xterm", append(slices.Clone(forced), "--json"), false, false, false},
		{"quiet", "TERM=xterm", append(slices.Clone(forced), "--quiet"), false, false, false},
	}
	for _, test := range tests {
		for _, columns := range []string{"0", "120"} {
			out := onTerminal(t, columns, test.environment, test.args...)
			if got := strings.Contains(out, "\x1b["); got != (test.colour || test.counted) {
				t.Errorf("%s: escapes %v: %q", test.name, got, out)
			}
			if got := strings.Contains(out, "\x1b[32mchanged\x1b[0m") || strings.Contains(out, "\x1b[1m"); got != test.colour {
				t.Errorf("%s: colour %v: %q", test.name, got, out)
			}
			if got := strings.Contains(out, "[==============================] 2/2"); got != test.counted {
				t.Errorf("%s: progress %v: %q", test.name, got, out)
			}
			if got := strings.Contains(out, "SOURCE") && !strings.Contains(out, "\t"); got != test.table {
				t.Errorf("%s: table %v: %q", test.name, got, out)
			}
		}
	}
	if _, piped, _ := newsfeed(t, r.args("sources")...); !strings.Contains(piped, "SOURCE\tSTATE\t") || strings.Contains(piped, "\x1b") {
		t.Errorf("piped: %q", piped)
	}
}
