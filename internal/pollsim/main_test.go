package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

func small() options {
	return options{seeds: []uint64{1}, sources: 20, warmup: 1, days: 2, budgets: []float64{30, 120}}
}

func TestATableForEachBudget(t *testing.T) {
	o := small()
	o.policies = []string{"fixed", "sqrt-rate"}
	var out bytes.Buffer
	if err := run(o, &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"every 30 minutes", "every 120 minutes", "| fixed | 100.", "| sqrt-rate |"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in:\n%s", want, &out)
		}
	}
	if strings.Contains(out.String(), "NaN") {
		t.Errorf("not a number in:\n%s", &out)
	}
}

func TestJSONHoldsTheSameFigures(t *testing.T) {
	o := small()
	o.json, o.policies, o.budgets = true, []string{"fixed", "ours-online"}, []float64{120, 240}
	var out bytes.Buffer
	if err := run(o, &out); err != nil {
		t.Fatal(err)
	}
	var tables []table
	if err := json.Unmarshal(out.Bytes(), &tables); err != nil {
		t.Fatal(err)
	}
	if len(tables) != 2 || len(tables[0].Results) != 2 || tables[0].Results[0].Mean < 10 || len(tables[0].Bars) == 0 {
		t.Errorf("got %+v", tables)
	}
}

func TestTracesHaveNoOracle(t *testing.T) {
	o := small()
	o.traces = []string{"some"}
	for _, p := range o.compared() {
		if p.name == "oracle" {
			t.Error("the oracle is among the policies for traces")
		}
	}
}

func TestATimeTooShortIsRefused(t *testing.T) {
	o := small()
	o.days = 1
	if err := run(o, new(bytes.Buffer)); err == nil || errors.Is(err, errBars) {
		t.Errorf("got error %v, want one about the time", err)
	}
}

func TestBarsJudgeTheBudgetTheyAreSetFor(t *testing.T) {
	results := func(own, used float64) []result {
		return []result{
			{Policy: "fixed", Mean: 30, P95: 50},
			{Policy: "aimd", Mean: 20, P95: 50},
			{Policy: "ours-online", Mean: own, P95: 30, Later: used},
		}
	}
	tests := map[string]struct {
		table  table
		traced bool
		want   bool
	}{
		"all met":                      {table{Budget: 60, Results: results(12, 1)}, false, true},
		"too slow":                     {table{Budget: 60, Results: results(14, 1)}, false, false},
		"too slow against aimd":        {table{Budget: 60, Results: results(17, 1)}, false, false},
		"too many requests":            {table{Budget: 60, Results: results(12, 1.02)}, false, false},
		"too few":                      {table{Budget: 60, Results: results(12, 0.94)}, false, false},
		"another budget":               {table{Budget: 15, Results: results(20, 1)}, false, true},
		"nothing of ours was compared": {table{Budget: 60, Results: results(12, 1)[:2]}, false, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			test.table.setBars(test.traced)
			if got := test.table.passed(); got != test.want {
				t.Errorf("passed is %v, want %v: %+v", got, test.want, test.table.Bars)
			}
		})
	}
}
