package dedup

import "newsfeed/storage"

// kinds are the kinds of key, in words.
var kinds = map[byte]string{
	kindGUID: "guid", kindURL: "url", kindTitle: "title", kindStory: "story url",
}

// Kind returns what a key is made of, in a word or two.
func Kind(k storage.Key) string { return kinds[k[0]] }

// Lookup returns the keys under which an entry may be known that has this guid
// or this canonical address, in any of the sources.
func Lookup(guid, canonicalURL string, sources []string) []storage.Key {
	var keys []storage.Key
	known := addresses(storage.Entry{CanonicalURL: canonicalURL, Aliases: []string{guid}}, URLKey(canonicalURL), false)
	for _, a := range known {
		keys = append(keys, newKey(kindStory, a))
	}
	for _, source := range sources {
		keys = append(keys, newKey(kindGUID, source, guid))
		for _, a := range known {
			keys = append(keys, newKey(kindURL, source, a))
		}
	}
	return keys
}
