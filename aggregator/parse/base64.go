package parse

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"
)

// fromBase64 decodes text that is written in base64, with its padding or
// without. It returns "" for anything that is no text.
func fromBase64(s string) string {
	b, err := base64.RawStdEncoding.DecodeString(base64Digits(s))
	if err != nil || strings.IndexByte(string(b), 0) >= 0 || !utf8.Valid(b) {
		return ""
	}
	return strings.TrimSpace(string(b))
}

// isBase64 reports whether s can be base64.
func isBase64(s string) bool {
	_, err := base64.RawStdEncoding.DecodeString(base64Digits(s))
	return err == nil
}

func base64Digits(s string) string {
	return strings.TrimRight(strings.Join(strings.Fields(s), ""), "=")
}
