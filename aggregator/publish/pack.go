package publish

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"sync"
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
	zstdLevel   = zstd.SpeedBetterCompression
)

// zstdWindow is how far back zstd looks for what it has seen: over most feeds
// whole. HTTP clients must know windows up to 8 MiB (RFC 9659), but the encoder
// keeps two of them.
const zstdWindow = 1 << 20

// packer makes renderings of bodies. It is not safe for concurrent use.
type packer struct {
	*encoders
	known map[string]Rendering // packed before, by tag
}

// encoders are kept and used again, because their tables are larger than most
// feeds.
type encoders struct {
	brotli *matchfinder.Writer
	gzip   *gzip.Writer
	zstd   *zstd.Encoder
}

func newEncoders() *encoders {
	gz, err := gzip.NewWriterLevel(io.Discard, gzipLevel)
	if err != nil {
		panic(err) // there is no such level
	}
	zs, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstdLevel), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(zstdWindow))
	if err != nil {
		panic(err) // there is no such window
	}
	return &encoders{brotli: brotli.NewWriterV2(io.Discard, brotliLevel), gzip: gz, zstd: zs}
}

// newPacker returns a packer that takes what it finds in the pages over from
// them, rather than to compress the same bytes again.
func newPacker(before ...*page) packer { return newEncoders().packer(before...) }

func (e *encoders) packer(before ...*page) packer {
	p := packer{encoders: e, known: map[string]Rendering{}}
	for _, g := range before {
		if g != nil {
			p.known[g.ETag] = g.Rendering
		}
	}
	return p
}

// packers keeps encoders that are not in use, as long as memory is not needed
// for something else.
type packers struct{ idle sync.Pool }

func (s *packers) get(before ...*page) packer {
	if e, ok := s.idle.Get().(*encoders); ok {
		return e.packer(before...)
	}
	return newPacker(before...)
}

func (s *packers) put(p packer) { s.idle.Put(p.encoders) }

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
	r.coded[codingZstd] = bytes.Clone(p.zstd.EncodeAll(body, make([]byte, 0, len(body)/3)))
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
	out := bytes.NewBuffer(make([]byte, 0, len(body)/3))
	c.Reset(out)
	_, err := c.Write(body)
	if err == nil {
		err = c.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	return bytes.Clone(out.Bytes()), nil
}
