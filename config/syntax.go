package config

import (
	"bytes"
	"cmp"
	"errors"
	"reflect"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2/unstable"
)

// maxSyntax is how many places of a file are reported that are no TOML: after
// so many it is a file of another kind.
const maxSyntax = 20

var (
	headerLine = regexp.MustCompile(`^\s*\[{1,2}\s*[\w-]+(\s*\.\s*[\w-]+)*\s*\]{1,2}\s*(#.*)?$`)
	keyLine    = regexp.MustCompile(`^\s*[\w-]+(\s*\.\s*[\w-]+)*\s*=`)
	firstWord  = regexp.MustCompile(`^\[*\s*([\w-]+(\s*\.\s*[\w-]+)*)`)
)

// checkEncoding reports the first place of a text that is not UTF-8.
func (r *report) checkEncoding(file string, text []byte) bool {
	if utf8.Valid(text) {
		return true
	}
	wide := bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff"))
	table := ""
	for line := 1; len(text) > 0; line++ {
		var part []byte
		part, text, _ = bytes.Cut(text, []byte("\n"))
		switch {
		case headerLine.Match(part):
			table = keyOf("", string(part))
		case !utf8.Valid(part):
			message := "has a character that is not UTF-8; save the file as UTF-8"
			if wide {
				message = "is in UTF-16; save the file as UTF-8"
			}
			r.add(Problem{File: file, Line: line, Column: 1, Key: keyOf(table, string(part)), Message: message})
			return false
		}
	}
	return true
}

// skip reports the place at which the text is no TOML, and goes on after it. It
// reports false when more may be lost than the value of one key.
func (w *walk) skip(err error) bool {
	var parse *unstable.ParserError
	if !errors.As(err, &parse) {
		w.add(Problem{File: w.file, Message: err.Error()})
		w.done = len(w.text)
		w.parser.Reset(nil)
		return false
	}
	at := int(w.parser.Range(parse.Highlight).Offset)
	start := min(w.statement(), at)
	where := w.position(at)
	begin := w.position(start)
	text := string(w.text[start:])
	key := keyOf(w.table, text)
	end := w.resume(begin.line, where.line)
	if strings.HasPrefix(text, "[") {
		key = keyOf("", text)
		w.endRefused(w.lines[begin.line-1])
		w.refused = start
	} else {
		w.blank(start, end)
	}
	t, known := w.fields.of(bare(key))
	oneLine := begin.line == where.line
	if !oneLine {
		where = begin // what was begun there has no end
	}
	w.reportAt(where, key, syntaxMessage(parse.Message, bare(key), text, t))
	rest := bytes.Clone(w.text)
	whiten(rest[:end])
	w.parser.Reset(rest)
	w.done = end
	if strings.HasPrefix(text, "[") {
		return false
	}
	return oneLine && known || w.refused >= 0
}

// statement returns the offset at which what was read last has its successor.
func (w *walk) statement() int {
	for at := w.done; at < len(w.text); {
		rest := w.text[at:]
		trimmed := bytes.TrimLeft(rest, " \t\r\n")
		at += len(rest) - len(trimmed)
		if !bytes.HasPrefix(trimmed, []byte("#")) {
			return at
		}
		end := bytes.IndexByte(trimmed, '\n')
		if end < 0 {
			break
		}
		at += end
	}
	return len(w.text)
}

// resume returns the offset of the next line at which text can be read again
// after a statement that begins and is wrong at these lines: a table or, if no
// more than one line is lost, a key.
func (w *walk) resume(begin, wrong int) int {
	for line := begin + 1; line <= len(w.lines); line++ {
		from := w.lines[line-1]
		text, _, _ := bytes.Cut(w.text[from:], []byte("\n"))
		text = bytes.TrimSuffix(text, []byte("\r"))
		if headerLine.Match(text) || begin == wrong && keyLine.Match(text) {
			return from
		}
	}
	return len(w.text)
}

// keyOf returns the key or table that a statement begins with.
func keyOf(table, statement string) string {
	word := firstWord.FindStringSubmatch(statement)
	if word == nil {
		return table
	}
	name := table
	for part := range strings.SplitSeq(word[1], ".") {
		name = join(name, strings.TrimSpace(part))
	}
	return name
}

// remedies say what to write instead, by a part of what the parser says. KEY
// and VALUE stand for the key and an example of its values.
var remedies = []struct{ said, message string }{
	{"expected '=' after key", "is not TOML: there is no = after it; write KEY = VALUE"},
	{"start of key", "is not TOML: no key begins so; write a line as KEY = VALUE"},
	{"expected key but", "is not TOML: there is no key; write a line as KEY = VALUE"},
	{"expected value, not end", "has no value; write for example KEY = VALUE"},
	{"U+000A at start of value", "has no value; write for example KEY = VALUE"},
	{"U+0023 '#' at start of value", "has no value; write for example KEY = VALUE"},
	{"start of value", noValue},
	{"expected keyword", noValue},
	{"strings must be quoted", noValue},
	{"expected digit", noValue},
	{"leading zeroes", "is a number with zeroes before it; leave them out"},
	{"basic strings cannot have new lines", `has no closing quote in its line; write " at the end of the text`},
	{"literal strings cannot have new lines", "has no closing quote in its line; write ' at the end of the text"},
	{"unterminated basic string", `has no closing quote; write " at the end of the text`},
	{"unterminated literal string", "has no closing quote; write ' at the end of the text"},
	{"not terminated", "has no closing quotes; write three of them at the end of the text"},
	{"escape", noEscape},
	{"character after", noEscape},
	{"to close table name", "is not the name of a table; write [KEY]"},
	{"to close array table name", "is not the name of a list of tables; write [[KEY]]"},
	{"array", "is a list that does not end, or lacks a comma; write for example KEY = [\"a\", \"b\"]"},
	{"inline table", "is a table that does not end in its line, or lacks a comma; write { a = 1, b = 2 }"},
	{"U+000D", "has a lone carriage return; end each line with a line feed"},
	{"carriage return", "has a lone carriage return; end each line with a line feed"},
	{"expected newline", "is followed by something in its line; write each key in a line of its own, and # before a comment"},
	{"control characters", "has a control character; leave it out"},
}

const (
	noValue  = "is no value of TOML; write for example KEY = VALUE"
	noEscape = `has a \ that means nothing; write \\ for it, or put the text in single quotes: 'text'`
)

// syntaxMessage is what a person is told of an error of the parser in a
// statement about the key, whose values are of type t.
func syntaxMessage(said, key, statement string, t reflect.Type) string {
	_, last := split(key)
	fill := strings.NewReplacer("KEY", cmp.Or(last, "key"), "VALUE", sample(t))
	_, value, _ := strings.Cut(statement, "=")
	if strings.Contains(said, "expected newline") && strings.HasPrefix(sample(t), `"`) && strings.IndexAny(strings.TrimSpace(value), `"'`) != 0 {
		return fill.Replace(noValue) // an address or a date begins as a number does
	}
	for _, r := range remedies {
		if strings.Contains(said, r.said) {
			return fill.Replace(r.message)
		}
	}
	return "is not TOML: " + said + fill.Replace("; write lines such as KEY = VALUE")
}

// sample is a value as it stands in a file, of type t or of a key that is not
// known.
func sample(t reflect.Type) string {
	switch {
	case t == nil:
		return `"text"`
	case t == reflect.TypeFor[Duration]():
		return `"15m"`
	case t == reflect.TypeFor[Size]():
		return `"15MiB"`
	case t.Kind() == reflect.Int:
		return "64"
	case t.Kind() == reflect.Float64:
		return "0.25"
	case t.Kind() == reflect.Bool:
		return "true"
	case t.Kind() == reflect.Slice:
		return `["text"]`
	case isTable(t):
		return "{ }"
	}
	return `"text"`
}

// whiten puts a blank in the place of each byte, and keeps the lines.
func whiten(text []byte) {
	for i, c := range text {
		if c != '\n' {
			text[i] = ' '
		}
	}
}
