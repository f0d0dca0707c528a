package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/dustin/go-humanize/english"
	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"golang.org/x/term"
)

// columns is a table for people on a terminal, and lines with tabs for
// everything else.
type columns struct {
	out   io.Writer
	width int // of the terminal; 0: none
	plain bool
	head  []any
	rows  [][]any
}

func (p *program) table(head ...any) *columns {
	t := &columns{out: p.out, head: head, plain: p.plain()}
	if isTerminal(p.out) {
		t.width = p.columns()
	}
	return t
}

// columns is the width of the terminal; one that does not know it has 80, or
// what the environment says.
func (p *program) columns() int {
	if f, ok := p.out.(interface{ Fd() uintptr }); ok {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
			return width
		}
	}
	if width, err := strconv.Atoi(p.env("COLUMNS")); err == nil && width > 0 {
		return width
	}
	return 80
}

// plain reports whether nothing but text may be sent to a terminal.
func (p *program) plain() bool { return p.env("NO_COLOR") != "" || p.env("TERM") == "dumb" }

// verdict is a cell that says how something is, in the colour of that.
type verdict string

// colours of the verdicts; the others have none.
func (v verdict) colours() text.Colors {
	switch v {
	case "ok", "changed", "shown", "recovered", "resumed":
		return text.Colors{text.FgGreen}
	case "failed", "failing", "gone", "broken", "stopped":
		return text.Colors{text.FgRed}
	case "skipped", "hidden", "moved", "silent", "challenged":
		return text.Colors{text.FgYellow}
	}
	return nil
}

func (t *columns) row(cells ...any) {
	for i, c := range cells {
		switch c := c.(type) {
		case string:
			cells[i] = printable(c)
		case verdict:
			cells[i] = verdict(printable(string(c)))
		}
	}
	t.rows = append(t.rows, cells)
}

func (t *columns) print() {
	if t.width == 0 {
		for _, r := range append([][]any{t.head}, t.rows...) {
			fields := make([]string, len(r))
			for i, c := range r {
				fields[i] = fmt.Sprint(c)
			}
			fmt.Fprintln(t.out, strings.Join(fields, "\t"))
		}
		return
	}
	w := table.NewWriter()
	w.SetOutputMirror(t.out)
	style := table.StyleLight
	style.Options = table.OptionsNoBordersAndSeparators
	style.Box.PaddingLeft = ""
	style.Size.WidthMax = t.width
	if !t.plain {
		style.Color.Header = text.Colors{text.Bold}
	}
	w.SetStyle(style)
	if room := t.room(); room >= leastWrapped {
		w.SetColumnConfigs([]table.ColumnConfig{{Number: len(t.head), WidthMax: room, WidthMaxEnforcer: text.WrapSoft}})
	}
	w.AppendHeader(t.head)
	for _, r := range t.rows {
		w.AppendRow(t.painted(r))
	}
	w.Render()
}

// leastWrapped is the width below which the last column, which is often the
// longest, is cut off like the others rather than wrapped.
const leastWrapped = 16

// room is the width that the columns before the last leave to it.
func (t *columns) room() int {
	room := t.width - 1
	for i := range len(t.head) - 1 {
		widest := 0
		for _, r := range append([][]any{t.head}, t.rows...) {
			widest = max(widest, text.StringWidthWithoutEscSequences(fmt.Sprint(r[i])))
		}
		room -= widest + 1
	}
	return room
}

// painted is a row for a terminal.
func (t *columns) painted(r []any) []any {
	for i, c := range r {
		if v, ok := c.(verdict); ok && !t.plain {
			r[i] = v.colours().Sprint(string(v))
		}
	}
	return r
}

// printable is untrusted text for a terminal: one line without characters that
// control it or change the direction of writing.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) {
			return ' '
		}
		return r
	}, s)
}

// progress is a line that counts, on a terminal only.
type progress struct {
	out   io.Writer // nil: no terminal
	total int
}

func (p *program) progress(total int) progress {
	if p.json || p.quiet || total == 0 || !isTerminal(p.err) || p.plain() {
		return progress{}
	}
	return progress{p.err, total}
}

func (b progress) step(n int) {
	if b.out == nil {
		return
	}
	const width = 30
	done := n * width / b.total
	fmt.Fprintf(b.out, "\r[%s%s] %d/%d", strings.Repeat("=", done), strings.Repeat(" ", width-done), n, b.total)
}

func (b progress) end() {
	if b.out != nil {
		fmt.Fprint(b.out, "\r\x1b[K")
	}
}

func blankZero(n int) any {
	if n == 0 {
		return ""
	}
	return n
}

func plural(n int, noun string) string {
	return fmt.Sprintf("%d %s", n, english.PluralWord(n, noun, ""))
}

// ago is a time for a table.
func ago(t, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	d := now.Sub(t).Round(time.Second)
	switch {
	case d < 0:
		return "in " + short(-d)
	case d < time.Second:
		return "now"
	}
	return short(d) + " ago"
}

// short is a duration in its greatest unit, and the next one where it tells.
func short(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%ds", d/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("%dm", d/time.Minute)
	case d < 24*time.Hour:
		return fmt.Sprintf("%dh%02dm", d/time.Hour, d%time.Hour/time.Minute)
	}
	return fmt.Sprintf("%dd", d/(24*time.Hour))
}
