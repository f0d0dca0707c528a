package parse

import (
	"bytes"
	"fmt"
	"mime"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/gogs/chardet"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// boms are byte order marks and the first characters of a document without
// one, by which its encoding shows (XML 1.0, appendix F). The longer come
// first.
var boms = []struct {
	prefix string
	name   string
}{
	{"\x00\x00\xfe\xff", "utf-32be"},
	{"\xff\xfe\x00\x00", "utf-32le"},
	{"\x00\x00\x00<", "utf-32be"},
	{"<\x00\x00\x00", "utf-32le"},
	{"\xef\xbb\xbf", "utf-8"},
	{"\xfe\xff", "utf-16be"},
	{"\xff\xfe", "utf-16le"},
	{"\x00<", "utf-16be"},
	{"<\x00", "utf-16le"},
	{"\x00{", "utf-16be"},
	{"{\x00", "utf-16le"},
}

var declaration = regexp.MustCompile(`^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._:-]+)["']`)

// decode returns body as UTF-8 without BOM. It believes a BOM, then the bytes
// (what reads as UTF-8 is UTF-8, whatever is declared), then the charset of
// contentType, then the XML declaration, and guesses in the end. Bytes that
// mean nothing become U+FFFD: a bad byte costs a character, not the document.
func decode(body []byte, contentType string) ([]byte, []string) {
	for _, b := range boms {
		if bytes.HasPrefix(body, []byte(b.prefix)) {
			if b.name == "utf-8" {
				return valid(body[len(b.prefix):])
			}
			return convert(body, b.name)
		}
	}
	if utf8.Valid(body) && !bytes.Contains(body, []byte("\x1b$")) {
		return body, nil
	}
	if mostlyUTF8(body) {
		return valid(body)
	}
	for _, name := range []string{fromHeader(contentType), fromDeclaration(body)} {
		if name == "" || isUTF8(name) {
			continue
		}
		if enc, _ := charset.Lookup(name); enc != nil {
			return convert(body, name)
		}
	}
	if guess, err := chardet.NewHtmlDetector().DetectBest(body); err == nil {
		if enc, _ := charset.Lookup(guess.Charset); enc != nil {
			text, warnings := convert(body, guess.Charset)
			return text, append(warnings, "no usable encoding declared, read as "+guess.Charset)
		}
	}
	return convert(body, "windows-1252")
}

func fromHeader(contentType string) string {
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return ""
	}
	return params["charset"]
}

func fromDeclaration(body []byte) string {
	if m := declaration.FindSubmatch(body[:min(len(body), 512)]); m != nil {
		return string(m[1])
	}
	return ""
}

func isUTF8(name string) bool {
	return strings.EqualFold(name, "utf-8") || strings.EqualFold(name, "utf8")
}

// mostlyUTF8 reports whether body reads as UTF-8 with a few damaged bytes:
// far more whole sequences than broken ones.
func mostlyUTF8(body []byte) bool {
	whole, broken := 0, 0
	for i := 0; i < len(body); {
		if body[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRune(body[i:])
		if r == utf8.RuneError && n == 1 {
			broken++
		} else {
			whole++
		}
		i += n
	}
	return whole > 4*broken
}

func valid(body []byte) ([]byte, []string) {
	if utf8.Valid(body) {
		return body, nil
	}
	return bytes.ToValidUTF8(body, []byte("\uFFFD")), []string{"bytes that are not UTF-8 were replaced"}
}

func convert(body []byte, name string) ([]byte, []string) {
	text, err := lookup(name).NewDecoder().Bytes(body)
	if err != nil {
		return bytes.ToValidUTF8(body, []byte("\uFFFD")), []string{fmt.Sprintf("bytes that are not %s were replaced", name)}
	}
	return bytes.TrimPrefix(text, []byte("\uFEFF")), nil
}

func lookup(name string) encoding.Encoding {
	switch strings.ToLower(name) {
	case "utf-32be":
		return utf32.UTF32(utf32.BigEndian, utf32.UseBOM)
	case "utf-32le":
		return utf32.UTF32(utf32.LittleEndian, utf32.UseBOM)
	case "utf-16be":
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	case "utf-16le":
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	}
	enc, _ := charset.Lookup(name)
	return enc
}
