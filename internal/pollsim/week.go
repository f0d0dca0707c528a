package main

import "math/rand/v2"

// week is how busy each hour of the week is, Monday 00:00 UTC first. Its mean
// is one.
type week [7 * 24]float64

func evenWeek() week {
	var w week
	for i := range w {
		w[i] = 1
	}
	return w
}

// officeWeek returns a week of working hours in some time zone, with quieter
// nights and weekends.
func officeWeek(random *rand.Rand) week {
	var (
		zone    = random.IntN(24)
		opens   = 6 + random.IntN(4)
		hours   = 9 + random.IntN(6)
		night   = between(random, 0.05, 0.3)
		weekend = between(random, 0.1, 0.6)
		w       week
		sum     float64
	)
	for i := range w {
		level := night
		switch hour := i%24 - opens; {
		case hour == 0 || hour == hours-1:
			level = (1 + night) / 2
		case hour > 0 && hour < hours:
			level = 1
		}
		if i/24 >= 5 {
			level *= weekend
		}
		w[(i+zone)%len(w)] = level
		sum += level
	}
	for i := range w {
		w[i] *= float64(len(w)) / sum
	}
	return w
}

// at returns how busy the week is at a time.
func (w *week) at(minute float64) float64 {
	return w[int(minute/60)%len(w)]
}

func (w *week) peak() float64 {
	peak := w[0]
	for _, level := range w {
		peak = max(peak, level)
	}
	return peak
}

func between(random *rand.Rand, low, high float64) float64 {
	return low + random.Float64()*(high-low)
}
