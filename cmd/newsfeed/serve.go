package main

import (
	"context"
	"log/slog"
	"strings"

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
			err = p.serve(c.Context(), log)
			if err == nil || !p.forMachines() {
				return err
			}
			for line := range strings.Lines(remedy(err)) {
				log.Error("the daemon ended", "err", strings.TrimSuffix(line, "\n"))
			}
			return status{exitCode(err), nil}
		},
	}
}

func (p *program) serve(ctx context.Context, log *slog.Logger) error {
	config, warnings, err := p.load()
	if err != nil {
		return err
	}
	for _, w := range warnings {
		log.Warn("configuration", "warning", w)
	}
	keepPrivate()
	return daemon{config: config, log: log, notify: notifier{log}, load: p.load, expressions: p.expressions}.run(ctx)
}
