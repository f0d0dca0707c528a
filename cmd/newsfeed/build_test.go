package main

import (
	"fmt"
	goversion "go/version"
	"os"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// leastGo is the first release of Go without the faults that matter here.
const leastGo = "go1.26.6"

func TestD12_BuiltWithoutKnownFaults(t *testing.T) {
	if toolchain, _, _ := strings.Cut(runtime.Version(), " "); goversion.Compare(toolchain, leastGo) < 0 {
		t.Errorf("built with %s, want %s or later", toolchain, leastGo)
	}
	module := read(t, "../../go.mod")
	asked := regexp.MustCompile(`(?m)^(?:go |toolchain go)(\S+)$`).FindAllStringSubmatch(module, -1)
	least := ""
	for _, line := range asked {
		if v := "go" + line[1]; goversion.Compare(v, least) > 0 {
			least = v
		}
	}
	if goversion.Compare(least, leastGo) < 0 {
		t.Errorf("go.mod is content with %s, want %s or later", least, leastGo)
	}
	for library, minor := range map[string]int{"golang.org/x/net": 56, "golang.org/x/text": 39} {
		var got int
		found := regexp.MustCompile(`(?m)^\s+` + library + ` v0\.(\d+)\.`).FindStringSubmatch(module)
		if found == nil {
			t.Errorf("%s is not in go.mod", library)
			continue
		}
		if _, err := fmt.Sscan(found[1], &got); err != nil || got < minor {
			t.Errorf("%s is v0.%s, want v0.%d or later", library, found[1], minor)
		}
	}
}

func TestD12_HowToLookForKnownFaultsIsDocumented(t *testing.T) {
	command := regexp.MustCompile(`go run golang\.org/x/vuln/cmd/govulncheck@\S+ \./\.\.\.`)
	if !command.MatchString(read(t, "../../docs/contributing.md")) {
		t.Errorf("docs/contributing.md lacks the command %s", command)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
