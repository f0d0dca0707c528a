package parse

import (
	"bytes"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// designation is an escape sequence of ISO 2022 that says what the bytes
// behind it are. Each character set is part of an encoding in which its bytes
// have the eighth bit and, where it is not the main one there, a prefix.
type designation struct {
	escape string // without ESC
	in     encoding.Encoding
	prefix string
	size   int // bytes of a character
}

var designations = []designation{
	{"(B", nil, "", 1}, // ASCII
	{"(J", nil, "", 1}, // JIS X 0201, which differs from it in two places
	{"(I", japanese.EUCJP, "\x8e", 1},
	{"$@", japanese.EUCJP, "", 2},
	{"$B", japanese.EUCJP, "", 2},
	{"$(O", japanese.EUCJP, "", 2},
	{"$(Q", japanese.EUCJP, "", 2},
	{"$(D", japanese.EUCJP, "\x8f", 2},
	{"$A", simplifiedchinese.GBK, "", 2},
	{"$(A", simplifiedchinese.GBK, "", 2},
	{"$)A", simplifiedchinese.GBK, "", 2},
	{"$(C", korean.EUCKR, "", 2},
	{"$)C", korean.EUCKR, "", 2},
}

// decodeISO2022 decodes ISO-2022-JP with its extensions, ISO-2022-KR, and what
// is common of ISO-2022-CN. A set named with ")" counts from a shift out to
// the next shift in, the others at once.
func decodeISO2022(body []byte) []byte {
	const escape, shiftOut, shiftIn = 0x1b, 0x0e, 0x0f
	var text bytes.Buffer
	var set, shifted designation
	from := 0
	for i := 0; i < len(body); {
		next, skip := set, 0
		switch body[i] {
		case shiftOut:
			next, skip = shifted, 1
		case shiftIn:
			next, skip = designation{}, 1
		case escape:
			for _, d := range designations {
				if !bytes.HasPrefix(body[i+1:], []byte(d.escape)) {
					continue
				}
				skip = 1 + len(d.escape)
				if strings.Contains(d.escape, ")") {
					shifted = d
				} else {
					next = d
				}
			}
		}
		if skip == 0 {
			i++
			continue
		}
		set.write(&text, body[from:i])
		i += skip
		from, set = i, next
	}
	set.write(&text, body[from:])
	return bytes.ToValidUTF8(text.Bytes(), []byte("\uFFFD"))
}

// write decodes a run of characters. Line ends and spaces among them are those
// of ASCII.
func (d designation) write(text *bytes.Buffer, run []byte) {
	if d.in == nil {
		text.Write(run)
		return
	}
	var high []byte
	for i := 0; i < len(run); {
		if run[i] <= ' ' || i+d.size > len(run) {
			high = append(high, run[i])
			i++
			continue
		}
		high = append(high, d.prefix...)
		for range d.size {
			high = append(high, run[i]|0x80)
			i++
		}
	}
	decoded, err := d.in.NewDecoder().Bytes(high)
	if err == nil {
		text.Write(decoded)
	}
}
