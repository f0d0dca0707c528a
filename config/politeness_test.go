package config_test

import (
	"strings"
	"testing"

	"newsfeed/config"
)

func TestA18_AFloorThatPublishersBlockWarns(t *testing.T) {
	for interval, warns := range map[string]bool{"1m": true, "899s": true, "15m": false, "1h": false} {
		path := write(t, "[poll]\nmin_interval = \""+interval+"\"\n[[source]]\nurl = \"https://example.org/\"\n")
		c, warnings, err := config.Load(path, environment())
		if err != nil {
			t.Fatal(err)
		}
		again, err := c.Validate()
		if err != nil {
			t.Fatal(err)
		}
		for _, list := range [][]string{warnings, again} {
			text := strings.Join(list, "\n")
			if warns != strings.Contains(text, "poll.min_interval: ") || warns != strings.Contains(text, "many publishers block who asks that often") {
				t.Errorf("%s: warnings %q, want one: %v", interval, text, warns)
			}
		}
	}
}
