package main

import (
	"bytes"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/width"
)

// cells counts the columns of a terminal that text takes (UAX 11).
func cells(s string) int {
	n := 0
	for _, r := range s {
		switch kind := width.LookupRune(r).Kind(); {
		case unicode.Is(unicode.Mn, r):
		case kind == width.EastAsianWide || kind == width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

func TestTable_AlignsWideAndCombinedCharacters(t *testing.T) {
	var out bytes.Buffer
	table := columns{out: &out, width: 100, plain: true, head: []any{"TITLE", "END"}}
	for _, title := range []string{"News", "日本経済新聞", "한겨레", "Ｗｉｄｅ", "Cafe\u0301", "Zürich", "Київ", ""} {
		table.row(title, "|")
	}
	table.print()
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	want := cells(lines[0][:strings.Index(lines[0], "END")])
	for _, line := range lines[1:] {
		if got := cells(line[:strings.LastIndexByte(line, '|')]); got != want {
			t.Errorf("the second column begins at %d, want %d: %q", got, want, line)
		}
	}
}

func TestTable_ColoursVerdictsUnlessPlain(t *testing.T) {
	for _, plain := range []bool{false, true} {
		var out bytes.Buffer
		table := columns{out: &out, width: 80, plain: plain, head: []any{"SOURCE", "STATE"}}
		table.row("a", verdict("failed"))
		table.print()
		if coloured := strings.Contains(out.String(), "\x1b[31mfailed\x1b[0m"); coloured == plain {
			t.Errorf("plain %v: got %q", plain, out.String())
		}
		if strings.Contains(out.String(), "\x1b") == plain {
			t.Errorf("plain %v: got %q", plain, out.String())
		}
	}
}

func TestTable_IsNoWiderThanTheTerminal(t *testing.T) {
	var out bytes.Buffer
	table := columns{out: &out, width: 40, plain: true, head: []any{"TITLE", "URL"}}
	table.row(strings.Repeat("日本", 30), "https://example.org/")
	table.print()
	for line := range strings.Lines(out.String()) {
		if n := cells(strings.TrimSuffix(line, "\n")); n > 40 {
			t.Errorf("%d columns: %q", n, line)
		}
	}
}

func TestTable_WrapsTheLastColumn(t *testing.T) {
	var out bytes.Buffer
	table := columns{out: &out, width: 40, plain: true, head: []any{"SOURCE", "NOTE"}}
	table.row("daily", "the server answered 500 Internal Server Error, for the third time")
	table.print()
	if got := strings.Join(strings.Fields(out.String()), " "); got != "SOURCE NOTE daily the server answered 500 Internal Server Error, for the third time" {
		t.Errorf("got\n%s", out.String())
	}
	for line := range strings.Lines(out.String()) {
		if cells(strings.TrimSuffix(line, "\n")) > 40 {
			t.Errorf("too wide: %q", line)
		}
	}
}

func TestD33_TablesAreHarmless(t *testing.T) {
	hostile := "a\x1b[2Jb\nc\rd\u009b31me\u202ef\u2066g\x07\x00\u2028h"
	for _, columnsWide := range []int{0, 120} {
		var out bytes.Buffer
		table := columns{out: &out, width: columnsWide, plain: true, head: []any{"TITLE"}}
		table.row(hostile)
		table.row(verdict(hostile))
		table.print()
		if n := strings.Count(out.String(), "\n"); n != 3 {
			t.Errorf("%d lines, want 3: %q", n, out.String())
		}
		for _, r := range strings.ReplaceAll(out.String(), "\n", "") {
			if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Zl, r) {
				t.Errorf("has %U: %q", r, out.String())
			}
		}
	}
}
