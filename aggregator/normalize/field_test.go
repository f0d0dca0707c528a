package normalize_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"newsfeed/aggregator/normalize"
	"newsfeed/aggregator/parse"
	"newsfeed/storage"
)

func TestAuthors(t *testing.T) {
	type people = []storage.Person
	for _, tt := range []struct {
		name string
		in   []parse.Person
		want people
	}{
		{"none", nil, nil},
		{"name", []parse.Person{{Name: " Jane  Doe "}}, people{{Name: "Jane Doe"}}},
		{"mail", []parse.Person{{Name: "jane@example.org"}}, people{{Email: "jane@example.org"}}},
		{"mail and name", []parse.Person{{Name: "jane@example.org (Jane Doe)"}}, people{{Name: "Jane Doe", Email: "jane@example.org"}}},
		{"name and mail", []parse.Person{{Name: `"Jane Doe" <jane@example.org>`}}, people{{Name: "Jane Doe", Email: "jane@example.org"}}},
		{"name and mail escaped", []parse.Person{{Name: "Jane Doe &lt;jane@example.org&gt;"}}, people{{Name: "Jane Doe", Email: "jane@example.org"}}},
		{"name and mail in parentheses", []parse.Person{{Name: "Jane Doe (mailto:jane@example.org)"}}, people{{Name: "Jane Doe", Email: "jane@example.org"}}},
		{"mail and bare name", []parse.Person{{Name: "jane@example.org Jane Doe"}}, people{{Name: "Jane Doe", Email: "jane@example.org"}}},
		{"all three", []parse.Person{{Name: "Jane", Email: "jane@example.org", URL: "/jane"}}, people{{Name: "Jane", Email: "jane@example.org", URL: "https://example.org/jane"}}},
		{"remark", []parse.Person{{Name: "Jane Doe (Kyiv)"}}, people{{Name: "Jane Doe (Kyiv)"}}},
		{"handle", []parse.Person{{Name: "@jane"}}, people{{Name: "@jane"}}},
		{"by", []parse.Person{{Name: "By Jane Doe"}}, people{{Name: "Jane Doe"}}},
		{"semicolons", []parse.Person{{Name: "Doe, Jane; Roe, John;"}}, people{{Name: "Doe, Jane"}, {Name: "Roe, John"}}},
		{"commas and and", []parse.Person{{Name: "Jane Doe, John Roe, and Ann de Poe"}}, people{{Name: "Jane Doe"}, {Name: "John Roe"}, {Name: "Ann de Poe"}}},
		{"last name first", []parse.Person{{Name: "Doe, Jane"}}, people{{Name: "Doe, Jane"}}},
		{"title", []parse.Person{{Name: "Jane Doe, PhD"}}, people{{Name: "Jane Doe, PhD"}}},
		{"desk", []parse.Person{{Name: "Arts and Culture"}}, people{{Name: "Arts and Culture"}}},
		{"twice", []parse.Person{{Name: "Jane Doe"}, {Name: "jane@example.org (JANE DOE)"}}, people{{Name: "Jane Doe", Email: "jane@example.org"}}},
		{"tags", []parse.Person{{Name: `<a href="x">Jane &amp; Co</a><img onerror=x>`}}, people{{Name: "Jane & Co"}}},
		{"script", []parse.Person{{Name: "Jane", URL: "javascript:alert(1)"}}, people{{Name: "Jane"}}},
		{"empty", []parse.Person{{}, {Name: " "}}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, people(entry(t, parse.Item{Authors: tt.in}).Authors)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestAuthorsOfTheDocument(t *testing.T) {
	h := parse.Header{Authors: []parse.Person{{Name: "Editor"}}}
	for format, want := range map[string]int{"atom1.0": 1, "atom0.3": 1, "json1.1": 1, "rss2.0": 0, "rss1.0": 0} {
		s := source
		s.Format = format
		got, _ := normalize.Entries(s, h, []parse.Item{{}, {Origin: &parse.Origin{ID: "x"}}}, now)
		if len(got[0].Authors) != want || len(got[1].Authors) != 0 {
			t.Errorf("%s: %v, from elsewhere: %v", format, got[0].Authors, got[1].Authors)
		}
	}
}

func TestCategories(t *testing.T) {
	s := source
	s.Categories = []string{"World", "news"}
	item := parse.Item{Categories: []parse.Category{
		{Term: " R&amp;D "},
		{Term: "de", Label: "Germany"},
		{Term: "World"},
		{Term: "WORLD"},
		{Term: ""},
		{Term: "http://schemas.example.org/kind#post"},
		{Term: "<b>x</b>"},
	}}
	got, _ := normalize.Entries(s, parse.Header{}, []parse.Item{item}, now)
	if diff := cmp.Diff([]string{"R&D", "Germany", "de", "World", "x", "news"}, got[0].Categories); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestMedia(t *testing.T) {
	type media = []storage.Media
	const at = "https://example.org/"
	for _, tt := range []struct {
		name string
		item parse.Item
		want media
	}{
		{"none", parse.Item{}, nil},
		{
			"podcast",
			parse.Item{Media: []parse.Media{
				{Kind: parse.MediaEnclosure, URL: "/a.mp3", Type: "audio/mpeg", Length: "123", Duration: "1:02:03"},
				{Kind: parse.MediaImage, URL: "/a.jpg"},
			}},
			media{{URL: at + "a.jpg", Medium: storage.Image}, {URL: at + "a.mp3", Type: "audio/mpeg", Medium: storage.Audio, Bytes: 123, Duration: time.Hour + 2*time.Minute + 3*time.Second}},
		},
		{
			"medium",
			parse.Item{Media: []parse.Media{
				{Kind: parse.MediaContent, URL: "/a", Medium: "video"},
				{Kind: parse.MediaContent, URL: "/b.webm"},
				{Kind: parse.MediaEnclosure, URL: "/c?x.mp4"},
				{Kind: parse.MediaEnclosure, URL: "/d.pdf", Type: "application/pdf; x=y"},
				{Kind: parse.MediaEnclosure, URL: "/e", Type: "Audio/Ogg"},
			}},
			media{
				{URL: at + "a", Medium: storage.Video},
				{URL: at + "b.webm", Medium: storage.Video},
				{URL: at + "c?x.mp4", Medium: storage.Document},
				{URL: at + "d.pdf", Type: "application/pdf", Medium: storage.Document},
				{URL: at + "e", Type: "audio/ogg", Medium: storage.Audio},
			},
		},
		{
			"thumbnail of the same image",
			parse.Item{Media: []parse.Media{
				{Kind: parse.MediaThumbnail, URL: "/a-150x150.jpg", Width: "150", Title: "t"}, {Kind: parse.MediaContent, URL: "/a.jpg", Medium: "image", Width: "1200", Height: "800px"},
			}},
			media{{URL: at + "a.jpg", Medium: storage.Image, Width: 1200, Height: 800, Title: "t"}},
		},
		{
			"sizes in the query",
			parse.Item{Media: []parse.Media{
				{Kind: parse.MediaContent, URL: "/a.jpg?width=140&s=x", Medium: "image", Width: "140"},
				{Kind: parse.MediaContent, URL: "/a.jpg?width=700&s=y", Medium: "image", Width: "700", Credit: "Jane"},
				{Kind: parse.MediaContent, URL: "/a.jpg?id=2", Medium: "image"},
			}},
			media{{URL: at + "a.jpg?width=700&s=y", Medium: storage.Image, Width: 700, Credit: "Jane"}, {URL: at + "a.jpg?id=2", Medium: storage.Image}},
		},
		{
			"lead by place",
			parse.Item{Media: []parse.Media{
				{Kind: parse.MediaThumbnail, URL: "/t.jpg"}, {Kind: parse.MediaContent, URL: "/v.mp4", Type: "video/mp4"}, {Kind: parse.MediaEnclosure, URL: "/e.jpg"}, {Kind: parse.MediaContent, URL: "/c.jpg"},
			}},
			media{{URL: at + "c.jpg", Medium: storage.Image}, {URL: at + "t.jpg", Medium: storage.Image}, {URL: at + "v.mp4", Type: "video/mp4", Medium: storage.Video}, {URL: at + "e.jpg", Medium: storage.Image}},
		},
		{
			"main image",
			parse.Item{Media: []parse.Media{{Kind: parse.MediaContent, URL: "/a.jpg"}, {Kind: parse.MediaContent, URL: "/b.jpg", Default: true}}},
			media{{URL: at + "b.jpg", Medium: storage.Image}, {URL: at + "a.jpg", Medium: storage.Image}},
		},
		{
			"portrait never leads",
			parse.Item{
				Media:   []parse.Media{{Kind: parse.MediaContent, URL: "https://secure.gravatar.com/avatar/x?s=96", Medium: "image"}},
				Content: parse.Text{Value: `<img src="https://s.w.org/images/core/emoji/x.png"><img src="/a.jpg" width="800">`},
			},
			media{{URL: at + "a.jpg", Medium: storage.Image, Width: 800}, {URL: "https://secure.gravatar.com/avatar/x?s=96", Medium: storage.Image}},
		},
		{
			"larger image in the text",
			parse.Item{
				Media:   []parse.Media{{Kind: parse.MediaThumbnail, URL: "/a-75x75.jpg", Width: "75", Height: "75"}},
				Content: parse.Text{Value: `<img src="/a.jpg" width="800" alt="b">`},
			},
			media{{URL: at + "a.jpg", Medium: storage.Image, Width: 800, Title: "b"}},
		},
		{
			"caption and credit",
			parse.Item{Media: []parse.Media{{Kind: parse.MediaContent, URL: "/a.jpg", Caption: "<p>A bridge &amp; more.</p> (Jane Doe / Agency)"}}},
			media{{URL: at + "a.jpg", Medium: storage.Image, Caption: "A bridge & more.", Credit: "Jane Doe / Agency"}},
		},
		{
			"caption in the text",
			parse.Item{
				Media:   []parse.Media{{Kind: parse.MediaContent, URL: "/a.jpg", Width: "1000"}},
				Content: parse.Text{Value: `<figure><picture><img src="/a-300x200.jpg"></picture><figcaption>A bridge. <span class="photo-credit">Jane Doe</span></figcaption></figure>`},
			},
			media{{URL: at + "a.jpg", Medium: storage.Image, Width: 1000, Caption: "A bridge.", Credit: "Jane Doe"}},
		},
		{
			"caption of an older page",
			parse.Item{Content: parse.Text{Value: `<div class="wp-caption"><a href="/x"><img src="/a.jpg"></a><p class="wp-caption-text">A bridge. Photo: Jane Doe</p></div>`}},
			media{{URL: at + "a.jpg", Medium: storage.Image, Caption: "A bridge.", Credit: "Jane Doe"}},
		},
		{
			"remark that is no credit",
			parse.Item{Content: parse.Text{Value: `<figure><img src="/a.jpg"><figcaption>The bridge (left) and the river (right)</figcaption></figure>`}},
			media{{URL: at + "a.jpg", Medium: storage.Image, Caption: "The bridge (left) and the river (right)"}},
		},
		{
			"counter", parse.Item{Media: []parse.Media{{Kind: parse.MediaContent, URL: "https://pixel.wp.com/g.gif"}, {Kind: parse.MediaThumbnail, URL: "/x.gif", Width: "1", Height: "1"}}}, nil,
		},
		{
			"bad",
			parse.Item{Media: []parse.Media{
				{Kind: parse.MediaEnclosure, URL: "javascript:x"},
				{Kind: parse.MediaEnclosure, URL: "data:image/png,x"},
				{Kind: parse.MediaEnclosure, URL: "/a.mp4", Length: "-1", Width: "x", Height: "99999", Duration: "1:2:3:4", Type: "rubbish"},
			}},
			media{{URL: at + "a.mp4", Medium: storage.Video}},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, media(entry(t, tt.item).Media)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestDuration(t *testing.T) {
	for in, want := range map[string]time.Duration{
		"": 0, "61": 61 * time.Second, " 61.7 ": 61 * time.Second, "2:03": 123 * time.Second, "1:00:00": time.Hour, "90:00": 90 * time.Minute,
		"-1": 0, "1:x": 0, "1e9": 0, "99999999": 0, "NaN": 0, "Inf": 0, "PT1H1M": 61 * time.Minute, "5m": 5 * time.Minute, "-5m": 0, "9999h": 0,
	} {
		e := entry(t, parse.Item{Media: []parse.Media{{Kind: parse.MediaEnclosure, URL: "/a.mp3", Duration: in}}})
		if got := e.Media[0].Duration; got != want {
			t.Errorf("%q is %v, want %v", in, got, want)
		}
	}
}

func TestLanguage(t *testing.T) {
	german := "Die Brücke über den Fluss ist nach drei Jahren Bauzeit wieder für den Verkehr geöffnet worden, teilte die Stadt am Montag mit."
	japanese := strings.Repeat("橋は三年間の工事を終えて月曜日に再び開通したと市が発表しました。", 4)
	for _, tt := range []struct {
		name   string
		header string
		item   parse.Item
		want   string
	}{
		{"none", "", parse.Item{}, ""},
		{"header", "en-us", parse.Item{}, "en-US"},
		{"item", "en-us", parse.Item{Lang: "DE_AT"}, "de-AT"},
		{"content", "en", parse.Item{Lang: "de", Content: parse.Text{Value: "x", Lang: "fr"}}, "fr"},
		{"rubbish", "english language", parse.Item{Lang: "-"}, ""},
		{"unknown", "und", parse.Item{}, ""},
		{"guess", "", parse.Item{Summary: parse.Text{Value: german}}, "de"},
		{"guess without words", "", parse.Item{Summary: parse.Text{Value: japanese}}, "ja"},
		{"too short for a guess", "", parse.Item{Summary: parse.Text{Value: german[:60]}}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, _ := normalize.Entries(source, parse.Header{Lang: tt.header}, []parse.Item{tt.item}, now)
			if got[0].Language != tt.want {
				t.Errorf("got %q, want %q", got[0].Language, tt.want)
			}
		})
	}
}

func TestReadingTime(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       time.Duration
	}{
		{"none", "", 0},
		{"no words", "… – !", 0},
		{"short", "a few words", time.Minute},
		{"words", strings.Repeat("it's <b>two</b>-word ", 265), 2 * time.Minute},
		{"characters", strings.Repeat("漢字", 500), 2 * time.Minute},
		{"hangul", strings.Repeat("한국 ", 530), 2 * time.Minute},
		{"both", strings.Repeat("漢", 500) + strings.Repeat(" word", 265), 2 * time.Minute},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := entry(t, parse.Item{Content: parse.Text{Value: tt.text}}).ReadingTime; got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestText(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"nothing", "", ""},
		{"paragraphs", "<p>a</p>\n<p>b\nc</p>", "a\n\nb c"},
		{"breaks", "a<br>b<br/>c<br><br>d", "a\nb\nc\n\nd"},
		{"list", "a<ul><li>b</li><li>c</li></ul>d", "a\n\nb\nc\n\nd"},
		{"table", "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"},
		{"inline", "a<b>b</b> <i> c</i>", "ab c"},
		{"preformatted", "<pre>a\n  b</pre>c", "a\n  b\n\nc"},
		{"entities", "&lt;b&gt; &amp;amp; &nbsp;x", "<b> &amp; x"},
		{"dropped", "a<script>b</script><style>c</style><svg><text>d</text></svg><select><option>e</select><noscript>f</noscript>g", "ag"},
		{"not ended", "a<textarea>b", "ab"},
		{"nested", "a<svg><svg></svg>b</svg>c", "ac"},
		{"unknown tag", "Map<K, V> and List<T>", "Map and List<T>"},
		{"comment", "a<!-- b -->c", "ac"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := normalize.Text(tt.in); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
