package normalize_test

import (
	"strings"
	"testing"
	"time"

	"newsfeed/aggregator/parse"
)

func TestReadingTimeOfScriptsWithoutSpaces(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       time.Duration
	}{
		{"long vowels", strings.Repeat("コーヒー", 250), 2 * time.Minute},
		{"narrow long vowels", strings.Repeat("ｺｰﾋｰ", 250), 2 * time.Minute},
		{"thai", strings.Repeat("ขอบคุณ", 2*265*5/6), 2 * time.Minute},
		{"khmer", strings.Repeat("អរគុណ", 2*265), 2 * time.Minute},
		{"thai and words", strings.Repeat("ขอบคุ", 265) + strings.Repeat(" word", 265), 2 * time.Minute},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := entry(t, parse.Item{Content: parse.Text{Value: tt.text}}).ReadingTime.Round(time.Second * 2); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}
