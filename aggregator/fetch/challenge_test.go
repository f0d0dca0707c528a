package fetch_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"newsfeed/aggregator/fetch"
)

// page is a small page with something in its body.
func page(mark string) string {
	return "<!DOCTYPE html><html><head><title>One moment</title></head><body><p>We look at your browser.</p>" + mark + "</body></html>"
}

func TestChallengesAreTold(t *testing.T) {
	const html = "text/html; charset=utf-8"
	for _, test := range []struct {
		name, contentType, field, body, want string
	}{
		{"Cloudflare by its field", "text/plain", "Cf-Mitigated: challenge", "", "Cloudflare"},
		{"Cloudflare by its field, in capitals", html, "Cf-Mitigated: CHALLENGE", page(""), "Cloudflare"},
		{"Cloudflare that blocked", html, "Cf-Mitigated: block", page(""), ""},
		{"Cloudflare", html, "", page(`<script>window._cf_chl_opt = {cvId: "3"};</script>`), "Cloudflare"},
		{"Cloudflare, as it was", html, "", page(`<div class="cf-browser-verification"></div>`), "Cloudflare"},
		{"DataDome", html, "", page(`<script src="https://ct.captcha-delivery.com/c.js"></script>`), "DataDome"},
		{"HUMAN", html, "", page(`<div id="px-captcha"></div>`), "HUMAN"},
		{"Akamai", html, "", page(`<div id="sec-if-cpt-container"></div>`), "Akamai"},
		{"Akamai's reload", html, "", page(`<meta http-equiv="refresh" content="5; URL='/feed?bm-verify=AAQ'">`), "Akamai"},
		{"Imperva", html, "", page(`<iframe src="/_Incapsula_Resource?SWUDNSAI=31"></iframe>`), "Imperva"},
		{"AWS WAF by its field", html, "X-Amzn-Waf-Action: captcha", "", "AWS WAF"},
		{"AWS WAF", html, "", page(`<script>AwsWafIntegration.saveReferrer();</script>`), "AWS WAF"},
		{"Sucuri", html, "", page(`<script>sucuri_cloudproxy_js='';</script>`), "Sucuri"},
		{"DDoS-Guard", html, "", page(`<script src="/.well-known/ddos-guard/js-challenge/index.js"></script>`), "DDoS-Guard"},
		{"Anubis", html, "", page(`<script src="/.within.website/x/cmd/anubis/static/js/main.mjs"></script>`), "Anubis"},
		{"Vercel", html, "X-Vercel-Mitigated: challenge", page(""), "Vercel"},
		{"XHTML", "application/xhtml+xml", "", page(`<div id="px-captcha"></div>`), "HUMAN"},
		{"a page of its own", html, "", page("<p>Not for you.</p>"), ""},
		{"nothing", html, "", "", ""},
		{"no page", "application/json", "", `{"url":"https://geo.captcha-delivery.com/"}`, ""},
		{"an article about one", html, "", page("_cf_chl_opt" + strings.Repeat("<p>And so on.</p>", 5000)), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			answer := func(status int) string {
				fields := fmt.Sprintf("Content-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n", test.contentType, len(test.body))
				if test.field != "" {
					fields += test.field + "\r\n"
				}
				return fmt.Sprintf("HTTP/1.1 %d Answer\r\n%s\r\n%s", status, fields, test.body)
			}
			for _, status := range []int{202, 403, 405, 429, 503} {
				c := newClient(t, only(t, web{"a.example:80": saying(answer(status))}))
				_, err := c.Get(t.Context(), fetch.Request{URL: "http://a.example/feed"})
				var got *fetch.StatusError
				if !errors.As(err, &got) || got.Code != status || got.Challenge != test.want {
					t.Errorf("%d: %#v, want a challenge of %q", status, err, test.want)
				}
			}
			c := newClient(t, only(t, web{"a.example:80": saying(answer(http.StatusOK))}))
			visit, err := c.Get(t.Context(), fetch.Request{URL: "http://a.example/feed"})
			if err != nil {
				t.Fatal(err)
			}
			if got := fetch.Challenge(visit.Header, visit.Body); got != test.want {
				t.Errorf("200: challenge of %q, want %q", got, test.want)
			}
		})
	}
}

func TestOnlySmallPagesOfSomeStatusesAreSearchedForChallenges(t *testing.T) {
	body := page(`<div id="px-captcha"></div>`)
	answer := func(status, length int) string {
		return fmt.Sprintf("HTTP/1.1 %d Answer\r\nContent-Type: text/html\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", status, length, body)
	}
	for name, text := range map[string]string{
		"404":         answer(404, len(body)),
		"500":         answer(500, len(body)),
		"too large":   answer(403, 1<<30),
		"cut off":     answer(403, len(body)+10),
		"spoiled zip": strings.Replace(answer(403, len(body)), "Content-Type", "Content-Encoding: gzip\r\nContent-Type", 1),
	} {
		c := newClient(t, only(t, web{"a.example:80": saying(text)}))
		_, err := c.Get(t.Context(), fetch.Request{URL: "http://a.example/feed"})
		var got *fetch.StatusError
		if !errors.As(err, &got) || got.Challenge != "" {
			t.Errorf("%s: %#v, want a status without a challenge", name, err)
		}
	}
}
