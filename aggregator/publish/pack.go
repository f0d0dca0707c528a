package publish

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"time"

	"github.com/klauspost/compress/gzip"
)

// gzipLevel is where smaller begins to cost more than it saves: see
// BenchmarkGzip.
const gzipLevel = 6

// packer makes renderings of bodies. It is reused because its tables are
// larger than most feeds; it is not safe for concurrent use.
type packer struct{ gzip *gzip.Writer }

func newPacker() packer {
	w, err := gzip.NewWriterLevel(io.Discard, gzipLevel)
	if err != nil {
		panic(err) // there is no such level
	}
	return packer{gzip: w}
}

func (p packer) pack(body []byte, contentType string, modified time.Time) (Rendering, error) {
	sum := sha256.Sum256(body)
	out := Rendering{
		Body:         body,
		ContentType:  contentType,
		ETag:         `W/"` + hex.EncodeToString(sum[:16]) + `"`,
		LastModified: modified,
	}
	compressed := bytes.NewBuffer(make([]byte, 0, len(body)/3))
	p.gzip.Reset(compressed)
	if _, err := p.gzip.Write(body); err != nil {
		return Rendering{}, fmt.Errorf("compress: %w", err)
	}
	if err := p.gzip.Close(); err != nil {
		return Rendering{}, fmt.Errorf("compress: %w", err)
	}
	out.Gzip = compressed.Bytes()
	return out, nil
}
