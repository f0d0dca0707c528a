package main

import (
	"bytes"
	"cmp"
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"text/template"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"newsfeed/aggregator/publish"
	"newsfeed/config"
)

// samples are the documents that the demo's sources serve: templates whose
// dates count back from now.
//
//go:embed sample
var samples embed.FS

func (p *program) demoCommand() *cobra.Command {
	var once bool
	var address string
	c := &cobra.Command{
		Use:   "demo",
		Short: "Run the daemon on sample sources, without configuration or network",
		Long: "Runs the real daemon on sample sources that it serves itself on the loopback interface,\n" +
			"with a store in a temporary folder, until Ctrl-C.",
		Example: "  newsfeed demo\n  newsfeed demo --once",
		Args:    usage(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			if !c.Flags().Changed("log-level") {
				p.logLevel = "warn" // the demo tells its own story
			}
			return p.demo(c.Context(), address, once)
		},
	}
	c.Flags().BoolVar(&once, "once", false, "poll, print the merged feed and end")
	c.Flags().StringVar(&address, "listen", "", "`HOST:PORT` to serve the feeds at (default 127.0.0.1:8080, or any free port)")
	return c
}

func (p *program) demo(ctx context.Context, address string, once bool) (err error) {
	log, err := p.logger()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "newsfeed-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	origin, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer origin.Close()
	handler, err := sampleSite(time.Now())
	if err != nil {
		return err
	}
	config, err := demoConfig(dir, "http://"+origin.Addr().String(), cmp.Or(address, freeAddress("127.0.0.1:8080")))
	if err != nil {
		return err
	}

	ctx, stop := context.WithCancel(ctx)
	defer stop()
	group, ctx := errgroup.WithContext(ctx)
	started := make(chan string, 1)
	group.Go(func() error { return serveHTTP(ctx, origin, handler, log) })
	group.Go(func() error {
		return daemon{config: config, log: log, notify: notifier{log}, started: func(url string) { started <- url }}.run(ctx)
	})
	group.Go(func() error {
		select {
		case <-ctx.Done():
			return nil
		case base := <-started:
			if once {
				defer stop()
			}
			if err := p.showDemo(ctx, config, base, once); ctx.Err() == nil {
				return err
			}
			return nil // Ctrl-C is how a demo ends
		}
	})
	return group.Wait()
}

// showDemo waits until every source has been polled and says what there is.
func (p *program) showDemo(ctx context.Context, c config.Config, base string, once bool) error {
	client, ok, err := connect(ctx, c)
	if err != nil {
		return err
	}
	if !ok {
		return errors.New("the demo's daemon does not answer")
	}
	defer func() { _ = client.close() }()
	ids := make([]string, len(c.Sources))
	for i, s := range c.Sources {
		ids[i] = s.ID
	}
	body, err := client.post(ctx, "/api/poll", pollRequest{Sources: ids, Force: true})
	if err != nil {
		return err
	}
	defer body.Close()
	results, err := p.results(body)
	if err != nil {
		return err
	}
	if !once {
		if err := awaitServed(ctx, client, base); err != nil {
			return err
		}
		fmt.Fprintf(p.out, "The News Feed of %s is served. Subscribe a reader to one of:\n", plural(len(results), "sample source"))
		for _, f := range publish.Formats() {
			fmt.Fprintf(p.out, "  %s%s\n", base, publish.Selection{}.Path(f))
		}
		fmt.Fprintln(p.out, "Ctrl-C ends it.")
		return nil
	}
	entries, err := client.get(ctx, "/api/entries", map[string][]string{"feed": {"feed"}})
	if err != nil {
		return err
	}
	defer entries.Close()
	return p.printEntries(entries)
}

// awaitServed waits until what the store holds is what readers get: rendering
// follows a commit, it is not part of it.
func awaitServed(ctx context.Context, c client, base string) error {
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for {
		body, err := c.get(ctx, "/api/feed", url.Values{"format": {string(publish.RSS)}})
		if err != nil {
			return err
		}
		stored, err := io.ReadAll(body)
		if err != nil {
			return err
		}
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, base+publish.Selection{}.Path(publish.RSS), nil)
		if err != nil {
			return err
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		served, err := io.ReadAll(response.Body)
		if err = errors.Join(err, response.Body.Close()); err != nil {
			return err
		}
		if bytes.Equal(stored, served) {
			return nil
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// freeAddress returns the address if it can be bound, else one of any free
// port.
func freeAddress(address string) string {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return "127.0.0.1:0"
	}
	_ = l.Close()
	return address
}

// demoConfig writes the configuration of the demo and reads it as any other.
func demoConfig(dir, origin, listen string) (config.Config, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "[server]\nlisten = %q\n[storage]\npath = \"newsfeed.db\"\n[poll]\nallow_private = [\"127.0.0.0/8\"]\nhost_interval = \"0\"\nmin_force = \"0\"\n", listen)
	names, err := sampleNames()
	if err != nil {
		return config.Config{}, err
	}
	for _, name := range names {
		id := strings.TrimSuffix(name, path.Ext(name))
		fmt.Fprintf(&b, "[[source]]\nid = %q\nurl = %q\n", id, origin+"/"+name)
	}
	file := filepath.Join(dir, "newsfeed.toml")
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		return config.Config{}, err
	}
	none := func(string) string { return "" }
	c, _, err := config.Load(file, none)
	return c, err
}

func sampleNames() ([]string, error) {
	files, err := fs.ReadDir(samples, "sample")
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = f.Name()
	}
	return names, err
}

// sampleSite serves the sample documents, with validators.
func sampleSite(now time.Time) (http.Handler, error) {
	t, err := template.New("").Funcs(template.FuncMap{"ago": func(layout string, d string) (string, error) {
		age, err := time.ParseDuration(d)
		return now.UTC().Add(-age).Format(layout), err
	}}).ParseFS(samples, "sample/*")
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	names, err := sampleNames()
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		var doc bytes.Buffer
		if err := t.ExecuteTemplate(&doc, name, nil); err != nil {
			return nil, fmt.Errorf("render sample %s: %w", name, err)
		}
		mux.HandleFunc("GET /"+name, func(w http.ResponseWriter, r *http.Request) {
			http.ServeContent(w, r, name, now, bytes.NewReader(doc.Bytes()))
		})
	}
	return mux, nil
}
