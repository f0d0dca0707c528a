package parse

import (
	"fmt"

	"golang.org/x/net/html"
)

// Select are the CSS selectors by which a page is read. Item names the
// elements that are items; the others are looked up inside of each. Where one
// of them is not given, the usual elements of HTML are taken.
type Select struct{ Item, Link, Title, Date, Summary, Image string }

// keyed is a selector and its key in the configuration.
type keyed struct{ key, selector string }

func (s Select) keyed() []keyed {
	return []keyed{
		{"item", s.Item},
		{"link", s.Link},
		{"title", s.Title},
		{"date", s.Date},
		{"summary", s.Summary},
		{"image", s.Image},
	}
}

// Validate says which selector cannot be used and why.
func (s Select) Validate() error {
	_, err := s.compile()
	return err
}

// compile returns the selectors that are given by their keys.
func (s Select) compile() (map[string]selector, error) {
	if s.Item == "" && s != (Select{}) {
		return nil, fmt.Errorf("select.item is missing: the other selectors are looked up inside of an item")
	}
	compiled := map[string]selector{}
	for _, f := range s.keyed() {
		if f.selector == "" {
			continue
		}
		var err error
		if compiled[f.key], err = compileSelector(f.selector); err != nil {
			return nil, fmt.Errorf("select.%s %q: %w", f.key, f.selector, err)
		}
	}
	return compiled, nil
}

// choice has by key the elements that a selector matches on a page; a selector
// that was not given is not in it.
type choice map[string]marks

func (s Select) find(root *html.Node) (choice, error) {
	compiled, err := s.compile()
	if err != nil {
		return nil, err
	}
	c := choice{}
	for key, selector := range compiled {
		c[key] = selector.find(root)
	}
	return c, nil
}
