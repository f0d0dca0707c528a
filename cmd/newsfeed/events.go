package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"newsfeed/aggregator"
	"newsfeed/storage"
)

// eventJSON is an event as events and why print it.
type eventJSON struct {
	Number uint64            `json:"number"`
	Time   string            `json:"time"` // RFC 3339
	Source string            `json:"source"`
	Kind   storage.EventKind `json:"kind"`
	Detail string            `json:"detail"`
}

func (p *program) eventsCommand() *cobra.Command {
	var source string
	limit := 20
	c := &cobra.Command{
		Use:   "events",
		Short: "List what happened to the sources: broken, recovered, moved, gone, silent",
		Long: "Lists what happened to the sources, the last first: which broke, went behind a challenge page, recovered, moved,\n" +
			"are gone, fell silent or bring news again. /health.atom tells the same to feed readers.",
		Example: "  newsfeed events\n  newsfeed events --source kyiv-independent --limit 5 --json",
		Args:    usage(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			if limit < 1 {
				return status{exitUsage, errors.New("--limit must be at least 1")}
			}
			query := url.Values{"limit": {strconv.Itoa(limit)}}
			if source != "" {
				query.Set("source", source)
			}
			answer, err := p.ask(c.Context(), "/api/events", query)
			if err != nil {
				return err
			}
			if p.json {
				_, err := p.out.Write(answer)
				return err
			}
			return p.printEvents(answer, time.Now())
		},
	}
	f := c.Flags()
	f.StringVar(&source, "source", "", "of the source with this `ID`")
	f.IntVar(&limit, "limit", limit, "at most this `NUMBER`")
	p.jsonFlag(c)
	completeFlag(c, "source", p.ofSources)
	return c
}

func (p *program) printEvents(answer []byte, now time.Time) error {
	t := p.table("TIME", "SOURCE", "EVENT", "DETAIL")
	lines := bufio.NewScanner(bytes.NewReader(answer))
	for lines.Scan() {
		var e eventJSON
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			return fmt.Errorf("read events: %w", err)
		}
		at, _ := time.Parse(time.RFC3339, e.Time)
		t.row(ago(at, now), e.Source, verdict(e.Kind), e.Detail)
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read events: %w", err)
	}
	t.print()
	return nil
}

// events answers with the last events, one JSON document a line: of a source,
// or of all.
func (a api) events(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	limit, err := strconv.Atoi(q.Get("limit"))
	if err != nil || limit < 1 {
		limit = storage.MaxPage
	}
	source := q.Get("source")
	if source != "" {
		if _, err := a.store.Source(r.Context(), source); err != nil {
			if errors.Is(err, storage.ErrNotFound) {
				err = &aggregator.UnknownSourceError{ID: source}
			}
			fail(w, err)
			return
		}
	}
	list, err := a.lastEvents(r.Context(), source, limit)
	if err != nil {
		fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	lines := json.NewEncoder(w)
	lines.SetEscapeHTML(false)
	for _, e := range list {
		if lines.Encode(e) != nil {
			return
		}
	}
}

// lastEvents returns the last events of a source, or of all, the last first.
func (a api) lastEvents(ctx context.Context, source string, limit int) ([]eventJSON, error) {
	list := []eventJSON{}
	for before := uint64(0); ; {
		page, err := a.store.Events(ctx, before, storage.MaxPage)
		if err != nil {
			return nil, err
		}
		for _, e := range page {
			if len(list) == limit {
				return list, nil
			}
			if source == "" || e.Source == source {
				list = append(list, eventJSON{e.Number, rfc3339(e.Time), e.Source, e.Kind, e.Detail})
			}
		}
		if len(page) < storage.MaxPage {
			return list, nil
		}
		before = page[len(page)-1].Number
	}
}
