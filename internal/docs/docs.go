// Package docs reads the project's documents as its test needs them: their fenced
// blocks, links, headings and words in code. The test runs and looks up what they
// name, so that a renamed flag or key fails where somebody still reads of it.
//
// A console block runs line by line: what follows the prompt and begins with
// newsfeed. Other programs' lines are left out. A block that cannot run, be loaded
// or be parsed has a comment before it that says why:
//
//	<!-- not run: a purpose needs a reason -->
//
// These reasons are listed in testdata/notrun.golden.
package docs

import (
	"regexp"
	"strings"
	"unicode"
)

// Document is one Markdown file.
type Document struct {
	Path    string // from the project's root, with slashes
	Text    string
	Blocks  []Block
	Spans   []Span // code between backquotes, and nowhere else
	Links   []Span // the addresses that its text leads to
	Anchors map[string]bool
	Heads   []Span
}

// Block is what stands between two fences.
type Block struct {
	Line    int
	Lang    string
	Text    string
	NotRun  string // the reason; "" where it runs
	Heading string // the heading it is under
}

// Span is a piece of text and where it is.
type Span struct {
	Line int
	Text string
}

var (
	reason  = regexp.MustCompile(`^<!-- not run: (.+) -->$`)
	code    = regexp.MustCompile("`([^`]+)`")
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`^#+ (.*)$`)
)

// Read reads the Markdown text of a file.
func Read(path, text string) Document {
	d := Document{Path: path, Text: text, Anchors: map[string]bool{}}
	var block *Block
	var why, under string
	for i, line := range strings.Split(text, "\n") {
		n := i + 1
		switch fence, isFence := strings.CutPrefix(strings.TrimSpace(line), "```"); {
		case isFence && block == nil:
			block = &Block{Line: n, Lang: fence, NotRun: why, Heading: under}
			why = ""
		case isFence:
			d.Blocks = append(d.Blocks, *block)
			block = nil
		case block != nil:
			block.Text += line + "\n"
		case reason.MatchString(line):
			why = reason.FindStringSubmatch(line)[1]
		default:
			if h := heading.FindStringSubmatch(line); h != nil {
				under = h[1]
				d.Heads = append(d.Heads, Span{n, h[1]})
				d.Anchors[anchor(h[1])] = true
			}
			d.prose(n, line)
		}
	}
	return d
}

// prose takes the spans and links of a line.
func (d *Document) prose(n int, line string) {
	for _, m := range code.FindAllStringSubmatch(line, -1) {
		d.Spans = append(d.Spans, Span{n, strings.ReplaceAll(m[1], `\|`, "|")})
	}
	for _, m := range link.FindAllStringSubmatch(code.ReplaceAllString(line, ""), -1) {
		d.Links = append(d.Links, Span{n, m[1]})
	}
}

// anchor is how a link names a heading, by the rule of the usual renderers.
func anchor(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-', r == '_', unicode.IsLetter(r), unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return -1
	}, heading)
}

// Commands returns the lines of a console block that begin with the program's
// name, without prompt and comment.
func (b Block) Commands() []string {
	var commands []string
	for line := range strings.Lines(b.Text) {
		rest, ok := cutPrompt(strings.TrimSpace(line))
		rest = strings.TrimPrefix(rest, "./")
		if ok && (rest == "newsfeed" || strings.HasPrefix(rest, "newsfeed ")) {
			rest, _, _ = strings.Cut(rest, "  #")
			commands = append(commands, strings.TrimSpace(rest))
		}
	}
	return commands
}

func cutPrompt(line string) (string, bool) {
	if rest, ok := strings.CutPrefix(line, "$ "); ok {
		return rest, true
	}
	return strings.CutPrefix(line, "# ")
}
