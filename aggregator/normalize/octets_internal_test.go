package normalize

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// TestOctets puts each byte in each place among those beside which a carry or
// a borrow might be taken for something else.
func TestOctets(t *testing.T) {
	for _, beside := range []byte{' ', '!', '~', 0x7F, 0x80, 0xFF, 0, 1, '&', '\''} {
		for place := range 8 {
			for c := range 256 {
				b := []byte(strings.Repeat(string([]byte{beside}), 8))
				b[place] = byte(c)
				o := octetsAt("x"+string(b), 1)
				printable := !strings.ContainsFunc(string(b), func(r rune) bool { return r < ' ' || r > '~' })
				if got := o.arePrintable(); got != printable {
					t.Fatalf("%q printable: %v", b, got)
				}
				if got, want := o.find('&') != 0, strings.Contains(string(b), "&"); got != want {
					t.Fatalf("%q holds an ampersand: %v", b, got)
				}
				if got, want := o.holdMarkup(), strings.ContainsAny(string(b), `&<>"`); got != want {
					t.Fatalf("%q holds markup: %v", b, got)
				}
				first := strings.IndexByte(string(b), '&')
				if marked := o.find('&'); first >= 0 && (marked>>(8*first+7)&1 == 0 || marked<<(64-8*first) != 0) {
					t.Fatalf("%q: first mark is not at %d", b, first)
				}
			}
		}
	}
}

// FuzzOctets checks that a text looked at by eight bytes is what it is byte by
// byte: a text moved by a few bytes has the same in other places of them.
func FuzzOctets(f *testing.F) {
	for _, s := range []string{
		"Some words - that's all, isn't it?\n\n\tTwo  blanks, 3 lines\u00A0and é.", "a & b <c> \"d\" 'e' !!! \x7F", " a  b ", "12345678 12345678\v1",
		"日本の文字 and ไทย letters—dashed–words…", "\uFEFF\uFFFE\x85\u0085\xC2", "aaaaaaa bbbbbbb cccccccc  ",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for i := range min(len(s), 8) {
			s := s[i:]
			if got, want := isLegal(s), isLegalByRunes(s); got != want {
				t.Errorf("%q is legal: %v", s, got)
			}
			if s != "" && blank(s) == 0 {
				if got, want := foldedEnd(s), foldedEndByBytes(s); got != want {
					t.Errorf("%q is folded up to %d, not %d", s, got, want)
				}
			}
			for _, quotes := range []bool{false, true} {
				escapes := []string{"&", "&amp;", "<", "&lt;", ">", "&gt;"}
				if quotes {
					escapes = append(escapes, `"`, "&#34;")
				}
				if got, want := string(appendEscaped([]byte("x"), s, quotes)), "x"+strings.NewReplacer(escapes...).Replace(s); got != want {
					t.Errorf("%q escaped is %q, not %q", s, got, want)
				}
			}
			words, letters, characters := count(s)
			got, want := [3]int{words, letters, characters}, countByRunes(s)
			if got != want {
				t.Errorf("%q has %v words, letters, characters, not %v", s, got, want)
			}
		}
	})
}

func isLegalByRunes(s string) bool {
	for i, r := range s {
		if r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD") || !isLegalRune(r) {
			return false
		}
	}
	return true
}

func foldedEndByBytes(s string) int {
	for i := range len(s) {
		if blank(s[i:]) > 0 && (s[i] != ' ' || i+1 == len(s) || blank(s[i+1:]) > 0) {
			return i
		}
	}
	return len(s)
}

func countByRunes(s string) (n [3]int) {
	inWord := false
	for _, r := range s {
		wasInWord := inWord
		switch {
		case isCharacter(r):
			n[2]++
			inWord = false
		case isUnspacedLetter(r):
			n[1]++
			inWord = false
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			inWord = true
		case unicode.IsSpace(r) || r == '—' || r == '–':
			inWord = false
		}
		if inWord && !wasInWord {
			n[0]++
		}
	}
	return n
}
