package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"newsfeed/aggregator/publish"
	"newsfeed/config"
)

// completion is how a shell asks for what may be written: an argument or the
// value of a flag.
type completion = func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective)

func (p *program) completionCommand() *cobra.Command {
	shells := []string{"bash", "zsh", "fish"}
	return &cobra.Command{
		Use:   "completion bash|zsh|fish",
		Short: "Write what lets a shell complete commands, sources and feeds",
		Long: "Writes a script to standard output that lets a shell complete commands, flags, the ids of sources and the names of\n" +
			"feeds. Put it where the shell looks for such scripts, and begin a new shell.",
		Example: "  newsfeed completion bash >/etc/bash_completion.d/newsfeed\n" +
			"  newsfeed completion zsh >/usr/local/share/zsh/site-functions/_newsfeed\n" +
			"  newsfeed completion fish >~/.config/fish/completions/newsfeed.fish",
		Args:                  usage(cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs)),
		ValidArgs:             shells,
		DisableFlagsInUseLine: true,
		RunE: func(c *cobra.Command, args []string) error {
			switch args[0] {
			case "bash":
				return c.Root().GenBashCompletionV2(p.out, true)
			case "zsh":
				return c.Root().GenZshCompletion(p.out)
			}
			return c.Root().GenFishCompletion(p.out, true)
		},
	}
}

// completeCommon completes the flags of every command. What says nothing of its
// own values takes no files.
func (p *program) completeCommon(root *cobra.Command) {
	root.CompletionOptions.SetDefaultShellCompDirective(cobra.ShellCompDirectiveNoFileComp)
	completeFlag(root, "config", ofFiles("toml"))
	completeFlag(root, "log-level", of("debug", "info", "warn", "error"))
	completeFlag(root, "log-format", of("text", "json", "journal"))
}

// completeFlag completes the values of a flag that the command has.
func completeFlag(c *cobra.Command, flag string, values completion) {
	if err := c.RegisterFlagCompletionFunc(flag, values); err != nil {
		panic(err) // there is no such flag, or it is completed twice
	}
}

// of completes one of a few words.
func of(words ...string) completion {
	return cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)
}

// ofFiles completes the names of files that end so.
func ofFiles(endings ...string) completion {
	return cobra.FixedCompletions(endings, cobra.ShellCompDirectiveFilterFileExt)
}

// ofAnyFile completes the names of files.
func ofAnyFile() completion {
	return cobra.FixedCompletions(nil, cobra.ShellCompDirectiveDefault)
}

// ofSources completes the ids of the configured sources but for those that the
// line has.
func (p *program) ofSources(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var list []cobra.Completion
	for _, s := range p.completable().Sources {
		if !slices.Contains(args, s.ID) {
			list = append(list, cobra.CompletionWithDesc(s.ID, printable(s.Title)))
		}
	}
	return list, cobra.ShellCompDirectiveNoFileComp
}

// ofSource is ofSources for a command that takes one.
func (p *program) ofSource(c *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return p.ofSources(c, args, begun)
}

// ofFeeds completes the names of the feeds that the configuration makes.
func (p *program) ofFeeds(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	c := p.completable()
	list := []cobra.Completion{cobra.CompletionWithDesc("feed", "the merged News Feed")}
	for _, v := range c.Views {
		list = append(list, cobra.CompletionWithDesc(v.Name, printable(v.Title)))
	}
	var categories []string
	for _, s := range c.Sources {
		list = append(list, cobra.CompletionWithDesc("sources/"+s.ID, printable(s.Title)))
		categories = append(categories, s.Categories...)
	}
	slices.Sort(categories)
	for _, name := range slices.Compact(categories) {
		list = append(list, "categories/"+name)
	}
	return list, cobra.ShellCompDirectiveNoFileComp
}

// ofFormats completes the formats of feeds.
func ofFormats() completion {
	var words []string
	for _, f := range publish.Formats() {
		words = append(words, string(f))
	}
	return of(append(words, string(publish.HTML), string(publish.OPML))...)
}

// completable returns the configuration, or an empty one: a mistake in it must
// not get between the words of a command line.
func (p *program) completable() config.Config {
	c, _, err := p.loadBeside()
	if err != nil {
		return config.Config{}
	}
	for i, s := range c.Sources {
		c.Sources[i].Title = strings.TrimSpace(s.Title)
	}
	return c
}
