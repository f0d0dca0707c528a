package parse

import "golang.org/x/net/html"

// Matches returns the elements below root that a selector matches.
func Matches(selector string, root *html.Node) (map[*html.Node]bool, error) {
	s, err := compileSelector(selector)
	if err != nil {
		return nil, err
	}
	return s.find(root), nil
}

// ParseSoup is html.Parse for pages of any source.
func ParseSoup(page []byte) (*html.Node, error) {
	root, _, err := parseSoup(page)
	return root, err
}
