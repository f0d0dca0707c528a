package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"
)

func (p *program) sourcesCommand() *cobra.Command {
	var polite bool
	c := &cobra.Command{
		Use:   "sources",
		Short: "List the sources: state, last success, next poll and why",
		Long: "Lists the sources: state, last success, when the next poll is due and why, and what they publish.\n" +
			"With --politeness it lists the registrable domains instead, and what was asked of them.",
		Example:    "  newsfeed sources\n  newsfeed sources --politeness\n  newsfeed sources --json",
		SuggestFor: []string{"feeds", "subscriptions", "list", "status"},
		Args:       usage(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			path, show := "/api/sources", p.printSources
			if polite {
				path, show = "/api/politeness", p.printPoliteness
			}
			answer, err := p.ask(c.Context(), path, nil)
			if err != nil {
				return err
			}
			if p.json {
				_, err := p.out.Write(answer)
				return err
			}
			if err := show(answer); err != nil {
				return err
			}
			return p.noteTrouble(c.Context())
		},
	}
	c.Flags().BoolVar(&polite, "politeness", false, "list the domains and what was asked of them")
	p.jsonFlag(c)
	return c
}

func (p *program) printSources(answer []byte) error {
	var list []sourceJSON
	if err := json.Unmarshal(answer, &list); err != nil {
		return fmt.Errorf("read sources: %w", err)
	}
	now := time.Now()
	since := func(s string) string {
		t, _ := time.Parse(time.RFC3339, s)
		return ago(t, now)
	}
	next := func(s sourceJSON) string {
		if t, err := time.Parse(time.RFC3339, s.NextDue); err == nil && t.Before(now) {
			return "now"
		}
		return since(s.NextDue)
	}
	t := p.table("SOURCE", "STATE", "LAST SUCCESS", "NEXT POLL", "WHY", "FAILURES", "A DAY", "ENTRIES", "NOTE")
	for _, s := range list {
		note := s.Error
		if s.MovedTo != "" && note == "" {
			note = "moved to " + s.MovedTo
		}
		t.row(s.ID, verdict(s.State), since(s.LastSuccess), next(s), s.DueReason, blankZero(s.Failures), rate(s.RatePerDay), s.Entries, note)
	}
	t.print()
	return nil
}

// rate is a number of items a day for a table.
func rate(perDay float64) string {
	if perDay == 0 {
		return ""
	}
	return strconv.FormatFloat(perDay, 'g', 2, 64)
}
