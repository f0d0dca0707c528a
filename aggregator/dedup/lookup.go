package dedup

import "newsfeed/storage"

// RuleURL is the rule by which entries of one address are of one story.
const RuleURL = "url"

// kinds are the kinds of key, in words.
var kinds = map[byte]string{
	kindGUID: "guid", kindURL: "url", kindTitle: "title", kindStory: "story url", kindMember: "member of story",
}

// Kind returns what a key is made of, in a word or two.
func Kind(k storage.Key) string { return kinds[k[0]] }

// Lookup returns the keys under which an entry may be known that has this guid
// or this canonical address, in any of the sources.
func Lookup(guid, canonicalURL string, sources []string) []storage.Key {
	var keys []storage.Key
	address := URLKey(canonicalURL)
	if address != "" {
		keys = append(keys, newKey(kindStory, address))
	}
	for _, source := range sources {
		keys = append(keys, newKey(kindGUID, source, guid))
		if address != "" {
			keys = append(keys, newKey(kindURL, source, address))
		}
	}
	return keys
}
