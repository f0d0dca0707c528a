package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/fetch"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// TestC39_ABrowserShowsThePages shows the pages of the demo's sources, and of
// one more that tries their width, to Chromium: on a phone and on a desktop,
// light and dark. With -update it writes the pictures in docs.
func TestC39_ABrowserShowsThePages(t *testing.T) {
	base := demoNewsroom(t)
	axe := axeCore(t)
	paths := map[string]string{
		"page":    "/",
		"plain":   "/?category=town&images=off",
		"story":   storyOf(t, base, "/?source=harbour-courier", "Night ferry"),
		"wide":    storyOf(t, base, "/?source=archive", "Wide"),
		"sources": "/sources",
		"missing": "/stories/none",
		"feed":    "/feed.rss",
		"atom":    "/feed.atom",
	}
	b := openBrowser(t, base)
	for _, screen := range []struct {
		name          string
		width, height int64
	}{{"phone", 390, 844}, {"desktop", 1280, 900}} {
		for _, scheme := range []string{"light", "dark"} {
			b.emulate(t, screen.width, screen.height, scheme)
			for name, path := range paths {
				what := name + "-" + screen.name + "-" + scheme
				b.visit(t, path)
				if over := run[int64](t, b, "document.documentElement.scrollWidth - document.documentElement.clientWidth"); over > 0 {
					t.Errorf("%s scrolls %d pixels sideways", what, over)
				}
				if axe != "" && name != "feed" && name != "atom" {
					for _, fault := range run[[]string](t, b, axe+accessibilityFaults, chromedp.EvalAwaitPromise) {
						t.Errorf("%s: %s", what, fault)
					}
				}
				if *update && pictured[what] {
					picture(t, b, what)
				}
			}
		}
	}
	for _, m := range b.said() {
		if !strings.Contains(m, "/stories/none") { // the browser tells of the 404 that it was sent for
			t.Error(m)
		}
	}
}

// pictured are the pictures in docs.
var pictured = map[string]bool{
	"page-phone-light": true, "page-phone-dark": true, "page-desktop-light": true, "page-desktop-dark": true,
	"story-phone-light": true, "sources-desktop-light": true, "feed-desktop-light": true,
}

// accessibilityFaults are the findings of axe that keep people out.
const accessibilityFaults = `;axe.run().then((found) => found.passes.length < 10 ? ["axe has looked at nothing"] : found.violations
	.filter((v) => v.impact === "serious" || v.impact === "critical")
	.flatMap((v) => v.nodes.map((n) => v.id + ": " + n.html)))`

func TestC39_ShowMoreInABrowser(t *testing.T) {
	b := openBrowser(t, demoNewsroom(t))
	b.visit(t, "/")
	const twentyFirst = ".news > li:nth-child(21) h2 a"
	do(t, b, chromedp.Click(".more a"), chromedp.WaitReady(twentyFirst+":focus"))
	if where := run[string](t, b, "location.search + document.querySelector('[role=status]').textContent"); where != "20 more stories" {
		t.Errorf("with the script: %s", where)
	}
	next := run[string](t, b, "document.querySelector('"+twentyFirst+"').textContent")

	if _, err := chromedp.Call(b.tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	b.visit(t, "/")
	do(t, b, chromedp.Click(".more a"), chromedp.WaitReady(".newest a"))
	if first := run[string](t, b, "document.querySelector('.news h2 a').textContent"); first != next {
		t.Errorf("without the script the next page begins with %q, with it with %q", first, next)
	}
	for _, m := range b.said() {
		t.Error(m)
	}
}

// TestC39_TheFilterInABrowser reaches the filter from the top of a page, without
// the script; beside the news there is no need to.
func TestC39_TheFilterInABrowser(t *testing.T) {
	b := openBrowser(t, demoNewsroom(t))
	if _, err := chromedp.Call(b.tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	b.emulate(t, 390, 844, "light")
	b.visit(t, "/")
	if top := run[float64](t, b, "document.querySelector('a[href=\"#filter\"]').getBoundingClientRect().bottom"); top > 844 {
		t.Errorf("the link to the filter ends %v pixels below the top", top)
	}
	do(t, b, chromedp.Click(`a[href="#filter"]`), chromedp.WaitReady("aside:focus"))
	b.emulate(t, 1280, 900, "light")
	b.visit(t, "/")
	if shown := run[bool](t, b, "document.querySelector('.narrow').checkVisibility()"); shown {
		t.Error("the filter beside the news has a link to it")
	}
	if top := run[float64](t, b, "document.querySelector('aside').getBoundingClientRect().top"); top > 300 {
		t.Errorf("the filter is %v pixels below the top", top)
	}
	for _, m := range b.said() {
		t.Error(m)
	}
}

// TestC39_AFeedInABrowser reads the addresses of items where RSS has them as
// text and Atom as an attribute.
func TestC39_AFeedInABrowser(t *testing.T) {
	b := openBrowser(t, demoNewsroom(t))
	for path, script := range map[string]string{
		"/feed.rss":  "document.querySelector('item > link').textContent",
		"/feed.atom": "getComputedStyle(document.querySelector('entry > link[rel=alternate]'), '::before').content",
	} {
		b.visit(t, path)
		if address := strings.Trim(run[string](t, b, script), `"`); !strings.HasPrefix(address, "https://") {
			t.Errorf("%s shows the address %q", path, address)
		}
		for _, element := range []string{"item > link", "entry > link[rel=alternate]"} {
			const hidden = "[...document.querySelectorAll(%q)].filter((e) => !e.checkVisibility()).length"
			if n := run[int](t, b, fmt.Sprintf(hidden, element)); n > 0 {
				t.Errorf("%s hides %d addresses", path, n)
			}
		}
	}
}

// demoNewsroom runs the daemon on the demo's sources and one more, and returns where
// its pages are.
func demoNewsroom(t *testing.T) (base string) {
	t.Helper()
	samples, err := sampleSite(time.Date(2026, 10, 2, 16, 30, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/", samples)
	mux.HandleFunc("/archive.rss", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, archive()) })
	origin := httptest.NewServer(mux)
	t.Cleanup(origin.Close)
	listen, err := freeListen()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if _, err := demoConfig(dir, origin.URL, listen); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(dir, "newsfeed.toml")
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	text = fmt.Appendf(text, "[[source]]\nid = \"archive\"\nurl = %q\n", origin.URL+"/archive.rss")
	if err := os.WriteFile(config, text, 0o600); err != nil {
		t.Fatal(err)
	}
	base = "http://" + listen
	startDaemon(t, config, base+"/feed.rss")
	poll(t, exitDone, "-c", config, "--force")
	awaitTitle(t, base+"/", "Night ferry")
	awaitTitle(t, base+"/?source=archive", "Wide")
	return base
}

// archive is a feed of older notes: enough for three pages, and some that are
// as wide as they get.
func archive() string {
	var b strings.Builder
	b.WriteString(`<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>Archive of the Quay</title><link>https://quay.example/</link>`)
	for i := range 45 {
		at := time.Date(2026, 9, 29, 12, 0, 0, 0, time.UTC).Add(time.Duration(-i) * time.Hour)
		title, extra := fmt.Sprintf("From the log of the harbour master, page %d", 200-i), ""
		switch i {
		case 0:
			title = "Wide: " + strings.Repeat("Dampfschiff", 20)
			extra = "<description><![CDATA[<p>" + strings.Repeat("w", 400) + "</p><pre>" + strings.Repeat("0123456789 ", 30) + "</pre><table><tr>" +
				strings.Repeat("<td>tonnage</td>", 30) + `</tr></table><p><img src="https://quay.example/wide.png" width="3000" height="200" alt="The quay"></p>]]></description>`
		case 1:
			extra = `<media:content url="https://quay.example/film.mp4" type="video/mp4" medium="video" duration="83"/>`
		}
		fmt.Fprintf(&b, `<item><title>%s</title><link>https://quay.example/%d</link><pubDate>%s</pubDate><category>Log</category>%s</item>`,
			title, i, at.Format(time.RFC1123Z), extra)
	}
	b.WriteString("</channel></rss>")
	return b.String()
}

// storyOf returns the path of a story by the beginning of its headline.
func storyOf(t *testing.T, base, path, headline string) string {
	t.Helper()
	res, err := http.Get(base + path)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var page bytes.Buffer
	if _, err := page.ReadFrom(res.Body); err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`<a href="(/stories/[^"]*)">[^<]*<span class="unseen">: ` + headline).FindSubmatch(page.Bytes())
	if found == nil {
		t.Fatalf("no story %s in\n%s", headline, page.Bytes())
	}
	return string(found[1])
}

// axeCore returns the checker of accessibility, which is not part of the
// project: NEWSFEED_AXE names its file.
func axeCore(t *testing.T) string {
	t.Helper()
	file := os.Getenv("NEWSFEED_AXE")
	if file == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("CI needs axe-core: NEWSFEED_AXE names no file")
		}
		t.Log("NEWSFEED_AXE names no file: accessibility is not checked")
		return ""
	}
	script, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(script)
}

// browser is a Chromium that shows pages. It asks nobody but the daemon: images
// of entries are drawn here.
type browser struct {
	base string
	tab  context.Context

	mu       sync.Mutex // guards the fields below
	messages []string   // on the console, and requests that must not be
}

func openBrowser(t *testing.T, base string) *browser {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("CI needs chromium: ", err)
		}
		t.Skip("no chromium here: ", err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("hide-scrollbars", true), chromedp.Flag("disable-features", "HttpsUpgrades"))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	b := &browser{base: base}
	b.tab, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	do(t, b)
	if err := chromedp.Listen(b.tab, b.note); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(b.tab, fetch.Enable, fetch.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(b.tab, cdplog.Enable, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
	return b
}

// note notes what must not be, and answers requests. It must not wait for the
// browser.
func (b *browser) note(event any) {
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		b.complain("exception: " + e.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		b.complain("console: " + string(e.Type))
	case *cdplog.EventEntryAdded:
		b.complain("log: " + e.Entry.Text + " " + e.Entry.URL)
	case *fetch.EventRequestPaused:
		go b.answer(e)
	}
}

func (b *browser) answer(e *fetch.EventRequestPaused) {
	switch {
	case strings.HasPrefix(e.Request.URL, b.base+"/"):
		_, _ = chromedp.Call(b.tab, fetch.ContinueRequest, fetch.ContinueRequestParams{RequestID: e.RequestID})
	case e.ResourceType == network.ResourceTypeImage:
		_, _ = chromedp.Call(b.tab, fetch.FulfillRequest, fetch.FulfillRequestParams{
			RequestID: e.RequestID, ResponseCode: http.StatusOK, Body: view(),
			ResponseHeaders: []*fetch.HeaderEntry{{Name: "Content-Type", Value: "image/png"}},
		})
	default:
		b.complain("request to " + e.Request.URL)
		_, _ = chromedp.Call(b.tab, fetch.FailRequest, fetch.FailRequestParams{RequestID: e.RequestID, ErrorReason: network.ErrorReasonFailed})
	}
}

func (b *browser) complain(message string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.messages = append(b.messages, message)
}

func (b *browser) said() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.messages
}

// view is a picture of the sea.
var view = sync.OnceValue(func() []byte {
	const width, height = 960, 640
	sea := image.NewRGBA(image.Rect(0, 0, width, height))
	fill := func(r image.Rectangle, c color.RGBA) { draw.Draw(sea, r, image.NewUniform(c), image.Point{}, draw.Src) }
	fill(sea.Bounds(), color.RGBA{0xbf, 0xd5, 0xe6, 0xff})
	fill(image.Rect(0, 380, width, height), color.RGBA{0x2f, 0x5d, 0x78, 0xff})
	fill(image.Rect(330, 330, 690, 400), color.RGBA{0xa3, 0x24, 0x1c, 0xff})
	fill(image.Rect(390, 270, 610, 330), color.RGBA{0xff, 0xff, 0xff, 0xff})
	fill(image.Rect(520, 210, 560, 270), color.RGBA{0x1b, 0x1b, 0x1b, 0xff})
	var b bytes.Buffer
	if err := png.Encode(&b, sea); err != nil {
		panic(err)
	}
	return b.Bytes()
})

func (b *browser) emulate(t *testing.T, width, height int64, scheme string) {
	t.Helper()
	var options []chromedp.EmulateViewportOption
	if width < 600 {
		options = append(options, chromedp.EmulateMobile)
	}
	do(t, b, chromedp.EmulateViewport(width, height, options...))
	_, err := chromedp.Call(b.tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (b *browser) visit(t *testing.T, path string) {
	t.Helper()
	do(t, b, chromedp.Navigate(b.base+path))
}

// picture writes what the browser shows into docs.
func picture(t *testing.T, b *browser, name string) {
	t.Helper()
	run[bool](t, b, `Promise.all([...document.images].filter((i) => i.getBoundingClientRect().top < innerHeight).map((i) => i.decode())).then(() => true)`,
		chromedp.EvalAwaitPromise)
	shot, err := chromedp.Run(b.tab, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	if len(shot) > 200_000 {
		t.Errorf("%s.png has %d bytes", name, len(shot))
	}
	if err := os.WriteFile(filepath.Join("..", "..", "docs", name+".png"), shot, 0o644); err != nil {
		t.Fatal(err)
	}
}

func do(t *testing.T, b *browser, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(b.tab, steps...); err != nil {
		t.Fatal(err)
	}
}

// run evaluates a script in the page.
func run[T any](t *testing.T, b *browser, script string, options ...chromedp.EvaluateOption) T {
	t.Helper()
	got, err := chromedp.Run(b.tab, chromedp.Evaluate[T](script, options...))
	if err != nil {
		t.Fatal(err)
	}
	return got
}
