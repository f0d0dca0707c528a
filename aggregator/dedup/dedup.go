// Package dedup decides which entry an item is, and which story an entry
// belongs to.
//
// Identify gives the entries of one document their keys and sketches; it is
// pure. The Resolver then looks the keys up: an entry that its source brought
// before is the same entry, an update of it or nothing at all, and never a
// second one; an entry whose address was published before is part of that
// story, and so is one that says nearly the same as another of the last days.
package dedup

import (
	"crypto/sha256"
	"net/url"
	"slices"
	"strings"
	"time"

	"newsfeed/storage"
)

// The kinds of key. All but story keys are of one source.
const (
	kindGUID  = 'g' // the source's own identifier
	kindURL   = 'u' // an address
	kindTitle = 't' // title and day, or the content, of an item with neither
	kindStory = 's' // an address, across sources
)

// Identify sets the Sketch of each of the entries of one document, and its
// Keys, the strongest first.
//
// Where a guid stands for several addresses, or many entries of different
// titles share theirs, guids tell entries apart only together with address and
// title. shared says that this was seen of the source before; Identify reports
// whether it is so now, and once it was so it stays so. An address that stands
// for several entries tells nothing, and neither does the front page of a site.
func Identify(entries []storage.Entry, shared bool) bool {
	urls := make([]string, len(entries))
	for i, e := range entries {
		urls[i] = URLKey(e.CanonicalURL)
	}
	shared = shared || sharesGUIDs(entries, urls)
	known := make([][]string, len(entries))       // addresses of each entry
	at := make(map[string]string, 2*len(entries)) // who is at an address
	many := map[string]bool{}                     // addresses of several
	for i, e := range entries {
		known[i] = addresses(e, urls[i], shared)
		for _, address := range known[i] {
			is := who(e, shared)
			if was, ok := at[address]; ok && was != is {
				many[address] = true
			}
			at[address] = is
		}
	}
	var sketches sketcher
	var sketch []byte
	for i := range entries {
		e := &entries[i]
		sketch, _ = sketches.sketchOf(*e).AppendBinary(sketch[:0])
		e.Sketch = slices.Clone(sketch)
		e.Keys = make([]storage.Key, 0, 1+2*len(known[i]))
		switch {
		case e.GUID != "" && shared:
			e.Keys = append(e.Keys, sharedGUID(*e, urls[i]))
		case e.GUID != "":
			e.Keys = append(e.Keys, newKey(kindGUID, e.Source, e.GUID))
		}
		for _, address := range known[i] {
			if !many[address] {
				e.Keys = appendAddressKeys(e.Keys, e.Source, address)
			}
		}
		if len(e.Keys) == 0 {
			e.Keys = append(e.Keys, lastResort(*e))
		}
	}
	return shared
}

// addresses returns by what the article of an entry is known everywhere, each
// once: by no front page, and by no guid that is not its own. urlKey is that of
// its canonical URL.
func addresses(e storage.Entry, urlKey string, shared bool) []string {
	list := make([]string, 0, 1+len(e.Aliases))
	if a := addressOf(e.CanonicalURL, urlKey); a != "" {
		list = append(list, a)
	}
	if shared {
		return list
	}
	for _, name := range e.Aliases {
		if a := address(name); a != "" && !slices.Contains(list, a) {
			list = append(list, a)
		}
	}
	return list
}

// address returns the form of a canonical URL, or of another IRI, in which it
// is compared; "" if it names no article.
func address(name string) string { return addressOf(name, URLKey(name)) }

// addressOf is address of a name whose URLKey is known.
func addressOf(name, urlKey string) string {
	switch {
	case urlKey == "" && isIRI(name):
		return name
	case urlKey == "" || isFrontPage(urlKey):
		return ""
	}
	return urlKey
}

// appendAddressKeys appends the keys that an address gives to an entry of a
// source. One that is no URL is a guid, and as such has a key of the source
// already.
func appendAddressKeys(keys []storage.Key, source, address string) []storage.Key {
	if !isIRI(address) {
		keys = append(keys, newKey(kindURL, source, address))
	}
	return append(keys, newKey(kindStory, address))
}

// sharesGUIDs reports whether the guids of a document are no identifiers: one
// has several addresses, or more than one in twenty entries, and at least two,
// have nothing but a guid that comes with several titles. At one address,
// several titles are revisions (RFC 4287 section 4.1.1).
func sharesGUIDs(entries []storage.Entry, urls []string) bool {
	addresses, titles := map[string]map[string]bool{}, map[string]map[string]bool{}
	noted := func(i int) {
		e := &entries[i]
		if urls[i] != "" {
			note(addresses, e.GUID, urls[i])
		}
		if e.URL == "" || e.URL == e.GUID {
			note(titles, e.GUID, title(*e))
		}
	}
	first := make(map[string]int, len(entries)) // entry with a guid
	for i, e := range entries {
		if before, again := first[e.GUID]; again && e.GUID != "" {
			noted(before)
			noted(i)
		} else {
			first[e.GUID] = i
		}
	}
	for _, a := range addresses {
		if len(a) > 1 {
			return true
		}
	}
	repeats := 0
	for _, t := range titles {
		if len(t) > 1 {
			repeats += len(t)
		}
	}
	return repeats >= 2 && repeats*20 > len(entries)
}

func note(sets map[string]map[string]bool, key, value string) {
	if sets[key] == nil {
		sets[key] = map[string]bool{}
	}
	sets[key][value] = true
}

// who tells apart the entries at one address: by guid, or where guids are
// shared or missing by title and by the place on the page.
func who(e storage.Entry, shared bool) string {
	if e.GUID != "" && !shared {
		return e.GUID
	}
	_, fragment, _ := strings.Cut(e.URL, "#")
	return title(e) + "\x00" + fragment
}

// sharedGUID is the key of an entry whose guid is not its own.
func sharedGUID(e storage.Entry, urlKey string) storage.Key {
	return newKey(kindGUID, e.Source, e.GUID, urlKey, title(e))
}

// lastResort is the key of an entry without guid and telling address. The day
// keeps apart what recurs under one title.
func lastResort(e storage.Entry) storage.Key {
	if e.Title == "" {
		return newKey(kindTitle, e.Source, e.URL, string(e.Digest[:]))
	}
	day := ""
	if !e.Published.IsZero() {
		day = e.Published.UTC().Format(time.DateOnly)
	}
	return newKey(kindTitle, e.Source, e.URL, title(e), day)
}

// newKey hashes the parts, each ended so that they cannot run together. Keys with
// one first part, or with first parts of one site, are neighbours.
func newKey(kind byte, parts ...string) storage.Key {
	b := make([]byte, 0, 256)
	for _, p := range parts {
		b = append(append(b, p...), 0xFF) // never part of UTF-8
	}
	var k storage.Key
	k[0] = kind
	near := storage.Near(parts[0])
	copy(k[1:], near[:])
	sum := sha256.Sum256(b)
	copy(k[1+len(near):], sum[:])
	return k
}

func isFrontPage(urlKey string) bool {
	u, err := url.Parse(urlKey)
	return err != nil || u.Path == "" && u.RawQuery == "" && u.Fragment == ""
}
