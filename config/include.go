package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// included is what an included file may have.
type included struct {
	Views   []View   `toml:"view"`
	Sources []Source `toml:"source"`
}

// include reads the files that c includes and adds their tables to c, each file
// once. It returns false when c was left too incomplete to be judged further.
func (r *report) include(c *Config) bool {
	// What a refused list would have named is missing.
	complete := !r.isRefused("include")
	read := map[string]bool{filepath.Clean(r.file): true}
	for i, pattern := range c.Include {
		key := element("include", i+1)
		paths, err := matches(filepath.Dir(r.file), pattern)
		switch {
		case err != nil:
			r.problem(key, "%s", err)
			complete = false
		case len(paths) == 0 && !hasFolder(below(filepath.Dir(r.file), pattern)):
			r.warn(key, "no file matches %q", pattern)
		}
		if filepath.Clean(below(filepath.Dir(r.file), pattern)) == filepath.Clean(r.file) {
			r.problem(key, "is this file itself; leave it out")
		}
		for _, path := range paths {
			if clean := filepath.Clean(path); !read[clean] {
				read[clean] = true
				complete = r.includeFile(c, key, path) && complete
			}
		}
	}
	c.Include = nil
	return complete
}

// hasFolder reports whether the folder is there in which a pattern finds files:
// one that is still empty waits for them.
func hasFolder(pattern string) bool {
	info, err := os.Stat(filepath.Dir(pattern))
	return err == nil && info.IsDir()
}

// includeFile adds the tables of one file, named by key, to c.
func (r *report) includeFile(c *Config, key, path string) bool {
	text, err := readRegular(path)
	if errors.Is(err, fs.ErrNotExist) {
		r.problem(key, `there is no file %q; write the name of one, or a pattern such as "sources.d/*.toml"`, path)
		return false
	}
	if err != nil {
		r.unreadable(key, path, err)
		return false
	}
	r.tables["view"], r.tables["source"] = len(c.Views), len(c.Sources)
	var more included
	if !r.decode(path, text, &more) {
		return false
	}
	c.Views = append(c.Views, more.Views...)
	c.Sources = append(c.Sources, more.Sources...)
	return true
}

// unreadable reports that a file cannot be read which a pattern of the key has
// found, perhaps as one of several.
func (r *report) unreadable(key, path string, err error) {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		err = pathErr.Err
	}
	r.problems = append(r.problems, r.at(key, "file %q cannot be read: %v; let the service's user read it, or leave it out", path, err))
}

// readRegular reads a file that checkRegular takes.
func readRegular(path string) ([]byte, error) {
	if err := checkRegular(path); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

// checkRegular refuses what may have no end, such as a device or a pipe: a
// pattern finds more than was meant.
func checkRegular(path string) error {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("not a regular file")
	}
	return err
}

// matches returns the paths that a name or pattern means, relative to folder,
// in order. A name means its path, whether there is such a file or not. As in a
// shell, a pattern finds what is hidden only if it begins with a dot itself:
// editors leave such files while they work.
func matches(folder, pattern string) ([]string, error) {
	const example = `write for example "sources.d/*.toml"`
	switch {
	case pattern == "":
		return nil, errors.New("names no file; " + example)
	case !strings.ContainsAny(pattern, `*?[\`):
		return []string{below(folder, pattern)}, nil
	}
	paths, err := filepath.Glob(below(literal(folder), pattern))
	if err != nil {
		return nil, fmt.Errorf("%q is not a pattern; %s", pattern, example)
	}
	if !strings.HasPrefix(filepath.Base(pattern), ".") {
		paths = slices.DeleteFunc(paths, func(path string) bool { return strings.HasPrefix(filepath.Base(path), ".") })
	}
	slices.Sort(paths)
	return paths, nil
}

// literal returns the pattern that only this path matches.
func literal(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

// below returns the path of a name that is relative to folder unless it is
// absolute.
func below(folder, name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(folder, name)
}
