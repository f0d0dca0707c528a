package parse

import "bytes"

// jsonParts are the parts of a JSON Feed, cut but not read.
type jsonParts struct {
	head  []byte   // the document with nothing in its list of items
	items [][]byte // at most MaxItems
	count int      // of all items
	whole bool     // the document is not cut short
}

// splitJSON cuts a JSON object at the elements of its member "items". It looks
// at no more than that takes, so the parts may still be damaged.
func splitJSON(data []byte) jsonParts {
	var p jsonParts
	var name []byte // of the member at hand
	depth, copied, item := 0, 0, -1
	inList := false
	endItem := func(end int) {
		if item < 0 {
			return
		}
		if p.count++; p.count <= MaxItems {
			p.items = append(p.items, bytes.TrimSpace(data[item:end]))
		}
		item = -1
	}
	for i := 0; i < len(data) && !p.whole; i++ {
		c := data[i]
		if inList && depth == 2 && item < 0 && c != ',' && c != ']' && !isSpace(c) {
			item = i
		}
		switch c {
		case '"':
			from := i + 1
			if i = stringEnd(data, from); depth == 1 {
				name = data[from:i]
			}
		case ',':
			if depth == 1 {
				name = nil
			} else if depth == 2 && inList {
				endItem(i)
			}
		case '{', '[':
			if depth++; depth == 2 && c == '[' && string(name) == "items" {
				p.head = append(p.head, data[copied:i+1]...)
				p.items, p.count, inList = [][]byte{}, 0, true
			}
		case '}', ']':
			if depth--; depth == 1 && inList {
				endItem(i)
				inList, copied = false, i
			}
			p.whole = depth <= 0
		}
	}
	if inList {
		p.head = append(p.head, "]}"...)
	} else {
		p.head = append(p.head, data[copied:]...)
	}
	return p
}

// stringEnd returns the index of the quote that ends the string which begins
// at from, or the length of data.
func stringEnd(data []byte, from int) int {
	for i := from; i < len(data); i++ {
		n := bytes.IndexByte(data[i:], '"')
		if n < 0 {
			break
		}
		i += n
		escapes := 0
		for i-escapes > from && data[i-escapes-1] == '\\' {
			escapes++
		}
		if escapes%2 == 0 {
			return i
		}
	}
	return len(data)
}
