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
	style, _ := rawAttribute(n, "style")
	style = strings.Join(strings.Fields(strings.ToLower(shorten(style, maxHarmless))), "")
	return strings.Contains(style, "display:none") || strings.Contains(style, "width:1px;height:1px") || isCounter(src)
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
	for _, place := range counters {
		domain, beginning, _ := strings.Cut(place, "/")
		if strings.HasSuffix(host, domain) && (len(host) == len(domain) || host[len(host)-len(domain)-1] == '.') && strings.HasPrefix(path, beginning) {
			return true
		}
	}
	return false
}

// counters are domains, with the beginning of a path where not all of the
// domain counts.
var counters = [...]string{
	"feeds.feedburner.com/~", "feedproxy.google.com/~", "feedsportal.com", "feedblitz.com/~", "pheedo.com", "feedads.g.doubleclick.net",
	"doubleclick.net", "pixel.wp.com", "stats.wordpress.com", "feeds.wordpress.com/1.0", "google-analytics.com", "googlesyndication.com",
	"scorecardresearch.com", "quantserve.com", "imrworldwide.com", "chartbeat.net", "facebook.com/tr", "analytics.twitter.com",
	"t.co/i", "ads.linkedin.com", "counter.yadro.ru", "mc.yandex.ru/watch", "hit.gemius.pl", "ioam.de", "vgwort.de", "statcounter.com",
	"list-manage.com/track", "sendgrid.net/wf/open", "mailchimp.com/track", "exelator.com", "krxd.net", "omtrdc.net",
}
