package parse

import (
	"bytes"
	"fmt"
	"net/url"

	readability "codeberg.org/readeck/go-readability/v2"
)

// The bounds of a page whose text is looked for. The search takes more than
// linear time.
const (
	maxArticle  = 2 << 20
	maxElements = 20_000
)

// FullText reads the page of an article: its text without what stands around
// it on the page, as the Content of the item, and what the page says about the
// article. base is the page's URL. Content is empty when no text stands out.
func FullText(page []byte, contentType, base string) (item Item, err error) {
	defer recovered(&err)
	if len(page) > maxArticle {
		return Item{}, fmt.Errorf("page of more than %d MiB", maxArticle>>20)
	}
	address, err := url.Parse(base)
	if err != nil {
		return Item{}, fmt.Errorf("page URL: %w", err)
	}
	if item, err = Article(page, contentType); err != nil {
		return Item{}, err
	}
	text, _ := decodePage(page, contentType)
	root, _, err := parseSoup(text)
	if err != nil {
		return Item{}, fmt.Errorf("read page: %w", err)
	}
	parser := readability.NewParser()
	parser.MaxElemsToParse = maxElements
	parser.DisableJSONLD = true // Article has read it
	article, err := parser.ParseAndMutate(root, address)
	if err != nil {
		return Item{}, fmt.Errorf("find text of page: %w", err)
	}
	item.Content = Text{}
	if article.Node == nil {
		return item, nil
	}
	var content bytes.Buffer
	if err := article.RenderHTML(&content); err != nil {
		return Item{}, fmt.Errorf("write text of page: %w", err)
	}
	item.Content = Text{Value: content.String(), Type: HTML, Lang: article.Language()}
	return item, nil
}
