package docs_test

import (
	"fmt"
	"regexp"
	"strings"
)

// tree is a command: those under it, and the flags that its help lists.
type tree struct {
	under map[string]*tree
	flags map[string]bool
}

var word = regexp.MustCompile(`^[a-z]+$`)

// faults says which commands and flags of a text in code are not there. Texts
// that are of no command of ours have none.
func (c *tree) faults(text string) []string {
	text, _, _ = strings.Cut(text, " | ")
	words := strings.Fields(text)
	switch m := command.FindStringSubmatch(text); {
	case m != nil:
		return c.follow(strings.Fields(m[1]))
	case strings.HasPrefix(text, "--"):
		return c.lack(options(words), c.anywhere)
	case len(words) > 1 && c.under[words[0]] != nil:
		return c.under[words[0]].follow(words[1:])
	}
	return nil
}

// follow walks down the words that name commands.
func (c *tree) follow(words []string) []string {
	flags := options(words)
	for _, w := range words {
		next := c.under[w]
		if next == nil {
			if len(c.under) > 0 && word.MatchString(w) {
				return []string{fmt.Sprintf("there is no command %q", w)}
			}
			if !strings.HasPrefix(w, "-") {
				break
			}
			continue
		}
		c = next
	}
	return c.lack(flags, func(flag string) bool { return c.flags[flag] })
}

func (c *tree) lack(flags []string, has func(string) bool) []string {
	var faults []string
	for _, f := range flags {
		if !has(f) {
			faults = append(faults, "there is no flag "+f)
		}
	}
	return faults
}

// anywhere reports whether some command has the flag.
func (c *tree) anywhere(flag string) bool {
	if c.flags[flag] {
		return true
	}
	for _, under := range c.under {
		if under.anywhere(flag) {
			return true
		}
	}
	return false
}

// options returns the flags among the words.
func options(words []string) []string {
	var flags []string
	for _, m := range option.FindAllStringSubmatch(strings.Join(words, " "), -1) {
		flags = append(flags, m[1])
	}
	return flags
}
