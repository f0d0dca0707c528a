package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"newsfeed/aggregator/fetch"
	"newsfeed/aggregator/parse"
	"newsfeed/config"
)

// previewJSON is one document as preview --json prints it, on one line.
type previewJSON struct {
	Input    string      `json:"input"`
	Error    string      `json:"error"` // empty when at least the document could be read
	Warnings []string    `json:"warnings"`
	Source   aboutJSON   `json:"source"`
	Entries  []entryJSON `json:"entries"`
}

// aboutJSON is what a document says about itself.
type aboutJSON struct {
	Title       string `json:"title"`
	Link        string `json:"link"`
	Self        string `json:"self"`
	Hub         string `json:"hub"`
	Language    string `json:"language"`
	Format      string `json:"format"`
	TTL         int    `json:"ttl"` // minutes
	Image       string `json:"image"`
	Updated     string `json:"updated"`
	ID          string `json:"id"`
	Description string `json:"description"`
	Rights      string `json:"rights"`

	Authors    []personJSON `json:"authors"`
	Categories []string     `json:"categories"`
}

// previewer reads documents one after the other and prints them.
type previewer struct {
	*program
	client      *fetch.Client
	maxBody     int64
	contentType string
	baseURL     string
	format      string
	selectors   []string

	reading parse.Options
	near    *fetch.Client // for this machine, which needs no gap between two requests
}

func (p *program) previewCommand() *cobra.Command {
	v := previewer{program: p}
	c := &cobra.Command{
		Use:               "preview URL|FILE...",
		Short:             "Read documents as a poll would and print their entries; store nothing",
		Example:           "  newsfeed preview https://example.org/feed.xml\n  newsfeed preview --json --base-url https://example.org/ saved/*.xml",
		Args:              usage(cobra.MinimumNArgs(1)),
		ValidArgsFunction: ofAnyFile(),
		RunE: func(c *cobra.Command, inputs []string) error {
			var err error
			if v.reading, err = v.options(); err != nil {
				return status{exitUsage, err}
			}
			config, err := p.loadIfAny()
			if err != nil {
				return err
			}
			v.maxBody = int64(config.Poll.MaxBody)
			if v.client, err = newClient(config, nil); err != nil {
				return err
			}
			defer v.client.Close()
			config.Poll.HostInterval = 0
			if v.near, err = newClient(config, nil); err != nil {
				return err
			}
			defer v.near.Close()
			return v.print(c.Context(), inputs)
		},
	}
	c.Flags().StringVar(&v.contentType, "content-type", "", "media `TYPE` of the files, as a response would have it")
	c.Flags().StringVar(&v.baseURL, "base-url", "", "`URL` that the files came from")
	c.Flags().StringVar(&v.format, "format", string(parse.FormatAuto), "read as `FORMAT` auto, syndication, sitemap or html, as in the configuration")
	c.Flags().StringArrayVar(&v.selectors, "select", nil, "a CSS selector of html, such as `item=article`; may be given again")
	completeFlag(c, "content-type", of("application/rss+xml", "application/atom+xml", "application/feed+json", "text/html"))
	completeFlag(c, "format", of("auto", "syndication", "sitemap", "html"))
	completeFlag(c, "select", of("item=", "link=", "title=", "date=", "summary=", "image="))
	p.jsonFlag(c)
	return c
}

// options say how to read a document, from the flags.
func (v previewer) options() (parse.Options, error) {
	o := parse.Options{ContentType: v.contentType, Format: parse.Format(v.format)}
	switch o.Format {
	case parse.FormatAuto, parse.FormatSyndication, parse.FormatSitemap, parse.FormatHTML:
	default:
		return o, fmt.Errorf("--format %s is not known; write auto, syndication, sitemap or html", v.format)
	}
	for _, s := range v.selectors {
		name, css, _ := strings.Cut(s, "=")
		selectors := map[string]*string{
			"item": &o.Select.Item, "link": &o.Select.Link, "title": &o.Select.Title,
			"date": &o.Select.Date, "summary": &o.Select.Summary, "image": &o.Select.Image,
		}
		if selectors[name] == nil {
			return o, fmt.Errorf("--select %s: write item, link, title, date, summary or image, and after = a CSS selector", s)
		}
		*selectors[name] = css
	}
	if o.Select != (parse.Select{}) && o.Format != parse.FormatHTML {
		return o, errors.New("--select is for pages; write --format html too")
	}
	if err := o.Select.Validate(); err != nil {
		return o, fmt.Errorf("--%w", err)
	}
	return o, nil
}

// loadIfAny reads the configuration where there is one; a preview needs none.
func (p *program) loadIfAny() (config.Config, error) {
	if _, err := p.findConfig(); err != nil {
		return config.Default(), nil
	}
	c, _, err := p.loadBeside()
	return c, err
}

func (v previewer) print(ctx context.Context, inputs []string) error {
	failed := 0
	for _, input := range inputs {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		f, err := v.read(ctx, input)
		if err != nil {
			failed++
		}
		if v.json {
			if err := v.printJSON(input, f, err); err != nil {
				return err
			}
			continue
		}
		v.printText(input, f, err)
	}
	switch {
	case failed == 0:
		return nil
	case failed == len(inputs):
		return status{exitFailed, fmt.Errorf("%s could not be read", plural(failed, "document"))}
	}
	return status{exitPartly, fmt.Errorf("%d of %s could not be read", failed, plural(len(inputs), "document"))}
}

// read reads a URL or a file.
func (v previewer) read(ctx context.Context, input string) (finding, error) {
	if strings.HasPrefix(input, "http://") || strings.HasPrefix(input, "https://") {
		client := v.client
		if isLoopback(input) {
			client = v.near
		}
		visit, err := client.Get(ctx, fetch.Request{URL: input, Access: fetch.Access{Allow: named(input)}})
		if err != nil {
			return finding{}, err
		}
		return inspectVisit(visit, v.reading, time.Now())
	}
	body, err := os.ReadFile(input)
	if err != nil {
		return finding{}, err
	}
	if body, err = fetch.Unzip(body, v.maxBody); err != nil {
		return finding{}, err
	}
	return inspect(body, v.reading, v.baseURL, time.Now())
}

func isLoopback(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return u.Hostname() == "localhost" || err == nil && ip.IsLoopback()
}

func (v previewer) printJSON(input string, f finding, err error) error {
	j := previewJSON{
		Input:    input,
		Warnings: append([]string{}, f.warnings...),
		Source: aboutJSON{
			ID: f.about.ID, Title: f.about.Title, Description: f.about.Description, Rights: f.about.Rights, Link: f.about.Link, Self: f.about.Self, Hub: f.about.Hub,
			Language: f.about.Language, Format: f.about.Format, Image: f.about.Image,
			TTL: minutes(f.header.TTL), Updated: rfc3339(f.about.Updated),
			Authors: people(f.authors), Categories: append([]string{}, f.subjects...),
		},
		Entries: []entryJSON{},
	}
	if err != nil {
		j.Error = err.Error()
	}
	for _, e := range f.entries {
		j.Entries = append(j.Entries, newEntryJSON(e))
	}
	lines := json.NewEncoder(v.out)
	lines.SetEscapeHTML(false)
	return lines.Encode(j)
}

func minutes(ttl string) int {
	n := 0
	if _, err := fmt.Sscan(ttl, &n); err != nil || n < 0 {
		return 0
	}
	return n
}

func (v previewer) printText(input string, f finding, err error) {
	if err != nil {
		var path *os.PathError
		if errors.As(err, &path) {
			err = path.Err
		}
		fmt.Fprintf(v.err, "newsfeed: %s\n", printable(fmt.Sprintf("%s: %v", input, err)))
		return
	}
	fmt.Fprintf(v.out, "%s (%s, %s)\n", printable(cmp.Or(f.about.Title, input)), f.about.Format, plural(len(f.entries), "entry"))
	for _, w := range f.warnings {
		fmt.Fprintf(v.out, "warning: %s\n", printable(w))
	}
	t := v.table("PUBLISHED", "TITLE", "AUTHOR", "READ", "URL")
	for _, e := range f.entries {
		author := ""
		if len(e.Authors) > 0 {
			author = cmp.Or(e.Authors[0].Name, e.Authors[0].Email)
		}
		t.row(rfc3339(e.Published), e.Title, author, short(e.ReadingTime), e.URL)
	}
	t.print()
}
