package main

import (
	"math"
	"testing"
)

func TestPoliciesAtEqualRequests(t *testing.T) {
	results, err := compare(policies, []*trial{synthetic(1, 60, 2, 2)}, 60)
	if err != nil {
		t.Fatal(err)
	}
	byName := map[string]result{}
	for i, r := range results {
		byName[r.Policy] = r
		bound := tolerance
		if policies[i].guess == 0 {
			bound = 0.1
		}
		if math.Abs(math.Log(r.Requests)) > bound {
			t.Errorf("%s made %.2f%% of the requests asked for", r.Policy, 100*r.Requests)
		}
	}
	for _, own := range []string{"ours", "ours-online"} {
		for other, most := range map[string]float64{"fixed": 0.6, "miniflux": 0.65, "sqrt-rate": 0.95} {
			if ratio := byName[own].Mean / byName[other].Mean; ratio > most {
				t.Errorf("items wait %.2f times as long with %s as with %s, want at most %.2f", ratio, own, other, most)
			}
		}
		if ratio := byName[own].Mean / byName["oracle"].Mean; ratio < 1 {
			t.Errorf("items wait %.2f times as long with %s as with the oracle", ratio, own)
		}
	}
	if byName["ours-new"].Mean > byName["fixed"].Mean {
		t.Error("items wait longer with ours-new than with fixed")
	}
}
