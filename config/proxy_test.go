package config_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"newsfeed/config"
)

// proxied writes a configuration with a proxy. Beside it lie files that name one.
func proxied(t *testing.T, proxy string) string {
	t.Helper()
	path := write(t, fmt.Sprintf("[poll]\nproxy = %q\n", proxy))
	fill(t, filepath.Dir(path), map[string]string{"good": proxyURL + "\n", "bad": "name:s3cret@proxy.example", "empty": "\n"})
	return path
}

const proxyURL = "http://name:s3cret@proxy.example:3128"

func TestLoad_ReadsTheProxyFromAFile(t *testing.T) {
	for _, proxy := range []string{proxyURL, "file:good"} {
		c, _, err := config.Load(proxied(t, proxy), environment())
		if err != nil || c.Poll.Proxy != proxyURL {
			t.Errorf("%s: got %q and %v, want %q", proxy, c.Poll.Proxy, err, proxyURL)
		}
	}
	for proxy, want := range map[string]string{
		"file:bad":   `is not the URL of a proxy; write for example "http://127.0.0.1:3128" or "socks5://127.0.0.1:1080"`,
		"file:empty": "is in a file that is empty, without which sources would be asked directly; write the URL into it",
		"file:none":  `there is no file "none", neither among systemd's credentials nor beside the configuration; write it there, or another name`,
	} {
		_, _, err := config.Load(proxied(t, proxy), environment())
		if err == nil || !strings.HasSuffix(err.Error(), "newsfeed.toml:2: poll.proxy: "+want) {
			t.Errorf("%s: got %v, want file, line, key and %q", proxy, err, want)
		}
	}
}

// TestLoadBeside_AsksNobodyDirectly has a proxy that only the service knows.
func TestLoadBeside_AsksNobodyDirectly(t *testing.T) {
	c, warnings, err := config.LoadBeside(proxied(t, "file:none"), environment(), func(string) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	if c.Poll.Proxy != "http://unread-secret.invalid" {
		t.Errorf("the proxy is %q", c.Poll.Proxy)
	}
	if len(warnings) == 0 || !strings.Contains(warnings[0], `poll.proxy: file "none" cannot be read here`) {
		t.Errorf("warnings: %q", warnings)
	}
}
