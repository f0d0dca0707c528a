package publish_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"newsfeed/aggregator/publish"
	"newsfeed/storage"
)

// spoil puts s at the end of every string in v.
func spoil(v reflect.Value, s string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(v.String() + s)
	case reflect.Pointer:
		if !v.IsNil() {
			spoil(v.Elem(), s)
		}
	case reflect.Slice:
		for i := range v.Len() {
			spoil(v.Index(i), s)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				spoil(v.Field(i), s)
			}
		}
	}
}

func TestC01_NoIllegalCharacterPasses(t *testing.T) {
	for name, bad := range map[string]string{
		"controls": "\x00\x01\x08\x0b\x0c\x0e\x1f", "noncharacters": "\uFFFE\uFFFF", "no UTF-8": "\xff\xc3\xed\xa0\x80",
		"end of CDATA": "]]>", "markup": `<x y="`, "entity": "&nosuch;",
	} {
		t.Run(name, func(t *testing.T) {
			m := fixture()
			spoil(reflect.ValueOf(m.entries), bad)
			spoil(reflect.ValueOf(&m.settings.Feed.Title).Elem(), bad)
			for i := range m.sources {
				spoil(reflect.ValueOf(&m.sources[i].Title).Elem(), bad)
				spoil(reflect.ValueOf(&m.sources[i].State.About).Elem(), bad)
			}
			for i := range m.entries { // these refer to records that keep their names
				m.entries[i].Source = strings.TrimSuffix(m.entries[i].Source, bad)
			}
			for _, f := range publish.Formats() {
				out, err := publish.Render(t.Context(), m, publish.Selection{}, f)
				if err != nil {
					t.Fatal(err)
				}
				wellFormed(t, f, out.Body)
				if name != "no UTF-8" && bytes.ContainsRune(out.Body, utf8.RuneError) {
					t.Errorf("%s holds a replacement character", f)
				}
			}
		})
	}
}

// wellFormed checks that a document can be read to its end.
func wellFormed(t *testing.T, f publish.Format, body []byte) {
	t.Helper()
	if !utf8.Valid(body) {
		t.Errorf("%s is not UTF-8", f)
	}
	if f == publish.JSON {
		if !json.Valid(body) {
			t.Error("json is not valid")
		}
		return
	}
	for dec := xml.NewDecoder(bytes.NewReader(body)); ; {
		_, err := dec.Token()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Errorf("%s is not well-formed: %v", f, err)
			return
		}
	}
}

func FuzzRender(f *testing.F) {
	f.Add("Title", "<p>Summary</p>", "<p>Content</p>", "Ann", "https://img.example/a.jpg?x=1", "en")
	f.Add("", "a <b", "]]>", "\x00", "https://%zz", "x\ufffe")
	f.Add(" \n", "&#0;<!-- > -->", `<img alt=">`, "a@b", "?", "-")
	f.Fuzz(func(t *testing.T, title, summary, content, author, address, language string) {
		m := one(func(e *storage.Entry) {
			e.Title, e.Summary, e.Content, e.Language = title, summary, content, language
			e.Authors = []storage.Person{{Name: author, Email: author, URL: address}}
			e.Categories, e.Rights, e.Comments = []string{author}, title, address
			e.Media = []storage.Media{{URL: address, Type: language, Medium: storage.Image, Title: title, Caption: summary, Credit: author}}
			e.Origin = &storage.Origin{ID: title, Title: summary, URL: address, Link: address}
		})
		m.sources[0].Title = author
		for _, format := range publish.Formats() {
			a, err := publish.Render(t.Context(), m, publish.Selection{}, format)
			if err != nil {
				t.Fatal(err)
			}
			wellFormed(t, format, a.Body)
			b, err := publish.Render(t.Context(), m, publish.Selection{}, format)
			if err != nil || !bytes.Equal(a.Body, b.Body) {
				t.Errorf("%s differs at the second time: %v", format, err)
			}
		}
	})
}
