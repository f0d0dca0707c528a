package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"newsfeed/config"
)

// The groups in which help lists the commands, in this order.
var groups = []*cobra.Group{
	{ID: "run", Title: "Run:"},
	{ID: "look", Title: "Look into what is stored:"},
	{ID: "configure", Title: "Configure:"},
	{ID: "keep", Title: "Keep:"},
	{ID: "setup", Title: "Set up:"},
}

// inGroup puts commands into a group.
func inGroup(id string, commands ...*cobra.Command) []*cobra.Command {
	for _, c := range commands {
		c.GroupID = id
	}
	return commands
}

// exitStatuses says in one line what the exit status means.
const exitStatuses = "Exit status: 0 done, 1 failed, 2 wrong usage or configuration, 3 some sources failed."

// printUsage prints how a command is used: examples first, for they tell most.
func printUsage(c *cobra.Command) error {
	w := c.OutOrStdout()
	fmt.Fprintf(w, "Usage:\n  %s\n", c.UseLine())
	if c.Example != "" {
		fmt.Fprintf(w, "\nExamples:\n%s\n", c.Example)
	}
	printCommands(w, c)
	if f := c.LocalFlags(); f.HasAvailableFlags() && c.HasParent() {
		fmt.Fprintf(w, "\nFlags:\n%s", f.FlagUsages())
	}
	if f := commonFlags(c); f.HasAvailableFlags() {
		fmt.Fprintf(w, "\nFlags of every command:\n%s", f.FlagUsages())
	}
	if !c.HasParent() {
		fmt.Fprintf(w, "\n%s\n", exitStatuses)
	}
	if c.HasAvailableSubCommands() {
		fmt.Fprintf(w, "\n'%s COMMAND --help' says more, and has examples.\n", c.CommandPath())
	}
	return nil
}

// commonFlags are those that every command has.
func commonFlags(c *cobra.Command) *pflag.FlagSet {
	if !c.HasParent() {
		return c.LocalFlags()
	}
	return c.InheritedFlags()
}

// printCommands lists the commands below a command, by groups if it has any.
func printCommands(w io.Writer, c *cobra.Command) {
	if !c.HasAvailableSubCommands() {
		return
	}
	if len(c.Groups()) == 0 {
		fmt.Fprintln(w, "\nCommands:")
		printGroup(w, c, "")
		return
	}
	for _, g := range c.Groups() {
		fmt.Fprintf(w, "\n%s\n", g.Title)
		printGroup(w, c, g.ID)
	}
}

func printGroup(w io.Writer, c *cobra.Command, group string) {
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() && sub.GroupID == group {
			fmt.Fprintf(w, "  %-*s %s\n", c.NamePadding(), sub.Name(), sub.Short)
		}
	}
}

// unknownCommand refuses what is no command below one that needs one.
func unknownCommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	name := strings.TrimPrefix(c.CommandPath()+" "+args[0], "newsfeed ")
	message := fmt.Sprintf("there is no command %q", name)
	if near := nearestCommand(c, args[0]); near != "" {
		message += fmt.Sprintf("; did you mean %q?", near)
	}
	return misused(c, errors.New(message))
}

// nearestCommand returns the command below c that other programs call so, or
// that is written most like it, or "".
func nearestCommand(c *cobra.Command, name string) string {
	var names []string
	for _, sub := range c.Commands() {
		if slices.Contains(sub.SuggestFor, name) {
			return sub.Name()
		}
		if sub.IsAvailableCommand() {
			names = append(names, sub.Name())
		}
	}
	return config.Nearest(name, names)
}

// helpCommand is --help for those who write it first.
func (p *program) helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "help [COMMAND]",
		Short:  "Say how a command is used",
		Hidden: true,
		RunE: func(c *cobra.Command, args []string) error {
			about, rest, err := c.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return unknownCommand(about, rest)
			}
			about.InitDefaultHelpFlag()
			return about.Help()
		},
	}
}

// misused makes an error one of wrong usage, which names the help.
func misused(c *cobra.Command, err error) error {
	return status{exitUsage, fmt.Errorf("%w; see '%s --help'", err, c.CommandPath())}
}

// usage makes an argument check's errors ones of usage, which show how to write
// it.
func usage(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if check(c, args) != nil {
			return misused(c, fmt.Errorf("wrong arguments; write '%s'", c.UseLine()))
		}
		return nil
	}
}

// wrongFlag makes an error about a flag one of wrong usage; of an unknown flag
// it names the one that may have been meant.
func wrongFlag(c *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var value *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		if near := nearestFlag(c, unknown.GetSpecifiedName()); near != "" {
			err = fmt.Errorf("%w; did you mean --%s?", err, near)
		}
	case errors.As(err, &value) && errors.Is(err, strconv.ErrSyntax):
		err = fmt.Errorf("--%s: %q is %s", value.GetFlag().Name, value.GetValue(), misfits[value.GetFlag().Value.Type()])
	}
	return misused(c, err)
}

// misfits say of the types of flags what a value is that is not of it.
var misfits = map[string]string{"int": "not a whole number", "bool": "neither true nor false"}

// nearestFlag returns the flag of a command that is written most like name, or
// "".
func nearestFlag(c *cobra.Command, name string) string {
	var names []string
	c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	return config.Nearest(name, names)
}
