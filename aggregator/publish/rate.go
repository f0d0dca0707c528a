package publish

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"newsfeed/storage"
)

const (
	day      = 24 * time.Hour
	rateDays = 30

	// maxRates bounds the sources whose rates are remembered.
	maxRates = 20_000
)

// rate is how many entries a source brought a day, the last day last.
type rate [rateDays]int

// The size of a sparkline.
const (
	sparkWidth  = 4 // of a day
	sparkHeight = 24
)

// Path draws the rate: a bar a day.
func (r rate) Path() string {
	most := slices.Max(r[:])
	var b strings.Builder
	for i, n := range r {
		if n > 0 {
			fmt.Fprintf(&b, "M%d %dv-%dh%dV%dz", i*sparkWidth, sparkHeight, max(2, n*sparkHeight/most), sparkWidth-1, sparkHeight)
		}
	}
	return b.String()
}

// String tells the rate to those who do not see it drawn.
func (r rate) String() string {
	sum := 0
	for _, n := range r {
		sum += n
	}
	return fmt.Sprintf("%d entries in %d days, at most %d a day", sum, rateDays, slices.Max(r[:]))
}

// rates remembers the rates of sources until they bring news: to count the
// entries of all sources anew would take long. The zero rates are empty.
type rates struct {
	mu    sync.Mutex // guards the fields below
	known map[string]counted
}

// counted is a rate, and of what.
type counted struct {
	news    time.Time // the last poll that brought an entry
	entries int
	judged  string // conditions by which some of the entries are hidden
	until   time.Time
	rate    rate
}

// newestDay returns the day of the newest entry: the last of the days that are
// counted. It is not today, so that the page is a function of the store alone.
func newestDay(ctx context.Context, r storage.Reader) (time.Time, error) {
	newest, err := r.Entries(ctx, storage.Query{Limit: 1})
	if err != nil || len(newest.Items) == 0 {
		return time.Time{}, err
	}
	return newest.Items[0].Effective.UTC().Truncate(day), nil
}

// of returns the rate of a source: of its last storage.MaxPage entries at most.
func (m *rates) of(ctx context.Context, r storage.Reader, s storage.Source, until time.Time) (rate, error) {
	want := counted{news: s.State.LastNew, entries: s.Entries, judged: s.Judged, until: until}
	m.mu.Lock()
	got, ok := m.known[s.ID]
	m.mu.Unlock()
	if want.rate = got.rate; ok && got == want {
		return got.rate, nil
	}
	var err error
	if want.rate, err = count(ctx, r, s.ID, until); err != nil {
		return rate{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known == nil || len(m.known) >= maxRates {
		m.known = map[string]counted{}
	}
	m.known[s.ID] = want
	return want.rate, nil
}

func count(ctx context.Context, r storage.Reader, source string, until time.Time) (rate, error) {
	var out rate
	first := until.Add(-(rateDays - 1) * day)
	entries, err := r.Entries(ctx, storage.Query{Source: source, Since: first, Limit: storage.MaxPage})
	if err != nil {
		return out, err
	}
	for _, e := range entries.Items {
		if i := int(e.Effective.Sub(first) / day); i >= 0 && i < rateDays {
			out[i]++
		}
	}
	return out, nil
}
