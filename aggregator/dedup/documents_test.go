package dedup_test

import (
	"fmt"
	"time"

	"newsfeed/storage"
)

// documents are what three sources bring, some of it under one address: items
// with guids of all kinds, with those that others have too, and without any, at
// addresses of odd forms and with aliases on other hosts. testdata/schema2/make
// copies this file to where its store is written.
func documents() map[string][]storage.Entry {
	day := time.Date(2026, 10, 20, 12, 0, 0, 0, time.UTC)
	docs := map[string][]storage.Entry{}
	for i := range 15 {
		page := fmt.Sprintf("/2026/%d.html", i)
		item := func(guid, url, title string, aliases ...string) storage.Entry {
			return storage.Entry{
				GUID: guid, URL: url, Title: fmt.Sprint(title, " ", i), Content: fmt.Sprintf("<p>%s number %d.</p>", title, i),
				Aliases: aliases, Published: day.Add(time.Duration(i) * time.Minute),
			}
		}
		docs["a"] = append(docs["a"],
			item("https://www.a.example"+page, "https://www.a.example"+page, "Its address is its guid"),
			item(fmt.Sprint("tag:a.example,2026:", i), "https://a.example/tagged"+page, "A tag", "https://feeds.x.example/a"+page),
			item(fmt.Sprintf("urn:uuid:2b5e0c1a-7d34-4f0b-9a41-%012d", i), "http://reader@a.example:80/urn"+page, "A name"),
			item(fmt.Sprint(i), "", "A number and no address"),
			item("", "https://a.example.:443/bare"+page+"?b=2&a=1", "No guid"),
			item("", "", "Nothing but a title"),
		)
		docs["b"] = append(docs["b"],
			item("all the same", "https://www.b.example"+page, "A guid of all"),
			item("", "http://www.a.example"+page+"?", "The address of another"),
		)
		docs["c"] = append(docs["c"],
			item(fmt.Sprint("c ", i), "https://c.example"+page, "The alias of another", "https://feeds.x.example/a"+page),
		)
	}
	return docs
}

// sourcesOf are those of documents in the order in which they are polled.
var sourcesOf = []string{"a", "b", "c"}
