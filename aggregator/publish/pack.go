package publish

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/andybalholm/brotli/matchfinder"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"newsfeed/storage"
)

// The levels are where smaller begins to cost much more than it saves: see
// BenchmarkCoding.
const (
	gzipLevel   = 6
	brotliLevel = 4
	zstdLevel   = zstd.SpeedDefault
)

// zstdWindow is the greatest window that HTTP clients must know: RFC 9659.
const zstdWindow = 8 << 20

// packer makes renderings of bodies. It is reused because its tables are
// larger than most feeds; it is not safe for concurrent use.
type packer struct {
	brotli *matchfinder.Writer
	gzip   *gzip.Writer
	zstd   *zstd.Encoder
	known  map[string]Rendering // packed before, by tag
}

// newPacker returns a packer that takes what it finds in the pages over from
// them, rather than to compress the same bytes again.
func newPacker(before ...*page) packer {
	gz, err := gzip.NewWriterLevel(io.Discard, gzipLevel)
	if err != nil {
		panic(err) // there is no such level
	}
	zs, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstdLevel), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(zstdWindow))
	if err != nil {
		panic(err) // there is no such window
	}
	p := packer{brotli: brotli.NewWriterV2(io.Discard, brotliLevel), gzip: gz, zstd: zs, known: map[string]Rendering{}}
	for _, g := range before {
		if g != nil {
			p.known[g.ETag] = g.Rendering
		}
	}
	return p
}

// seal makes a rendering of a body, which is not compressed.
func seal(body []byte, contentType string, modified time.Time) Rendering {
	sum := sha256.Sum256(body)
	r := Rendering{Body: body, ContentType: contentType, LastModified: modified, digest: storage.Digest(sum[:])}
	r.ETag = `W/"` + hex.EncodeToString(r.digest[:]) + `"`
	return r
}

// pack makes a rendering of a body in every coding.
func (p packer) pack(body []byte, contentType string, modified time.Time) (Rendering, error) {
	r := seal(body, contentType, modified)
	if same, ok := p.known[r.ETag]; ok {
		r.Body, r.coded = same.Body, same.coded
		return r, nil
	}
	r.coded[codingZstd] = p.zstd.EncodeAll(body, nil)
	var err error
	if r.coded[codingBrotli], err = compress(p.brotli, body); err != nil {
		return Rendering{}, err
	}
	if r.coded[codingGzip], err = compress(p.gzip, body); err != nil {
		return Rendering{}, err
	}
	return r, nil
}

// compressor is a writer of compressed data that can be used again.
type compressor interface {
	io.WriteCloser
	Reset(io.Writer)
}

func compress(c compressor, body []byte) ([]byte, error) {
	var out bytes.Buffer
	c.Reset(&out)
	_, err := c.Write(body)
	if err == nil {
		err = c.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	return bytes.Clone(out.Bytes()), nil
}
