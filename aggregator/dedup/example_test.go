package dedup_test

import (
	"fmt"

	"newsfeed/aggregator/dedup"
)

func ExampleURLKey() {
	for _, u := range []string{
		"https://www.example.org/ferry/",
		"http://example.org/ferry/index.html",
	} {
		fmt.Println(dedup.URLKey(u))
	}
	// Output:
	// //example.org/ferry
	// //example.org/ferry
}
