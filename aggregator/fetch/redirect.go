package fetch

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
)

const maxRedirects = 5

// path is the way of a visit from the URL asked for over its redirects.
type path struct {
	at        *url.URL
	been      []string
	temporary bool   // some redirect was not permanent
	permanent string // end of the permanent redirects at the start
}

func (p *path) start(u *url.URL) {
	p.at = bare(u)
	p.been = []string{p.at.String()}
}

// follow moves to where a redirect points.
func (p *path) follow(status int, location string) error {
	to, err := resolve(p.at, location)
	switch {
	case err != nil:
		return fmt.Errorf("redirect: %w", err)
	case p.at.Scheme == "https" && to.Scheme == "http":
		return fmt.Errorf("redirect from https to http at %s is refused", clean(to.Host))
	case slices.Contains(p.been, to.String()):
		return errors.New("redirect loop")
	case len(p.been) > maxRedirects:
		return fmt.Errorf("more than %d redirects", maxRedirects)
	}
	p.at = to
	p.been = append(p.been, to.String())
	if status != http.StatusMovedPermanently && status != http.StatusPermanentRedirect {
		p.temporary = true
	}
	if !p.temporary {
		p.permanent = to.String()
	}
	return nil
}

// located adds to an error after a redirect where it happened.
func (p *path) located(err error) error {
	if len(p.been) == 1 {
		return err
	}
	return fmt.Errorf("redirected to %s: %w", clean(p.at.Host), err)
}

func redirects(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}
