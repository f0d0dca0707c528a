package main

import (
	"crypto/tls"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"newsfeed/internal/fixture"
)

// blocks returns the blocks of a language in docs/serving.md.
func blocks(t *testing.T, language string) []string {
	t.Helper()
	text, err := os.ReadFile("../../docs/serving.md")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, m := range regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		found = append(found, m[1])
	}
	if len(found) == 0 {
		t.Fatalf("no block of %s", language)
	}
	return found
}

func TestServing_ItsConfigurationsLoad(t *testing.T) {
	cert, key, _ := fixture.Certificate(t, t.TempDir())
	place := strings.NewReplacer("/etc/letsencrypt/live/news.example.org/fullchain.pem", cert, "/etc/letsencrypt/live/news.example.org/privkey.pem", key)
	for _, block := range blocks(t, "toml") {
		loadConfig(t, place.Replace(block))
	}
}

func TestServing_WithACertificateOfItsOwn(t *testing.T) {
	cert, key, trust := fixture.Certificate(t, t.TempDir())
	m := measure(t, &pages{}, "[server]\nlisten = \"127.0.0.1:0\"\n[server.tls]\ncert = \""+cert+"\"\nkey = \""+key+"\"\n")
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trust}, ForceAttemptHTTP2: true}}
	defer client.CloseIdleConnections()
	r, err := client.Get(m.url + "feed.atom")
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(r.Body)
	_ = r.Body.Close()
	if err != nil || r.StatusCode != http.StatusOK || r.ProtoMajor != 2 || !strings.HasPrefix(m.url, "https://") {
		t.Errorf("%s: %s %s, error %v", m.url, r.Proto, r.Status, err)
	}
	if !strings.Contains(string(body), `href="`+m.url+`feed.atom"`) {
		t.Errorf("the feed does not name its address: %.500s", body)
	}
}

// TestServing_BehindNginx puts nginx with the documented configuration in front
// of a daemon that lets a client ask three times a minute.
func TestServing_BehindNginx(t *testing.T) {
	nginx, err := exec.LookPath("nginx")
	if err != nil {
		t.Skip("nginx is not installed (Debian's package nginx-light)")
	}
	dir := t.TempDir()
	cert, key, trust := fixture.Certificate(t, dir)
	m := measure(t, &pages{}, "[server]\nlisten = \"127.0.0.1:0\"\nrequests_per_minute = 3\n")
	listen, err := freeListen()
	if err != nil {
		t.Fatal(err)
	}
	server := strings.NewReplacer(
		"listen 443 ssl", "listen "+listen+" ssl",
		"http://127.0.0.1:8080", strings.TrimSuffix(m.url, "/"),
		"/etc/letsencrypt/live/news.example.org/fullchain.pem", cert,
		"/etc/letsencrypt/live/news.example.org/privkey.pem", key,
	).Replace(blocks(t, "nginx")[0])
	conf := filepath.Join(dir, "nginx.conf")
	text := "daemon off;\nmaster_process off;\npid " + dir + "/pid;\nerror_log stderr;\nevents {}\nhttp {\naccess_log off;\n"
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		text += kind + "_temp_path " + dir + "/" + kind + ";\n"
	}
	if err := os.WriteFile(conf, []byte(text+server+"}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), nginx, "-t", "-p", dir, "-c", conf).CombinedOutput(); err != nil {
		t.Fatalf("nginx -t: %v\n%s", err, out)
	}
	c := exec.Command(nginx, "-p", dir, "-c", conf)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Process.Kill(); _ = c.Wait() }()

	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trust}}}
	defer client.CloseIdleConnections()
	ask := func(forged string) (int, error) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+listen+"/feed.atom", nil)
		if err != nil {
			return 0, err
		}
		r.Header.Set("X-Forwarded-For", forged)
		r.Header.Set("Forwarded", "for="+forged)
		answer, err := client.Do(r)
		if err != nil {
			return 0, err
		}
		return answer.StatusCode, answer.Body.Close()
	}
	// All are one client, whatever they say of themselves.
	statuses := map[int]int{}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for i, deadline := 0, time.Now().Add(20*time.Second); i < 6 && time.Now().Before(deadline); {
		if status, err := ask("192.0.2." + string(rune('1'+i))); err == nil {
			statuses[status]++
			i++
			continue
		}
		<-tick.C // nginx is not there yet
	}
	if statuses[http.StatusOK] != 3 || statuses[http.StatusTooManyRequests] != 3 {
		t.Errorf("answers: %v", statuses)
	}
}
