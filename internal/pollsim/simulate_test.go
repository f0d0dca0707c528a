package main

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// byHand is a trial of one source that shows two items, polled from 0 and
// measured from 100 to 3000.
func byHand(items ...float64) *trial {
	return &trial{sources: []*source{{name: "a", kind: "k", shown: 2, items: items}}, from: 100, end: 3000}
}

func every(minutes float64) pacing { return pacing{pacers: []pacer{fixed(minutes)}} }

func TestDelaysRunFromPublicationToPoll(t *testing.T) {
	tests := map[string]struct {
		trial  *trial
		pacing pacing
		want   outcome
	}{
		"items and polls out of the measured time do not count": {
			byHand(50, 110, 150, 2990, 3010), every(200),
			outcome{polls: 14, firstDay: 7, wasted: 13, delays: [][]float64{{90, 50, 10}}},
		},
		"an item at the time of a poll is seen": {
			byHand(200), every(200),
			outcome{polls: 14, firstDay: 7, wasted: 13, delays: [][]float64{{0}}},
		},
		"what the document no longer shows is missed": {
			byHand(210, 220, 230, 240), every(200),
			outcome{polls: 14, firstDay: 7, wasted: 13, missed: 2, delays: [][]float64{{190, 180, 170, 160}}},
		},
		"a day is the longest wait": {
			byHand(200), every(5000),
			outcome{polls: 2, firstDay: 1, wasted: 1, delays: [][]float64{{1240}}},
		},
		"five minutes are the shortest": {
			byHand(), every(1),
			outcome{polls: 580, firstDay: 288, wasted: 580, delays: [][]float64{nil}},
		},
		"a poll starts when it is admitted": {
			byHand(150),
			pacing{pacers: []pacer{fixed(200)}, admit: func(now float64) float64 { return now + 100 }},
			outcome{polls: 10, firstDay: 5, wasted: 9, delays: [][]float64{{250}}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := simulate(test.trial, test.pacing)
			got.trial = nil
			if diff := cmp.Diff(test.want, *got, cmp.AllowUnexported(outcome{})); diff != "" {
				t.Errorf("outcome (-want +got):\n%s", diff)
			}
		})
	}
}

// diary is a pacer that writes down what it is told.
type diary struct {
	found [][]float64
}

func (d *diary) wait(_ float64, found []float64) float64 {
	d.found = append(d.found, slices.Clone(found))
	return 1000
}

func TestPoliciesAreToldOfWhatIsShownAndNew(t *testing.T) {
	tests := map[string]struct {
		undated bool
		want    [][]float64
	}{
		"dated":   {false, [][]float64{{-5, 0}, {400}, nil}},
		"undated": {true, [][]float64{{0, 0}, {1000}, nil}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			tr := byHand(-10, -5, 0, 400)
			tr.undated = test.undated
			var d diary
			simulate(tr, pacing{pacers: []pacer{&d}})
			if diff := cmp.Diff(test.want, d.found, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("found (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCalibrationSaysWhenItCannot(t *testing.T) {
	if o, err := calibrate(func(float64) *outcome { return &outcome{polls: 7} }, 1, 100); err == nil {
		t.Errorf("got %d polls and no error", o.polls)
	}
}
