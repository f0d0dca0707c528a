package fetch

import (
	"net/netip"
	"testing"
)

func TestTransportsAreBounded(t *testing.T) {
	var kept transports
	first := kept.of(Options{}, Access{})
	for i := range 1000 {
		kept.of(Options{}, Access{Allow: []Allow{{Prefix: netip.MustParsePrefix("10.0.0.0/8"), Port: uint16(i)}}})
		if kept.of(Options{}, Access{}) != first {
			t.Fatalf("the one that is in use was dropped after %d others", i)
		}
	}
	if n := len(kept.kept); n != maxTransports {
		t.Errorf("keeps %d transports, want %d", n, maxTransports)
	}
}
