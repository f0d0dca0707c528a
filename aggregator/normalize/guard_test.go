package normalize_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"newsfeed/aggregator/normalize"
)

// TestD30_FragmentsThatMultiply gives HTML of which a parser makes a thousand
// times as much as is written in it.
func TestD30_FragmentsThatMultiply(t *testing.T) {
	const size = 1 << 20
	fill := func(s string) string { return strings.Repeat(s, size/len(s)) }
	count := func(format string, size int) string {
		var b strings.Builder
		for i := 0; b.Len() < size; i++ {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	for name, in := range map[string]string{
		"attributes of formatting":           "<p><b " + count("a%x ", 6000) + ">" + fill("<p>x"),
		"attributes of formatting in quotes": "<p><b " + count(`a%x=">" `, 6000) + ">" + fill("<p>x"),
		"attributes of a link":               "<p><a " + count("a%x ", size/2) + ">" + fill("<p>x"),
		"different formatting":               "<p>" + count("<b a=%x>", 4000) + fill("<p>x"),
		"formatting of all kinds":            "<p>" + strings.Repeat("<b><i><u><s><em><tt><big><code><font><small><strike><strong>", 3) + fill("<p>x"),
		"formatting that looks like a style": "<p><svg><style>" + count("<b a=%x>", 4000) + "</svg>" + fill("<p>x"),
		"formatting that looks like a value": `<p><svg><style a="</style>">` + count("<b a=%x>", 4000) + fill("<p>x"),
		"attributes of html":                 count("<html a%x>", size),
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			if spent := cpuOf(t, func() { mustBeSafe(t, in) }); spent > 10*time.Second {
				t.Errorf("took %v of CPU time", spent)
			}
			runtime.ReadMemStats(&after)
			if room := after.TotalAlloc - before.TotalAlloc; room > 1<<30 {
				t.Errorf("took %d MiB in all", room>>20)
			}
		})
	}
	// Many formatting elements are no reason to lose them.
	const usual = `<p><b>a</b> <i class="x">b</i> <a href="https://a.example/"><em>c</em></a></p>`
	if got := normalize.SafeHTML("<p>a<p>"+strings.Repeat(usual, 5000), page); !strings.Contains(got, "<b>a</b>") {
		t.Errorf("got %.300s", got)
	}
}
