package publish_test

import (
	"context"
	"fmt"

	"newsfeed/aggregator/publish"
)

func ExampleRender() {
	out, err := publish.Render(context.Background(), many(1), publish.Selection{}, publish.JSON)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(out.ContentType)
	fmt.Printf("%.76s\n", out.Body)
	// Output:
	// application/feed+json; charset=utf-8
	// {"version":"https://jsonfeed.org/version/1.1","title":"News","home_page_url"
}
