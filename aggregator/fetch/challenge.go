package fetch

import (
	"bytes"
	"net/http"
	"strings"
)

// maxChallenge is the greatest body that is searched for the marks of a
// challenge: such pages are small.
const maxChallenge = 64 << 10

// challengeHeaders are the fields by which a service says that its answer is a
// challenge, with what they then hold.
var challengeHeaders = []struct{ name, value, service string }{
	{"Cf-Mitigated", "challenge", "Cloudflare"},
	{"X-Amzn-Waf-Action", "challenge", "AWS WAF"},
	{"X-Amzn-Waf-Action", "captcha", "AWS WAF"},
	{"X-Vercel-Mitigated", "challenge", "Vercel"},
}

// challengeMarks stand in the pages of a service, in lower case, and not in
// those that it only guards.
var challengeMarks = []struct{ mark, service string }{
	{"_cf_chl_opt", "Cloudflare"},
	{"cf-browser-verification", "Cloudflare"},
	{"captcha-delivery.com", "DataDome"},
	{"px-captcha", "HUMAN"},
	{"sec-if-cpt-container", "Akamai"},
	{"/_sec/cp_challenge/", "Akamai"},
	{"bm-verify=", "Akamai"},
	{"_incapsula_resource", "Imperva"},
	{"awswafintegration.", "AWS WAF"},
	{"sucuri_cloudproxy_js", "Sucuri"},
	{"/.well-known/ddos-guard/", "DDoS-Guard"},
	{"/.within.website/x/cmd/anubis/", "Anubis"},
}

// Challenge returns the name of the service that gave an answer instead of the
// document because it wants to see a browser or a person first. It is empty for
// every other answer. The body is decoded.
func Challenge(h http.Header, body []byte) string {
	for _, c := range challengeHeaders {
		if strings.EqualFold(h.Get(c.name), c.value) {
			return c.service
		}
	}
	if !isHTML(h) || len(body) > maxChallenge {
		return ""
	}
	page := bytes.ToLower(body)
	for _, c := range challengeMarks {
		if bytes.Contains(page, []byte(c.mark)) {
			return c.service
		}
	}
	return ""
}

func isHTML(h http.Header) bool {
	return strings.Contains(strings.ToLower(h.Get("Content-Type")), "html")
}

// challenged returns the service whose challenge a response that brings no
// document is. A body that cannot be read has no marks.
func challenged(r *http.Response) string {
	var body []byte
	switch r.StatusCode {
	case http.StatusAccepted, http.StatusForbidden, http.StatusMethodNotAllowed, http.StatusTooManyRequests, http.StatusServiceUnavailable:
		if isHTML(r.Header) {
			body, _, _ = readBody(r, maxChallenge)
		}
	}
	return Challenge(r.Header, body)
}
