package normalize

import (
	"net/url"
	"strings"

	"newsfeed/storage"
)

// pictureKey is equal for one picture in several sizes, as far as the URL
// tells: publishers ask for the size in the query or behind the name.
func pictureKey(raw string) string {
	host, path, query, ok := cutURL(raw)
	if !ok {
		return raw
	}
	var kept []string
	for p := range strings.SplitSeq(query, "&") {
		if name, _, _ := strings.Cut(p, "="); !sizeParameters[strings.ToLower(name)] {
			kept = append(kept, p)
		}
	}
	dot := strings.LastIndexByte(path, '.')
	if dash := strings.LastIndexByte(path, '-'); dash >= 0 && dash < dot && isSize(path[dash+1:dot]) {
		path = path[:dash] + path[dot:]
	}
	return host + path + "?" + strings.Join(kept, "&")
}

// cutURL returns the parts of a URL that tell one picture from another, the path
// without its escapes. It is false for what is no URL.
func cutURL(raw string) (host, path, query string, ok bool) {
	if isPlainURL(raw) && !strings.Contains(raw, "%") {
		_, rest, _ := strings.Cut(raw, "://")
		rest, _, _ = strings.Cut(rest, "#")
		rest, query, _ = strings.Cut(rest, "?")
		slash := strings.IndexByte(rest, '/')
		return rest[:slash], rest[slash:], query, true
	}
	u, err := url.Parse(raw)
	if err != nil {
		return "", "", "", false
	}
	return u.Host, u.Path, u.RawQuery, true
}

// sizeParameters of a query choose a size or a quality of one picture.
var sizeParameters = map[string]bool{
	"w": true, "h": true, "width": true, "height": true, "q": true, "quality": true, "fit": true, "crop": true, "resize": true,
	"size": true, "dpr": true, "auto": true, "s": true, "ssl": true, "strip": true, "precrop": true, "usm": true, "sharp": true,
}

// isSize reports whether s is like 150x150.
func isSize(s string) bool {
	w, h, ok := strings.Cut(s, "x")
	return ok && w != "" && h != "" && strings.Trim(w, "0123456789") == "" && strings.Trim(h, "0123456789") == ""
}

// isDecoration reports whether an image says nothing about the article: a
// portrait of the author, a smiley, a button.
func isDecoration(m storage.Media) bool {
	if m.Width > 0 && m.Width < 60 || m.Height > 0 && m.Height < 60 {
		return true
	}
	for _, part := range []string{
		"gravatar.com/avatar", "gravatar.com/blavatar", "/images/core/emoji/", "/smilies/", "/smileys/", "/emoji/", "/emoticons/", "/avatars/",
		"//avatars", "/favicon", "twitter_icon", "facebook_icon", "feeds.feedburner.com", "/share-buttons/", "i.creativecommons.org", "licensebuttons.net",
	} {
		if strings.Contains(m.URL, part) {
			return true
		}
	}
	return false
}
