package main

import (
	"crypto/tls"
	"crypto/x509"
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

// front is a web server in front of a daemon that lets a client ask three times
// a minute.
type front struct {
	dir, listen string
	cert, key   string
	trust       *x509.CertPool
	url         string // of the daemon, without the slash at its end
}

func newFront(t *testing.T) front {
	t.Helper()
	f := front{dir: t.TempDir()}
	f.cert, f.key, f.trust = fixture.Certificate(t, f.dir)
	m := measure(t, &pages{}, "[server]\nlisten = \"127.0.0.1:0\"\nrequests_per_minute = 3\n")
	f.url = strings.TrimSuffix(m.url, "/")
	var err error
	if f.listen, err = freeListen(); err != nil {
		t.Fatal(err)
	}
	return f
}

// configure writes what it is given as the server's configuration, after a
// command has judged it: check, with the file's name.
func (f front) configure(t *testing.T, text string, check ...string) (file string) {
	t.Helper()
	file = filepath.Join(f.dir, "front.conf")
	place(t, file, text)
	c := exec.CommandContext(t.Context(), check[0], append(check[1:], file)...)
	c.Env = f.environ()
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", check, err, out)
	}
	return file
}

// environ is an environment in which a server keeps what it keeps in the folder.
func (f front) environ() []string {
	return append(os.Environ(), "HOME="+f.dir, "XDG_CONFIG_HOME="+f.dir, "XDG_DATA_HOME="+f.dir)
}

// serve runs the server and asks through it as one client that says to be
// others.
func (f front) serve(t *testing.T, command ...string) {
	t.Helper()
	c := exec.Command(command[0], command[1:]...)
	c.Env = f.environ()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Process.Kill(); _ = c.Wait() }()

	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: f.trust}}}
	defer client.CloseIdleConnections()
	ask := func(forged string) (int, error) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+f.listen+"/feed.atom", nil)
		if err != nil {
			return 0, err
		}
		r.Header.Set("X-Forwarded-For", forged)
		r.Header.Set("Forwarded", "for="+forged)
		r.Header.Set("Accept-Encoding", "zstd")
		answer, err := client.Do(r)
		if err != nil {
			return 0, err
		}
		if answer.StatusCode == http.StatusOK && (answer.Header.Get("Content-Encoding") != "zstd" || answer.Header.Get("ETag") == "") {
			t.Errorf("the answer came as %v", answer.Header)
		}
		return answer.StatusCode, answer.Body.Close()
	}
	// All are one client, whatever they say of themselves.
	statuses := map[int]int{}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for i, deadline := 0, time.Now().Add(patience); i < 6 && time.Now().Before(deadline); {
		if status, err := ask("192.0.2." + string(rune('1'+i))); err == nil {
			statuses[status]++
			i++
			continue
		}
		<-tick.C // it is not there yet
	}
	if statuses[http.StatusOK] != 3 || statuses[http.StatusTooManyRequests] != 3 {
		t.Errorf("answers: %v", statuses)
	}
}

// installed returns where a program is that CI has and others may have.
func installed(t *testing.T, program, debian string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	switch {
	case err != nil && os.Getenv("CI") != "":
		t.Fatal(err)
	case err != nil:
		t.Skipf("%s is not installed (Debian's package %s)", program, debian)
	}
	return path
}

func TestServing_BehindNginx(t *testing.T) {
	nginx := installed(t, "nginx", "nginx-light")
	f := newFront(t)
	server := strings.NewReplacer(
		"listen 443 ssl", "listen "+f.listen+" ssl",
		"http://127.0.0.1:8080", f.url,
		"/etc/letsencrypt/live/news.example.org/fullchain.pem", f.cert,
		"/etc/letsencrypt/live/news.example.org/privkey.pem", f.key,
	).Replace(blocks(t, "nginx")[0])
	text := "daemon off;\nmaster_process off;\npid " + f.dir + "/pid;\nerror_log stderr;\nevents {}\nhttp {\naccess_log off;\n"
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		text += kind + "_temp_path " + f.dir + "/" + kind + ";\n"
	}
	file := f.configure(t, text+server+"}\n", nginx, "-t", "-p", f.dir, "-c")
	f.serve(t, nginx, "-p", f.dir, "-c", file)
}

func TestServing_BehindCaddy(t *testing.T) {
	caddy := installed(t, "caddy", "caddy")
	f := newFront(t)
	documented := blocks(t, "caddyfile")[0]
	f.configure(t, documented, caddy, "validate", "--adapter", "caddyfile", "--config")
	site := strings.NewReplacer(
		"news.example.org {", "https://"+f.listen+" {\n\ttls "+f.cert+" "+f.key,
		"127.0.0.1:8080", strings.TrimPrefix(f.url, "http://"),
	).Replace(documented)
	file := f.configure(t, "{\n\tadmin off\n\tauto_https disable_redirects\n}\n"+site, caddy, "validate", "--adapter", "caddyfile", "--config")
	f.serve(t, caddy, "run", "--adapter", "caddyfile", "--config", file)
}
