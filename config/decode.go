package config

import (
	"bytes"
	"cmp"
	"errors"
	"reflect"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// decode reads the text of a file into target, a pointer to a struct, and
// reports what of it cannot be read. It returns false when target was left too
// incomplete to be judged further.
//
// The library's decoder stops at the first value that it cannot use. So the
// text is walked first: every key and value for which target has no place is
// reported and blanked, and the decoder gets only what is sound.
func (r *report) decode(file string, text []byte, target any) bool {
	r.order[file] = len(r.order)
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	if !r.checkEncoding(file, text) {
		return false
	}
	w := newWalk(r, file, text, fieldsOf(reflect.TypeOf(target).Elem()))
	complete := w.run()
	w.reserve(reflect.ValueOf(target).Elem())
	dec := toml.NewDecoder(bytes.NewReader(w.sound())).DisallowUnknownFields()
	if err := dec.Decode(target); err != nil {
		r.undecodable(file, err)
		return false
	}
	return complete
}

// reserve makes room for the lists of tables that the text has, which the
// library's decoder would copy again and again.
func (w *walk) reserve(target reflect.Value) {
	for field, value := range target.Fields() {
		if n := w.elements[field.Tag.Get("toml")]; n > 0 {
			value.Set(reflect.MakeSlice(field.Type, 0, n))
		}
	}
}

// preset sets the keys of sources and views whose default is not the zero
// value and which no file has.
func (r *report) preset(c *Config) {
	for i := range c.Sources {
		s, t := &c.Sources[i], r.source(i)
		s.VerifyTLS = s.VerifyTLS || !t.has("verify_tls")
		s.HTTP2 = s.HTTP2 || !t.has("http2")
		s.Enabled = s.Enabled || !t.has("enabled")
		s.Format = cmp.Or(s.Format, "auto")
	}
	for i := range c.Views {
		if !r.view(i).has("limit") {
			c.Views[i].Limit = defaultLimit
		}
	}
}

// undecodable reports an error of the library.
func (r *report) undecodable(file string, err error) {
	p := Problem{File: file, Message: strings.TrimPrefix(err.Error(), "toml: ")}
	var decode *toml.DecodeError
	if errors.As(err, &decode) {
		p.Line, p.Column = decode.Position()
		p.Key = strings.Join(decode.Key(), ".")
	}
	r.add(p)
}
