package parse

import (
	"bytes"
	"testing"
	"unicode/utf8"
)

// FuzzDecode shows that whatever comes is made UTF-8, always in the same way,
// and is not many times as long.
func FuzzDecode(f *testing.F) {
	for _, body := range []string{
		"<rss/>", "\xef\xbb\xbf<a>\xc3\xa9", "\xfe\xff\x00<\x00a", "<\x00\x00\x00a\x00\x00\x00>\x00\x00\x00", "\x00\x00\x00<\x00\x00\x00a",
		"<?xml encoding='shift_jis'?><a>\x93\xfa\x96\x7b", "<?xml encoding='johab'?>\x88\x61\xd9\x31", "<?xml encoding='hz'?>~{VPND~}", "\x1b$)C\x0eGQ\x0f\x1b$B%K\x1b(I1\x1b(B",
		"\x4c\x6f\xa7\x94\x93\x6f", "CafÃ©", "a\xc2\x92\xc2", "\xf6\xdf", "<?xml encoding='cp864'?>\xe5", "\xd8\x3d\xde\x00\xdc",
	} {
		for _, contentType := range []string{"", "text/xml; charset=utf-8", "text/xml;charset='koi8-r'", "x; charset=cp037", "charset=iso-2022-kr"} {
			f.Add([]byte(body), contentType)
		}
	}
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		text, _ := decode(bytes.Clone(body), contentType)
		if !utf8.Valid(text) {
			t.Errorf("not UTF-8: %q", text)
		}
		if len(text) > 3*len(body)+utf8.UTFMax {
			t.Errorf("%d bytes out of %d", len(text), len(body))
		}
		again, _ := decode(bytes.Clone(body), contentType)
		if !bytes.Equal(text, again) {
			t.Errorf("%q, and %q the next time", text, again)
		}
		if once := undoubled(string(text)); !utf8.ValidString(once) {
			t.Errorf("%q is UTF-8, %q is not", text, once)
		}
	})
}
