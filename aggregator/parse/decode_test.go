package parse_test

import (
	"bytes"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"

	"newsfeed/aggregator/parse"
)

// titleOf returns the title of a feed, and the warnings.
func titleOf(t *testing.T, body []byte, contentType string) (string, []string) {
	t.Helper()
	d, err := parse.Scan(body, parse.Options{ContentType: contentType})
	if err != nil {
		t.Fatalf("%q: %v", body, err)
	}
	return d.Header.Title.Value, d.Warnings
}

func rssTitled(declaration, title string) []byte {
	return []byte(declaration + "\n<rss version='2.0'><channel><title>" + title + "</title></channel></rss>")
}

// encoded are texts in the encodings that sources name, whatever else names
// them.
var encoded = []struct{ label, bytes, want string }{
	{"cp437", "Caf\x82 \xa5", "Café Ñ"},
	{"cp720", "\xab\xe9\x9f\xea", "سلام"},
	{"cp737", "\x89\x98\xa2\x9e\xa3\xe2\xa8\x98", "Καλημέρα"},
	{"cp775", "\xcfuv\xd3dra", "Žuvėdra"},
	{"cp850", "Caf\x82 \xe5", "Café Õ"},
	{"cp852", "\xa6lu\x9cou\x9fk\xec", "Žluťoučký"},
	{"cp855", "\xdd\xe1\xb7\xeb\xa8\xe5", "Привет"},
	{"cp856", "\x99\x8c\x85\x8d", "שלום"},
	{"cp857", "G\x81ne\x9f", "Güneş"},
	{"cp858", "5 \xd5 \xe5", "5 € Õ"},
	{"cp860", "Jo\x84o", "João"},
	{"cp861", "\x8d\xa2r\x8cur", "Þórður"},
	{"cp862", "\x99\x8c\x85\x8d", "שלום"},
	{"cp863", "D\x82j\x85", "Déjà"},
	{"cp864", "\xe5", "ﻣ"},
	{"cp865", "\x92r\x9b", "Ærø"},
	{"cp866", "\x8f\xe0\xa8\xa2\xa5\xe2", "Привет"},
	{"cp869", "\xb5\xd6\xe5\xe1\xe6\x9d\xeb\xd6", "Καλημέρα"},
	{"cp874", "\xca\xc7\xd1\xca\xb4\xd5", "สวัสดี"},
	{"cp1006", "\xaf", "ﺁ"},
	{"cp1125", "\xf2\xa0\xad\xae\xaa \xf4", "Ґанок Є"},
	{"cp1250", "\x8elu\x9dou\xe8k\xfd", "Žluťoučký"},
	{"cp1251", "\xcf\xf0\xe8\xe2\xe5\xf2", "Привет"},
	{"cp1252", "\x93Caf\xe9\x94 \x96 5 \x80", "“Café” – 5 €"},
	{"cp1253", "\xca\xe1\xeb\xe7\xec\xdd\xf1\xe1", "Καλημέρα"},
	{"cp1254", "G\xfcne\xfe", "Güneş"},
	{"cp1255", "\xf9\xec\xe5\xed", "שלום"},
	{"cp1256", "\xd3\xe1\xc7\xe3", "سلام"},
	{"cp1257", "\xdeuv\xebdra", "Žuvėdra"},
	{"cp1258", "\xf0\xf4 \xfd", "đô ư"},
	{"iso8859_1", "Caf\xe9", "Café"},
	{"iso8859_2", "\xaelu\xbbou\xe8k\xfd", "Žluťoučký"},
	{"iso8859_3", "\xc6u \xf8i", "Ĉu ĝi"},
	{"iso8859_4", "\xaeuv\xecdra", "Žuvėdra"},
	{"iso8859_5", "\xbf\xe0\xd8\xd2\xd5\xe2", "Привет"},
	{"iso8859_6", "\xd3\xe4\xc7\xe5", "سلام"},
	{"iso8859_7", "\xca\xe1\xeb\xe7\xec\xdd\xf1\xe1", "Καλημέρα"},
	{"iso8859_8", "\xf9\xec\xe5\xed", "שלום"},
	{"iso8859_9", "G\xfcne\xfe", "Güneş"},
	{"iso8859_10", "\xde\xf3r\xf0ur \xbb", "Þórður ŧ"},
	{"iso8859_11", "\xca\xc7\xd1\xca\xb4\xd5", "สวัสดี"},
	{"iso8859_13", "\xdeuv\xebdra", "Žuvėdra"},
	{"iso8859_14", "\xd0\xfe", "Ŵŷ"},
	{"iso8859_15", "5 \xa4 \xbd", "5 € œ"},
	{"iso8859_16", "\xaatiri \xfe", "Știri ț"},
	{"koi8_r", "\xf0\xd2\xc9\xd7\xc5\xd4", "Привет"},
	{"koi8_t", "\xf3\xc1\xcc\xcf\xcd \xa5", "Салом ӣ"},
	{"koi8_u", "\xf0\xd2\xc9\xd7\xa6\xd4 \xad", "Привіт ґ"},
	{"kz1048", "\x8d\xe0\xe7\xe0\x9d \xbc", "Қазақ ә"},
	{"mac_cyrillic", "\x8f\xf0\xe8\xe2\xe5\xf2", "Привет"},
	{"mac_greek", "\xba\xe1\xec\xe8\xed\xdb\xf2\xe1", "Καλημέρα"},
	{"mac_iceland", "\xde\x97r\xddur", "Þórður"},
	{"mac_latin2", "\xeblu\xe9ou\x8bk\xf9", "Žluťoučký"},
	{"mac_roman", "Caf\x8e \xcf", "Café œ"},
	{"mac_turkish", "G\x9fne\xdf", "Güneş"},
	{"mac_croatian", "\xa9ime \xe6", "Šime ć"},
	{"mac_romanian", "\xaftiri \xdf", "Știri ț"},
	{"hp_roman8", "Caf\xc5 \xd2", "Café Ø"},
	{"ptcp154", "\x8d\xe0\xe7\xe0\x9d \xba", "Қазақ ә"},
	{"tis_620", "\xca\xc7\xd1\xca\xb4\xd5", "สวัสดี"},
	{"big5", "\xb7s\xbbD", "新聞"},
	{"big5hkscs", "\xb7s\xbbD\x9d\xef", "新聞嘅"},
	{"cp932", "\x83j\x83\x85\x81[\x83X\x87@", "ニュース①"},
	{"cp949", "\xb4\xba\xbd\xba \x8cc", "뉴스 똠"},
	{"cp950", "\xb7s\xbbD", "新聞"},
	{"euc_jp", "\xa5\xcb\xa5\xe5\xa1\xbc\xa5\xb9 \xc6\xfc\xcb\xdc", "ニュース 日本"},
	{"euc_jis_2004", "\xa5\xcb\xa5\xe5\xa1\xbc\xa5\xb9", "ニュース"},
	{"euc_kr", "\xb4\xba\xbd\xba", "뉴스"},
	{"gb2312", "\xd0\xc2\xce\xc5", "新闻"},
	{"gbk", "\xd0\xc2\xce\xc5\xe6g", "新闻鎔"},
	{"gb18030", "\xd0\xc2\xce\xc5\x819\xee9", "新闻㐀"},
	{"hz", "~{PBNE~}", "新闻"},
	{"iso2022_jp", "\x1b$B%K%e!<%9\x1b(B", "ニュース"},
	{"iso2022_jp_2", "\x1b$B%K%e!<%9?7\x1b$(ANE\x1b$(C4:\x1b(B", "ニュース新闻뉴"},
	{"iso2022_jp_ext", "\x1b$B%K%e!<%9\x1b(B", "ニュース"},
	{"iso2022_kr", "\x1b$)C\x0e4:=:\x0f", "뉴스"},
	{"johab", "\x93A\xafa \x99\xb1 \x88A\x84a\xd92\xec\xe6", "뉴스 똠 ㄱㅏ、新"},
	{"shift_jis", "\x83j\x83\x85\x81[\x83X", "ニュース"},
	{"shift_jis_2004", "\x83j\x83\x85\x81[\x83X", "ニュース"},
	{"shift_jisx0213", "\x83j\x83\x85\x81[\x83X", "ニュース"},
}

func TestEncodings(t *testing.T) {
	for _, c := range encoded {
		for _, label := range []string{c.label, strings.ToUpper(c.label), strings.ReplaceAll(c.label, "_", "-"), "x-" + c.label, " " + c.label + " "} {
			if got, warnings := titleOf(t, rssTitled("<?xml version='1.0' encoding='"+label+"'?>", c.bytes), ""); got != c.want || warnings != nil {
				t.Errorf("declared as %q: %q, %q, want %q", label, got, warnings, c.want)
			}
			if got, warnings := titleOf(t, rssTitled("", c.bytes), "text/xml; charset="+strings.TrimSpace(label)); got != c.want || warnings != nil {
				t.Errorf("sent as %q: %q, %q, want %q", label, got, warnings, c.want)
			}
		}
	}
}

// TestEBCDIC reads documents whose declaration is EBCDIC itself.
func TestEBCDIC(t *testing.T) {
	for _, c := range []struct{ label, bytes, want string }{
		{"cp037", "\xc3\x81\x86\x51\x40\x64\x71", "Café ÀÉ"},
		{"cp273", "\xc7\x99\xd0\xa1\x85", "Grüße"},
		{"cp424", "\x69\x54\x46\x55", "שלום"},
		{"cp500", "\xc3\x81\x86\x51", "Café"},
		{"cp875", "\x51\x8a\x9e\x9a\x9f\xb2\xae\x8a", "Καλημέρα"},
		{"cp1026", "\xc7\xe0\x95\x85\x6a", "Güneş"},
		{"cp1140", "\xf5\x40\x9f\x40\xc3\x81\x86\x51", "5 € Café"},
		{"cp1047", "\xba\xbb", "Ý¨"},
		{"", "\xc3\x81\x86\x51", "Café"},
	} {
		declaration := "<?xml version='1.0' encoding='" + c.label + "'?>"
		if c.label == "" {
			declaration = "<?xml version='1.0'?>"
		}
		body, err := charmap.CodePage037.NewEncoder().Bytes(rssTitled(declaration, "@"))
		if err != nil {
			t.Fatal(err)
		}
		body = bytes.Replace(body, []byte("\x7c"), []byte(c.bytes), 1)
		if got, _ := titleOf(t, body, ""); got != c.want {
			t.Errorf("%s: %q, want %q", c.label, got, c.want)
		}
	}
}

// TestLabels names the same encoding in every way that is met.
func TestLabels(t *testing.T) {
	for want, c := range map[string]struct{ bytes, labels string }{
		"Привет":  {"\xcf\xf0\xe8\xe2\xe5\xf2", "windows-1251 Windows1251 WIN-1251 win1251 cp1251 CP-1251 cp_1251 x-cp1251 1251 ms-1251"},
		"Café’s":  {"Caf\xe9\x92s", "iso-8859-1 ISO8859-1 iso_8859-1 ISO-8859-1:1987 latin1 latin-1 l1 us-ascii ASCII ansi 8859-1 cp1252 windows-1252 ibm819 iso88591"},
		"5 € Žž":  {"5 \xa4 \xb4\xb8", "iso-8859-15 ISO8859-15 latin9 latin-9 l9 8859-15"},
		"Ž Ą":     {"\xae \xa1", "iso-8859-2 latin2 ISO8859_2 iso-ir-101 csISOLatin2"},
		"日本":      {"\x93\xfa\x96\x7b", "Shift_JIS shift-jis sjis x-sjis SJIS ms_kanji windows-31j cp932 ms932 cp943"},
		"中文":      {"\xd6\xd0\xce\xc4", "gb2312 GB_2312-80 gbk cp936 x-gbk euc-cn gb18030 chinese"},
		"新聞":      {"\xb7\x73\xbb\x44", "big5 Big5-HKSCS big5_hkscs x-x-big5 cp950"},
		"한국":      {"\xc7\xd1\xb1\xb9", "euc-kr ks_c_5601-1987 KSC5601 cp949 uhc windows-949 korean"},
		"Çok şey": {"\xc7ok \xfeey", "iso-8859-9 latin5 windows-1254 cp1254 iso8859_9"},
	} {
		for _, label := range strings.Fields(c.labels) {
			if got, _ := titleOf(t, rssTitled("<?xml version='1.0' encoding='"+label+"'?>", c.bytes), ""); got != want {
				t.Errorf("%s: %q, want %q", label, got, want)
			}
		}
	}
}

// TestWideCharacters reads Unicode of two and four bytes in every order, with
// a byte order mark and without, and whatever the declaration says.
func TestWideCharacters(t *testing.T) {
	const want = "Ünïcode 😀 €"
	for name, c := range map[string]struct {
		order []int // where the bytes of a number are, the highest first
	}{
		"UTF-16BE": {[]int{0, 1}}, "UTF-16LE": {[]int{1, 0}},
		"UTF-32BE": {[]int{0, 1, 2, 3}}, "UTF-32LE": {[]int{3, 2, 1, 0}}, "UCS-4 2143": {[]int{1, 0, 3, 2}}, "UCS-4 3412": {[]int{2, 3, 0, 1}},
	} {
		for _, declaration := range []string{"", "<?xml version='1.0'?>", "<?xml version='1.0' encoding='utf-16'?>", "<?xml version='1.0' encoding='utf-8'?>", "<?xml version='1.0' encoding='iso-8859-1'?>", "<?xml version='1.0' encoding='utf-32be'?>"} {
			for _, mark := range []string{"", "\uFEFF", "\uFEFF\uFEFF"} {
				body := wide(mark+string(rssTitled(declaration, want)), c.order)
				for _, contentType := range []string{"", "text/xml; charset=utf-8", "application/xml; charset=utf-16"} {
					if got, warnings := titleOf(t, body, contentType); got != want || warnings != nil {
						t.Errorf("%s, mark %q, %q, %q: %q, %q", name, mark, declaration, contentType, got, warnings)
					}
				}
			}
		}
	}
}

// wide writes a text in numbers of two or four bytes.
func wide(s string, order []int) []byte {
	var out []byte
	number := func(n rune) {
		b := make([]byte, len(order))
		for i, at := range order {
			b[at] = byte(n >> (8 * (len(order) - 1 - i)))
		}
		out = append(out, b...)
	}
	for _, r := range s {
		if len(order) == 2 && r > 0xFFFF {
			number(0xD800 + (r-0x10000)>>10)
			number(0xDC00 + (r-0x10000)&0x3FF)
			continue
		}
		number(r)
	}
	return out
}

// TestWhichEncodingIsBelieved sets what a response says against what the
// document declares and against what its bytes show.
func TestWhichEncodingIsBelieved(t *testing.T) {
	const utf8, cyrillic, koi = "Café Привет", "\xcf\xf0\xe8\xe2\xe5\xf2", "\xf0\xd2\xc9\xd7\xc5\xd4"
	declared := func(label string) string { return "<?xml version='1.0' encoding='" + label + "'?>" }
	for name, c := range map[string]struct{ declaration, bytes, contentType, want string }{
		"UTF-8 without a word":             {"", utf8, "", utf8},
		"UTF-8 under another declaration":  {declared("iso-8859-1"), utf8, "", utf8},
		"UTF-8 under another charset":      {declared("utf-8"), utf8, "text/xml; charset=iso-8859-1", utf8},
		"UTF-8 as text without charset":    {"", utf8, "text/xml", utf8},
		"UTF-8 declared as UTF-16":         {declared("utf-16"), utf8, "", utf8},
		"UTF-8 with a mark":                {"\uFEFF" + declared("windows-1251"), utf8, "", utf8},
		"UTF-8 with two marks":             {"\uFEFF\uFEFF" + declared("utf-8"), utf8, "", utf8},
		"charset before declaration":       {declared("windows-1251"), koi, "text/xml; charset=koi8-r", "Привет"},
		"declaration without charset":      {declared("koi8-r"), koi, "application/rss+xml", "Привет"},
		"declaration, as text":             {declared("koi8-r"), koi, "text/xml", "Привет"},
		"declaration, as plain text":       {declared("koi8-r"), koi, "text/plain", "Привет"},
		"declaration, as octets":           {declared("koi8-r"), koi, "application/octet-stream", "Привет"},
		"charset of UTF-8 that is not":     {declared("windows-1251"), cyrillic, "text/xml; charset=utf-8", "Привет"},
		"unknown charset":                  {declared("windows-1251"), cyrillic, "text/xml; charset=nonsense", "Привет"},
		"unknown declaration":              {declared("nonsense"), cyrillic, "text/xml; charset=windows-1251", "Привет"},
		"impossible charset":               {declared("windows-1251"), cyrillic, "text/xml; charset=cp037", "Привет"},
		"mark of UTF-8, but another":       {"\uFEFF" + declared("windows-1251"), cyrillic, "", "Привет"},
		"declaration without quotes":       {"<?xml version='1.0' encoding=windows-1251?>", cyrillic, "", "Привет"},
		"declaration behind junk":          {"<br/>\n" + declared("windows-1251"), cyrillic, "", "Привет"},
		"declaration in capitals":          {declared("WINDOWS-1251"), cyrillic, "", "Привет"},
		"quoted charset":                   {"", cyrillic, `text/xml; charset="windows-1251"`, "Привет"},
		"single quotes":                    {"", cyrillic, `text/xml; charset='windows-1251'`, "Привет"},
		"charset without semicolon":        {"", cyrillic, `text/xml charset=windows-1251`, "Привет"},
		"charset with more behind":         {"", cyrillic, `text/xml; charset=windows-1251; version=1`, "Привет"},
		"capitals in the header":           {"", cyrillic, `TEXT/XML; CHARSET=Windows-1251`, "Привет"},
		"nonsense for a header":            {declared("windows-1251"), cyrillic, `;;;=text`, "Привет"},
		"seven bits":                       {declared("iso-2022-jp"), "\x1b$B%K%e!<%9\x1b(B", "", "ニュース"},
		"seven bits without a word":        {"", "\x1b$B%K%e!<%9\x1b(B", "", "ニュース"},
		"the control characters of Latin1": {declared("utf-8"), "it\u0092s \u0085", "", "it’s …"},
		"references to them":               {declared("utf-8"), "it&#146;s &#x85;", "", "it’s …"},
		"encoded twice":                    {declared("utf-8"), "CafÃ© â€“ itâ€™s Ã¼ber", "", "Café – it’s über"},
		"encoded once":                     {declared("utf-8"), "Ã© and ü", "", "Ã© and ü"},
		"a capital in front of a dot":      {declared("utf-8"), "IRMÃ…", "", "IRMÃ…"},
	} {
		if got, warnings := titleOf(t, rssTitled(c.declaration, c.bytes), c.contentType); got != c.want || warnings != nil {
			t.Errorf("%s: %q, %q, want %q", name, got, warnings, c.want)
		}
	}
}

// TestABadByteCostsACharacter damages texts in one place.
func TestABadByteCostsACharacter(t *testing.T) {
	for name, c := range map[string]struct{ label, bytes, want string }{
		"UTF-8":     {"utf-8", "Größe: äöü\xffß", "Größe: äöü\uFFFDß"},
		"UTF-8 cut": {"utf-8", "Größe: äöü\xe2\x82", "Größe: äöü\uFFFD"},
		"Shift_JIS": {"shift_jis", "\x93\xfa\x96\x7b\x93\xfa\x96\x7b\x93\xfa\x96\x7b\x93\xfa\x96\x7b\x93\xfa\x96\x7b\x93\xfa\x96\x7b\xff!", "日本日本日本日本日本日本\uFFFD!"},
		"EUC-KR":    {"euc-kr", "\xc7\xd1\xb1\xb9\xc7\xd1\xb1\xb9\xc7\xd1\xb1\xb9\xc7\xd1\xb1\xb9\xc7\xd1\xb1\xb9\xc7\xd1\xb1\xb9\xff!", "한국한국한국한국한국한국\uFFFD!"},
	} {
		got, warnings := titleOf(t, rssTitled("<?xml version='1.0' encoding='"+c.label+"'?>", c.bytes), "")
		if got != c.want || len(warnings) != 1 {
			t.Errorf("%s: %q, %q, want %q and a warning", name, got, warnings, c.want)
		}
	}
}

// TestUndeclaredEncodings reads documents that say nothing of theirs.
func TestUndeclaredEncodings(t *testing.T) {
	for want, title := range map[string]string{
		"Größere Übung für müde Jungen": "Gr\xf6\xdfere \xdcbung f\xfcr m\xfcde Jungen",
		"It’s a “quoted” café":          "It\x92s a \x93quoted\x94 caf\xe9",
		"Новости города за сегодня":     "\xcd\xee\xe2\xee\xf1\xf2\xe8 \xe3\xee\xf0\xee\xe4\xe0 \xe7\xe0 \xf1\xe5\xe3\xee\xe4\xed\xff",
		"これは日本語のニュースです":                 "\x82\xb1\x82\xea\x82\xcd\x93\xfa\x96{\x8c\xea\x82\xcc\x83j\x83\x85\x81[\x83X\x82\xc5\x82\xb7",
		"今天的新闻来自北京":                     "\xbd\xf1\xcc\xec\xb5\xc4\xd0\xc2\xce\xc5\xc0\xb4\xd7\xd4\xb1\xb1\xbe\xa9",
	} {
		got, warnings := titleOf(t, rssTitled("<?xml version='1.0'?>", title), "text/xml")
		if got != want || len(warnings) != 1 {
			t.Errorf("%q, %q, want %q and a warning", got, warnings, want)
		}
	}
}
