package publish_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// tool returns the path of a program that not every machine has. CI must.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	switch {
	case err == nil:
		return path
	case os.Getenv("CI") == "true":
		t.Fatalf("%s is not installed", name)
	}
	t.Skipf("%s is not installed", name)
	return ""
}

func goldens(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", pattern))
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden file %s: %v", pattern, err)
	}
	return files
}

func TestC02_AtomValidatesAgainstTheSchema(t *testing.T) {
	args := append([]string{"-c", filepath.Join("testdata", "atom.rnc")}, goldens(t, "*.atom.golden")...)
	if out, err := exec.CommandContext(t.Context(), tool(t, "jing"), args...).CombinedOutput(); err != nil {
		t.Errorf("jing: %v\n%s", err, out)
	}
}

func TestC01_AnotherParserReadsIt(t *testing.T) {
	args := append([]string{"--noout", "--nonet"}, append(goldens(t, "*.atom.golden"), goldens(t, "*.rss.golden")...)...)
	if out, err := exec.CommandContext(t.Context(), tool(t, "xmllint"), args...).CombinedOutput(); err != nil {
		t.Errorf("xmllint: %v\n%s", err, out)
	}
}
