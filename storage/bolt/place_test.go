package bolt

import "testing"

func TestFoldIsTheSameForASCII(t *testing.T) {
	for _, s := range []string{"", "World", "WORLD", "kelvin", "small S", "A-Z 09"} {
		if got, want := fold(s), fold(s+"\u00e9"); got+fold("\u00e9") != want {
			t.Errorf("fold(%q) = %q, and %q before another letter", s, got, want)
		}
	}
}
