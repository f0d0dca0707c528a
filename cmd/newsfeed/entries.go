package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"newsfeed/config"
)

func (p *program) entriesCommand() *cobra.Command {
	var feed, source, since string
	limit := 20
	c := &cobra.Command{
		Use:        "entries",
		Short:      "List the newest entries",
		SuggestFor: []string{"items", "articles", "news", "posts"},
		Example:    "  newsfeed entries --limit 50\n  newsfeed entries --source kyiv-independent --since 24h --json",
		Args:       usage(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			query := url.Values{"limit": {strconv.Itoa(limit)}}
			if limit < 1 {
				return status{exitUsage, errors.New("--limit must be at least 1")}
			}
			switch {
			case c.Flags().Changed("feed") && source != "":
				return status{exitUsage, errors.New("--feed and --source exclude each other; write --feed sources/ID for a source's feed")}
			case c.Flags().Changed("feed"):
				query.Set("feed", feed)
			case source != "":
				query.Set("source", source)
			}
			if since != "" {
				t, err := moment(since, time.Now())
				if err != nil {
					return err
				}
				query.Set("since", t.Format(time.RFC3339))
			}
			answer, err := p.ask(c.Context(), "/api/entries", query)
			if err != nil {
				return err
			}
			return p.printEntries(bytes.NewReader(answer))
		},
	}
	f := c.Flags()
	f.StringVar(&feed, "feed", "", "of this `FEED` as published: feed, sources/ID, categories/NAME or the name of a view")
	f.StringVar(&source, "source", "", "of the source with this `ID`")
	f.IntVar(&limit, "limit", limit, "at most this `NUMBER`")
	f.StringVar(&since, "since", "", "not older than this: `TIME` as 2026-01-31, RFC 3339, 24h or 7d")
	p.jsonFlag(c)
	completeFlag(c, "feed", p.ofFeeds)
	completeFlag(c, "source", p.ofSources)
	completeFlag(c, "since", of("24h", "7d", "30d"))
	return c
}

// moment reads a time, or how long ago it was.
func moment(s string, now time.Time) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, nil
		}
	}
	var d config.Duration
	if d.UnmarshalText([]byte(s)) == nil {
		return now.Add(-time.Duration(d)), nil
	}
	return time.Time{}, status{exitUsage, fmt.Errorf("--since %q is no time; write for example 2026-01-31, 2026-01-31T12:00:00Z, 24h or 7d", s)}
}

func (p *program) printEntries(body io.Reader) error {
	if p.json {
		_, err := io.Copy(p.out, body)
		return err
	}
	t := p.table("PUBLISHED", "SOURCE", "TITLE", "URL")
	lines := bufio.NewScanner(body)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var e storedEntryJSON
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			return fmt.Errorf("read entries: %w", err)
		}
		t.row(e.Published, strings.Join(append([]string{e.Source}, e.Also...), ", "), e.Title, e.URL)
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read entries: %w", err)
	}
	t.print()
	return nil
}
