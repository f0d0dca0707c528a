package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/temoto/robotstxt"
)

// RobotsError says that a site's robots.txt keeps robots from a page, or that
// it could not be asked (RFC 9309 section 2.3.1.4).
type RobotsError struct {
	Host  string
	Cause error // nil: it was read
}

func (e *RobotsError) Error() string {
	if e.Cause != nil {
		return fmt.Sprintf("robots.txt of %s could not be read: %v", clean(e.Host), e.Cause)
	}
	return fmt.Sprintf("robots.txt of %s forbids it", clean(e.Host))
}

func (e *RobotsError) Unwrap() error { return e.Cause }

// The bounds of what is kept of robots.txt files.
const (
	maxRobots    = 500 << 10 // bytes that are read (RFC 9309 section 2.5)
	maxSites     = 200
	robotsAge    = 24 * time.Hour // RFC 9309 section 2.4
	robotsFailed = time.Hour      // until a site is asked again
)

// robots remembers the rules of sites.
type robots struct {
	mu    sync.Mutex
	sites map[string]rules
}

// rules are those of one site.
type rules struct {
	text  []byte // its robots.txt
	cause error  // why there is none; nil: there is
	until time.Time
}

// permits reports whether the rules let a robot of that name have a path.
func (r rules) permits(path, robot string) bool {
	if r.cause != nil {
		return false
	}
	data, err := robotstxt.FromBytes(r.text)
	return err != nil || data.TestAgent(path, robot) // rules that nobody can read forbid nothing
}

// permit asks a site's robots.txt about a URL. The error is a *RobotsError
// when it says no.
func (t *trip) permit(ctx context.Context, to *url.URL) error {
	r, err := t.rules(ctx, to)
	if err != nil {
		return err
	}
	if !r.permits(to.RequestURI(), t.robotName()) {
		return &RobotsError{Host: to.Host, Cause: r.cause}
	}
	return nil
}

// robotName is how rules name this program: the product in its User-Agent.
func (s *settings) robotName() string {
	name, _, _ := strings.Cut(s.UserAgent, "/")
	return name
}

// rules returns those of the site of a URL, and asks for them when they are
// not known.
func (t *trip) rules(ctx context.Context, to *url.URL) (rules, error) {
	site := (&url.URL{Scheme: to.Scheme, Host: to.Host}).String()
	r, known := t.client.robots.of(site)
	if known {
		return r, nil
	}
	access := t.access(to)
	access.User, access.Header = nil, nil // such rules are for everybody
	visit, err := t.client.Get(ctx, Request{URL: site + "/robots.txt", Access: access})
	t.traffic.add(visit.Traffic)
	if ctx.Err() != nil {
		return rules{}, ctx.Err()
	}
	r = newRules(visit, err)
	t.client.robots.keep(site, r)
	return r, nil
}

// newRules reads the answer to a request for robots.txt. A site that says it
// has none forbids nothing; of one that could not be asked nothing is taken
// (RFC 9309 section 2.3.1).
func newRules(visit Visit, err error) rules {
	now := time.Now()
	status := (*StatusError)(nil)
	switch {
	case errors.As(err, &status) && status.Code >= 400 && status.Code < 500 && status.Code != http.StatusTooManyRequests:
		visit.Body = nil
	case err != nil:
		return rules{cause: err, until: now.Add(robotsFailed)}
	}
	return rules{text: directives(visit.Body[:min(len(visit.Body), maxRobots)]), until: now.Add(robotsAge)}
}

// directives returns the lines that say who may have what. Others, such as a
// Crawl-delay that is no number, would spoil the whole for the parser; a page
// in place of the file has none.
func directives(text []byte) []byte {
	var kept bytes.Buffer
	for line := range bytes.Lines(bytes.ToValidUTF8(text, nil)) {
		name, _, ok := bytes.Cut(line, []byte(":"))
		switch strings.ToLower(string(bytes.TrimSpace(name))) {
		case "user-agent", "allow", "disallow":
			if ok {
				kept.Write(line)
			}
		}
	}
	return kept.Bytes()
}

func (r *robots) of(site string) (rules, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	found, ok := r.sites[site]
	return found, ok && time.Now().Before(found.until)
}

// keep remembers the rules of a site. When there are too many, those that hold
// for the shortest are forgotten.
func (r *robots) keep(site string, found rules) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.sites == nil {
		r.sites = map[string]rules{}
	}
	r.sites[site] = found
	if len(r.sites) <= maxSites {
		return
	}
	first := site
	for other, o := range r.sites {
		if o.until.Before(r.sites[first].until) {
			first = other
		}
	}
	delete(r.sites, first)
}
