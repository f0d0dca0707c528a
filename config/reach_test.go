package config_test

import (
	"os"
	"path/filepath"
	"testing"

	"newsfeed/config"
)

func TestReach(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "newsfeed.toml")
	none := func(string) string { return "" }
	for name, test := range map[string]struct{ text, want string }{
		"the default":       {"", "unix:" + dir + "/newsfeed.sock"},
		"said":              {"[server]\nadmin_listen = \"127.0.0.1:99\"\n", "127.0.0.1:99"},
		"beside the store":  {"[storage]\npath = \"/var/x.db\"\n", "unix:/var/x.sock"},
		"another mistake":   {"[server]\nadmin_listen = \"127.0.0.1:99\"\n[poll]\nworkers = \"many\"\nnobody = 1\n", "127.0.0.1:99"},
		"secrets elsewhere": {"[server]\nadmin_listen = \"127.0.0.1:99\"\n[[source]]\nurl = \"https://a.example\"\npassword = \"file:none\"\n", "127.0.0.1:99"},
		"no TOML":           {"[server\n", "unix:" + dir + "/newsfeed.sock"},
	} {
		if err := os.WriteFile(path, []byte(test.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if c := config.Reach(path, none); c.Server.AdminListen != test.want {
			t.Errorf("%s: %q", name, c.Server.AdminListen)
		}
	}
}
