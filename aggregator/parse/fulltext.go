package parse

import (
	"bytes"
	"errors"
	"fmt"
	"mime"
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
	text, _ := decodePage(page, contentType)
	if err := isPage(text, contentType); err != nil {
		return Item{}, err
	}
	address, err := url.Parse(base)
	if err != nil {
		return Item{}, fmt.Errorf("page URL: %w", err)
	}
	p, err := openPage(text)
	if err != nil {
		return Item{}, err
	}
	item = p.only()
	parser := readability.NewParser()
	parser.MaxElemsToParse = maxElements
	parser.DisableJSONLD = true // the item has it
	article, err := parser.ParseAndMutate(p.root, address)
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

// isPage returns why a body, decoded, is no HTML page: by what the response says
// it is, and by its beginning.
func isPage(text []byte, contentType string) error {
	media, _, err := mime.ParseMediaType(contentType)
	if err == nil && media != "text/html" && media != "application/xhtml+xml" && media != "text/plain" {
		return fmt.Errorf("it is %s, not a page", media)
	}
	if bytes.HasPrefix(text, []byte("%PDF")) || bytes.IndexByte(text[:min(len(text), 512)], 0) >= 0 {
		return errors.New("it is not text")
	}
	return nil
}
