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
	if isCanonical(rawURL) {
		return rawURL
	}
	u := parseURL(rawURL, nil)
	if u == nil {
		return ""
	}
	return canonical(u)
}

// isCanonical reports whether rawURL, as most do, surely has nothing that
// canonical would change.
func isCanonical(rawURL string) bool {
	_, rest, _ := strings.Cut(rawURL, "://")
	host, path, _ := strings.Cut(rest, "/")
	return isPlainURL(rawURL) && host == strings.ToLower(host) && !strings.ContainsAny(path, "?#") &&
		!strings.Contains(rest, "/.") && !strings.Contains(rest, "//") && !strings.Contains(rest, "amp") &&
		!strings.Contains("."+host, ".m.") && !strings.Contains("."+host, ".mobile.")
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
	params := strings.Split(query, "&")
	kept := slices.DeleteFunc(slices.Clone(params), func(p string) bool {
		name, value, _ := strings.Cut(strings.ToLower(p), "=")
		return isTracking(name, value)
	})
	if len(kept) < len(params) {
		kept = slices.DeleteFunc(kept, func(p string) bool {
			name, _, _ := strings.Cut(strings.ToLower(p), "=")
			return name == "ref" || name == "campaign" || name == "medium"
		})
	}
	return strings.Join(kept, "&")
}

func isTracking(name, value string) bool {
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
