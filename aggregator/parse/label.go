package parse

import (
	"bytes"
	"fmt"
	"strings"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// decoder turns bytes into UTF-8. Bytes that mean nothing become U+FFFD.
type decoder func([]byte) []byte

// labels are names of encodings beside those that HTML knows: each line is
// the name to look up and the keys, as labelKey gives them, that mean it.
const labels = `
windows-1252 646 ansi ansix341968 ansix341986 367 iso646us iso646irv1991 isoir6 us 8859 iso8859 88591 iso885911987 819 latin l1 isolatin1 isoir100
iso-8859-2 88592 iso885921987 l2 isolatin2 isoir101
iso-8859-3 88593 iso885931988 l3 isolatin3 isoir109 913
iso-8859-4 88594 iso885941988 l4 isolatin4 isoir110 914
iso-8859-5 88595 iso885951988 isolatincyrillic isoir144 915
iso-8859-6 88596 iso885961987 isolatinarabic isoir127 asmo708 ecma114 arabic 708 1089
iso-8859-7 88597 iso885971987 isolatingreek isoir126 elot928 ecma118 greek greek8 813
iso-8859-8 88598 iso885981988 isolatinhebrew isoir138 hebrew 916
windows-1254 88599 iso885991989 l5 isolatin5 isoir148 920
iso-8859-10 885910 iso8859101992 l6 isolatin6 isoir157
windows-874 iso885911 885911 iso8859112001 thai tis620 tis6200 tis62025290 tis62025291 isoir166
iso-8859-13 885913 l7 latin7 isolatin7 921
iso-8859-14 885914 iso8859141998 isoceltic isoir199 l8 latin8 isolatin8
iso-8859-15 885915 l9 latin9 isolatin9 923
iso-8859-16 885916 iso8859162001 isoir226 l10 latin10 isolatin10
037 37 ebcdiccpca ebcdiccpnl ebcdiccpus ebcdiccpwt 039
424 ebcdiccphe
500 ebcdiccpbe ebcdiccpch
437 pc8codepage437
775 pc775baltic
850 pc850multilingual
852 pcp852
861 cpis
862 pc862latinhebrew
869 cpgr
1125 cp866u ruscii
hproman8 roman8 r8 1051
johab 1361
kz1048 rk1048 strk10482002
ptcp154 pt154 154 cyrillicasian
macintosh macroman mac 10000
x-mac-cyrillic macukrainian 10007
maclatin2 maccentraleurope maccenteuro macce 10029
macgreek 10006
maciceland macicelandic 10079
macturkish 10081
maccroatian 10082
koi8-r koi8 20866
koi8-u koi8ru 21866
big5 950 big5tw big5hkscs hkscs mactradchinese
shift_jis sjis 932 943 mskanji windows31j macjapanese shiftjis2004 sjis2004 shiftjisx0213 sjisx0213
euc-jp ujis eucjis2004 eucjisx0213 jisx0213 51932
euc-kr 949 uhc korean ksc56011987 ksc5601 ksx1001 windows949 mackorean 51949
gb18030 gbk gb2312 936 gb180302000 gb23121980 gb231280 euccn eucgb2312cn chinese isoir58 iso58gb231280 macsimpchinese 54936
iso-2022 iso2022jp iso2022jp1 iso2022jp2 iso2022jp2004 iso2022jp3 iso2022jpext iso2022kr iso2022cn iso2022cnext
hz hzgb hzgb2312
`

// labelKey strips a label of what its writers do not agree about: case,
// punctuation, and the maker's name in front of the number of a code page.
func labelKey(label string) string {
	key := strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(label))
	key = strings.TrimPrefix(strings.TrimPrefix(key, "x"), "cs")
	for _, maker := range []string{"windows", "win", "cp", "ibm", "ms", "dos", "oem", "ccsid", "codepage"} {
		if number, ok := strings.CutPrefix(key, maker); ok && strings.Trim(number, "0123456789") == "" {
			return number
		}
	}
	return key
}

// decoderFor returns the decoder for a label, or nil. There is none for the
// forms of Unicode: what is in one shows by its bytes, whatever its label.
func decoderFor(label string) decoder {
	key := labelKey(label)
	if key == "" {
		return nil
	}
	name := key
	for line := range strings.Lines(labels) {
		first, others, _ := strings.Cut(strings.TrimSpace(line), " ")
		if labelKey(first) == key || strings.Contains(" "+others+" ", " "+key+" ") {
			name = first
		}
	}
	if page, ok := codePages[name]; ok {
		return func(body []byte) []byte { return fromCodePage(page, body) }
	}
	switch name {
	case "johab":
		return decodeJohab
	case "iso-2022":
		return decodeISO2022
	case "hz":
		return with(simplifiedchinese.HZGB2312)
	case "gb18030": // holds all characters of the others
		return with(simplifiedchinese.GB18030)
	}
	for _, page := range charmap.All {
		if strings.HasSuffix(fmt.Sprint(page), " "+name) { // "IBM Code Page 437", "Windows 1251"
			return with(page)
		}
	}
	for _, n := range []string{name, label} {
		enc, canonical := charset.Lookup(n)
		if enc != nil && canonical != "replacement" && !strings.HasPrefix(canonical, "utf") {
			return with(enc)
		}
	}
	return nil
}

// with returns the decoder of an encoding.
func with(enc encoding.Encoding) decoder {
	return func(body []byte) []byte {
		text, err := enc.NewDecoder().Bytes(body)
		if err != nil {
			return bytes.ToValidUTF8(body, []byte("\uFFFD"))
		}
		return text
	}
}
