package publish

import (
	"fmt"
	"html"
	"path"
	"strings"

	"newsfeed/storage"
)

// body returns what there is to read: the content, or else the summary, with
// the lead image above it unless it is shown there already. Many readers know
// no other image than one in the text.
func body(e storage.Entry) string {
	text := e.Content
	if text == "" {
		text = e.Summary
	}
	if m, ok := leadImage(e); ok && !shows(text, m.URL) {
		return figure(m) + text
	}
	return text
}

// shows reports whether the HTML has the image in it, be it in another size:
// only the query may differ, and only where the path alone names an image.
func shows(markup, image string) bool {
	address, _, sized := strings.Cut(image, "?")
	if sized {
		switch strings.ToLower(path.Ext(address)) {
		case ".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif":
			image = address
		}
	}
	return strings.Contains(markup, html.EscapeString(image))
}

func figure(m storage.Media) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<figure><img src="%s" alt="%s"`, html.EscapeString(m.URL), html.EscapeString(m.Title))
	if m.Width > 0 && m.Height > 0 {
		fmt.Fprintf(&b, ` width="%d" height="%d"`, m.Width, m.Height)
	}
	b.WriteString(">")
	if caption := caption(m); caption != "" {
		b.WriteString("<figcaption>" + html.EscapeString(caption) + "</figcaption>")
	}
	b.WriteString("</figure>")
	return b.String()
}

func caption(m storage.Media) string {
	switch {
	case m.Credit == "" || strings.Contains(m.Caption, m.Credit):
		return m.Caption
	case m.Caption == "":
		return m.Credit
	}
	return m.Caption + " (" + m.Credit + ")"
}
