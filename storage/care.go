package storage

import (
	"context"
	"io"
)

// A store may have the abilities below beside those of Store; who needs one
// asks for it by type assertion. All of them read the store as it was after
// some commit, while commits go on, and are safe for concurrent use.

// Verifier is the ability of a store to check itself.
type Verifier interface {
	// Verify checks all that is stored, and tells found of each fault in one
	// line. The error says why it could not be checked to the end.
	Verify(ctx context.Context, found func(fault string)) error
}

// Copier is the ability of a store to write a copy of itself.
type Copier interface {
	// Copy writes the file of a store with all that is in this one, and returns
	// its length. What w takes long for the store pays for in space, so w must
	// not wait without end.
	Copy(ctx context.Context, w io.Writer) (int64, error)
}

// Measurer is the ability of a store to say what takes up its space.
type Measurer interface {
	// Figures counts it, which takes a read of the whole store.
	Figures(ctx context.Context) (Figures, error)
}

// Figures say what takes up the space of a store.
type Figures struct {
	Schema  int      // version of the layout
	File    int64    // bytes, the parts below included
	Free    int64    // bytes of File to be used again
	Page    int      // bytes
	Buckets []Bucket // by name
}

// Bucket is a part of a store: values of one kind by their keys.
type Bucket struct {
	Name  string
	Keys  int
	Bytes int64 // of keys and values, with what it takes to find them
	Pages int64 // bytes of the pages that hold them
	Depth int   // pages to read for one key; 0: the page that names the bucket holds them
}
