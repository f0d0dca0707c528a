package fetch_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"newsfeed/aggregator/fetch"
)

func TestA23_A24_MaxAge(t *testing.T) {
	const date = "Date: Sun, 22 Nov 2026 10:00:00 GMT"
	tests := []struct {
		name   string
		header []string
		want   time.Duration
	}{
		{"none", []string{date}, 0},
		{"max-age", []string{"Cache-Control: max-age=3600"}, time.Hour},
		{"case and company", []string{"Cache-Control: public , MAX-AGE=3600,must-revalidate"}, time.Hour},
		{"quoted", []string{`Cache-Control: max-age="3600"`}, time.Hour},
		{"after a quoted comma", []string{`Cache-Control: private="a, max-age=1", max-age=3600`}, time.Hour},
		{"in the second field", []string{"Cache-Control: public", "Cache-Control: max-age=3600"}, time.Hour},
		{"beside mistakes", []string{"Cache-Control: =,;, stale-if-error=x, max-age=3600, public=1"}, time.Hour},
		{"not s-maxage", []string{"Cache-Control: s-maxage=3600"}, 0},
		{"minus Age", []string{"Cache-Control: max-age=3600", "Age: 600"}, 50 * time.Minute},
		{"older than max-age", []string{"Cache-Control: max-age=3600", "Age: 7200"}, 0},
		{"unreadable Age", []string{"Cache-Control: max-age=3600", "Age: old"}, time.Hour},
		{"negative", []string{"Cache-Control: max-age=-3600"}, 0},
		{"no number", []string{"Cache-Control: max-age=1h"}, 0},
		{"no value", []string{"Cache-Control: max-age"}, 0},
		{"huge", []string{"Cache-Control: max-age=99999999999999999999"}, (1<<31 - 1) * time.Second},
		{"Expires", []string{date, "Expires: Sun, 22 Nov 2026 11:00:00 GMT"}, time.Hour},
		{"Expires minus Age", []string{date, "Expires: Sun, 22 Nov 2026 11:00:00 GMT", "Age: 600"}, 50 * time.Minute},
		{"Expires in the past", []string{date, "Expires: Sun, 22 Nov 2026 09:00:00 GMT"}, 0},
		{"Expires: 0", []string{date, "Expires: 0"}, 0},
		{"max-age before Expires", []string{date, "Cache-Control: max-age=60", "Expires: Sun, 22 Nov 2026 11:00:00 GMT"}, time.Minute},
	}
	for _, status := range []int{200, 304} {
		for _, test := range tests {
			t.Run(test.name, func(t *testing.T) {
				s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
					for _, line := range test.header {
						name, value, _ := strings.Cut(line, ": ")
						w.Header().Add(name, value)
					}
					w.WriteHeader(status)
				})
				known := fetch.Validators{URL: s.URL, ETag: `"e"`}
				visit := mustGet(t, newClient(t), fetch.Request{URL: s.URL, Validators: known})
				if visit.MaxAge != test.want {
					t.Errorf("got %v, want %v", visit.MaxAge, test.want)
				}
			})
		}
	}
}

func TestA24_ExpiresWithoutDate(t *testing.T) {
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Date"] = nil
		w.Header().Set("Expires", time.Now().Add(time.Hour).UTC().Format(http.TimeFormat))
	})
	visit := mustGet(t, newClient(t), fetch.Request{URL: s.URL})
	if visit.MaxAge <= 0 || visit.MaxAge > time.Hour {
		t.Errorf("got %v, want about an hour", visit.MaxAge)
	}
}
