package normalize_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"newsfeed/aggregator/normalize"
	"newsfeed/aggregator/parse"
	"newsfeed/storage"
)

const decade = 10 * 365 * 24 * time.Hour // the longest wait a document may ask for

func TestA37_TTLIsMinutes(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"60":         time.Hour,
		" 60\n":      time.Hour,
		"1.5":        90 * time.Second,
		"1e2":        100 * time.Minute,
		"":           0,
		"0":          0,
		"-60":        0,
		"an hour":    0,
		"60 minutes": 0,
		"NaN":        0,
		"Inf":        0,
		"1e999":      0,
		"1e300":      decade,
		"99999999":   decade,
	} {
		if got := hinted(parse.Header{TTL: text}).TTL; got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

func TestA38_HoursAndDaysToSkip(t *testing.T) {
	for name, test := range map[string]struct {
		hours, days []string
		want        storage.Hints
	}{
		"none":                 {nil, nil, storage.Hints{}},
		"hours":                {[]string{"0", "7", "23"}, nil, storage.Hints{SkipHours: 1<<0 | 1<<7 | 1<<23}},
		"24 is midnight":       {[]string{"24"}, nil, storage.Hints{SkipHours: 1 << 0}},
		"an hour twice":        {[]string{"7", " 07 "}, nil, storage.Hints{SkipHours: 1 << 7}},
		"hours that are none":  {[]string{"25", "-1", "", "noon", "7.5", "99999999999999999999", "6"}, nil, storage.Hints{SkipHours: 1 << 6}},
		"days":                 {nil, []string{"Sunday", "Saturday"}, storage.Hints{SkipDays: 1<<0 | 1<<6}},
		"case and spaces":      {nil, []string{" monday\n", "TUESDAY"}, storage.Hints{SkipDays: 1<<1 | 1<<2}},
		"days that are none":   {nil, []string{"", "Mon", "Montag", "1", "Friday"}, storage.Hints{SkipDays: 1 << 5}},
		"all of it is heard":   {[]string{"1"}, []string{"Friday"}, storage.Hints{SkipHours: 1 << 1, SkipDays: 1 << 5}},
		"hours are not a date": {[]string{"Monday"}, []string{"7"}, storage.Hints{}},
	} {
		t.Run(name, func(t *testing.T) {
			got := hinted(parse.Header{SkipHours: test.hours, SkipDays: test.days})
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestA39_PeriodOfUpdates(t *testing.T) {
	const day = 24 * time.Hour
	for _, test := range []struct {
		period, frequency string
		want              time.Duration
	}{
		{"", "", 0},
		{"hourly", "1", time.Hour},
		{" Hourly\n", " 2 ", 30 * time.Minute},
		{"hourly", "", time.Hour},
		{"", "1", day},
		{"", "4", 6 * time.Hour},
		{"daily", "", day},
		{"weekly", "7", day},
		{"monthly", "1", 30 * day},
		{"yearly", "1", 365 * day},
		{"yearly", "0.5", 2 * 365 * day},
		{"yearly", "0.01", decade},
		{"fortnightly", "1", 0},
		{"hourly", "0", 0},
		{"hourly", "-1", 0},
		{"hourly", "NaN", 0},
		{"hourly", "Inf", 0},
		{"hourly", "often", 0},
		{"hourly", "1e300", 0},
		{"hourly", "1e-300", decade},
		{"hourly", "5e-324", decade},
	} {
		if got := hinted(parse.Header{SyPeriod: test.period, SyFrequency: test.frequency}).Period; got != test.want {
			t.Errorf("%q, %q: %v, want %v", test.period, test.frequency, got, test.want)
		}
	}
}

func TestA39_BaseOfUpdates(t *testing.T) {
	for text, want := range map[string]time.Time{
		"":                          {},
		"some day":                  {},
		"2000-01-01T12:00+00:00":    time.Date(2000, time.January, 1, 12, 0, 0, 0, time.UTC),
		"2026-01-02T03:04:05Z":      time.Date(2026, time.January, 2, 3, 4, 5, 0, time.UTC),
		"2026-01-02T03:04:05+02:00": time.Date(2026, time.January, 2, 1, 4, 5, 0, time.UTC),
	} {
		if got := hinted(parse.Header{SyPeriod: "daily", SyBase: text}).Base; !got.Equal(want) {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

func hinted(h parse.Header) storage.Hints {
	return normalize.Hints(h, time.Date(2026, time.November, 2, 12, 0, 0, 0, time.UTC))
}
