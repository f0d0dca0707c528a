package config

import (
	"strconv"
	"strings"
)

// join puts a part of a key after the others, in quotes where TOML wants them.
func join(name, part string) string {
	if part == "" || strings.ContainsFunc(part, needsQuotes) {
		part = strconv.Quote(part)
	}
	if name == "" {
		return part
	}
	return name + "." + part
}

func needsQuotes(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
}

// isOnePart reports whether join puts only one part of a key so.
func isOnePart(name string) bool {
	_, err := strconv.Unquote(name)
	return err == nil || !strings.ContainsFunc(name, needsQuotes)
}

// element names the nth table or value of a list, from 1.
func element(list string, n int) string { return list + "[" + strconv.Itoa(n) + "]" }

// bare returns the key without the numbers of elements.
func bare(key string) string {
	for {
		before, after, found := strings.Cut(key, "[")
		if !found {
			return key
		}
		_, rest, _ := strings.Cut(after, "]")
		key = before + rest
	}
}

// split returns the table of a key, and the rest.
func split(key string) (table, last string) {
	i := strings.LastIndexByte(key, '.')
	return key[:max(i, 0)], key[i+1:]
}
