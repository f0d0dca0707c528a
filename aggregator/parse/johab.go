package parse

import (
	"unicode/utf8"

	"golang.org/x/text/encoding/korean"
)

// decodeJohab decodes Johab (KS X 1001 annex 3), in which a Korean syllable is
// two bytes that hold the numbers of its initial, vowel and final in five bits
// each. Its symbols and Chinese characters are those of EUC-KR in other places.
func decodeJohab(body []byte) []byte {
	text := make([]byte, 0, len(body)+len(body)/2)
	for i := 0; i < len(body); i++ {
		lead := body[i]
		if lead < utf8.RuneSelf {
			text = append(text, lead)
			continue
		}
		r := utf8.RuneError
		if i+1 < len(body) {
			if lead < 0xD8 {
				r = syllable(uint16(lead)<<8 | uint16(body[i+1]))
			} else {
				r = johabSymbol(int(lead), int(body[i+1]))
			}
		}
		if r != utf8.RuneError {
			i++
		}
		text = utf8.AppendRune(text, r)
	}
	return text
}

// The letters that begin and that end a syllable, in the order of Unicode.
var (
	johabInitials = []rune("ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ")
	johabFinals   = []rune("ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")
)

// syllable returns what two bytes of Johab below 0xD800 say: a syllable, or a
// letter alone. Its parts are counted from 1, and 0 is none.
func syllable(code uint16) rune {
	initial, vowel, final := int(code>>10&31)-1, int(code>>5&31), int(code&31)-1
	if vowel%8 < 2 || vowel > 29 || final == 17 {
		return utf8.RuneError // a gap in the numbers
	}
	vowel -= 2 + vowel/8*2
	if final > 17 {
		final--
	}
	switch {
	case initial < 0 || initial > len(johabInitials) || final < 0 || final > len(johabFinals):
		return utf8.RuneError
	case initial > 0 && vowel > 0:
		return rune(0xAC00 + ((initial-1)*21+vowel-1)*28 + final)
	case initial > 0 && vowel == 0 && final == 0:
		return johabInitials[initial-1]
	case initial == 0 && vowel > 0 && final == 0:
		return rune('ㅏ' + vowel - 1)
	case initial == 0 && vowel == 0 && final > 0:
		return johabFinals[final-1]
	}
	return utf8.RuneError
}

// johabSymbol returns the character of EUC-KR that two bytes from 0xD800 on
// stand for.
func johabSymbol(lead, trail int) rune {
	row := 2*(lead-0xD9) + 0x21
	if lead >= 0xE0 {
		row = 2*lead - 0x197 + 0x21
	}
	cell := trail - 0x31
	if trail >= 0x91 {
		cell = trail - 0x43
	}
	if cell >= 94 {
		row, cell = row+1, cell-94
	}
	valid := lead >= 0xD9 && lead != 0xDF && lead <= 0xF9 && cell >= 0 && trail&0x7F != 0x7F && (trail < 0x80 || trail >= 0x91)
	if !valid {
		return utf8.RuneError
	}
	text, err := korean.EUCKR.NewDecoder().Bytes([]byte{byte(row | 0x80), byte(cell + 0x21 | 0x80)})
	if err != nil {
		return utf8.RuneError
	}
	r, _ := utf8.DecodeRune(text)
	return r
}
