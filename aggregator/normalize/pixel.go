package normalize

import (
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// isPixel reports whether an image is there to count its readers.
func isPixel(n *html.Node, src string) bool {
	width, hasWidth := size(n, "width")
	height, hasHeight := size(n, "height")
	if (hasWidth || hasHeight) && (!hasWidth || width <= 1) && (!hasHeight || height <= 1) {
		return true
	}
	return isHidden(n) || isCounter(src)
}

// isHidden reports whether its style leaves nothing to see of an image.
func isHidden(n *html.Node) bool {
	style, ok := rawAttribute(n, "style")
	if !ok {
		return false
	}
	style = strings.Join(strings.Fields(strings.ToLower(shorten(style, maxHarmless))), "")
	var narrow, flat bool
	for declaration := range strings.SplitSeq(style, ";") {
		property, value, _ := strings.Cut(strings.TrimSuffix(declaration, "!important"), ":")
		tiny := value == "0" || value == "0px" || value == "1px"
		switch property {
		case "display":
			if value == "none" {
				return true
			}
		case "width":
			narrow = tiny
		case "height":
			flat = tiny
		}
	}
	return narrow && flat
}

func size(n *html.Node, name string) (int, bool) {
	v, ok := rawAttribute(n, name)
	if !ok {
		return 0, false
	}
	px, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(v), "px"))
	return px, err == nil
}

// isCounter reports whether an image comes from where counters come from.
func isCounter(src string) bool {
	_, rest, _ := strings.Cut(src, "://")
	host, path, _ := strings.Cut(rest, "/")
	host = strings.ToLower(host)
	if strings.Contains(path, "?idsite=") || strings.Contains(path, "&idsite=") {
		return true // Matomo, wherever it is
	}
	for _, c := range counters {
		if strings.HasSuffix(host, c.domain) && (len(host) == len(c.domain) || host[len(host)-len(c.domain)-1] == '.') && strings.HasPrefix(path, c.path) {
			return true
		}
	}
	return false
}

// counter is a domain, with the beginning of a path where not all of the domain
// counts.
type counter struct{ domain, path string }

var counters = [...]counter{
	{"feeds.feedburner.com", "~"},
	{"feedproxy.google.com", "~"},
	{"feedsportal.com", ""},
	{"feedblitz.com", "~"},
	{"pheedo.com", ""},
	{"feedads.g.doubleclick.net", ""},
	{"doubleclick.net", ""},
	{"pixel.wp.com", ""},
	{"stats.wordpress.com", ""},
	{"feeds.wordpress.com", "1.0"},
	{"google-analytics.com", ""},
	{"googlesyndication.com", ""},
	{"scorecardresearch.com", ""},
	{"quantserve.com", ""},
	{"imrworldwide.com", ""},
	{"chartbeat.net", ""},
	{"facebook.com", "tr?"},
	{"facebook.com", "tr/"},
	{"analytics.twitter.com", ""},
	{"t.co", "i/"},
	{"ads.linkedin.com", ""},
	{"counter.yadro.ru", ""},
	{"mc.yandex.ru", "watch"},
	{"hit.gemius.pl", ""},
	{"ioam.de", ""},
	{"vgwort.de", ""},
	{"statcounter.com", ""},
	{"list-manage.com", "track"},
	{"sendgrid.net", "wf/open"},
	{"mailchimp.com", "track"},
	{"exelator.com", ""},
	{"krxd.net", ""},
	{"omtrdc.net", ""},
	{"2o7.net", ""},
	{"stats.wp.com", ""},
	{"blogger.googleusercontent.com", "tracker/"},
	{"medium.com", "_/stat"},
	{"bat.bing.com", ""},
	{"adnxs.com", ""},
	{"ivwbox.de", ""},
	{"xiti.com", ""},
	{"webtrekk.net", ""},
	{"etracker.com", ""},
	{"counter.rambler.ru", ""},
	{"top-fwz1.mail.ru", ""},
}
