package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Secret is text that no message shows. A file may hold it: Load puts the
// content of a file in the place of "file:NAME".
type Secret string

// String hides the text.
func (Secret) String() string { return "(secret)" }

// maxSecret is far more than any server takes in a header.
const maxSecret = 16 << 10

// folders are where the files of secrets are sought.
type folders struct {
	config      string // of the main configuration file
	credentials string // systemd's, or empty
	beside      bool   // another than the service seeks, which may not have them all
}

// unread stands for a secret that only the service can read. It is valid
// as any secret; in a URL it stands as a host that nobody has.
const unread Secret = "unread-secret.invalid"

// withheld is the error that a secret is not there, or not for this user.
type withheld struct{ error }

// readSecrets puts what files hold in the place of their names.
func (r *report) readSecrets(c *Config, where folders) {
	read := func(about judged, key string, s Secret) Secret {
		name, isFile := strings.CutPrefix(string(s), "file:")
		if !isFile {
			return s
		}
		content, err := where.read(name)
		if where.beside && where.credentials == "" && errors.As(err, new(withheld)) {
			about.warn(key, "file %q cannot be read here; see that the service can (systemd's LoadCredential=)", name)
			return unread
		}
		about.check(key, err)
		return content
	}
	if c.Server.Password = read(r, "server.password", c.Server.Password); c.Server.Username != "" && c.Server.Password == "" {
		r.problem("server.password", "is missing or empty, with which anybody could read; write one")
	}
	if c.Poll.Proxy != "" {
		switch proxy := read(r, "poll.proxy", Secret(c.Poll.Proxy)); proxy {
		case "":
			r.problem("poll.proxy", "is in a file that is empty, without which sources would be asked directly; write the URL into it")
		case unread:
			c.Poll.Proxy = "http://" + string(unread)
		default:
			c.Poll.Proxy = string(proxy)
		}
	}
	for i := range c.Views {
		v, t := &c.Views[i], r.view(i)
		if v.Token == "" {
			continue
		}
		v.Token = read(t, "token", v.Token)
		if v.Token == "" {
			t.problem("token", "is in a file that is empty, which would make the view public; write the token into it")
		}
	}
	for i := range c.Sources {
		s, t := &c.Sources[i], r.source(i)
		s.Password = read(t, "password", s.Password)
		for name, value := range s.Headers {
			s.Headers[name] = read(t, join("headers", name), value)
		}
	}
}

func (d folders) read(name string) (Secret, error) {
	if name == "" {
		return "", errors.New(`names no file; write for example "file:daily-token"`)
	}
	f, err := d.open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return "", withheld{fmt.Errorf("there is no file %q, neither among systemd's credentials nor beside the configuration; write it there, or another name", name)}
	}
	if errors.Is(err, fs.ErrPermission) {
		return "", withheld{unreadableSecret(name, err)}
	}
	if err != nil {
		return "", unreadableSecret(name, err)
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	switch {
	case err != nil:
		return "", unreadableSecret(name, err)
	case len(content) > maxSecret:
		return "", fmt.Errorf("file %q is larger than %v; name one that holds the secret only", name, Size(maxSecret))
	}
	// Editors end a file with a line break that is not meant.
	text := strings.TrimSuffix(string(content), "\n")
	return Secret(strings.TrimSuffix(text, "\r")), nil
}

// find returns the path of a file named in the configuration: "file:NAME" is
// sought as secrets are.
func (d folders) find(name string) string {
	name, credential := strings.CutPrefix(name, "file:")
	if credential && d.credentials != "" && filepath.Base(name) == name {
		path := filepath.Join(d.credentials, name)
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	if name == "" {
		return ""
	}
	return below(d.config, name)
}

// open finds the file that systemd hands over under that name (systemd.exec,
// LoadCredential=), or else the one of that path.
func (d folders) open(name string) (*os.File, error) {
	if d.credentials != "" && filepath.Base(name) == name {
		f, err := os.Open(filepath.Join(d.credentials, name))
		if !errors.Is(err, fs.ErrNotExist) {
			return f, err
		}
	}
	return os.Open(below(d.config, name))
}

func unreadableSecret(name string, err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return fmt.Errorf("file %q cannot be read: %w; let the service's user read it, or use systemd's LoadCredential=", name, err)
}
