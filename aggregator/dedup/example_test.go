package dedup_test

import (
	"fmt"

	"newsfeed/aggregator/dedup"
)

func ExampleURLKey() {
	for _, u := range []string{
		"https://www.example.org/ferry/",
		"http://m.example.org/ferry/index.html",
		"https://example-org.cdn.ampproject.org/c/s/example.org/ferry",
	} {
		fmt.Println(dedup.URLKey(u))
	}
	// Output:
	// //example.org/ferry
	// //example.org/ferry
	// //example.org/ferry
}
