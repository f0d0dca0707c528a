// Command newsfeed is a headless aggregator of news: it polls RSS, Atom and
// JSON feeds, keeps their entries in one file, and publishes one merged News
// Feed. See the README for how to run it.
package main

import (
	"context"
	"os"

	"github.com/spf13/cobra"
)

func main() {
	cobra.EnableCommandSorting = false // help lists them as they are used
	p := program{in: os.Stdin, out: os.Stdout, err: os.Stderr, env: os.Getenv, environ: os.Environ()}
	os.Exit(p.run(context.Background(), os.Args[1:]))
}
