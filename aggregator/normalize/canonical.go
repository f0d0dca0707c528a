package normalize

import (
	"net/url"
	"slices"
	"strings"
)

// Canonical returns a URL without what does not belong to the address of a
// document: tracking parameters, the fragment (except "#!"), the default port,
// dot segments, capitals in scheme and host, what asks for the AMP or mobile
// form, the cache or redirector around it. The rest is neither reordered nor
// re-encoded, so that the result still works. It is "" when rawURL is not an
// absolute http or https URL. Canonical is idempotent.
func Canonical(rawURL string) string {
	if u, ok := plainCanonical(rawURL); ok {
		return u
	}
	u := parseURL(rawURL, nil)
	if u == nil {
		return ""
	}
	return canonical(u)
}

// plainCanonical is Canonical for a URL of which, as of most, surely no more has
// to change than the query and the fragment. It is false for any other.
func plainCanonical(rawURL string) (string, bool) {
	if !isPlainURL(rawURL) {
		return "", false
	}
	address, fragment, _ := strings.Cut(rawURL, "#")
	address, query, _ := strings.Cut(address, "?")
	_, rest, _ := strings.Cut(address, "://")
	host := rest[:strings.IndexByte(rest, '/')]
	path := rest[len(host):]
	if host != strings.ToLower(host) || hasLabel(host, "m", "mobile", "amp", "ampproject", "google") ||
		strings.Contains(path, "/.") || strings.Contains(path, "//") || withoutAMPPath(path) != path ||
		strings.HasPrefix(fragment, "!") {
		return "", false
	}
	switch kept := withoutTracking(withoutAMP(query)); {
	case kept == "":
		return address, true
	case len(kept) == len(query):
		return rawURL[:len(address)+len("?")+len(query)], true
	default:
		return address + "?" + kept, true
	}
}

// hasLabel reports whether one of these is among the labels of a host that
// have a dot behind them.
func hasLabel(host string, labels ...string) bool {
	for {
		label, rest, more := strings.Cut(host, ".")
		if !more || slices.Contains(labels, label) {
			return more
		}
		host = rest
	}
}

func canonical(u *url.URL) string {
	u = original(u)
	if port := u.Port(); port == "" || port == "80" && u.Scheme == "http" || port == "443" && u.Scheme == "https" {
		u.Host = strings.TrimSuffix(u.Host, ":"+port)
	}
	if u.Path == "" {
		u.Path = "/"
	}
	if !strings.HasPrefix(u.Fragment, "!") {
		u.Fragment, u.RawFragment = "", ""
	}
	u.RawQuery, u.ForceQuery = withoutTracking(u.RawQuery), false
	if s := u.String(); len(s) <= maxURL {
		return s
	}
	return ""
}

// withoutTracking drops the parameters of a query that tell where a reader
// came from and nothing about the document. Beside one of them a "ref" is one
// too, whatever it says.
func withoutTracking(query string) string {
	if !holdsTracking(query) {
		return query
	}
	return strings.Join(slices.DeleteFunc(strings.Split(query, "&"), func(p string) bool {
		name, _, _ := strings.Cut(strings.ToLower(p), "=")
		return isTracking(p) || name == "ref" || name == "campaign" || name == "medium"
	}), "&")
}

func holdsTracking(query string) bool {
	for p := range strings.SplitSeq(query, "&") {
		if isTracking(p) {
			return true
		}
	}
	return false
}

func isTracking(parameter string) bool {
	name, value, _ := strings.Cut(strings.ToLower(parameter), "=")
	for _, prefix := range trackingPrefixes {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	values, ok := trackingNames[name]
	if !ok || values == "" {
		return ok
	}
	for v := range strings.SplitSeq(values, " ") {
		if v == value {
			return true
		}
	}
	return false
}

// trackingPrefixes begin the names of campaign parameters.
var trackingPrefixes = [...]string{
	"utm_", "utm-", "mtm_", "matomo_", "pk_", "piwik_", "at_", "hsa_", "ga_", "vero_", "oly_", "ns_", "fb_action_", "guce_", "stm_",
}

// trackingNames are further parameters to drop: whatever their value, or only
// with one of these values.
var trackingNames = map[string]string{
	// Click identifiers of advertising networks.
	"fbclid": "", "gclid": "", "gclsrc": "", "dclid": "", "gbraid": "", "wbraid": "", "gad_source": "", "gad_campaignid": "", "srsltid": "",
	"msclkid": "", "yclid": "", "ysclid": "", "ymclid": "", "twclid": "", "ttclid": "", "li_fat_id": "", "epik": "", "igshid": "", "igsh": "",
	"mibextid": "", "rb_clickid": "", "wickedid": "", "s_kwcid": "", "ef_id": "", "irclickid": "", "cjevent": "",
	"_openstat": "", "fb_source": "", "fb_ref": "", "_ga": "", "_gl": "", "spm": "",
	// Mailing and marketing tools.
	"mc_cid": "", "mc_eid": "", "mc_tc": "", "_hsenc": "", "_hsmi": "", "__hssc": "", "__hstc": "", "__hsfp": "", "hsctatracking": "",
	"mkt_tok": "", "__s": "", "ml_subscriber": "", "ml_subscriber_hash": "", "dm_i": "", "_bta_tid": "", "_bta_c": "", "trk_contact": "",
	"trk_msg": "", "trk_module": "", "trk_sid": "", "elqtrackid": "", "elqtrack": "",
	// Newsrooms.
	"cmp": "", "cmpid": "", "cm_mmc": "", "ncid": "", "smid": "", "ocid": "", "icid": "", "ito": "", "xtor": "", "wt.mc_id": "", "wt_mc": "", "wtmc": "",
	"s_cid": "", "sr_share": "", "soc_src": "", "soc_trk": "", "taid": "", "guccounter": "", "ref_src": "", "ref_url": "", "cvid": "",
	"feedtype": "", "feedname": "", "rssfeed": "",
	// Words that also have a use.
	"ref":      "rss feed feeds rssfeed atom twitter facebook newsletter",
	"source":   "rss feed feeds rssfeed atom newsletter",
	"src":      "rss feed rssfeed",
	"from":     "rss feed rssfeed",
	"via":      "rss feed",
	"partner":  "rss rssnyt feed",
	"emc":      "rss",
	"campaign": "rss feed",
	"medium":   "rss feed",
}
