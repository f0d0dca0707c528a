package dedup

import (
	"strings"
	"testing"
)

// same reports whether two texts in HTML have the same tokens.
func same(a, b string) bool {
	x, y := bodyTokens([]string{a}, leadLength), bodyTokens([]string{b}, leadLength)
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if x[i].hash != y[i].hash {
			return false
		}
	}
	return true
}

func TestWritingMakesNoDifferenceToWords(t *testing.T) {
	for name, pair := range map[string][2]string{
		"case":                   {"Ferry SINKS", "ferry sinks"},
		"case beyond ASCII":      {"ÉLECTION ŁÓDŹ", "élection łódź"},
		"tags within a word":     {"<p><b>F</b>erry <a href='/x?a=1&amp;b=2'>si<em>nk</em>s</a></p>", "ferry sinks"},
		"block tags":             {"<p>ferry</p><p>sinks</p>fast<br>now", "ferry sinks fast now"},
		"list and heading":       {"<h2>ferry</h2><ul><li>sinks<li>fast</ul>", "ferry sinks fast"},
		"image without its text": {"ferry <img src=x alt='a ship'> sinks", "ferry sinks"},
		"entities":               {"caf&eacute;&nbsp;&amp;&#32;bar", "café bar"},
		"double escaped once":    {"a &amp;lt;b", "a lt b"},
		"punctuation":            {"“Ferry”—sinks, (fast)!", "ferry sinks fast"},
		"possessive":             {"the ferry's crew’s boat", "the ferry crew boat"},
		"apostrophe in a word":   {"don't O’Brien", "don t o brien"},
		"quotes":                 {"'tis 'said' s", "tis said s"},
		"soft hyphen":            {"fer\u00ADry", "ferry"},
		"full width":             {"ＡＢＣ１２", "abc12"},
		"end of a sentence":      {"in 2026. Then 3, 4", "in 2026 then 3 4"},
		"comment":                {"ferry<!-- not --> sinks", "ferry sinks"},
		"broken UTF-8":           {"ferry\xff sinks", "ferry sinks"},
	} {
		t.Run(name, func(t *testing.T) {
			if !same(pair[0], pair[1]) {
				t.Errorf("%q and %q have different words", pair[0], pair[1])
			}
		})
	}
}

func TestWordsThatDiffer(t *testing.T) {
	for name, pair := range map[string][2]string{
		"decimals":           {"2.5", "2 5"},
		"accents":            {"résumé", "resume"},
		"words run together": {"ferry sinks", "ferrysinks"},
	} {
		t.Run(name, func(t *testing.T) {
			if same(pair[0], pair[1]) {
				t.Errorf("%q and %q have the same words", pair[0], pair[1])
			}
		})
	}
}

func TestScriptsWithoutSpacesAreCutInPairs(t *testing.T) {
	for text, want := range map[string]int{
		"東京で地震が発生": 7,
		"東":        1,
		"東 京":      2,
		"東京2026年":  3,
		"ข่าวด่วน": 7,
		"서울에서 지진":  2,
		"スーパー":     3,
		"東京<br>大阪": 2,
	} {
		if got := len(bodyTokens([]string{text}, leadLength)); got != want {
			t.Errorf("%q has %d tokens, want %d", text, got, want)
		}
	}
}

func TestStems(t *testing.T) {
	for name, group := range map[string][]string{
		"cuts":      {"cut", "cuts"},
		"city":      {"city", "cities"},
		"warned":    {"warn", "warns", "warned", "warning"},
		"not press": {"press"},
	} {
		t.Run(name, func(t *testing.T) {
			tokens := titleTokens(strings.Join(group, " "), titleLength)
			for i, tok := range tokens {
				if tok.stem != tokens[0].stem {
					t.Errorf("%s has another stem than %s", group[i], group[0])
				}
			}
		})
	}
	if a := titleTokens("new news press pres thing th", titleLength); a[0].stem == a[1].stem && a[4].stem == a[5].stem {
		t.Error("short words lost what tells them apart")
	}
}

func TestFigures(t *testing.T) {
	for text, want := range map[string]string{
		"1,234.5":   "1234.5",
		"12,000":    "12000",
		"$2.5bn":    "2.5",
		"5%":        "5",
		"£10m":      "10",
		"covid19":   "",
		"３４５":       "345",
		"1.":        "1",
		"no figure": "",
	} {
		got := titleTokens(text, titleLength)[0].number
		if want == "" && got != 0 || want != "" && got != hashOf([]byte(want)) {
			t.Errorf("%q is not read as figure %q", text, want)
		}
	}
}

func TestTokensEndAtTheLimit(t *testing.T) {
	if n := len(bodyTokens([]string{strings.Repeat("word <b>", 500)}, leadLength)); n != leadLength {
		t.Errorf("got %d tokens, want %d", n, leadLength)
	}
}
