package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"newsfeed/aggregator"
)

// printed is a command that prints JSON: by the heading of docs/json.md, and as
// documents of which type.
type printed struct {
	name string
	of   reflect.Type
	list bool // one array of them, not one on each line
	args []string
	code int

	daemon bool // one is started for it and for those after it
}

// allPrinted are the commands that print JSON, on the newsroom of openRoom.
func allPrinted() []printed {
	return []printed{
		{name: "preview", of: reflect.TypeFor[previewJSON](), args: []string{"preview", "SITE/good.xml"}},
		{name: "entries", of: reflect.TypeFor[storedEntryJSON](), args: []string{"entries"}},
		{name: "entries", of: reflect.TypeFor[storedEntryJSON](), args: []string{"entries", "--feed", "feed"}},
		{name: "sources", of: reflect.TypeFor[sourceJSON](), list: true, args: []string{"sources"}},
		{name: "sources --politeness", of: reflect.TypeFor[domainJSON](), list: true, args: []string{"sources", "--politeness"}},
		{name: "why", of: reflect.TypeFor[whyJSON](), args: []string{"why", "good"}},
		{name: "why", of: reflect.TypeFor[whyJSON](), args: []string{"why", "gone"}},
		{name: "why", of: reflect.TypeFor[whyJSON](), args: []string{"why", "https://good.example/1"}},
		{name: "events", of: reflect.TypeFor[eventJSON](), args: []string{"events"}},
		{name: "filter test", of: reflect.TypeFor[filteredJSON](), args: []string{"filter", "test"}},
		{name: "poll", of: reflect.TypeFor[aggregator.Result](), args: []string{"poll", "--force", "good"}},
		{name: "check", of: reflect.TypeFor[checkJSON](), args: []string{"check"}},
		{name: "check --network", of: reflect.TypeFor[checkedJSON](), args: []string{"check", "--network"}, code: exitPartly},
		{name: "discover", of: reflect.TypeFor[discoveredJSON](), args: []string{"discover", "SITE/good.xml"}},
		{name: "store verify", of: reflect.TypeFor[verificationJSON](), args: []string{"store", "verify"}},
		{name: "store stats", of: reflect.TypeFor[figuresJSON](), args: []string{"store", "stats"}},
		{name: "version", of: reflect.TypeFor[versionJSON](), args: []string{"version"}},
		{name: "reload", of: reflect.TypeFor[reloadJSON](), args: []string{"reload"}, daemon: true},
	}
}

// keys returns the keys of a type as docs/json.md writes them.
func keys(prefix string, t reflect.Type) []string {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return []string{prefix}
	case t.Kind() == reflect.Pointer:
		return keys(prefix, t.Elem())
	case t.Kind() == reflect.Slice:
		return keys(prefix+"[]", t.Elem())
	case t.Kind() != reflect.Struct:
		return []string{prefix}
	}
	var all []string
	for field := range t.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case field.Anonymous:
			all = append(all, keys(prefix, field.Type)...)
		case name != "":
			all = append(all, keys(strings.TrimPrefix(prefix+"."+name, "."), field.Type)...)
		}
	}
	return all
}

var (
	documentedCommand = regexp.MustCompile("^## `(.*) --json`$")
	documentedKeys    = regexp.MustCompile("^- (`[^`]+`(?:, `[^`]+`)*)(?: as `(.*) --json`)?(?::|$)")
)

// documented returns the keys that docs/json.md lists, by command.
func documented(t *testing.T) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	command := ""
	asOther := map[string][2]string{} // from the command and key to the other command
	for line := range strings.Lines(read(t, "../../docs/json.md")) {
		line = strings.TrimSuffix(line, "\n")
		if m := documentedCommand.FindStringSubmatch(line); m != nil {
			command = m[1]
		}
		if !strings.HasPrefix(line, "- ") {
			continue
		}
		m := documentedKeys.FindStringSubmatch(line)
		if m == nil {
			t.Errorf("cannot be read: %s", line)
			continue
		}
		for key := range strings.SplitSeq(m[1], ", ") {
			key = strings.Trim(key, "`")
			if m[2] != "" {
				asOther[command+" "+key] = [2]string{command, m[2]}
				continue
			}
			all[command] = append(all[command], key)
		}
	}
	for of, other := range asOther {
		prefix := strings.TrimPrefix(of, other[0]+" ")
		for _, key := range all[other[1]] {
			all[other[0]] = append(all[other[0]], prefix+"."+key)
		}
	}
	return all
}

func TestJSON_KeysAreThoseDocumented(t *testing.T) {
	docs := documented(t)
	real := map[string][]string{}
	for _, c := range allPrinted() {
		real[c.name] = keys("", c.of)
	}
	for _, name := range slices.Sorted(maps.Keys(real)) {
		got, want := slices.Sorted(slices.Values(docs[name])), slices.Sorted(slices.Values(real[name]))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-real +documented):\n%s", name, diff)
		}
		delete(docs, name)
	}
	if len(docs) > 0 {
		t.Errorf("documented, but no command prints it: %v", slices.Sorted(maps.Keys(docs)))
	}
}

// Every command with --json is documented.
func TestJSON_EveryCommandIsDocumented(t *testing.T) {
	docs := documented(t)
	for _, c := range commands() {
		if c.Flags().Lookup("json") != nil && docs[strings.Join(wordsOf(c), " ")] == nil {
			t.Errorf("%s --json is not documented", c.CommandPath())
		}
	}
}

func TestJSON_IsWhatTheTypesSay(t *testing.T) {
	room := openRoom(t)
	for _, c := range allPrinted() {
		if c.daemon {
			room.serve(t)
		}
		code, out, errs := newsfeed(t, room.args(append(c.args, "--json")...)...)
		if code != c.code || out == "" {
			t.Errorf("%s: exit status %d, %s%s", c.args, code, out, errs)
			continue
		}
		of := c.of
		if c.list {
			of = reflect.SliceOf(of)
		}
		if err := decodeAll(strings.NewReader(out), of); err != nil {
			t.Errorf("%s: %v in\n%s", c.args, err, out)
		}
		if lines := strings.Count(out, "\n"); strings.HasPrefix(out, "[") && lines != 1 {
			t.Errorf("%s: %d lines", c.args, lines)
		}
	}
}

// decodeAll reads documents that have no key which the type has not.
func decodeAll(r io.Reader, of reflect.Type) error {
	d := json.NewDecoder(r)
	d.DisallowUnknownFields()
	for {
		if err := d.Decode(reflect.New(of).Interface()); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

func TestJSON_OfARefusedConfigurationTellsItsProblems(t *testing.T) {
	file := filepath.Join(t.TempDir(), "newsfeed.toml")
	place(t, file, "[poll]\nwrokers = 8\n")
	code, out, errs := newsfeed(t, "check", "--json", "--config", file)
	want := fmt.Sprintf(`{"file":%[1]q,"sources":0,"enabled":0,"views":0,"store":"","warnings":[],"problems":[{"file":%[1]q,"line":2,"column":1,"key":"poll.wrokers","message":"unknown key; did you mean workers?"}]}`+"\n", file)
	if code != exitUsage || out != want || !strings.Contains(errs, "did you mean workers?") {
		t.Errorf("exit status %d, got\n%s%s\nwant\n%s", code, out, errs, want)
	}
}
