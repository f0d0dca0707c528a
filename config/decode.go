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
	dec := toml.NewDecoder(bytes.NewReader(w.sound())).DisallowUnknownFields()
	if err := dec.Decode(target); err != nil {
		r.undecodable(file, err)
		return false
	}
	return complete
}

// preset sets the keys of sources and views whose default is not the zero
// value and which no file has.
func (r *report) preset(c *Config) {
	for i := range c.Sources {
		s, key := &c.Sources[i], sourceKey(i)
		for name, value := range map[string]*bool{"verify_tls": &s.VerifyTLS, "http2": &s.HTTP2, "enabled": &s.Enabled} {
			if !r.has(key + "." + name) {
				*value = true
			}
		}
		s.Format = cmp.Or(s.Format, "auto")
	}
	for i := range c.Views {
		if !r.has(viewKey(i) + ".limit") {
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

func sourceKey(i int) string { return element("source", i+1) }

func viewKey(i int) string { return element("view", i+1) }
