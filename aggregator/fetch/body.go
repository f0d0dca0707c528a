package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

const (
	maxMembers = 100     // of one gzip body
	maxRatio   = 200     // of inflated to sent bytes; feeds reach about 30
	minRatioed = 1 << 20 // inflated bytes below which the ratio does not matter
	firstGrow  = 1 << 20 // most that is reserved on the server's word
)

// readBody returns the whole decoded body and its size on the wire, which it
// knows also of one that cannot be read to its end.
func readBody(r *http.Response, limit int64) ([]byte, int64, error) {
	if r.ContentLength > limit {
		return nil, 0, overError(limit)
	}
	wire := &meter{from: r.Body, limit: limit}
	var body []byte
	var err error
	switch coding := contentCoding(r.Header); coding {
	case "":
		// Without room behind it a buffer grows to learn that nothing follows.
		b := bytes.NewBuffer(make([]byte, 0, min(max(r.ContentLength, 0), firstGrow)+bytes.MinRead))
		_, err = b.ReadFrom(wire)
		body = b.Bytes()
	case "gzip", "x-gzip":
		body, err = gunzip(wire, limit)
	default:
		err = fmt.Errorf("content encoding %q was not asked for", shorten(coding))
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = fmt.Errorf("body ended early, after %d bytes", wire.n)
	}
	if err != nil {
		return nil, wire.n, err
	}
	unzipped, err := Unzip(body, limit)
	if err == nil && bloated(len(unzipped), wire.n) {
		err = fmt.Errorf("body inflates more than %d-fold", maxRatio)
	}
	return unzipped, wire.n, err
}

// watch returns the body with a watch on it that calls stop when nothing of it
// comes for too long.
func watch(body io.ReadCloser, stop context.CancelCauseFunc) io.ReadCloser {
	stalled := func() { stop(fmt.Errorf("body stalled for %v", bodyTimeout)) }
	return watched{body, time.AfterFunc(bodyTimeout, stalled)}
}

type watched struct {
	io.ReadCloser
	alarm *time.Timer
}

func (w watched) Read(p []byte) (int, error) {
	n, err := w.ReadCloser.Read(p)
	w.alarm.Reset(bodyTimeout)
	return n, err
}

func (w watched) Close() error {
	w.alarm.Stop()
	return w.ReadCloser.Close()
}

func bloated(inflated int, sent int64) bool {
	return inflated > minRatioed && int64(inflated) > maxRatio*sent
}

// Unzip returns the content of a gzip file, such as a sitemap.xml.gz, and any
// other body as it is. It fails when the content is over limit bytes, or
// inflates like none that is honest.
func Unzip(body []byte, limit int64) ([]byte, error) {
	if !bytes.HasPrefix(body, []byte("\x1f\x8b\x08")) {
		return body, nil
	}
	content, err := gunzip(bytes.NewReader(body), limit)
	if err != nil {
		return nil, fmt.Errorf("gzip file: %w", err)
	}
	if bloated(len(content), int64(len(body))) {
		return nil, fmt.Errorf("gzip file inflates more than %d-fold", maxRatio)
	}
	return content, nil
}

// contentCoding returns the coding that must be undone, or "". Some servers
// write a charset or "none" in its place; the body is then as it should be.
func contentCoding(h http.Header) string {
	coding := strings.ToLower(strings.Join(h.Values("Content-Encoding"), ", "))
	switch coding {
	case "identity", "none", "utf-8", "utf8":
		return ""
	}
	return coding
}

// meter counts what is read and fails above its limit.
type meter struct {
	from  io.Reader
	n     int64
	limit int64
}

func (m *meter) Read(p []byte) (int, error) {
	n, err := m.from.Read(p)
	m.n += int64(n)
	if m.n > m.limit {
		return 0, overError(m.limit)
	}
	return n, err
}

func overError(limit int64) error {
	switch {
	case limit%(1<<20) == 0:
		return fmt.Errorf("body over %d MiB", limit>>20)
	case limit%(1<<10) == 0:
		return fmt.Errorf("body over %d KiB", limit>>10)
	}
	return fmt.Errorf("body over %d bytes", limit)
}
