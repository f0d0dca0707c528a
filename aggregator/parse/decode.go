package parse

import (
	"bytes"
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/gogs/chardet"
	"golang.org/x/text/encoding/charmap"
)

// decode returns body as UTF-8 without byte order mark. What its bytes show
// comes first, before any label: Unicode of two or four bytes, UTF-8, ISO
// 2022. Then come the charset of contentType and the XML declaration (RFC 7303
// section 3), each where the bytes are possible in it, and a guess in the end.
// Bytes that mean nothing become U+FFFD: a bad byte costs a character, not the
// document.
func decode(body []byte, contentType string) ([]byte, []string) {
	text, warnings := decodeWide(body), []string(nil)
	if text == nil {
		body = bytes.TrimPrefix(body, []byte(mark))
		text, warnings = decodeBytes(body, contentType)
	}
	for bytes.HasPrefix(text, []byte(mark)) {
		text = text[len(mark):]
	}
	return withoutC1(text), warnings
}

// mark is the byte order mark in UTF-8.
const mark = "\uFEFF"

func decodeBytes(body []byte, contentType string) ([]byte, []string) {
	labels := []string{fromHeader(contentType), fromDeclaration(body)}
	switch {
	case utf8.Valid(body):
		if d := sevenBit(body, labels); d != nil {
			return d(body), nil
		}
		return body, nil
	case mostlyUTF8(body, labels):
		return bytes.ToValidUTF8(body, []byte("\uFFFD")), []string{"bytes that are not UTF-8 were replaced"}
	}
	best, text := "", []byte(nil)
	for _, label := range labels {
		if d := decoderFor(label); d != nil {
			if t := d(body); possible(t, body) && (text == nil || damage(t) < damage(text)) {
				best, text = label, t
			}
		}
	}
	switch {
	case text != nil && damage(text) == 0:
		return text, nil
	case text != nil && damage(text) < tolerable:
		return text, []string{"bytes that are not " + best + " were replaced"}
	}
	guess, text := guessed(body)
	return text, []string{"no usable encoding declared, read as " + guess}
}

// tolerable is the damage at which a text is still taken for one.
const tolerable = 0.1

// charsetParameter finds the charset in a Content-Type, be it well formed or
// not.
var charsetParameter = regexp.MustCompile(`(?i)charset\s*=\s*["']?([^\s"';,]+)`)

func fromHeader(contentType string) string {
	if m := charsetParameter.FindStringSubmatch(contentType); m != nil {
		return m[1]
	}
	return ""
}

var declaration = regexp.MustCompile(`<\?xml[^>]*?\sencoding\s*=\s*["']?([^"'<>?]{1,60})`)

// fromDeclaration returns the encoding that the XML declaration names. In
// EBCDIC the declaration itself is EBCDIC: its characters are the same in all
// pages.
func fromDeclaration(body []byte) string {
	const longest = 1024
	const ebcdic = "\x4c\x6f\xa7\x94" // <?xm
	head, otherwise := body[:min(len(body), longest)], ""
	if bytes.HasPrefix(head, []byte(ebcdic)) {
		head, otherwise = fromCodePage(codePages["037"], head), "cp037"
	}
	if m := declaration.FindSubmatch(head); m != nil {
		return string(m[1])
	}
	return otherwise
}

// sevenBit returns the decoder of a document that looks like ASCII but is in
// an encoding that writes other scripts in seven bits, or nil.
func sevenBit(body []byte, labels []string) decoder {
	if bytes.Contains(body, []byte("\x1b$")) {
		return decodeISO2022
	}
	for _, label := range labels {
		if strings.HasPrefix(labelKey(label), "hz") {
			return decoderFor(label)
		}
	}
	return nil
}

// possible reports whether text can be what body says: it begins as it, or
// with markup where body is EBCDIC.
func possible(text, body []byte) bool {
	return len(text) > 0 && (text[0] == body[0] || bytes.HasPrefix(bytes.TrimSpace(text), []byte("<")))
}

// damage returns how much of a text, ASCII apart, means nothing.
func damage(text []byte) float64 {
	broken := bytes.Count(text, []byte("\uFFFD"))
	if broken == 0 {
		return 0
	}
	other := 0
	for _, r := range string(text) {
		if r >= utf8.RuneSelf {
			other++
		}
	}
	return float64(broken) / float64(other)
}

// guessed returns the encoding that body seems to be in, and body in it.
func guessed(body []byte) (label string, text []byte) {
	const western = "windows-1252"
	if isMostlyASCII(body) {
		return western, decoderFor(western)(body)
	}
	guesses, _ := chardet.NewHtmlDetector().DetectAll(body) // an error says that there are none
	slices.SortFunc(guesses, func(a, b chardet.Result) int {
		// Those of equal confidence come in no order of their own.
		return cmp.Or(cmp.Compare(b.Confidence, a.Confidence), cmp.Compare(b.Charset, a.Charset))
	})
	for _, g := range guesses {
		if d := decoderFor(g.Charset); d != nil {
			if text := d(body); possible(text, body) && damage(text) < tolerable {
				return g.Charset, text
			}
		}
	}
	return western, decoderFor(western)(body)
}

// isMostlyASCII reports whether there are too few other bytes in body to tell
// by them what they are.
func isMostlyASCII(body []byte) bool {
	const enough = 8
	n := 0
	for _, c := range body {
		if c >= utf8.RuneSelf {
			n++
		}
	}
	return n < enough
}

// mostlyUTF8 reports whether body reads as UTF-8 with a few damaged bytes: more
// whole sequences than broken ones, or far more where it is called something
// else.
func mostlyUTF8(body []byte, labels []string) bool {
	whole, broken := 0, 0
	for i, last := 0, -1; i < len(body); {
		if body[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRune(body[i:])
		switch {
		case r != utf8.RuneError || n > 1:
			whole++
		case last != i-1: // else more of the same damage
			broken++
			fallthrough
		default:
			last = i
		}
		i += n
	}
	for _, label := range labels {
		if key := labelKey(label); key != "" && !strings.HasPrefix(key, "utf") && decoderFor(label) != nil {
			return whole > 4*broken
		}
	}
	return whole >= broken
}

// wide are the forms of Unicode of two and four bytes, in every order: where
// the bytes of a character are, the highest first, and the byte order mark.
// The longer come first: one mark begins another.
var wide = []struct {
	mark  string
	order []int
}{
	{"\x00\x00\xfe\xff", []int{0, 1, 2, 3}},
	{"\xff\xfe\x00\x00", []int{3, 2, 1, 0}},
	{"\x00\x00\xff\xfe", []int{1, 0, 3, 2}},
	{"\xfe\xff\x00\x00", []int{2, 3, 0, 1}},
	{"\xfe\xff", []int{0, 1}},
	{"\xff\xfe", []int{1, 0}},
}

// decodeWide decodes Unicode of two and four bytes, by its byte order mark or
// by where in its first characters, which are ASCII, the zeros are. It returns
// nil for anything else.
func decodeWide(body []byte) []byte {
	for _, w := range wide {
		if bytes.HasPrefix(body, []byte(w.mark)) || isASCIIIn(body, w.order) {
			return narrow(body, w.order)
		}
	}
	return nil
}

// isASCIIIn reports whether body begins with ASCII in that order of bytes.
func isASCIIIn(body []byte, order []int) bool {
	const first = 8
	if len(body) < first {
		return false
	}
	low := order[len(order)-1]
	for i, b := range body[:first] {
		if (i%len(order) == low) != (b != 0 && b < utf8.RuneSelf) || b >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// narrow turns characters of that order of bytes into UTF-8.
func narrow(body []byte, order []int) []byte {
	size := len(order)
	text := make([]byte, 0, len(body))
	high := rune(0) // half of a surrogate pair
	for ; len(body) >= size; body = body[size:] {
		r := rune(0)
		for _, at := range order {
			r = r<<8 | rune(body[at])
		}
		switch {
		case high != 0 && utf16.DecodeRune(high, r) != utf8.RuneError:
			r, high = utf16.DecodeRune(high, r), 0
		case high != 0:
			text, high = utf8.AppendRune(text, utf8.RuneError), 0
		}
		if utf16.IsSurrogate(r) && size == 2 {
			high = r
			continue
		}
		text = utf8.AppendRune(text, r)
	}
	return text
}

// withoutC1 replaces the control characters from U+0080 to U+009F, which mean
// nothing in a text, by what windows-1252 has in their places: that is where
// they come from.
func withoutC1(text []byte) []byte {
	const first = 0xC2 // byte of each of them
	at := 0
	var out []byte
	for i := bytes.IndexByte(text, first); i >= 0 && i+1 < len(text); {
		if b := text[i+1]; b < 0xA0 {
			out = utf8.AppendRune(append(out, text[at:i]...), charmap.Windows1252.DecodeByte(b))
			at = i + 2
		}
		j := bytes.IndexByte(text[i+2:], first)
		if j < 0 {
			break
		}
		i += 2 + j
	}
	if at == 0 {
		return text
	}
	return append(out, text[at:]...)
}
