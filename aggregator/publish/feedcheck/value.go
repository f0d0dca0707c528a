package feedcheck

import (
	"fmt"
	"html"
	"mime"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// isURL reports whether s is an absolute http or https URL without userinfo.
func isURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.User == nil && !hasSpace(s)
}

// isIRI reports whether s is an absolute IRI.
func isIRI(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.IsAbs() && (u.Host != "" || u.Opaque != "" || u.Path != "") && !hasSpace(s)
}

func hasSpace(s string) bool { return strings.ContainsAny(s, " \t\r\n<>\"") }

var mediaTypePattern = regexp.MustCompile(`^[a-z]+/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*$`)

func isMediaType(s string) bool {
	name, _, err := mime.ParseMediaType(s)
	return err == nil && mediaTypePattern.MatchString(name)
}

var languagePattern = regexp.MustCompile(`^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$`)

func isLanguage(s string) bool { return languagePattern.MatchString(s) }

func isCount(s string) bool {
	n, err := strconv.ParseInt(s, 10, 64)
	return err == nil && n >= 0
}

// rssDate reads a date as the RSS profile wants it: RFC 822 with four digits
// of the year, one space between its parts, the right day of the week, and a
// zone that every reader knows.
func rssDate(s string) (time.Time, error) {
	for _, layout := range []string{"Mon, 02 Jan 2006 15:04:05 -0700", "Mon, 02 Jan 2006 15:04:05 GMT"} {
		t, err := time.Parse(layout, s)
		if err != nil {
			continue
		}
		if !strings.HasPrefix(s, t.Format("Mon")) {
			return t, fmt.Errorf("%q is not a %s", s, s[:3])
		}
		return t, nil
	}
	return time.Time{}, fmt.Errorf("%q is not an RFC 822 date of the RSS profile", s)
}

var rfc3339Pattern = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$`)

// rfc3339 reads a date of Atom or JSON Feed: T and Z are upper case.
func rfc3339(s string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil || !rfc3339Pattern.MatchString(s) {
		return t, fmt.Errorf("%q is not an RFC 3339 date", s)
	}
	return t, nil
}

var durationPattern = regexp.MustCompile(`^PT(\d+H)?(\d+M)?(\d+S)?$`)

// isDuration reports whether s is a duration of ISO 8601 in hours, minutes and
// whole seconds.
func isDuration(s string) bool { return durationPattern.MatchString(s) && s != "PT" }

var (
	tagPattern       = regexp.MustCompile(`<([A-Za-z][A-Za-z0-9]*)((?:[^>"']|"[^"]*"|'[^']*')*)>`)
	attributePattern = regexp.MustCompile(`([A-Za-z:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')`)
)

var (
	forbiddenTags = []string{"script", "style", "form", "object", "embed", "base", "meta", "link", "template", "svg", "math"}
	urlAttributes = []string{"href", "src", "poster", "cite", "longdesc"}
)

// markup checks a piece of HTML: nothing that acts, and no relative address.
func (r *report) markup(where, text string) {
	for _, tag := range tagPattern.FindAllStringSubmatch(text, -1) {
		name := strings.ToLower(tag[1])
		r.require(!slices.Contains(forbiddenTags, name), "%s: HTML has a <%s>", where, name)
		for _, a := range attributePattern.FindAllStringSubmatch(tag[2], -1) {
			key, value := strings.ToLower(a[1]), strings.TrimSpace(html.UnescapeString(a[2]+a[3]))
			r.require(!strings.HasPrefix(key, "on"), "%s: HTML has a %s", where, key)
			switch {
			case slices.Contains(urlAttributes, key):
				ok := isURL(value) || name == "a" && (strings.HasPrefix(value, "mailto:") || strings.HasPrefix(value, "tel:"))
				r.require(ok, "%s: HTML has %s=%q", where, key, value)
			case key == "srcset":
				for _, candidate := range strings.Split(value, ", ") {
					address, _, _ := strings.Cut(strings.TrimSpace(candidate), " ")
					r.require(isURL(address), "%s: HTML has srcset=%q", where, value)
				}
			}
		}
	}
}
