package parse

import "strings"

// vocabularies are the namespaces that feeds borrow elements from, under the
// prefix that is usual for each. Prefixes are usual enough to be left
// undeclared, so they count as names too.
var vocabularies = map[string]string{
	"purl.org/dc/elements/1.0":                      "dc",
	"purl.org/dc/elements/1.1":                      "dc",
	"purl.org/dc/terms":                             "dcterms",
	"purl.org/rss/1.0/modules/content":              "content",
	"purl.org/rss/1.0/modules/slash":                "slash",
	"purl.org/rss/1.0/modules/syndication":          "sy",
	"purl.org/syndication/thread/1.0":               "thr",
	"search.yahoo.com/mrss":                         "media",
	"search.yahoo.com":                              "media",
	"video.search.yahoo.com/mrss":                   "media",
	"tools.search.yahoo.com/mrss":                   "media",
	"www.rssboard.org/media-rss":                    "media",
	"www.itunes.com/dtds/podcast-1.0.dtd":           "itunes",
	"example.com/dtds/podcast-1.0.dtd":              "itunes",
	"www.google.com/schemas/play-podcasts/1.0":      "googleplay",
	"podcastindex.org/namespace/1.0":                "podcast",
	"rssnamespace.org/feedburner/ext/1.0":           "feedburner",
	"www.w3.org/2005/atom":                          "atom",
	"purl.org/atom/ns#":                             "atom",
	"www.w3.org/1999/xhtml":                         "xhtml",
	"www.georss.org/georss":                         "georss",
	"www.opengis.net/gml":                           "gml",
	"www.w3.org/2003/01/geo/wgs84_pos#":             "geo",
	"wellformedweb.org/commentapi":                  "wfw",
	"creativecommons.org/ns#":                       "cc",
	"web.resource.org/cc":                           "cc",
	"backend.userland.com/creativecommonsrssmodule": "creativecommons",
	"www.w3.org/1999/02/22-rdf-syntax-ns#":          "rdf",
}

// vocabulary returns the usual prefix of an element's namespace, and "" where
// it is the document's own or one that feeds do not borrow from.
func (e element) vocabulary() string {
	space := strings.ToLower(e.space)
	space = strings.TrimPrefix(strings.TrimPrefix(space, "http://"), "https://")
	if prefix, ok := vocabularies[strings.TrimSuffix(space, "/")]; ok {
		return prefix
	}
	for _, prefix := range vocabularies {
		if space == prefix {
			return prefix
		}
	}
	return ""
}
