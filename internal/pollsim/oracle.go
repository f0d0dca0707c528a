package main

// oracle knows the source's process. It waits until the items to be expected
// would have waited price minutes in total.
type oracle struct {
	source *source
	price  float64
	known  int // items published so far
}

func (p *oracle) wait(now float64, _ []float64) float64 {
	for p.known < len(p.source.items) && p.source.items[p.known] <= now {
		p.known++
	}
	expected := p.source.process.forecast(now, p.source.items[:p.known])
	var items, waited float64
	for minutes := 0.0; minutes < longest; minutes++ {
		next := expected(now + minutes)
		waited += items + next/2
		items += next
		if waited >= p.price {
			return minutes + 1
		}
	}
	return longest
}
