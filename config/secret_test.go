package config_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"newsfeed/config"
	"newsfeed/internal/fixture"
)

// loadSecret loads a configuration whose password is value. Beside it lie these
// files.
func loadSecret(t *testing.T, value string, files map[string]string, environ ...string) (config.Config, error) {
	t.Helper()
	path := write(t, fmt.Sprintf("[[source]]\nurl = \"https://a.example/\"\nusername = \"ann\"\npassword = %q\n", value))
	fill(t, filepath.Dir(path), files)
	c, _, err := config.Load(path, environment(environ...))
	return c, err
}

func fill(t *testing.T, folder string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestLoad_ReadsSecretsFromFiles(t *testing.T) {
	credentials := t.TempDir()
	fill(t, credentials, map[string]string{"both": "handed over", "sub/both": "not sought"})
	absolute := filepath.Join(t.TempDir(), "absolute")
	fill(t, filepath.Dir(absolute), map[string]string{"absolute": "by its path"})
	beside := map[string]string{
		"both": "beside", "sub/both": "below", "only": "beside", "empty": "",
		"ended": "word\n", "windows": "word\r\n", "twice": "word \n\r", "large": strings.Repeat("x", 16<<10),
	}
	tests := []struct{ value, want string }{
		{"as it is", "as it is"},
		{"File:only", "File:only"},
		{"file:both", "handed over"},
		{"file:only", "beside"},
		{"file:sub/both", "below"},
		{"file:./both", "beside"},
		{"file:" + absolute, "by its path"},
		{"file:empty", ""},
		{"file:ended", "word"},
		{"file:windows", "word"},
		{"file:large", strings.Repeat("x", 16<<10)},
		{"$HOME", "$HOME"},
	}
	for _, test := range tests {
		t.Run(test.value, func(t *testing.T) {
			c, err := loadSecret(t, test.value, beside, "CREDENTIALS_DIRECTORY="+credentials, "HOME=/root")
			if err != nil {
				t.Fatal(err)
			}
			if got := string(c.Sources[0].Password); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestLoad_SaysWhichSecretCannotBeRead(t *testing.T) {
	files := map[string]string{"folder/file": "", "huge": strings.Repeat("x", 16<<10+1), "lines": "one\n\n"}
	tests := []struct{ value, want string }{
		{"file:", `names no file; write for example "file:daily-token"`},
		{"file:none", `there is no file "none", neither among systemd's credentials nor beside the configuration; write it there, or another name`},
		{"file:folder", `file "folder" cannot be read: is a directory; let the service's user read it, or use systemd's LoadCredential=`},
		{"file:huge", `file "huge" is larger than 16KiB; name one that holds the secret only`},
		{"file:lines", `has a line break or another control character; leave it out`},
	}
	for _, test := range tests {
		t.Run(test.value, func(t *testing.T) {
			_, err := loadSecret(t, test.value, files)
			if err == nil || !strings.HasSuffix(err.Error(), "newsfeed.toml:4: source[1].password: "+test.want) {
				t.Errorf("got %v, want file, line, key and %q", err, test.want)
			}
		})
	}
}

func TestLoad_TakesNoSecretFromTheEnvironment(t *testing.T) {
	c, err := loadSecret(t, "word", nil,
		"NEWSFEED_SOURCE_PASSWORD=other", "NEWSFEED_SOURCE_1_PASSWORD=other", "NEWSFEED_SOURCES_0_PASSWORD=other")
	if err != nil {
		t.Fatal(err)
	}
	if got := string(c.Sources[0].Password); got != "word" {
		t.Errorf("got %q", got)
	}
}

func TestD33_NoErrorShowsASecret(t *testing.T) {
	for _, line := range []string{
		`password = s3cret`,
		`password = "s3cret`,
		`password = 's3cret`,
		`password = 53cre7`,
		`password = 5.3e7s3cret`,
		`password = "s3cret\q"`,
		`password = """s3cret`,
		`password = ["s3cret"`,
		`password = true-s3cret`,
		`password = 1979-05-27T07:32:00Z`,
		`password = 0x53c2e7`,
		`password: s3cret`,
		`password = "s3cret" "s3cret"`,
		"password = \"s3cret\x00\"",
		`pasword = "s3cret"`,
		`headers = { X = s3cret }`,
		`headers = { X = "s3cret" Y = "s3cret" }`,
		`headers = { X = 53237 }`,
		`headers = { X = "s3cret`,
		`headers = "s3cret"`,
		`headers = { "X Y" = "s3cret" }`,
		`headers = { Host = "s3cret" }`,
		`headers = { X = "s3cret\u0000" }`,
		`url = "https://ann:s3cret@a.example:x/"`,
		`url = "ann:s3cret@a.example/s3cret"`,
		`username = "a:b"` + "\npassword = \"s3cret\"",
	} {
		_, _, err := config.Load(write(t, "[[source]]\n"+line+"\n"), environment())
		if err == nil {
			t.Errorf("%s: no error", line)
			continue
		}
		for _, part := range []string{"3cret", "53cre7", "1979", "53c2e7", "53237"} {
			if strings.Contains(err.Error(), part) {
				t.Errorf("%s: shown in: %v", line, err)
			}
		}
	}
}

func TestSecret_IsNotPrinted(t *testing.T) {
	c, err := loadSecret(t, "s3cret", nil)
	if err != nil {
		t.Fatal(err)
	}
	c.Sources[0].Headers = map[string]config.Secret{"X-Token": "s3cret"}
	for _, verb := range []string{"%v", "%+v", "%s"} {
		if text := fmt.Sprintf(verb, c.Sources[0]); strings.Contains(text, "s3cret") {
			t.Errorf("%s shows it: %s", verb, text)
		}
	}
}

func TestLoad_FindsTheFilesOfTheCertificate(t *testing.T) {
	credentials := t.TempDir()
	cert, key, _ := fixture.Certificate(t, credentials)
	pem, err := os.ReadFile(key)
	if err != nil {
		t.Fatal(err)
	}
	for value, want := range map[string]string{
		"key.pem":          "beside/key.pem",
		"file:key.pem":     key,
		"file:own.pem":     "beside/own.pem",
		"file:sub/key.pem": "beside/sub/key.pem",
		key:                key,
	} {
		path := write(t, fmt.Sprintf("[server.tls]\ncert = %q\nkey = %q\n", cert, value))
		fill(t, filepath.Dir(path), map[string]string{"key.pem": string(pem), "own.pem": string(pem), "sub/key.pem": string(pem)})
		c, _, err := config.Load(path, environment("CREDENTIALS_DIRECTORY="+credentials))
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Replace(c.Server.TLS.Key, filepath.Dir(path), "beside", 1)
		if got != want {
			t.Errorf("%s is %s, want %s", value, got, want)
		}
	}
}
