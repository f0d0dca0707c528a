package fetch_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"

	"newsfeed/aggregator/fetch"
)

func ExampleClient_Get() {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"1"`)
		if r.Header.Get("If-None-Match") == `"1"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		fmt.Fprint(w, "<rss/>")
	}))
	defer site.Close()

	client := fetch.New(fetch.Options{
		UserAgent:    "newsfeed/1.0 (+https://example.org/)",
		AllowPrivate: []fetch.Allow{{Prefix: netip.MustParsePrefix("127.0.0.1/32")}},
	})
	defer client.Close()

	ctx := context.Background()
	first, err := client.Get(ctx, fetch.Request{URL: site.URL})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d %s %s\n", first.Status, first.Validators.ETag, first.Body)

	second, err := client.Get(ctx, fetch.Request{URL: site.URL, Validators: first.Validators})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(second.Status, second.Validators.ETag, second.Unchanged)
	// Output:
	// 200 "1" <rss/>
	// 304 "1" true
}
