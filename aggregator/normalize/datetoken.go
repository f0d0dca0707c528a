package normalize

import (
	"strconv"
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

// scanDate cuts a date into tokens. It refuses what is too long to be one.
func scanDate(s string) ([]dateToken, bool) {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > maxDate {
		return nil, false
	}
	s = cutRemarks(foldDate(s))
	if !isASCII(s) || strings.ContainsAny(s, ".'") {
		s = dateSpelling.Replace(s)
	}
	s = strings.Trim(s, `<>[]{}"'*|,; `)
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
			v, err := strconv.Atoi(t.text)
			if err != nil {
				return nil, false
			}
			t.n = v
		}
		tokens = append(tokens, t)
		s, space = s[n:], false
	}
	return tokens, len(tokens) > 0
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

// foldDate makes one spelling of many: lower case, plain digits, no accents.
func foldDate(s string) string {
	if isASCII(s) {
		return strings.ToLower(s)
	}
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(s)) {
		switch {
		case r >= 0x300 && r <= 0x36F, r >= 0x653 && r <= 0x655: // accents, hamza
			continue
		case r >= '٠' && r <= '٩':
			r += '0' - '٠'
		case r >= '۰' && r <= '۹':
			r += '0' - '۰'
		case r >= '०' && r <= '९':
			r += '0' - '०'
		case r == 'ı':
			r = 'i'
		case r == '−' || r == '–':
			r = '-'
		}
		b.WriteRune(r)
	}
	return norm.NFC.String(b.String())
}

// cutRemarks drops what stands in parentheses, unless it is a zone: "(PST)"
// tells something, "(Coordinated Universal Time)" only repeats it.
func cutRemarks(s string) string {
	for {
		before, rest, ok := strings.Cut(s, "(")
		if !ok {
			return s
		}
		remark, after, _ := strings.Cut(rest, ")")
		if _, known := zones[remark]; !known {
			remark = ""
		}
		s = before + " " + remark + " " + after
	}
}

// dateSpelling joins what the tokens would tear apart, and drops the weekdays
// of languages that write none of their words apart: 金曜日 holds a 日.
var dateSpelling = strings.NewReplacer(
	"a.m", "am", "p.m", "pm", "π.μ", "πμ", "μ.μ", "μμ", "a. m", "am", "p. m", "pm", "o'clock", "",
	"日曜日", "", "月曜日", "", "火曜日", "", "水曜日", "", "木曜日", "", "金曜日", "", "土曜日", "",
	"星期一", "", "星期二", "", "星期三", "", "星期四", "", "星期五", "", "星期六", "", "星期日", "", "星期天", "",
	"周一", "", "周二", "", "周三", "", "周四", "", "周五", "", "周六", "", "周日", "",
	"週一", "", "週二", "", "週三", "", "週四", "", "週五", "", "週六", "", "週日", "",
	"일요일", "", "월요일", "", "화요일", "", "수요일", "", "목요일", "", "금요일", "", "토요일", "",
	"年", " 年 ", "月", " 月 ", "日", " 日 ", "時", " 時 ", "时", " 時 ", "点", " 時 ", "點", " 時 ", "分", " 分 ", "秒", " 秒 ",
	"년", " 년 ", "월", " 월 ", "일", " 일 ", "시", " 時 ", "분", " 分 ", "초", " 秒 ",
	"十二月", "12月", "十一月", "11月", "十月", "10月", "九月", "9月", "八月", "8月", "七月", "7月", "六月", "6月",
	"五月", "5月", "四月", "4月", "三月", "3月", "二月", "2月", "一月", "1月",
	"午前", " am ", "午後", " pm ", "上午", " am ", "下午", " pm ", "오전", " 오전 ", "오후", " 오후 ",
)
