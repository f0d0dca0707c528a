package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"newsfeed/aggregator/fetch"
	"newsfeed/aggregator/parse"
	"newsfeed/storage"
)

// discoveredJSON is a feed as discover --json prints it, on one line.
type discoveredJSON struct {
	URL   string `json:"url"`
	Title string `json:"title"`
	Type  string `json:"type"` // media type, or the format of a document that is a feed itself
}

func (p *program) discoverCommand() *cobra.Command {
	c := &cobra.Command{
		Use:     "discover URL",
		Short:   "List the feeds that a site names in the head of its page",
		Example: "  newsfeed discover https://example.org/",
		Args:    usage(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			return p.discover(c.Context(), args[0])
		},
	}
	p.jsonFlag(c)
	return c
}

func (p *program) discover(ctx context.Context, address string) error {
	config, err := p.loadIfAny()
	if err != nil {
		return err
	}
	client, err := newClient(config, nil)
	if err != nil {
		return err
	}
	defer client.Close()
	visit, err := client.Get(ctx, fetch.Request{URL: address, Access: fetch.Access{Allow: named(address)}})
	if err != nil {
		return err
	}
	var found []discoveredJSON
	if f, err := inspectVisit(visit, parse.Options{}, time.Now()); err == nil {
		found = append(found, discoveredJSON{visit.URL, f.about.Title, f.about.Format})
	} else if errors.Is(err, parse.ErrNoFeed) {
		for _, l := range parse.Discover(visit.Body, visit.ContentType, visit.URL) {
			found = append(found, discoveredJSON{l.Href, l.Title, l.Type})
		}
	}
	if len(found) == 0 {
		return fmt.Errorf("%s names no feed", storage.Shown(address))
	}
	lines := json.NewEncoder(p.out)
	lines.SetEscapeHTML(false)
	t := p.table("URL", "TITLE", "TYPE")
	for _, d := range found {
		if p.json {
			if err := lines.Encode(d); err != nil {
				return err
			}
			continue
		}
		t.row(d.URL, d.Title, d.Type)
	}
	if !p.json {
		t.print()
	}
	return nil
}
