package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"time"

	"newsfeed/internal/process"
)

// items is the number of items in the feed.
const items = 100

// startDaemon starts the daemon on a source of our own and returns what it
// serves once that is all of it.
func startDaemon(ctx context.Context, dir string) (*server, []byte, error) {
	binary := filepath.Join(dir, "newsfeed")
	if err := process.Build(ctx, "", "newsfeed/cmd/newsfeed", binary); err != nil {
		return nil, nil, err
	}
	origin := httptest.NewServer(http.HandlerFunc(serveSource))
	context.AfterFunc(ctx, origin.Close)
	listen, err := process.FreePort()
	if err != nil {
		return nil, nil, err
	}
	config := filepath.Join(dir, "newsfeed.toml")
	text := fmt.Sprintf("[server]\nlisten = %q\n[poll]\nallow_private = [\"127.0.0.0/8\"]\n[dedup]\nsimilarity = false\n"+
		"[feed]\nlimit = %d\nwindow = \"0\"\n[[source]]\nid = \"bench\"\nurl = %q\n", listen, items, origin.URL+"/feed.rss")
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return nil, nil, err
	}
	s := &server{process: pinned(ctx, serverCPU, binary, "serve", "-c", config, "--log-level", "error"), url: "http://" + listen + "/feed.rss"}
	s.process.Env = append(os.Environ(), "GOMAXPROCS=1")
	s.process.Stderr = os.Stderr
	if err := s.process.Start(); err != nil {
		return nil, nil, err
	}
	body, err := s.await(ctx, func(body []byte) bool { return bytes.Count(body, []byte("<item>")) == items })
	return s, body, err
}

// serveSource writes a feed of items of some 3 KB each, no two alike.
func serveSource(w http.ResponseWriter, _ *http.Request) {
	words := strings.Fields("harbour ferry council bridge winter market signal report river engine budget school garden night stone paper")
	state := uint32(1)
	next := func(n int) int {
		state = state*1664525 + 1013904223
		return int(state>>8) % n
	}
	now := time.Now().UTC()
	w.Header().Set("Content-Type", "application/rss+xml")
	fmt.Fprint(w, `<rss version="2.0"><channel><title>Bench</title><link>https://bench.example/</link>`)
	for i := range items {
		fmt.Fprintf(w, `<item><title>Report %d on the %s</title><link>https://bench.example/%[1]d</link><guid>https://bench.example/%[1]d</guid><pubDate>%[3]s</pubDate><description>`,
			i, words[next(len(words))], now.Add(-time.Duration(i)*time.Minute).Format(time.RFC1123Z))
		for range 10 {
			fmt.Fprint(w, "&lt;p&gt;")
			for range 30 {
				fmt.Fprintf(w, "%s%d ", words[next(len(words))], next(50))
			}
			fmt.Fprint(w, "&lt;/p&gt;")
		}
		fmt.Fprint(w, "</description></item>")
	}
	fmt.Fprint(w, "</channel></rss>")
}
