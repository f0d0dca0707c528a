package normalize

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"newsfeed/aggregator/parse"
)

var updateReference = flag.Bool("update-reference", false, "write the lists of docs/reading.md")

// TestTheReferenceListsWhatIsDone holds docs/reading.md to the code.
func TestTheReferenceListsWhatIsDone(t *testing.T) {
	const path = "../../docs/reading.md"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := string(text)
	for name, list := range map[string]string{"tracking": trackingList(), "bounds": boundsList()} {
		begin, end := "<!-- "+name+" -->\n", "<!-- end -->"
		before, rest, ok := strings.Cut(want, begin)
		_, after, closed := strings.Cut(rest, end)
		if !ok || !closed {
			t.Fatalf("no place for %s", name)
		}
		want = before + begin + list + end + after
	}
	if *updateReference {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Errorf("go test ./aggregator/normalize -run Reference -update-reference mends this (-code +document):\n%s", diff)
	}
}

func trackingList() string {
	var always, sometimes []string
	for _, prefix := range trackingPrefixes {
		always = append(always, "`"+prefix+"*`")
	}
	for _, name := range slices.Sorted(maps.Keys(trackingNames)) {
		if values := trackingNames[name]; values == "" {
			always = append(always, "`"+name+"`")
		} else {
			sometimes = append(sometimes, fmt.Sprintf("- `%s` when it is %s", name, strings.ReplaceAll(values, " ", ", ")))
		}
	}
	return strings.Join(always, " ") + "\n\nand with these values:\n\n" + strings.Join(sometimes, "\n") +
		"\n\nBeside one of them `ref`, `campaign` and `medium` go whatever they are.\n"
}

func boundsList() string {
	var b strings.Builder
	b.WriteString("| what | bound |\n|---|---|\n")
	for _, row := range []struct {
		what  string
		bound any
	}{
		{"items of a document", parse.MaxItems},
		{"open elements of an XML document", parse.MaxDepth},
		{"attributes of an element", parse.MaxAttributes},
		{"namespace declarations of a document", parse.MaxNamespaces},
		{"guid, in bytes; a longer one is dropped", maxGUID},
		{"URL, in bytes; a longer one is dropped", maxURL},
		{"title, in bytes", maxTitle},
		{"summary and content, in bytes each", maxHTML},
		{"rights, in bytes", maxRights},
		{"authors", maxAuthors},
		{"name of an author, in bytes", maxName},
		{"categories", maxCategories},
		{"category, in bytes", maxCategory},
		{"media", maxMedia},
		{"caption, in bytes", maxDescription},
	} {
		fmt.Fprintf(&b, "| %s | %v |\n", row.what, row.bound)
	}
	return b.String()
}
