package dedup_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"newsfeed/aggregator/dedup"
	"newsfeed/storage"
)

func binary(t testing.TB, s *dedup.Sketch) []byte {
	t.Helper()
	b, err := s.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// fullest returns a title and a text whose every word counts and is another.
func fullest(seed uint64) (title, html string) {
	p := newPress(seed)
	var words []string
	for range 200 {
		words = append(words, fmt.Sprintf("w%x", p.Uint64()))
	}
	return strings.Join(words[150:], " "), strings.Join(words[:150], " ")
}

func TestASketchStaysTheSameInAStore(t *testing.T) {
	p := newPress(4)
	for range 50 {
		r := p.report()
		was := dedup.NewSketch(r.title, r.html())
		b := binary(t, &was)
		var is dedup.Sketch
		if err := is.UnmarshalBinary(b); err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(was, is, gocmp.AllowUnexported(dedup.Sketch{}), gocmp.Comparer(bytes.Equal)); diff != "" {
			t.Fatal(diff)
		}
		if !bytes.Equal(binary(t, &is), b) {
			t.Fatal("written again, it has other bytes")
		}
	}
}

func TestASketchIsSmall(t *testing.T) {
	most, sum := 0, 0
	const n = 300
	for seed := range uint64(n) {
		title, html := fullest(seed)
		if seed%3 == 0 {
			html = strings.ReplaceAll(html, "w", "") // figures, for a good part
		}
		s := dedup.NewSketch(title, html)
		most = max(most, len(binary(t, &s)))

		r := newPress(seed).report()
		s = dedup.NewSketch(r.title, r.html())
		sum += len(binary(t, &s))
	}
	t.Logf("fullest %d bytes, of a report %d", most, sum/n)
	if most > 600 {
		t.Errorf("the fullest sketch takes %d bytes, want at most 600", most)
	}
}

func TestASketchOfNothingIsEmpty(t *testing.T) {
	var zero, read dedup.Sketch
	if err := read.UnmarshalBinary(nil); err != nil {
		t.Fatal(err)
	}
	nothing := dedup.NewSketch("", "")
	if !bytes.Equal(binary(t, &read), binary(t, &zero)) || !bytes.Equal(binary(t, &nothing), binary(t, &zero)) {
		t.Error("sketches of nothing differ")
	}
}

func TestATeaserIsFoundInContentAndInSummary(t *testing.T) {
	p := newPress(9)
	r := p.report()
	teaser := dedup.NewSketch(r.title, teaser(r, 40))
	for name, e := range map[string]storage.Entry{
		"content":                   {Content: r.html()},
		"content beside a summary":  {Content: r.html(), Summary: paragraphs(p.report().sentences[:1])},
		"summary":                   {Summary: r.html()},
		"summary of a gallery":      {Summary: r.html(), Content: "<figure><figcaption>The harbour at dawn</figcaption></figure>"},
		"content within a summary":  {Summary: r.html(), Content: paragraphs(r.sentences[:2])},
		"summary that says nothing": {Summary: "<p>Read more</p>", Content: r.html()},
	} {
		t.Run(name, func(t *testing.T) {
			e.Title = r.title
			full := dedup.SketchOf(e)
			if l, ok := dedup.Compare(&full, &teaser, &dedup.Rarity{}, false); !ok || l.Text < 0.9 {
				t.Errorf("got %+v", l)
			}
		})
	}
}

func TestBytesThatAreNoSketchAreRefused(t *testing.T) {
	r := newPress(5).report()
	s := dedup.NewSketch(r.title, r.html())
	good := binary(t, &s)
	bad := map[string][]byte{
		"another version": append([]byte{99}, good[1:]...),
		"one byte":        good[:1],
		"more bytes":      append(bytes.Clone(good), 0),
		"all ones":        bytes.Repeat([]byte{0xFF}, 600),
		"no sets":         {1, 0, 0, 0, 0, 0},
	}
	for _, n := range []int{4, 6, 10, 50, len(good) - 1} {
		bad[fmt.Sprint("the first ", n)] = good[:n]
	}
	for name, b := range bad {
		t.Run(name, func(t *testing.T) {
			var s, zero dedup.Sketch
			if err := s.UnmarshalBinary(b); err == nil {
				t.Error("want an error")
			}
			if !bytes.Equal(binary(t, &s), binary(t, &zero)) {
				t.Error("something was read all the same")
			}
		})
	}
}

// hostile are texts of a MiB that are made to cost time.
var hostile = map[string]string{
	"no spaces":          strings.Repeat("x", 1<<20),
	"no spaces, Chinese": strings.Repeat("中", 1<<20/3),
	"digits":             strings.Repeat("7", 1<<20),
	"digits and stops":   strings.Repeat("7.", 1<<19),
	"one word":           strings.Repeat("word ", 1<<20/5),
	"tags":               strings.Repeat("<b>", 1<<20/3),
	"open tags":          strings.Repeat("<", 1<<20),
	"entities":           strings.Repeat("&amp;", 1<<20/5),
	"ampersands":         strings.Repeat("&", 1<<20),
	"marks":              strings.Repeat("\u0301", 1<<19),
	"soft hyphens":       strings.Repeat("\u00AD", 1<<19),
	"apostrophes":        strings.Repeat("a'", 1<<19),
	"a long attribute":   "<a title='" + strings.Repeat("x ", 1<<19) + "'>",
	"comments":           strings.Repeat("<!-->", 1<<20/5),
}

func TestHostileTextTakesTimeInProportion(t *testing.T) {
	alone(t)
	for name, text := range hostile {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			s := dedup.NewSketch(text, text)
			if took := time.Since(began); took > 20*time.Second { // some hundredths of a second are usual, minutes if it were quadratic
				t.Errorf("took %v", took)
			}
			if n := len(binary(t, &s)); n > 600 {
				t.Errorf("the sketch takes %d bytes", n)
			}
		})
	}
}

func FuzzNewSketch(f *testing.F) {
	r := newPress(6).report()
	f.Add(r.title, r.html())
	f.Add("東京で地震", "<p>東京で<b>大きな</b>地震が発生し、3,000人が避難した</p>")
	f.Add("", "&amp;lt;<p 7.5,3 it's")
	f.Fuzz(func(t *testing.T, title, html string) {
		was := dedup.NewSketch(title, html)
		b := binary(t, &was)
		if len(b) > 600 {
			t.Fatalf("takes %d bytes", len(b))
		}
		var is dedup.Sketch
		if err := is.UnmarshalBinary(b); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(binary(t, &is), b) {
			t.Fatal("not the same after a store")
		}
	})
}

func FuzzSketchBinary(f *testing.F) {
	r := newPress(7).report()
	s := dedup.NewSketch(r.title, r.html())
	f.Add(binary(f, &s))
	f.Add([]byte{1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		var s dedup.Sketch
		if s.UnmarshalBinary(b) != nil || len(b) == 0 {
			return
		}
		var again dedup.Sketch
		if err := again.UnmarshalBinary(binary(t, &s)); err != nil {
			t.Fatal(err)
		}
		var r dedup.Rarity
		r.Add(s)
		dedup.Compare(&s, &again, &r, false)
	})
}
