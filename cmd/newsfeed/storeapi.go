package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"newsfeed/storage"
)

// What takes a read of the whole store answers before it begins, so that an
// error on the way is a part of the answer.

// verificationJSON is what store verify has found.
type verificationJSON struct {
	Found   int      `json:"found"`  // faults
	Faults  []string `json:"faults"` // the first of them
	Entries int      `json:"entries"`
	Stories int      `json:"stories"`
	Sources int      `json:"sources"`
	Bytes   int64    `json:"bytes"`
	Error   string   `json:"error"` // why it broke off
}

// figuresJSON are the figures of store stats. Sizes are in bytes.
type figuresJSON struct {
	Schema  int          `json:"schema"`
	File    int64        `json:"file"`
	Free    int64        `json:"free"` // of File
	Page    int          `json:"page"`
	Entries int          `json:"entries"`
	Stories int          `json:"stories"`
	Sources int          `json:"sources"`
	Buckets []bucketJSON `json:"buckets"`
	Error   string       `json:"error"` // why it broke off
}

type bucketJSON struct {
	Name  string `json:"name"`
	Keys  int    `json:"keys"`
	Bytes int64  `json:"bytes"`
	Pages int64  `json:"pages"` // that hold it
	Depth int    `json:"depth"`
}

// maxFaults is the number of faults that are told.
const maxFaults = 100

// verifyStore answers what is wrong with the store.
func (a api) verifyStore(w http.ResponseWriter, r *http.Request) {
	verifier, ok := a.store.(storage.Verifier)
	if !ok {
		fail(w, badRequest("this store cannot check itself"))
		return
	}
	begin(w, "application/json")
	_ = json.NewEncoder(w).Encode(newVerification(r.Context(), verifier, a.store))
}

// begin begins an answer that takes its time.
func begin(w http.ResponseWriter, contentType string) {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(http.StatusOK)
	control := http.NewResponseController(w)
	_ = control.SetWriteDeadline(time.Time{})
	_ = control.Flush()
}

func newVerification(ctx context.Context, verifier storage.Verifier, store storage.Reader) verificationJSON {
	v := verificationJSON{Faults: []string{}}
	err := verifier.Verify(ctx, func(fault string) {
		if v.Found++; v.Found <= maxFaults {
			v.Faults = append(v.Faults, fault)
		}
	})
	stats, statsErr := store.Stats(ctx)
	if v.Found == 0 {
		err = errors.Join(err, statsErr)
	}
	if err != nil {
		v.Error = err.Error()
	}
	v.Entries, v.Stories, v.Sources, v.Bytes = stats.Entries, stats.Stories, stats.Sources, stats.Bytes
	return v
}

// storeFigures answers what takes up the space of the store.
func (a api) storeFigures(w http.ResponseWriter, r *http.Request) {
	measurer, ok := a.store.(storage.Measurer)
	if !ok {
		fail(w, badRequest("this store cannot measure itself"))
		return
	}
	begin(w, "application/json")
	out, err := newFigures(r.Context(), measurer, a.store)
	if err != nil {
		out.Error = err.Error()
	}
	_ = json.NewEncoder(w).Encode(out)
}

func newFigures(ctx context.Context, measurer storage.Measurer, store storage.Reader) (figuresJSON, error) {
	figures, err := measurer.Figures(ctx)
	if err != nil {
		return figuresJSON{}, err
	}
	stats, err := store.Stats(ctx)
	out := figuresJSON{
		Schema: figures.Schema, File: figures.File, Free: figures.Free, Page: figures.Page,
		Entries: stats.Entries, Stories: stats.Stories, Sources: stats.Sources, Buckets: []bucketJSON{},
	}
	for _, b := range figures.Buckets {
		out.Buckets = append(out.Buckets, bucketJSON(b))
	}
	return out, err
}

// copyStore answers with a copy of the store, at no more than rate bytes a
// second. Who takes it too slowly is cut off.
func (a api) copyStore(w http.ResponseWriter, r *http.Request) {
	copier, ok := a.store.(storage.Copier)
	if !ok {
		fail(w, badRequest("this store cannot copy itself"))
		return
	}
	rate, err := strconv.ParseInt(r.URL.Query().Get("rate"), 10, 64)
	if err != nil || rate < 1 {
		fail(w, badRequest("rate: not a number of bytes a second"))
		return
	}
	begin(w, "application/octet-stream")
	control := http.NewResponseController(w)
	to := &metered{w: w, rate: rate, start: time.Now(), ctx: r.Context(), deadline: func(t time.Time) { _ = control.SetWriteDeadline(t) }}
	if _, err := copier.Copy(r.Context(), to); err != nil {
		panic(http.ErrAbortHandler) // too late for another status
	}
}
