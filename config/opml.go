package config

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// ReadOPML reads the subscriptions of an OPML file as sources: with an id of
// its own, a URL, a title and categories each, and all else as Load sets it.
// The outlines around one are its categories. One that occurs twice is read
// once. An error about the text is an *Error, in which the file goes by name.
func ReadOPML(name string, r io.Reader) ([]Source, error) {
	text, err := io.ReadAll(io.LimitReader(r, int64(maxOPML)+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	found, err := parseOPML(text)
	var p Problem
	if errors.As(err, &p) {
		p.File = name
		return nil, &Error{Problems: []Problem{p}}
	}
	var list []Source
	for _, o := range merge(found) {
		list = append(list, o.source())
	}
	return list, err
}

// merge makes one of those that lead to one address: the first, with the
// categories of all.
func merge(found []outline) []outline {
	var list []outline
	at := map[string]int{} // by address
	for _, o := range found {
		i, again := at[o.url]
		if !again {
			at[o.url] = len(list)
			list = append(list, o)
			continue
		}
		for _, c := range o.categories {
			list[i].addCategory(c)
		}
	}
	return list
}

func (o outline) source() Source {
	return Source{
		ID: o.id(), URL: o.url, Title: o.title, Categories: o.categories,
		Format: "auto", VerifyTLS: true, HTTP2: true, Enabled: true,
	}
}

// id makes the id that the source would have without one of its own. Nobody can
// set another in an outline, and so what an id leaves out of the address, the
// query, makes a difference here.
func (o outline) id() string {
	id := sourceID(o.url)
	u, err := parseWeb(o.url)
	if err != nil || u.RawQuery == "" || id == "" {
		return id
	}
	sum := sha256.Sum256([]byte(u.RawQuery))
	return withTail(id, hex.EncodeToString(sum[:4]))
}

// NumberedID returns the id for the n-th source that would have this one.
func NumberedID(id string, n int) string { return withTail(id, strconv.Itoa(n)) }

// withTail adds a part to an id, which it shortens where that is too long.
func withTail(id, tail string) string {
	return strings.TrimRight(id[:min(len(id), maxSlug-len(tail)-1)], "-") + "-" + tail
}

// opml adds the subscriptions of the OPML files that c names to its sources,
// but for those that it has. It returns false when c was left too incomplete
// to be judged further.
func (r *report) opml(c *Config) bool {
	complete := !r.isRefused("opml")
	var found []outline
	read := map[string]bool{}
	for i, pattern := range c.OPML {
		key := element("opml", i+1)
		paths, err := matches(filepath.Dir(r.file), pattern)
		switch {
		case err != nil:
			r.problem(key, "%s", strings.ReplaceAll(err.Error(), "sources.d/*.toml", "subscriptions.opml"))
			complete = false
		case len(paths) == 0:
			r.warn(key, "no file matches %q", pattern)
		}
		for _, path := range paths {
			if clean := filepath.Clean(path); !read[clean] {
				read[clean] = true
				more, ok := r.opmlFile(key, path)
				found = append(found, more...)
				complete = complete && ok
			}
		}
	}
	c.OPML = nil
	r.subscribe(c, merge(found))
	return complete
}

// opmlFile reads one file, named by key.
func (r *report) opmlFile(key, path string) ([]outline, bool) {
	text, err := readBounded(path)
	if errors.Is(err, fs.ErrNotExist) {
		r.problem(key, `there is no file %q; write the name of one, or a pattern such as "subscriptions.opml"`, path)
		return nil, false
	}
	if err != nil {
		r.unreadable(key, path, err)
		return nil, false
	}
	r.order[path] = len(r.order)
	found, err := parseOPML(text)
	var p Problem
	if errors.As(err, &p) {
		p.File = path
		r.add(p)
	}
	for i := range found {
		found[i].place.file = path
	}
	return found, err == nil
}

// readBounded reads no more of a file than shows that it is too large.
func readBounded(path string) ([]byte, error) {
	if err := checkRegular(path); err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, int64(maxOPML)+1))
}

// subscribe adds outlines to the sources. Each keeps its place in its file.
func (r *report) subscribe(c *Config, found []outline) {
	has := map[string]bool{}
	for _, s := range c.Sources {
		has[s.URL] = true
	}
	for _, o := range found {
		if has[o.url] {
			continue
		}
		r.places.set(r.source(len(c.Sources)).name(), o.place)
		c.Sources = append(c.Sources, o.source())
	}
}

// isRefused reports whether something is wrong with the key itself or with one
// of its elements.
func (r *report) isRefused(key string) bool {
	return slices.ContainsFunc(r.problems, func(p Problem) bool { return bare(p.Key) == key })
}

// isBlank reports whether a character separates words, or is one that no title
// may have.
func isBlank(c rune) bool { return unicode.IsSpace(c) || unicode.IsControl(c) }
