package main

import (
	"cmp"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"time"

	"newsfeed/aggregator/dedup"
	"newsfeed/aggregator/fetch"
	"newsfeed/aggregator/normalize"
	"newsfeed/aggregator/parse"
	"newsfeed/storage"
)

// finding is what a document turned out to hold. Nothing of it is stored.
type finding struct {
	about    storage.About
	authors  []storage.Person
	subjects []string
	header   parse.Header
	entries  []storage.Entry
	warnings []string
}

// inspect reads a document from a URL as a poll would.
func inspect(body []byte, o parse.Options, base string, now time.Time) (finding, error) {
	doc, err := parse.Scan(body, o)
	if err != nil {
		return finding{}, err
	}
	if n := len(doc.Parts); n > 0 {
		doc.Warnings = append(doc.Warnings, fmt.Sprintf("it is an index of %s, which a poll visits; the first is %s", plural(n, "sitemap"), doc.Parts[0].URL))
	}
	items, err := doc.Items(nil)
	if err != nil {
		return finding{}, err
	}
	place := normalize.Source{URL: base, Format: doc.Format}
	f := finding{header: doc.Header, about: normalize.About(place, doc.Header, now)}
	f.authors, f.subjects = normalize.Channel(place, doc.Header)
	var cut []string
	f.entries, cut = normalize.Entries(place, doc.Header, items, now)
	f.warnings = slices.Concat(doc.Warnings, cut)
	dedup.Identify(f.entries, false)
	for i := range f.entries {
		f.entries[i].ID = dedup.PublicID(f.entries[i])
	}
	return f, nil
}

// inspectVisit reads what a visit brought.
func inspectVisit(v fetch.Visit, o parse.Options, now time.Time) (finding, error) {
	o.ContentType, o.Language = v.ContentType, v.Header.Get("Content-Language")
	return inspect(v.Body, o, cmp.Or(v.ContentLocation, v.URL), now)
}

// named allows the private address that the user wrote out in a URL on the
// command line, and its port. Where that URL redirects to is not allowed by it.
func named(address string) []fetch.Allow {
	u, err := url.Parse(address)
	if err != nil {
		return nil
	}
	port, _ := strconv.ParseUint(u.Port(), 10, 16)
	hosts := []string{u.Hostname()}
	if u.Hostname() == "localhost" {
		hosts = []string{"127.0.0.1", "::1"}
	}
	var allowed []fetch.Allow
	for _, h := range hosts {
		if ip, err := netip.ParseAddr(h); err == nil {
			allowed = append(allowed, fetch.Allow{Prefix: netip.PrefixFrom(ip, ip.BitLen()), Port: uint16(port)})
		}
	}
	return allowed
}
