package config

import (
	"strings"

	"github.com/caarlos0/env/v11"
)

const prefix = "NEWSFEED_"

// override sets single-valued keys from the environment: poll.max_body from
// NEWSFEED_POLL_MAX_BODY.
func (r *report) override(c *Config, getenv func(string) string) {
	known := configFields()
	for _, key := range known.scalars() {
		variable := prefix + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
		text := getenv(variable)
		if text == "" {
			continue
		}
		r.places[key] = place{variable: variable}
		// One at a time: the library's error names the field, not the variable.
		err := env.ParseWithOptions(c, env.Options{Prefix: prefix, Environment: map[string]string{variable: text}})
		if wrong := fits(known[key], text); wrong != nil {
			err = wrong
		}
		r.check(key, err)
	}
}
