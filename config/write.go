package config

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// WriteSources writes a [[source]] table with the id, URL, title and categories
// of each source.
func WriteSources(w io.Writer, sources []Source) error {
	out := bufio.NewWriter(w)
	for i, s := range sources {
		if i > 0 {
			fmt.Fprintln(out)
		}
		fmt.Fprintf(out, "[[source]]\nid = %s\nurl = %s\n", quote(s.ID), quote(s.URL))
		if s.Title != "" {
			fmt.Fprintf(out, "title = %s\n", quote(s.Title))
		}
		if len(s.Categories) > 0 {
			quoted := make([]string, len(s.Categories))
			for i, c := range s.Categories {
				quoted[i] = quote(c)
			}
			fmt.Fprintf(out, "categories = [%s]\n", strings.Join(quoted, ", "))
		}
	}
	return out.Flush()
}

// quote writes a basic string of TOML.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range strings.ToValidUTF8(s, "\uFFFD") {
		switch {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteRune(c)
		case c < ' ' || c == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, c)
		default:
			b.WriteRune(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
