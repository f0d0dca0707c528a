package fetch

import (
	"errors"
	"io"
	"net"
	"strconv"
	"strings"
	"syscall"
	"unicode"
	"unicode/utf8"
)

// maxText bounds the text of an error: servers have a say in some of it.
const maxText = 300

// failure is a failed exchange in one line for people.
type failure struct {
	text       string
	cause      error
	unanswered bool // no status came
}

func (f *failure) Error() string { return f.text }
func (f *failure) Unwrap() error { return f.cause }

// Unanswered reports whether an error of Get says that no HTTP status came:
// the name was not found, or the server could not be reached, was not the one
// that TLS asks for, hung up, or said nothing in time. It is false where the
// server did answer, where the visit was refused here, and where ctx ended it.
func Unanswered(err error) bool {
	var f *failure
	return errors.As(err, &f) && f.unanswered
}

// Blocked reports whether an error of Get says that a connection was refused
// here: to an address that is private, or a port that is not customary.
func Blocked(err error) bool { return errors.As(err, new(*blockedError)) }

// explain gives an error of an exchange its line.
func explain(err error, answered bool) error {
	var (
		status  *StatusError
		blocked *blockedError
		lookup  *net.DNSError
		op      *net.OpError
		errno   syscall.Errno
	)
	text := err.Error()
	switch {
	case errors.As(err, &status):
		return status
	case errors.As(err, &blocked):
		return blocked
	case errors.As(err, &lookup):
		text = "lookup " + lookup.Name + ": " + lookup.Err
	case errors.As(err, &op) && op.Addr != nil && errors.As(err, &errno):
		text = op.Op + " " + op.Addr.String() + ": " + errno.Error()
	case errors.Is(err, io.EOF):
		text = "connection closed without an answer"
	}
	return &failure{text: clean(text), cause: err, unanswered: !answered}
}

// clean returns s short and with nothing in it that a terminal would obey.
func clean(s string) string {
	var b strings.Builder
	for _, r := range shorten(s) {
		if unicode.IsPrint(r) {
			b.WriteRune(r)
			continue
		}
		quoted := strconv.QuoteRune(r)
		b.WriteString(quoted[1 : len(quoted)-1])
	}
	return b.String()
}

func shorten(s string) string {
	if len(s) <= maxText {
		return s
	}
	cut := maxText
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}
