package main

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"
)

func (p *program) sourcesCommand() *cobra.Command {
	c := &cobra.Command{
		Use:     "sources",
		Short:   "List the sources: state, last success, next poll and why",
		Example: "  newsfeed sources\n  newsfeed sources --json",
		Args:    usage(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			answer, err := p.ask(c.Context(), "/api/sources", nil)
			if err != nil {
				return err
			}
			return p.printSources(answer)
		},
	}
	p.jsonFlag(c)
	return c
}

func (p *program) printSources(answer []byte) error {
	if p.json {
		_, err := p.out.Write(answer)
		return err
	}
	var list []sourceJSON
	if err := json.Unmarshal(answer, &list); err != nil {
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
