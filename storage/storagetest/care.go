package storagetest

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"newsfeed/storage"
)

// verify checks that a store that can check itself finds itself sound.
func (s *suite) verify() {
	verifier, ok := s.Store.(storage.Verifier)
	if !ok {
		s.Skip("this store cannot check itself")
	}
	sound := func(what string) {
		s.Helper()
		err := verifier.Verify(s.Context(), func(fault string) { s.Errorf("%s: %s", what, fault) })
		if err != nil {
			s.Errorf("%s: %v", what, err)
		}
	}
	sound("an empty store")
	seed := uint64(time.Now().UnixNano())
	s.Log("seed", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	m := newModel()
	for range 30 {
		rec := randomRecord(r, m)
		m.apply(rec)
		s.commit(rec)
		sound("after a record")
	}
	done := make(chan struct{})
	go func() { // checks go on while commits do
		defer close(done)
		for range 30 {
			rec := randomRecord(r, m)
			m.apply(rec)
			if err := s.Commit(s.Context(), rec); err != nil {
				s.Error(err)
			}
		}
	}()
	for checking := true; checking; {
		select {
		case <-done:
			checking = false
		default:
		}
		sound("during commits")
	}
	s.reopen()
	verifier = s.Store.(storage.Verifier)
	sound("opened again")
	ctx, cancel := context.WithCancel(s.Context())
	cancel()
	s.is("cancelled", verifier.Verify(ctx, func(string) {}), context.Canceled)
	if err := s.Close(); err != nil {
		s.Fatal(err)
	}
	s.is("closed", verifier.Verify(s.Context(), func(string) {}), storage.ErrClosed)
}

// copyWhole checks that what a store writes of itself is all that it has, as of one
// commit, whatever is committed meanwhile.
func (s *suite) copyWhole() {
	copier, ok := s.Store.(storage.Copier)
	if !ok {
		s.Skip("this store cannot copy itself")
	}
	s.commit(configure("a"), poll("a", entry("urn:0", "a", "s0", 0)))
	seen := look(s)
	var file bytes.Buffer
	late := &committing{Buffer: &file, commit: func() { s.commit(poll("a", entry("urn:1", "a", "s1", 1))) }}
	n, err := copier.Copy(s.Context(), late)
	if err != nil || n != int64(file.Len()) {
		s.Errorf("a copy of %d bytes: %d were written, error %v", n, file.Len(), err)
	}
	s.equal("entries after a commit during the copy", s.stats().Entries, seen.Stats.Entries+1)
	s.copyOpens(file.Bytes(), seen)
	var second bytes.Buffer
	if _, err := copier.Copy(s.Context(), &second); err != nil {
		s.Error(err)
	}
	if bytes.Equal(file.Bytes(), second.Bytes()) {
		s.Error("the copy has what was committed after it had begun")
	}
	broken := errors.New("a full disk")
	_, err = copier.Copy(s.Context(), failing{broken})
	s.is("to a writer that fails", err, broken)
	ctx, cancel := context.WithCancel(s.Context())
	cancel()
	_, err = copier.Copy(ctx, &second)
	s.is("cancelled", err, context.Canceled)
	if err := s.Close(); err != nil {
		s.Fatal(err)
	}
	_, err = copier.Copy(s.Context(), &second)
	s.is("closed", err, storage.ErrClosed)
}

// committing is a buffer that commits before it takes the first bytes.
type committing struct {
	*bytes.Buffer
	commit func()
}

func (c *committing) Write(b []byte) (int, error) {
	if c.commit != nil {
		c.commit()
		c.commit = nil
	}
	return c.Buffer.Write(b)
}

type failing struct{ error }

func (f failing) Write([]byte) (int, error) { return 0, f.error }

// figures checks that a store that can measure itself counts its entries and
// no more than its file.
func (s *suite) figures() {
	measurer, ok := s.Store.(storage.Measurer)
	if !ok {
		s.Skip("this store cannot measure itself")
	}
	const entries = 50
	s.commit(configure("a"))
	for i := range entries {
		s.commit(poll("a", entry("urn:"+string(rune('a'+i)), "a", "s", i)))
	}
	f, err := measurer.Figures(s.Context())
	if err != nil {
		s.Fatal(err)
	}
	if f.Schema == 0 || f.Page == 0 || !slices.IsSortedFunc(f.Buckets, func(a, b storage.Bucket) int { return cmp.Compare(a.Name, b.Name) }) {
		s.Errorf("%+v", f)
	}
	counted, sum := false, f.Free
	for _, b := range f.Buckets {
		counted = counted || b.Keys == entries
		sum += b.Pages
		if b.Bytes > b.Pages && b.Depth > 0 {
			s.Errorf("%s: %d bytes in pages of %d", b.Name, b.Bytes, b.Pages)
		}
	}
	if !counted || sum > f.File {
		s.Errorf("%+v: %d of %d bytes", f, sum, f.File)
	}
	if err := s.Close(); err != nil {
		s.Fatal(err)
	}
	_, err = measurer.Figures(s.Context())
	s.is("closed", err, storage.ErrClosed)
}

// prepare checks that what a store does ahead changes nothing of what it stores.
func (s *suite) prepare() {
	preparer, ok := s.Store.(storage.Preparer)
	if !ok {
		s.Skip("this store does nothing ahead")
	}
	settings := filled[storage.Settings]()
	settings.Sources[0].Disabled = false
	src := settings.Sources[0].ID
	s.commit(storage.Record{Settings: &settings})

	entry := filled[storage.Entry]()
	entry.Source, entry.Hidden = src, ""
	var all, want []storage.Entry
	for i := range 40 {
		e := entry
		e.ID, e.Story = fmt.Sprint("urn:prepared:", i), fmt.Sprint("prepared ", i)
		e.Content = strings.Repeat(fmt.Sprintf("<p>What number %d says.</p>", i), 50)
		all = append(all, e)
	}
	for _, e := range all { // what a commit decides, and what changes meanwhile
		e.Story, e.Revision = "story of "+e.ID, 7
		if len(want)%2 == 1 {
			e.Content += "<p>And more.</p>"
		}
		want = append(want, e)
	}
	before, err := s.Stats(s.Context())
	s.is("stats", err, nil)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() { preparer.Prepare(all) })
	}
	group.Wait()
	after, err := s.Stats(s.Context())
	s.is("stats", err, nil)
	s.equal("stats after preparing", after, before)

	s.commit(storage.Record{Poll: &storage.Poll{Source: src, Entries: want}})
	for range 2 {
		for _, e := range want {
			s.equal("entry", s.entry(e.ID), e)
		}
		s.reopen()
	}
}
