package normalize

import (
	"mime"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"newsfeed/aggregator/parse"
	"newsfeed/storage"
)

// mediaType returns a media type in lower case, without parameters, or "".
func mediaType(raw string) string {
	if len(raw) > maxHarmless {
		return ""
	}
	if isMediaType(raw) {
		return raw
	}
	t, _, err := mime.ParseMediaType(raw)
	if err != nil || !strings.Contains(t, "/") {
		return ""
	}
	return t
}

// isMediaType reports whether raw is surely what mediaType makes of it.
func isMediaType(raw string) bool {
	kind, subtype, _ := strings.Cut(raw, "/")
	return kind != "" && subtype != "" && strings.Trim(kind, "abcdefghijklmnopqrstuvwxyz") == "" &&
		strings.Trim(subtype, "abcdefghijklmnopqrstuvwxyz0123456789+-.") == ""
}

// mediumOf tells the medium by what the source says, by the media type, by
// the end of the URL, by the place.
func mediumOf(w parse.Media, u string) storage.Medium {
	switch m := storage.Medium(strings.ToLower(strings.TrimSpace(w.Medium))); m {
	case storage.Image, storage.Video, storage.Audio, storage.Document:
		return m
	}
	t := mediaType(w.Type)
	kind, _, _ := strings.Cut(t, "/")
	switch m := storage.Medium(kind); m {
	case storage.Image, storage.Video, storage.Audio:
		return m
	}
	switch t {
	case "application/ogg":
		return storage.Audio
	case "application/x-shockwave-flash", "application/vnd.apple.mpegurl", "application/x-mpegurl", "application/dash+xml":
		return storage.Video
	}
	if p, err := url.Parse(u); err == nil {
		if m, ok := endings[strings.ToLower(path.Ext(p.Path))]; ok {
			return m
		}
	}
	if w.Kind == parse.MediaImage || w.Kind == parse.MediaThumbnail {
		return storage.Image
	}
	return storage.Document
}

var endings = map[string]storage.Medium{
	".jpg": storage.Image, ".jpeg": storage.Image, ".jfif": storage.Image, ".png": storage.Image, ".gif": storage.Image,
	".webp": storage.Image, ".avif": storage.Image, ".svg": storage.Image, ".bmp": storage.Image, ".tif": storage.Image,
	".tiff": storage.Image, ".heic": storage.Image,
	".mp4": storage.Video, ".m4v": storage.Video, ".webm": storage.Video, ".mov": storage.Video, ".avi": storage.Video,
	".mkv": storage.Video, ".ogv": storage.Video, ".mpg": storage.Video, ".mpeg": storage.Video, ".wmv": storage.Video,
	".flv": storage.Video, ".m3u8": storage.Video, ".3gp": storage.Video,
	".mp3": storage.Audio, ".m4a": storage.Audio, ".m4b": storage.Audio, ".ogg": storage.Audio, ".oga": storage.Audio,
	".opus": storage.Audio, ".wav": storage.Audio, ".flac": storage.Audio, ".aac": storage.Audio, ".wma": storage.Audio,
}

// maxBytes is the largest size of a file that is believed: a terabyte.
const maxBytes = 1 << 40

func fileSize(s string) int64 {
	if s == "" {
		return 0
	}
	n, err := strconv.ParseInt(strings.ReplaceAll(strings.TrimSpace(s), ",", ""), 10, 64)
	if err != nil || n < 0 || n > maxBytes {
		return 0
	}
	return n
}

func pixels(s string) int {
	if s == "" {
		return 0
	}
	return atoi(numeric(s))
}

// maxDuration is the longest duration that is believed.
const maxDuration = 1000 * time.Hour

// duration reads seconds, m:s and h:m:s, each with a fraction or without, in
// whole seconds, and durations like PT1H30M.
func duration(s string) time.Duration {
	if s == "" || len(s) > maxLanguage {
		return 0
	}
	s = strings.TrimSpace(s)
	if d, err := time.ParseDuration(strings.ToLower(strings.TrimPrefix(s, "PT"))); err == nil && d > 0 && d <= maxDuration {
		return d.Truncate(time.Second)
	}
	parts := strings.Split(s, ":")
	if len(parts) > 3 {
		return 0
	}
	var seconds float64
	for _, p := range parts {
		f, err := strconv.ParseFloat(p, 64)
		if err != nil || f < 0 || strings.Trim(p, "0123456789.") != "" {
			return 0
		}
		seconds = seconds*60 + f
	}
	if seconds > maxDuration.Seconds() {
		return 0
	}
	return time.Duration(seconds) * time.Second
}
