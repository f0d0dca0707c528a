package parse_test

import (
	"fmt"

	"newsfeed/aggregator/parse"
)

func Example() {
	doc, err := parse.Scan([]byte(`<rss version="2.0"><channel><title>Harbour</title>
		<item><title>Ferry & crew</title><link>/ferry</link></item>
		<item><title>cut off in the mid`), parse.Options{ContentType: "text/xml"})
	if err != nil {
		fmt.Println(err)
		return
	}
	items, err := doc.Items(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(doc.Format, doc.Header.Title.Value)
	for _, item := range items {
		fmt.Println(item.Title.Value, item.Link("alternate"))
	}
	fmt.Println(doc.Warnings[0])
	// Output:
	// rss2.0 Harbour
	// Ferry & crew /ferry
	// the document was cut short or damaged; what could be saved was read
}
