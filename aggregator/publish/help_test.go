package publish_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
)

// decoders undo the codings under which pages are served.
var decoders = map[string]func(testing.TB, []byte) []byte{
	"gzip": func(t testing.TB, coded []byte) []byte {
		r, err := gzip.NewReader(bytes.NewReader(coded))
		return everything(t, r, err)
	},
	"br": func(t testing.TB, coded []byte) []byte {
		return everything(t, brotli.NewReader(bytes.NewReader(coded)), nil)
	},
	"zstd": func(t testing.TB, coded []byte) []byte {
		r, err := zstd.NewReader(bytes.NewReader(coded), zstd.WithDecoderMaxWindow(8<<20))
		return everything(t, r, err)
	},
}

func everything(t testing.TB, r io.Reader, err error) []byte {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func equal[T any](t testing.TB, what string, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}
