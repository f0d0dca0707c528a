package arrows_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"newsfeed/internal/arrows"
)

const root = "../.."

// file is a source file of a room.
type file struct {
	room string
	path string
	ast  *ast.File
}

// sources parses the non-test files of all rooms. It reads them in-process:
// the test cache then sees every change to them.
func sources(t *testing.T) []file {
	t.Helper()
	var files []file
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			name := d.Name()
			if name == "testdata" || name == "tools" || path != root && strings.HasPrefix(name, ".") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly|parser.ParseComments)
		if err != nil {
			return err
		}
		room, err := filepath.Rel(root, filepath.Dir(path))
		files = append(files, file{filepath.ToSlash(room), path, parsed})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestRoomsImportOnlyWhatTheyMay(t *testing.T) {
	for _, f := range sources(t) {
		allowed, ok := arrows.Allowed[f.room]
		if !ok {
			t.Errorf("%s: the room %s is not in the table", f.path, f.room)
			continue
		}
		for _, spec := range f.ast.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if to, ours := strings.CutPrefix(path, arrows.Module+"/"); ours && !slices.Contains(allowed, to) {
				t.Errorf("%s: %s must not import %s", f.path, f.room, to)
			}
			for library, rooms := range arrows.Libraries {
				if strings.HasPrefix(path, library) && !slices.Contains(rooms, f.room) {
					t.Errorf("%s: only %s may import %s", f.path, strings.Join(rooms, ", "), library)
				}
			}
		}
	}
}

func TestEveryRoomSaysWhatItIsFor(t *testing.T) {
	documented := map[string]bool{}
	for _, f := range sources(t) {
		documented[f.room] = documented[f.room] || f.ast.Doc != nil
	}
	for room, ok := range documented {
		if !ok {
			t.Errorf("%s has no package comment", room)
		}
	}
	for room := range arrows.Allowed {
		if _, ok := documented[room]; !ok {
			t.Errorf("%s is in the table but has no source", room)
		}
	}
}
