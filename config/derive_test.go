package config_test

import (
	"path/filepath"
	"testing"

	"newsfeed/config"
)

func load(t *testing.T, text string, variables ...string) config.Config {
	t.Helper()
	c, _, err := config.Load(write(t, text), environment(variables...))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestLoad_StorePath(t *testing.T) {
	path := write(t, "")
	beside := filepath.Dir(path)
	tests := []struct{ name, stored, state, want, socket string }{
		{"beside the file", "newsfeed.db", "", beside + "/newsfeed.db", beside + "/newsfeed.sock"},
		{"state directory", "newsfeed.db", "/var/lib/x", "/var/lib/x/newsfeed.db", "/var/lib/x/newsfeed.sock"},
		{"first of the state directories", "newsfeed.db", "/var/lib/x:/var/lib/y", "/var/lib/x/newsfeed.db", "/var/lib/x/newsfeed.sock"},
		{"absolute", "/srv/news.store", "/var/lib/x", "/srv/news.store", "/srv/news.sock"},
		{"no extension", "/srv/news", "", "/srv/news", "/srv/news.sock"},
		{"below", "sub/../news.db", "/var/lib/x", "/var/lib/x/news.db", "/var/lib/x/news.sock"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, _, err := config.Load(path, environment("STATE_DIRECTORY="+test.state, "NEWSFEED_STORAGE_PATH="+test.stored))
			if err != nil {
				t.Fatal(err)
			}
			if c.Storage.Path != test.want || c.Server.AdminListen != "unix:"+test.socket {
				t.Errorf("got %s and %s, want %s and %s", c.Storage.Path, c.Server.AdminListen, test.want, test.socket)
			}
		})
	}
}

func TestLoad_BaseURL(t *testing.T) {
	tests := []struct{ name, server, want string }{
		{"default", ``, "http://127.0.0.1:8080/"},
		{"no host", `listen = ":9000"`, "http://127.0.0.1:9000/"},
		{"any IPv4", `listen = "0.0.0.0:9000"`, "http://127.0.0.1:9000/"},
		{"any IPv6", `listen = "[::]:9000"`, "http://127.0.0.1:9000/"},
		{"IPv6", `listen = "[::1]:9000"`, "http://[::1]:9000/"},
		{"name", `listen = "localhost:9000"`, "http://localhost:9000/"},
		{"any port", `listen = "127.0.0.1:0"`, ""},
		{"given", `base_url = "https://example.org"`, "https://example.org/"},
		{"given with a path", `base_url = "https://example.org/news/"`, "https://example.org/news/"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := load(t, "[server]\n"+test.server+"\n").Server.BaseURL; got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestLoad_SourceID(t *testing.T) {
	tests := []struct{ url, want string }{
		{"https://www.example.org/news/rss.xml", "example-org-news"},
		{"https://example.org/", "example-org"},
		{"https://example.org", "example-org"},
		{"https://EXAMPLE.org/Feed/Atom/", "example-org"},
		{"https://feeds.example.co.uk/news/world/index.html", "feeds-example-co-uk-news-world"},
		{"https://rss.example.org/services/xml/rss/World.xml?edition=int", "rss-example-org-services-world"},
		{"http://127.0.0.1:9000/World_News.php", "127-0-0-1-9000-world-news"},
		{"https://example.org/%D1%81%D0%B2%D1%96%D1%82/2024/", "example-org-2024"},
		{"https://example.org/v1.2/news", "example-org-v1-2-news"},
		{"https://example.org/a-path-of-words/longer-than-an-id-may-be/so-it-is/cut/off", "example-org-a-path-of-words-longer-than-an-id-may-be-so-it-is-cu"},
	}
	for _, test := range tests {
		t.Run(test.url, func(t *testing.T) {
			if got := load(t, "[[source]]\nurl = \""+test.url+"\"\n").Sources[0].ID; got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestA40_ContactIsThePublicURLUnlessSet(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"nothing set", ``, ""},
		{"derived from listen", "[server]\nlisten = \"192.0.2.1:8080\"\n", ""},
		{"set", "[server]\nbase_url = \"https://news.example.org\"\n", "https://news.example.org/"},
		{"set to this machine", "[server]\nbase_url = \"http://127.0.0.1:8080/\"\n", ""},
		{"set to this machine, IPv6", "[server]\nbase_url = \"http://[::1]:8080/\"\n", ""},
		{"set to this machine by name", "[server]\nbase_url = \"http://localhost:8080/\"\n", ""},
		{"both set", "[server]\nbase_url = \"https://news.example.org\"\n[poll]\ncontact = \"news@example.org\"\n", "news@example.org"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := load(t, test.text).Poll.Contact; got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
