package config

import (
	"cmp"
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/caarlos0/env/v11"
)

const prefix = "NEWSFEED_"

// UnknownVariables returns a warning for each variable of an environment, given
// as os.Environ does, that looks like one of a key and is of none. The names in
// known are others that the program reads.
func UnknownVariables(environ []string, known ...string) []string {
	for _, key := range configFields().scalars() {
		known = append(known, variableOf(key))
	}
	var warnings []string
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(name, prefix) || value == "" || slices.Contains(known, name) {
			continue
		}
		p := Problem{File: "environment", Key: name, Message: "overrides no key; leave it out"}
		if near := Nearest(name, known); near != "" {
			p.Message = "overrides no key; did you mean " + near + "?"
		}
		warnings = append(warnings, p.String())
	}
	slices.Sort(warnings)
	return warnings
}

// variableOf names the variable that overrides a key.
func variableOf(key string) string {
	return prefix + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
}

// holdsNoSecret refuses a URL with a password: whoever may look at a process reads
// its environment.
func holdsNoSecret(text string) error {
	if u, err := url.Parse(text); err == nil && u.User != nil {
		return errors.New("holds a password, and secrets are not taken from the environment; write it into the configuration")
	}
	return nil
}

// override sets single-valued keys from the environment: poll.max_body from
// NEWSFEED_POLL_MAX_BODY.
func (r *report) override(c *Config, getenv func(string) string) {
	known := configFields()
	for _, key := range known.scalars() {
		variable := variableOf(key)
		text := getenv(variable)
		if text == "" {
			continue
		}
		r.places.set(key, place{variable: variable})
		// One at a time: the library's error names the field, not the variable.
		err := env.ParseWithOptions(c, env.Options{Prefix: prefix, Environment: map[string]string{variable: text}})
		if wrong := cmp.Or(fits(known[key], text), holdsNoSecret(text)); wrong != nil {
			err = wrong
		}
		r.check(key, err)
	}
}
