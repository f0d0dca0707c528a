package publish

import (
	"slices"
	"strconv"
	"time"
)

// termsNS is the namespace of the Dublin Core terms.
const termsNS = "http://purl.org/dc/terms/"

// termsNS returns the namespace if an item needs it.
func (d feed) termsNS() string {
	if slices.ContainsFunc(d.items, func(i item) bool { return i.extent() != "" }) {
		return termsNS
	}
	return ""
}

// extent returns the reading time for dcterms:extent, or nothing where it is
// not known.
func (i item) extent() string { return isoDuration(i.entry.ReadingTime) }

// isoDuration writes whole seconds as ISO 8601 does: PT1H, PT2M, PT1M35S. What
// is shorter than one is empty.
func isoDuration(d time.Duration) string {
	total := int64(d / time.Second)
	text := ""
	for _, part := range []struct {
		count int64
		unit  string
	}{{total / 3600, "H"}, {total / 60 % 60, "M"}, {total % 60, "S"}} {
		if part.count > 0 {
			text += strconv.FormatInt(part.count, 10) + part.unit
		}
	}
	if text == "" {
		return ""
	}
	return "PT" + text
}
