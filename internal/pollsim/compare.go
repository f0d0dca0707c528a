package main

import (
	"fmt"

	"golang.org/x/sync/errgroup"
)

// workers is how many runs go on at once.
const workers = 2

// compare runs the policies over the trials, each with the same number of
// requests: one a source in so many minutes.
func compare(policies []policy, trials []*trial, budget float64) ([]result, error) {
	var group errgroup.Group
	group.SetLimit(workers)
	runs := make([][]*outcome, len(policies))
	for i, p := range policies {
		runs[i] = make([]*outcome, len(trials))
		for j, t := range trials {
			group.Go(func() (err error) {
				runs[i][j], err = p.fit(t, budget)
				return err
			})
		}
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	results := make([]result, len(policies))
	for i, p := range policies {
		results[i] = summarize(p.name, runs[i], budget)
	}
	return results, nil
}

// fit tries a policy on a trial with as many requests as the budget allows.
func (p policy) fit(t *trial, budget float64) (*outcome, error) {
	if p.guess == 0 {
		return p.run(t, 0, budget), nil
	}
	polls := float64(len(t.sources)) * (t.end - t.from) / budget
	o, err := calibrate(func(scalar float64) *outcome { return p.run(t, scalar, budget) }, p.guess, polls)
	if err != nil {
		return nil, fmt.Errorf("calibrate %s: %w", p.name, err)
	}
	return o, nil
}

// run tries a policy with a scalar on a trial.
func (p policy) run(t *trial, scalar, budget float64) *outcome {
	fitted := *t
	fitted.spread = budget
	if p.cold {
		fitted.start, fitted.spread = t.from, 0
	}
	o := simulate(&fitted, p.pace(&fitted, scalar, float64(len(t.sources))/budget))
	o.scalar = scalar
	return o
}
