package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"
)

func (p *program) sourcesCommand() *cobra.Command {
	c := &cobra.Command{
		Use:     "sources",
		Short:   "List the sources: state, last success, next poll and why",
		Example: "  newsfeed sources\n  newsfeed sources --json",
		Args:    usage(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) (err error) {
			client, err := p.reader()
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, client.close()) }()
			body, err := client.get(c.Context(), "/api/sources", nil)
			if err != nil {
				return err
			}
			defer body.Close()
			return p.printSources(body)
		},
	}
	p.jsonFlag(c)
	return c
}

func (p *program) printSources(body io.Reader) error {
	if p.json {
		_, err := io.Copy(p.out, body)
		return err
	}
	var list []sourceJSON
	if err := json.NewDecoder(body).Decode(&list); err != nil {
		return fmt.Errorf("read sources: %w", err)
	}
	now := time.Now()
	since := func(s string) string {
		t, _ := time.Parse(time.RFC3339, s)
		return ago(t, now)
	}
	t := p.table("SOURCE", "STATE", "LAST SUCCESS", "NEXT POLL", "WHY", "FAILURES", "ENTRIES", "NOTE")
	for _, s := range list {
		note := s.Error
		if s.MovedTo != "" && note == "" {
			note = "moved to " + s.MovedTo
		}
		t.row(s.ID, s.State, since(s.LastSuccess), since(s.NextDue), s.DueReason, blankZero(s.Failures), s.Entries, note)
	}
	t.print()
	return nil
}
