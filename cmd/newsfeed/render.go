package main

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"newsfeed/aggregator/publish"
)

func (p *program) renderCommand() *cobra.Command {
	var feed, format string
	c := &cobra.Command{
		Use:     "render",
		Short:   "Write a feed to standard output",
		Example: "  newsfeed render --format atom\n  newsfeed render --feed health --format atom\n  newsfeed render --feed sources/kyiv-independent --format json",
		Args:    usage(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			f := publish.Format(format)
			if !isFormat(f) && f != publish.OPML {
				return status{exitUsage, fmt.Errorf("--format %q: write rss, atom, json, html or opml", format)}
			}
			if f == publish.OPML && !c.Flags().Changed("feed") {
				feed = "" // there is but one list of sources
			}
			return p.render(c.Context(), feed, f)
		},
	}
	c.Flags().StringVar(&feed, "feed", "feed", "this `FEED`: feed, sources/ID, categories/NAME, archive/N, the name of a view, or health: what happened to the sources")
	c.Flags().StringVar(&format, "format", "rss", "in this `FORMAT`: rss, atom, json or html; opml is the list of sources, without --feed")
	completeFlag(c, "feed", p.ofFeeds)
	completeFlag(c, "format", ofFormats())
	return c
}

// render writes a feed to standard output.
func (p *program) render(ctx context.Context, feed string, f publish.Format) error {
	answer, err := p.ask(ctx, "/api/feed", url.Values{"feed": {feed}, "format": {string(f)}})
	if err != nil {
		return err
	}
	_, err = p.out.Write(answer)
	return err
}

// healthFeed is the name of the feed about the sources themselves.
const healthFeed = "health"

// isFormat reports whether feeds can be rendered in a format.
func isFormat(f publish.Format) bool {
	return f == publish.HTML || slices.Contains(publish.Formats(), f)
}

// feedNames says how feeds are named.
const feedNames = "feeds are named feed, sources/ID, categories/NAME, archive/N or, for a view, feeds/NAME or NAME"

// selection reads the name of a feed: its path without the format, or the name
// of a view.
func selection(name string) (publish.Selection, error) {
	kind, of, _ := strings.Cut(name, "/")
	switch {
	case name == "feed" || name == "":
		return publish.Selection{}, nil
	case kind == "sources" && of != "":
		return publish.Selection{Source: of}, nil
	case kind == "categories" && of != "":
		return publish.Selection{Category: of}, nil
	case kind == "feeds" && of != "":
		return publish.Selection{View: of}, nil
	case kind == "archive":
		if n, err := strconv.ParseUint(of, 10, 64); err == nil && n > 0 {
			return publish.Selection{Archive: n}, nil
		}
	case of == "":
		return publish.Selection{View: kind}, nil
	}
	return publish.Selection{}, missing(fmt.Sprintf("there is no feed %q; %s", name, feedNames))
}
