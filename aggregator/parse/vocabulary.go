package parse

import "strings"

// vocabularies are the namespaces that feeds borrow elements from, in lower
// case, without scheme and last slash, under the prefix that is usual for
// each. Prefixes are usual enough to be left undeclared, so they count as
// names too.
var vocabularies = map[string]string{
	"purl.org/dc/elements/1.0":                                            "dc",
	"purl.org/dc/elements/1.1":                                            "dc",
	"purl.org/dc/terms":                                                   "dcterms",
	"purl.org/rss/1.0/modules/content":                                    "content",
	"purl.org/rss/1.0/modules/slash":                                      "slash",
	"purl.org/rss/1.0/modules/syndication":                                "sy",
	"purl.org/syndication/thread/1.0":                                     "thr",
	"purl.oclc.org/net/rss_2.0/enc#":                                      "enc",
	"search.yahoo.com/mrss":                                               "media",
	"search.yahoo.com":                                                    "media",
	"video.search.yahoo.com/mrss":                                         "media",
	"tools.search.yahoo.com/mrss":                                         "media",
	"www.rssboard.org/media-rss":                                          "media",
	"www.itunes.com/dtds/podcast-1.0.dtd":                                 "itunes",
	"example.com/dtds/podcast-1.0.dtd":                                    "itunes",
	"www.google.com/schemas/play-podcasts/1.0":                            "googleplay",
	"www.google.com/schemas/play-podcasts/1.0/play-podcasts.xsd":          "googleplay",
	"podcastindex.org/namespace/1.0":                                      "podcast",
	"github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md": "podcast",
	"rssnamespace.org/feedburner/ext/1.0":                                 "feedburner",
	"www.pheedo.com/namespace/pheedo":                                     "pheedo",
	"www.w3.org/2005/atom":                                                "atom",
	"purl.org/atom/ns#":                                                   "atom",
	"www.w3.org/1999/xhtml":                                               "xhtml",
	"www.georss.org/georss":                                               "georss",
	"www.opengis.net/gml":                                                 "gml",
	"www.w3.org/2003/01/geo/wgs84_pos#":                                   "geo",
	"wellformedweb.org/commentapi":                                        "wfw",
	"creativecommons.org/ns#":                                             "cc",
	"creativecommons.org/ns#license":                                      "cc",
	"web.resource.org/cc":                                                 "cc",
	"backend.userland.com/creativecommonsrssmodule":                       "creativecommons",
	"cyber.law.harvard.edu/rss/creativecommonsrssmodule.html":             "creativecommons",
	"www.w3.org/1999/02/22-rdf-syntax-ns#":                                "rdf",
	"news.yandex.ru":                                                      "yandex",
	"turbo.yandex.ru":                                                     "turbo",
	"my.netscape.com/rdf/simple/0.9":                                      "",
	"channel.netscape.com/rdf/simple/0.9":                                 "",
	"purl.org/rss/1.0":                                                    "",
	"purl.org/rss/1.0/modules/rss091#":                                    "",
	"purl.org/net/rss1.1#":                                                "",
	"blogs.law.harvard.edu/tech/rss":                                      "",
	"cyber.law.harvard.edu/rss/rss.html":                                  "",
	"rss":                                                                 "",
	"a10":                                                                 "atom",
	"atom10":                                                              "atom",
	"atom03":                                                              "atom",
	"mrss":                                                                "media",
}

// vocabulary returns the usual prefix of an element's namespace, and "" where
// it belongs to RSS or has nothing to tell it from the elements around. A
// namespace that is not known here may be a known one misspelt: the prefix
// that the document has for it counts.
func (e element) vocabulary() string {
	if e.space == "" {
		return ""
	}
	space := strings.ToLower(strings.TrimSpace(e.space))
	space = strings.TrimPrefix(strings.TrimPrefix(space, "http://"), "https://")
	if prefix, ok := vocabularies[strings.TrimSuffix(space, "/")]; ok {
		return prefix
	}
	if strings.HasPrefix(space, "backend.userland.com/rss") {
		return ""
	}
	prefix, _ := split(strings.ToLower(string(e.tag[1:nameEnd(e.tag, 1)])))
	if usual, ok := vocabularies[prefix]; ok {
		return usual
	}
	return prefix
}
