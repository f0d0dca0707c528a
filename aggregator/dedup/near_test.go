package dedup_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"newsfeed/aggregator/dedup"
)

// wire is a stream of entries and the stories that they were put in.
type wire struct {
	window dedup.Window
	rarity dedup.Rarity
	now    time.Time
	n      int
}

// best returns what an entry is most like, if that makes them one story.
func best(w *dedup.Window, m dedup.Member, s *dedup.Sketch, r *dedup.Rarity) (dedup.Match, bool) {
	matches := w.Matches(m, s, r)
	if len(matches) == 0 || !matches[0].Near() {
		return dedup.Match{}, false
	}
	return matches[0], true
}

func (w *wire) member(source string) dedup.Member {
	w.n++
	w.now = w.now.Add(time.Second)
	id := fmt.Sprintf("urn:entry:%d", w.n)
	return dedup.Member{ID: id, Source: source, Story: id, Time: w.now, Seen: w.now}
}

// publish puts an entry into its story and returns its id and what it joined.
func (w *wire) publish(source, title, html string) (id string, joined dedup.Match, ok bool) {
	s := dedup.NewSketch(title, html)
	m := w.member(source)
	match, ok := best(&w.window, m, &s, &w.rarity)
	if ok {
		m.Story = match.Story
	} else {
		w.rarity.Add(s)
	}
	w.window.Add(m, &s)
	return m.ID, match, ok
}

func newWire() *wire { return &wire{now: start} }

func TestCopiesOfOtherOutletsAreFound(t *testing.T) {
	alone(t)
	const reports = 200
	for _, e := range edits {
		t.Run(e.name, func(t *testing.T) {
			p, w := newPress(1), newWire()
			missed := 0
			for range reports {
				r := p.report()
				id, joined, ok := w.publish("agency", r.title, r.html())
				if ok {
					t.Fatalf("a new report joined %s: %+v", joined.ID, joined.Likeness)
				}
				title, html := e.make(p, r)
				if _, joined, ok = w.publish("outlet", title, html); !ok {
					missed++
				} else if joined.ID != id {
					t.Errorf("a copy of %s joined %s: %+v", id, joined.ID, joined.Likeness)
				}
			}
			t.Logf("recall %.3f", 1-float64(missed)/reports)
			if got := float64(missed) / reports; got > e.most {
				t.Errorf("missed %.3f of the copies, want at most %.2f", got, e.most)
			}
		})
	}
}

func TestEventsOfOneKindStayApart(t *testing.T) {
	alone(t)
	for _, kind := range patterns {
		t.Run(kind.name, func(t *testing.T) {
			for _, sources := range []int{1, 7} {
				p, w := newPress(2), newWire()
				links := 0
				for i := range 150 {
					title, html := kind.make(p)
					if _, joined, ok := w.publish(fmt.Sprint("source", i%sources), title, html); ok {
						links++
						if links == 1 {
							t.Logf("%q joined %s: %+v", title, joined.ID, joined.Likeness)
						}
					}
				}
				if links > 0 {
					t.Errorf("%d of 150 events in %d sources joined another, want none", links, sources)
				}
			}
		})
	}
}

func TestNoTwoEventsOfOneKindAreAlikeWhenNothingIsKnown(t *testing.T) {
	for _, kind := range patterns {
		t.Run(kind.name, func(t *testing.T) {
			p := newPress(3)
			links := 0
			for range 300 {
				title, html := kind.make(p)
				a := dedup.NewSketch(title, html)
				title, html = kind.make(p)
				b := dedup.NewSketch(title, html)
				if l, ok := dedup.Compare(&a, &b, &dedup.Rarity{}, false); ok {
					links++
					t.Logf("%+v", l)
				}
			}
			if links > 0 {
				t.Errorf("%d of 300 pairs were linked, want none", links)
			}
		})
	}
}

func TestEmptyAndShortTextsAreNotCompared(t *testing.T) {
	long := newPress(4).report().html()
	for name, pair := range map[string][2]string{
		"both empty":          {"", ""},
		"one empty":           {"", long},
		"no words":            {"<img src=x>", "<p>…</p>"},
		"the same short text": {"<p>Read the full story on our site</p>", "<p>Read the full story on our site</p>"},
		"short in long":       {"<p>Ferry sinks</p>", "<p>Ferry sinks</p>" + long},
	} {
		t.Run(name, func(t *testing.T) {
			for _, title := range [][2]string{{"", ""}, {"Ferry sinks", "Ferry sinks"}, {"Ferry sinks off ancient harbour wall", "Ferry sinks near ancient harbour wall"}} {
				a, b := dedup.NewSketch(title[0], pair[0]), dedup.NewSketch(title[1], pair[1])
				if l, ok := dedup.Compare(&a, &b, &dedup.Rarity{}, false); ok {
					t.Errorf("%q: %+v", title, l)
				}
			}
		})
	}
}

func TestWithoutTextATellingTitleCounts(t *testing.T) {
	const telling = "Seven ferries collide outside ancient harbour"
	stories := func(n int) *dedup.Rarity {
		var r dedup.Rarity
		for range n {
			r.Add(dedup.NewSketch(telling, ""))
		}
		return &r
	}
	for name, test := range map[string]struct {
		a, b       string
		rarity     *dedup.Rarity
		sameSource bool
		want       bool
	}{
		"equal":               {telling, telling, stories(1), false, true},
		"equal but for case":  {telling, strings.ToUpper(telling), stories(1), false, true},
		"equal but for label": {telling, "LIVE: " + telling, stories(1), false, true},
		"in the same source":  {telling, telling, stories(1), true, false},
		"of several stories":  {telling, telling, stories(2), false, false},
		"another order":       {"Ferry Alpha beats ferry Omega in annual race", "Ferry Omega beats ferry Alpha in annual race", stories(0), false, false},
		"another figure":      {telling + " 3", telling + " 4", stories(0), false, false},
		"too short":           {"Photo of the day: ferries", "Photo of the day: ferries", stories(0), false, false},
	} {
		t.Run(name, func(t *testing.T) {
			a, b := dedup.NewSketch(test.a, ""), dedup.NewSketch(test.b, "")
			l, ok := dedup.Compare(&a, &b, test.rarity, test.sameSource)
			if ok != test.want || ok && l.Rule != dedup.RuleEqualTitle {
				t.Errorf("got %+v, %v, want %v", l, ok, test.want)
			}
		})
	}
}

func TestWhatSpeaksAgainstARule(t *testing.T) {
	p := newPress(5)
	r := p.report()
	text := r.html()
	figures := func(n ...int) string {
		return fmt.Sprintf("<p>Of %d boats %d were lost and %d saved.</p>", n[0], n[1], n[2]) + text
	}
	for name, test := range map[string]struct {
		titleA, htmlA, titleB, htmlB string
		sameSource                   bool
		want                         string
	}{
		"nothing":                             {r.title, text, r.title, text, false, ""},
		"figures":                             {r.title, "<p>1 2 3 4 5</p>" + words(r, 60), r.title, "<p>6 7 8 9 10</p>" + words(r, 60), false, dedup.AgainstFigures},
		"some figures, other source":          {"A", figures(31, 17, 14), "A", figures(31, 18, 13), false, ""},
		"some figures, same source":           {"A", "<p>31 17 14</p>" + words(r, 60), "A", "<p>31 18 13</p>" + words(r, 60), true, dedup.AgainstFigures},
		"figures written otherwise":           {"Fleet of 1,200 sails", text, "Fleet of 1200 sails", text, false, ""},
		"figures in titles":                   {"Crossword no 1", text, "Crossword no 2", text, false, dedup.AgainstTitleFigures},
		"names, text nearly the same":         {"Harbour of Torvik closed", text, "Harbour of Selmond closed", text, false, ""},
		"names, text rather the same":         {"Harbour of Torvik closed", text, "Harbour of Selmond closed", p.edited(r, 0.1), false, dedup.AgainstNames},
		"a name that the other entry has too": {"Harbour of Torvik closed", text, "Harbour of Selmond closed", "<p>Torvik</p>" + p.edited(r, 0.08), false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			a, b := dedup.NewSketch(test.titleA, test.htmlA), dedup.NewSketch(test.titleB, test.htmlB)
			l, ok := dedup.Compare(&a, &b, &dedup.Rarity{}, test.sameSource)
			if l.Rule == "" || l.Against != test.want || ok != (test.want == "") {
				t.Errorf("got %+v, %v, want against it %q", l, ok, test.want)
			}
		})
	}
}

// words returns the first words of a report that have no figures in them.
func words(r report, n int) string {
	var kept []string
	for _, w := range strings.Fields(strings.Join(r.sentences, " ")) {
		if !strings.ContainsAny(w, "0123456789") {
			kept = append(kept, w)
		}
	}
	return strings.Join(kept[:n], " ")
}

func TestOrderOfTwoEntriesMakesNoDifference(t *testing.T) {
	p := newPress(6)
	var rarity dedup.Rarity
	var sketches []dedup.Sketch
	for i := range 30 {
		r := p.report()
		e := edits[i%len(edits)]
		title, html := e.make(p, r)
		sketches = append(sketches, dedup.NewSketch(r.title, r.html()), dedup.NewSketch(title, html))
		title, html = patterns[i%len(patterns)].make(p)
		sketches = append(sketches, dedup.NewSketch(title, html))
		rarity.Add(sketches[len(sketches)-1-i%3])
	}
	for i := range sketches {
		for j := range sketches {
			for _, same := range []bool{false, true} {
				ab, okAB := dedup.Compare(&sketches[i], &sketches[j], &rarity, same)
				ba, okBA := dedup.Compare(&sketches[j], &sketches[i], &rarity, same)
				if ab != ba || okAB != okBA {
					t.Fatalf("%d and %d: %+v, the other way round %+v", i, j, ab, ba)
				}
			}
		}
	}
}

func TestLanguagesWithoutSpaces(t *testing.T) {
	for language, test := range map[string]struct{ title, text, headline, copied, otherTitle, other string }{
		"Chinese": {
			title: "强台风登陆广东 三万居民紧急转移", text: "<p>今年第十二号台风昨晚在广东沿海登陆，中心附近最大风力达到十四级。当地政府连夜组织三万多名居民转移到安全地带，学校和工厂全部停课停工。气象台预计，台风将继续向西北方向移动，强度逐渐减弱。</p>",
			headline: "强台风登陆广东 居民连夜转移", copied: "<p>（本报讯）今年第十二号台风昨晚在广东沿海登陆，中心附近最大风力达到十四级。当地政府连夜组织三万多名居民转移到安全地带，学校停课。</p>",
			otherTitle: "中央银行宣布下调存款准备金率", other: "<p>中央银行昨晚宣布，从下月起下调金融机构存款准备金率，以支持实体经济发展。分析人士认为，这一政策将释放长期资金约五千亿元。当地政府表示欢迎。</p>",
		},
		"Japanese": {
			title: "北海道で震度五の地震 津波の心配なし", text: "<p>二十三日午前、北海道で震度五強の揺れを観測する地震がありました。気象庁によりますと、震源は十勝沖で、この地震による津波の心配はありません。鉄道は一時運転を見合わせましたが、まもなく再開しました。</p>",
			headline: "北海道で震度五 津波なし", copied: "<p>二十三日午前、北海道で震度五強の揺れを観測する地震がありました。気象庁によりますと、震源は十勝沖で、津波の心配はありません。</p>",
			otherTitle: "自動車大手が電池工場を新設へ", other: "<p>自動車大手は二十三日、電気自動車向けの電池工場を九州に新設すると発表しました。投資額は二千億円で、三年後の稼働を目指します。地元の雇用は千人を超える見込みです。</p>",
		},
		"Thai": {
			title: "น้ำท่วมหนักภาคใต้ อพยพประชาชนนับพัน", text: "<p>เกิดน้ำท่วมหนักในหลายจังหวัดภาคใต้หลังฝนตกต่อเนื่องสามวัน เจ้าหน้าที่เร่งอพยพประชาชนนับพันคนไปยังศูนย์พักพิงชั่วคราว โรงเรียนหลายแห่งประกาศหยุดการเรียนการสอน</p>",
			headline: "น้ำท่วมหนักภาคใต้ เร่งอพยพประชาชน", copied: "<p>เกิดน้ำท่วมหนักในหลายจังหวัดภาคใต้หลังฝนตกต่อเนื่องสามวัน เจ้าหน้าที่เร่งอพยพประชาชนนับพันคนไปยังศูนย์พักพิง</p>",
			otherTitle: "ตลาดหุ้นไทยปิดบวกสิบจุด", other: "<p>ตลาดหุ้นไทยวันนี้ปิดบวกสิบจุด นักลงทุนต่างชาติเข้าซื้อหุ้นกลุ่มพลังงานและธนาคาร นักวิเคราะห์คาดว่าดัชนีจะปรับตัวขึ้นต่อในสัปดาห์หน้า</p>",
		},
	} {
		t.Run(language, func(t *testing.T) {
			w := newWire()
			id, _, _ := w.publish("a", test.title, test.text)
			if _, joined, ok := w.publish("b", test.headline, test.copied); !ok || joined.ID != id {
				t.Errorf("the copy is not found: %+v", joined)
			}
			if _, joined, ok := w.publish("c", test.otherTitle, test.other); ok {
				t.Errorf("another report joined %s: %+v", joined.ID, joined.Likeness)
			}
		})
	}
}
