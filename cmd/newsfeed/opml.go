package main

import (
	"github.com/spf13/cobra"

	"newsfeed/aggregator/publish"
)

func (p *program) opmlCommand() *cobra.Command {
	c := &cobra.Command{
		Use:        "opml COMMAND [flags]",
		Short:      "Take subscription lists in and out",
		Example:    "  newsfeed opml import subscriptions.opml\n  newsfeed opml export >subscriptions.opml",
		SuggestFor: []string{"import", "export", "add", "subscribe"},
		Args:       unknownCommand,
		RunE:       func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(p.opmlImportCommand(), p.opmlExportCommand())
	return c
}

func (p *program) opmlExportCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "export",
		Short:   "Write the list of sources to standard output",
		Long:    "Write the list of sources to standard output, as it is served at /sources.opml.\nA source whose URL has a user or a query, which may be secret, is\nnamed without it.",
		Example: "  newsfeed opml export >subscriptions.opml",
		Args:    usage(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			return p.render(c.Context(), "", publish.OPML)
		},
	}
}
