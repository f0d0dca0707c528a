package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"newsfeed/storage"
)

func (p *program) whyCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "why SOURCE|URL|GUID|ID",
		Short: "Explain what was decided about a source or an entry, and why",
		Long: "Explains when a source is polled next and by what that was decided or, of an entry, when it was first seen,\n" +
			"under which keys it is known, how it was dated, whose story it is part of and by which rule, what hides it,\n" +
			"and in which feeds it is or why it is not.",
		Example:           "  newsfeed why kyiv-independent\n  newsfeed why https://www.example.org/news/42",
		SuggestFor:        []string{"explain", "info", "show"},
		Args:              usage(cobra.ExactArgs(1)),
		ValidArgsFunction: p.ofSource,
		RunE: func(c *cobra.Command, args []string) error {
			answer, err := p.ask(c.Context(), "/api/why", url.Values{"of": args})
			if err != nil {
				return err
			}
			if p.json {
				_, err := p.out.Write(answer)
				return err
			}
			var why whyJSON
			if err := json.Unmarshal(answer, &why); err != nil {
				return fmt.Errorf("read answer: %w", err)
			}
			if why.Source != nil {
				p.explain(*why.Source, time.Now())
				p.explainEvents(why.Events)
			}
			for _, e := range why.Entries {
				p.explainEntry(e)
			}
			if why.More > 0 {
				p.line("and", "%d more of that name", why.More)
			}
			if why.Removed != "" {
				p.line("removed", "%s, as too old to be kept; it comes back only if it is published anew", why.Removed)
			}
			return nil
		},
	}
	p.jsonFlag(c)
	return c
}

// explain prints what is known of a source's polls.
func (p *program) explain(s sourceJSON, now time.Time) {
	line := p.line
	when := func(name, at, more string) {
		if t, err := time.Parse(time.RFC3339, at); err == nil {
			line(name, "%s (%s)%s", at, ago(t, now), more)
		}
	}
	line("source", "%s, %s", s.ID, s.Title)
	line("url", "%s", s.URL)
	if s.MovedTo != "" {
		line("moved to", "%s", s.MovedTo)
	}
	line("state", "%s", s.State)
	answer := ""
	switch {
	case s.Error != "":
		answer = ": " + s.Error
	case s.Status != 0:
		answer = fmt.Sprintf(": status %d", s.Status)
	}
	when("last poll", s.LastPoll, answer)
	when("last success", s.LastSuccess, "")
	when("last news", s.LastNew, "")
	if s.Failures > 0 {
		line("failures", "%d in a row", s.Failures)
	}
	if s.Frozen {
		line("frozen", "its entries change at most polls in nothing of importance: such a change is taken over once a day")
	}
	if s.RatePerDay > 0 {
		line("publishes", "%s items a day", rate(s.RatePerDay))
	}
	if s.Requests > 0 {
		line("requests", "%d, %s conditional, %s unchanged", s.Requests,
			percent(float64(s.Conditional)/float64(s.Requests)), percent(float64(s.NotModified)/float64(s.Requests)))
	}
	if s.NextDue == "" {
		line("next poll", "%s", unplanned(s))
		return
	}
	when("next poll", s.NextDue, ": "+s.DueReason)
	slices.SortStableFunc(s.DueBounds, func(a, b boundJSON) int { return strings.Compare(a.At, b.At) })
	for i, b := range s.DueBounds {
		name := ""
		if i == 0 {
			name = "  not before"
		}
		line(name, "%s by %s", b.At, b.By)
	}
}

func (p *program) explainEvents(list []eventJSON) {
	for i, e := range list {
		name := ""
		if i == 0 {
			name = "last events"
		}
		p.line(name, "%s %s: %s", e.Time, e.Kind, e.Detail)
	}
}

// line prints one fact.
func (p *program) line(name, format string, args ...any) {
	fmt.Fprintf(p.out, "%-13s %s\n", name, printable(fmt.Sprintf(format, args...)))
}

// unplanned says why there is no time for the next poll.
func unplanned(s sourceJSON) string {
	switch {
	case s.DueReason != "":
		return "never: " + s.DueReason
	case s.State == storage.Unpolled:
		return "at once: it was never polled"
	}
	return "never: it is " + string(s.State)
}
