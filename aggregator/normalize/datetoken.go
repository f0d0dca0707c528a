package normalize

import (
	"html"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// The kinds of a dateToken that are not a punctuation mark.
const (
	number = '0'
	word   = 'a'
)

// dateToken is a number, a word or a mark of a date.
type dateToken struct {
	kind  rune   // number, word, or the mark itself
	text  string // folded
	n     int    // value of a number
	space bool   // stands after white space
}

func (t dateToken) is(words ...string) bool {
	for _, w := range words {
		if t.kind == word && t.text == w {
			return true
		}
	}
	return false
}

// scanDate cuts a folded date into tokens.
func scanDate(s string) []dateToken {
	var tokens []dateToken
	space := false
	for s != "" {
		kind, n := nextDateToken(s)
		if kind == ' ' {
			s, space = s[n:], true
			continue
		}
		t := dateToken{kind: kind, text: s[:n], space: space}
		if kind == number {
			t.n = atoi(t.text)
		}
		tokens = append(tokens, t)
		s, space = s[n:], false
	}
	return tokens
}

// nextDateToken returns the kind and the length of the first token of s.
func nextDateToken(s string) (kind rune, n int) {
	for i, r := range s {
		k := r
		switch {
		case r >= '0' && r <= '9':
			k = number
		case unicode.IsSpace(r):
			k = ' '
		case unicode.IsLetter(r) || unicode.IsMark(r):
			k = word
		}
		if i == 0 {
			kind = k
		} else if k != kind || kind != number && kind != word {
			return kind, i
		}
	}
	return kind, len(s)
}

// foldDate makes one spelling of many: lower case, plain digits, no accents,
// nothing around it.
func foldDate(s string) string {
	s = strings.ToLower(html.UnescapeString(s))
	if !isASCII(s) {
		s = foldLetters(s)
		s = dateSpelling.Replace(s)
	} else if strings.ContainsAny(s, ".'_") {
		s = dateSpelling.Replace(s)
	}
	s = strings.TrimPrefix(s, "<![cdata[")
	if strings.ContainsAny(s, "([") {
		s = dateBrackets.Replace(dateRemark.ReplaceAllString(s, "$1 "))
	}
	return strings.Trim(s, "<>()[]{}\"'“”«»*|,; \t\n")
}

// foldLetters drops accents and what is not seen, and writes the digits of
// other scripts as ours.
func foldLetters(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(s) {
		switch {
		case r >= 0x300 && r <= 0x36F, r >= 0x64B && r <= 0x655: // accents, Arabic vowels and hamza
			continue
		case unicode.Is(unicode.Cf, r):
			continue
		case r == 'ı':
			r = 'i'
		case r == '−' || r == '–':
			r = '-'
		}
		for _, zero := range "٠۰०০" {
			if r >= zero && r <= zero+9 {
				r += '0' - zero
			}
		}
		b.WriteRune(r)
	}
	return norm.NFC.String(b.String())
}

// dateRemark is what stands in brackets after a zone and only repeats it, as
// in "GMT+0200 (Central European Summer Time)". Elsewhere what stands in
// brackets tells something.
var dateRemark = regexp.MustCompile(`((?::\d\d|t\d{4,6})(?:[.,]\d+)? ?(?:gmt|utc)? ?[+-]\d\d?(?::?\d\d)?|\d ?(?:z|utc|gmt)) ?[(\[][^)\]]*[)\]]`)

var dateBrackets = strings.NewReplacer("(", " ", ")", " ", "[", " ", "]", " ")

// dateSpelling joins what the tokens would tear apart, sets apart what is
// written as one, and drops the weekdays of languages that write none of their
// words apart: 金曜日 holds a 日. It works on what foldLetters left.
var dateSpelling = strings.NewReplacer(
	"_", " ", "o'clock", "", "kl.", "kl",
	"a.m.", "am", "p.m.", "pm", "a.m", "am", "p.m", "pm", "a. m.", "am", "p. m.", "pm", "π.μ.", "πμ", "μ.μ.", "μμ",
	"日曜日", "", "月曜日", "", "火曜日", "", "水曜日", "", "木曜日", "", "金曜日", "", "土曜日", "",
	"(日)", " ", "(月)", " ", "(火)", " ", "(水)", " ", "(木)", " ", "(金)", " ", "(土)", " ",
	"星期一", "", "星期二", "", "星期三", "", "星期四", "", "星期五", "", "星期六", "", "星期日", "", "星期天", "",
	"周一", "", "周二", "", "周三", "", "周四", "", "周五", "", "周六", "", "周日", "",
	"週一", "", "週二", "", "週三", "", "週四", "", "週五", "", "週六", "", "週日", "",
	"일요일", "", "월요일", "", "화요일", "", "수요일", "", "목요일", "", "금요일", "", "토요일", "",
	"(일)", " ", "(월)", " ", "(화)", " ", "(수)", " ", "(목)", " ", "(금)", " ", "(토)", " ",
	"年", " 年 ", "月", " 月 ", "日", " 日 ", "時", " 時 ", "时", " 時 ", "点", " 時 ", "點", " 時 ", "分", " 分 ", "秒", " 秒 ",
	"년", " 년 ", "월", " 월 ", "일", " 일 ", "시", " 時 ", "분", " 分 ", "초", " 秒 ",
	"十二月", "12月", "十一月", "11月", "十月", "10月", "九月", "9月", "八月", "8月", "七月", "7月", "六月", "6月",
	"五月", "5月", "四月", "4月", "三月", "3月", "二月", "2月", "一月", "1月",
	"午前", " am ", "午後", " pm ", "上午", " am ", "下午", " pm ", "오전", " 오전 ", "오후", " 오후 ",
	"thu hai", "mon", "thu bay", "sat", "thu ba", "tue", "thu tu", "wed", "thu nam", "thu", "thu sau", "fri", "chu nhat", "sun",
	"thang muoi hai", "dec", "thang muoi mot", "nov", "thang muoi", "oct", "thang mot", "jan", "thang hai", "feb", "thang bay", "jul",
	"thang ba", "mar", "thang tu", "apr", "thang nam", "may", "thang sau", "jun", "thang tam", "aug", "thang chin", "sep",
	"كانون الثاني", "jan", "كانون الاول", "dec", "تشرين الاول", "oct", "تشرين الثاني", "nov",
)
