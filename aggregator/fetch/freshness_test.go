package fetch_test

import (
	"fmt"
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
		given  bool
	}{
		{"none", []string{date}, 0, false},
		{"max-age", []string{"Cache-Control: max-age=3600"}, time.Hour, true},
		{"case and company", []string{"Cache-Control: public , MAX-AGE=3600,must-revalidate"}, time.Hour, true},
		{"quoted", []string{`Cache-Control: max-age="3600"`}, time.Hour, true},
		{"after a quoted comma", []string{`Cache-Control: private="a, max-age=1", max-age=3600`}, time.Hour, true},
		{"in the second field", []string{"Cache-Control: public", "Cache-Control: max-age=3600"}, time.Hour, true},
		{"beside mistakes", []string{"Cache-Control: =,;, stale-if-error=x, max-age=3600, public=1"}, time.Hour, true},
		{"not s-maxage", []string{"Cache-Control: s-maxage=3600"}, 0, false},
		{"minus Age", []string{"Cache-Control: max-age=3600", "Age: 600"}, 50 * time.Minute, true},
		{"older than max-age", []string{"Cache-Control: max-age=3600", "Age: 7200"}, 0, true},
		{"unreadable Age", []string{"Cache-Control: max-age=3600", "Age: old"}, time.Hour, true},
		{"negative", []string{"Cache-Control: max-age=-3600"}, 0, false},
		{"no number", []string{"Cache-Control: max-age=1h"}, 0, false},
		{"no value", []string{"Cache-Control: max-age"}, 0, false},
		{"huge", []string{"Cache-Control: max-age=99999999999999999999"}, (1<<31 - 1) * time.Second, true},
		{"Expires", []string{date, "Expires: Sun, 22 Nov 2026 11:00:00 GMT"}, time.Hour, true},
		{"Expires minus Age", []string{date, "Expires: Sun, 22 Nov 2026 11:00:00 GMT", "Age: 600"}, 50 * time.Minute, true},
		{"Expires in the past", []string{date, "Expires: Sun, 22 Nov 2026 09:00:00 GMT"}, 0, true},
		{"Expires: 0", []string{date, "Expires: 0"}, 0, true},
		{"max-age before Expires", []string{date, "Cache-Control: max-age=60", "Expires: Sun, 22 Nov 2026 11:00:00 GMT"}, time.Minute, true},
		{"Expires: -1", []string{date, "Expires: -1"}, 0, true},
		{"Expires empty", []string{date, "Expires: "}, 0, true},
		{"Expires of RFC 850", []string{date, "Expires: Sunday, 22-Nov-26 11:00:00 GMT"}, time.Hour, true},
		{"Expires of asctime", []string{date, "Expires: Sun Nov 22 11:00:00 2026"}, time.Hour, true},
		{"Expires without max-age", []string{date, "Cache-Control: no-cache, s-maxage=9", "Expires: Sun, 22 Nov 2026 11:00:00 GMT"}, time.Hour, true},
		{"max-age=0", []string{"Cache-Control: max-age=0"}, 0, true},
	}
	for _, status := range []int{200, 304} {
		for _, test := range tests {
			t.Run(fmt.Sprint(status, " ", test.name), func(t *testing.T) {
				s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
					for _, line := range test.header {
						name, value, _ := strings.Cut(line, ": ")
						w.Header().Add(name, value)
					}
					w.WriteHeader(status)
				})
				known := fetch.Validators{URL: s.URL, ETag: `"e"`}
				visit := mustGet(t, newClient(t), fetch.Request{URL: s.URL, Validators: known})
				if visit.MaxAge != test.want || visit.MaxAgeGiven != test.given {
					t.Errorf("got %v, given %v; want %v, %v", visit.MaxAge, visit.MaxAgeGiven, test.want, test.given)
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
	if visit.MaxAge <= 0 || visit.MaxAge > time.Hour || !visit.MaxAgeGiven {
		t.Errorf("got %v, want about an hour", visit.MaxAge)
	}
}
