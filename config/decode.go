package config

import (
	"bytes"
	"cmp"
	"errors"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// decode reads text into c and reports what of it cannot be read. It returns
// false when c was left too incomplete to be judged further.
//
// The library's decoder stops at the first value that it cannot use. So the
// text is walked first: every key and value for which c has no place is
// reported and blanked, and the decoder gets only what is sound.
func (r *report) decode(text []byte, c *Config) bool {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	w := newWalk(r, text)
	if !w.run() {
		var ignored any
		r.undecodable(toml.Unmarshal(text, &ignored))
		return false
	}
	dec := toml.NewDecoder(bytes.NewReader(w.sound())).DisallowUnknownFields()
	if err := dec.Decode(c); err != nil {
		r.undecodable(err)
		return false
	}
	for i := range c.Sources {
		s := &c.Sources[i]
		for name, value := range map[string]*bool{"verify_tls": &s.VerifyTLS, "http2": &s.HTTP2, "enabled": &s.Enabled} {
			if _, set := r.places[sourceKey(i)+"."+name]; !set {
				*value = true
			}
		}
		s.Format = cmp.Or(s.Format, "auto")
	}
	return true
}

// undecodable reports an error of the library.
func (r *report) undecodable(err error) {
	p := Problem{File: r.file, Message: strings.TrimPrefix(err.Error(), "toml: ")}
	var decode *toml.DecodeError
	if errors.As(err, &decode) {
		p.Line, p.Column = decode.Position()
		p.Key = strings.Join(decode.Key(), ".")
	}
	r.add(p)
}

func sourceKey(i int) string { return element("source", i+1) }
