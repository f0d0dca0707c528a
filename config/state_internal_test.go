package config

import "testing"

func TestStateDir(t *testing.T) {
	tests := []struct{ name, dir, state, want string }{
		{"system", "/etc/newsfeed", "", "/var/lib/newsfeed"},
		{"below system", "/etc/newsfeed/sites", "", "/var/lib/newsfeed"},
		{"beside system", "/etc/newsfeeds", "", "/etc/newsfeeds"},
		{"state directory wins", "/etc/newsfeed", "/var/lib/private/newsfeed", "/var/lib/private/newsfeed"},
		{"empty first", "/srv", ":/var/lib/x", "/srv"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			getenv := func(string) string { return test.state }
			if got := stateDir(test.dir, getenv); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}
