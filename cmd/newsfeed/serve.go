package main

import (
	"github.com/spf13/cobra"
)

func (p *program) serveCommand() *cobra.Command {
	return &cobra.Command{
		Use:        "serve",
		Short:      "Run the daemon: poll the sources and serve the News Feed",
		SuggestFor: []string{"run", "start", "daemon"},
		Example:    "  newsfeed serve --config /etc/newsfeed/newsfeed.toml",
		Args:       usage(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			log, err := p.logger()
			if err != nil {
				return err
			}
			config, err := p.aloud(p.load())
			if err != nil {
				return err
			}
			keepPrivate()
			return daemon{config: config, log: log, notify: notifier{log}, load: p.load}.run(c.Context())
		},
	}
}
