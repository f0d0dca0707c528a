package config_test

import (
	"math"
	"strings"
	"testing"

	"newsfeed/config"
)

func TestLoad_Share(t *testing.T) {
	for text, want := range map[string]float64{"0": 0, "0.0": 0, "1": 1, "1.0": 1, "0.25": 0.25, "+0.5": 0.5, "5e-1": 0.5} {
		if got := load(t, "[feed]\nshare = "+text+"\n").Feed.Share; got != want {
			t.Errorf("%s in the file: got %v", text, got)
		}
		if got := load(t, "", "NEWSFEED_FEED_SHARE="+text).Feed.Share; got != want {
			t.Errorf("%s in the environment: got %v", text, got)
		}
	}
}

func TestLoad_ShareOutOfRange(t *testing.T) {
	const outside = "is out of range; write a value from 0 to 1"
	tests := []struct{ text, want string }{
		{"nan", "NaN " + outside},
		{"inf", "+Inf " + outside},
		{"-inf", "-Inf " + outside},
		{"-0.1", "-0.1 " + outside},
		{"1.01", "1.01 " + outside},
		{"2", "2 " + outside},
		{"1e999", "1e999 is too large; write a smaller number"},
		{"true", `"true" is not a number; write for example 0.25`},
		{"0x1", `"0x1" is not a number; write for example 0.25`},
		{"2024-05-01", `"2024-05-01" is not a number; write for example 0.25`},
	}
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			_, _, err := config.Load(write(t, "[feed]\nshare = "+test.text+"\n"), environment())
			if err == nil || !strings.HasSuffix(err.Error(), "newsfeed.toml:2: feed.share: "+test.want) {
				t.Errorf("in the file: got %v, want %s", err, test.want)
			}
			_, _, err = config.Load(write(t, ""), environment("NEWSFEED_FEED_SHARE="+test.text))
			if err == nil || err.Error() != "environment: NEWSFEED_FEED_SHARE: "+test.want {
				t.Errorf("in the environment: got %v, want %s", err, test.want)
			}
		})
	}
	for text, want := range map[string]string{
		`"0.25"`: `"0.25" stands in quotes; leave them out`,
		`[0.25]`: `"[ … ]" is not a number; write for example 0.25`,
		`{}`:     `"{ … }" is not a number; write for example 0.25`,
	} {
		_, _, err := config.Load(write(t, "[feed]\nshare = "+text+"\n"), environment())
		if err == nil || !strings.HasSuffix(err.Error(), "feed.share: "+want) {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}

func TestValidate_ShareIsANumber(t *testing.T) {
	c := load(t, "")
	c.Feed.Share = math.NaN()
	if _, err := c.Validate(); err == nil {
		t.Error("NaN is accepted")
	}
}
