package normalize_test

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/debugger"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// browser is a Chromium that shows documents, each in a frame of one page, and
// tells what each of them does. It lets none of them reach anything: requests
// fail before they are sent, and what this misses goes to a proxy that refuses
// it.
type browser struct {
	server *httptest.Server // of the page, and the proxy
	window context.Context  // of the browser
	tab    context.Context
	close  func() // the tab
	top    cdp.FrameID

	mu     sync.Mutex // guards the fields below
	page   string
	frames map[cdp.FrameID]int // the document that a frame shows or is in
	next   int                 // document that has no frame yet
	shown  []behaviour         // of each document
	told   chan struct{}       // gets a value whenever something was noted
	past   []string            // hosts that something was sent to all the same
}

// behaviour is what a document does.
type behaviour struct {
	scripts  []string // that were compiled
	dialogs  []string
	messages []string // on the console
	windows  []string // that were opened
	pages    []string // that took its place
	schemes  []string // of links, but those that are harmless
	requests []string
	tree     string // of the document, as treeOf has it
	copy     string // the same after it was written and parsed again
	done     bool
}

// deeds are what a document must never do.
func (did *behaviour) deeds() []string {
	var all []string
	for what, list := range map[string][]string{
		"script": did.scripts, "dialog": did.dialogs, "message": did.messages, "window": did.windows, "page": did.pages, "link": did.schemes,
	} {
		for _, s := range list {
			all = append(all, what+" "+s)
		}
	}
	return all
}

// watcher tells what only the document knows.
//
//go:embed testdata/browser/watch.js
var watcher string

const watcherWorld = "watcher"

func openBrowser(t *testing.T) *browser {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		missing(t, "no chromium here")
	}
	b := &browser{told: make(chan struct{}, 1)}
	b.server = httptest.NewServer(b)
	t.Cleanup(b.server.Close)
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.ProxyServer(b.server.URL),
		chromedp.Flag("disable-component-update", true),
		// The page is not https, and frames stay in its process.
		chromedp.Flag("disable-features", "HttpsUpgrades,IsolateSandboxedIframes,Translate"))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	b.window, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(b.window); err != nil {
		t.Fatal(err)
	}
	b.openTab(t)
	return b
}

func (b *browser) openTab(t *testing.T) {
	t.Helper()
	b.tab, b.close = chromedp.NewContext(b.window)
	if err := b.watch(); err != nil {
		t.Fatal(err)
	}
}

// missing skips a test for want of something, unless CI has to have it.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(what)
	}
	t.Skip(what)
}

// watch begins to note what happens in the browser.
func (b *browser) watch() error {
	if err := chromedp.Listen(b.tab, b.note); err != nil {
		return err
	}
	b.top = cdp.FrameID(chromedp.FromContext(b.tab).Target.TargetID)
	for _, err := range []error{
		call(b.tab, debugger.Enable, debugger.EnableParams{}),
		call(b.tab, debugger.SetSkipAllPauses, debugger.SetSkipAllPausesParams{Skip: true}),
		call(b.tab, fetch.Enable, fetch.EnableParams{}),
		call(b.tab, runtime.AddBinding, runtime.AddBindingParams{Name: "tellTest", ExecutionContextName: watcherWorld}),
		call(b.tab, cdppage.AddScriptToEvaluateOnNewDocument, cdppage.AddScriptToEvaluateOnNewDocumentParams{Source: watcher, WorldName: watcherWorld}),
	} {
		if err != nil {
			return err
		}
	}
	return nil
}

func call[P, R any](ctx context.Context, command cdp.Command[P, R], params P) error {
	_, err := chromedp.Call(ctx, command, params)
	return err
}

// ServeHTTP gives the page, and notes what was sent to anywhere else.
func (b *browser) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if r.Method == http.MethodConnect || r.URL.IsAbs() || r.URL.Path != "/" {
		// Chromium itself asks its maker for news.
		if host := r.URL.Hostname(); !strings.HasSuffix(host, ".google.com") && !strings.HasSuffix(host, ".googleapis.com") {
			b.past = append(b.past, host)
		}
		http.Error(w, "refused", http.StatusForbidden)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprint(w, b.page)
}

// reached returns the hosts that something was sent to since the last call. A
// browser connects to the host of a frame before it asks for the page.
func (b *browser) reached() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	past := b.past
	b.past = nil
	return past
}

// load shows documents until all are done, or the time is up, and returns what
// each of them did. What cannot be laid to one of them alone is laid to the
// first. A tab that is not done may be busy for ever: the next has another.
func (b *browser) load(t *testing.T, documents []string, limit time.Duration) []behaviour {
	t.Helper()
	var page strings.Builder
	page.WriteString(`<!doctype html><link rel="icon" href="data:,">`)
	for i, d := range documents {
		fmt.Fprintf(&page, `<iframe width="20" height="20" name="%d" srcdoc="%s"></iframe>`, i, html.EscapeString(d))
	}
	b.mu.Lock()
	b.page, b.frames, b.next, b.shown = page.String(), map[cdp.FrameID]int{}, 0, make([]behaviour, len(documents))
	b.mu.Unlock()
	if err := call(b.tab, cdppage.Navigate, cdppage.NavigateParams{URL: b.server.URL}); err != nil {
		t.Fatal(err)
	}
	end := time.After(limit)
	for {
		if shown, done := b.result(); done {
			return shown
		}
		select {
		case <-b.told:
		case <-end:
			shown, _ := b.result()
			b.close()
			b.openTab(t)
			return shown
		}
	}
}

func (b *browser) result() ([]behaviour, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	done := true
	for i := range b.shown {
		done = done && b.shown[i].done
	}
	return slices.Clone(b.shown), done
}

// note notes an event. It must not wait for the browser.
func (b *browser) note(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.shown) == 0 {
		return
	}
	switch e := event.(type) {
	case *cdppage.EventFrameAttached:
		b.attach(e)
	case *cdppage.EventFrameNavigated:
		if e.Frame.ParentID == b.top && e.Frame.URL != "about:srcdoc" {
			did := b.of(e.Frame.ID)
			did.pages = append(did.pages, e.Frame.URL)
		}
	case *fetch.EventRequestPaused:
		b.request(e)
	case *debugger.EventScriptParsed:
		b.script(e.URL, e.ExecutionContextAuxData)
	case *debugger.EventScriptFailedToParse:
		b.script(e.URL, e.ExecutionContextAuxData)
	case *cdppage.EventJavascriptDialogOpening:
		did := b.of(e.FrameID)
		did.dialogs = append(did.dialogs, e.Message)
		go func() { _ = call(b.tab, cdppage.HandleJavaScriptDialog, cdppage.HandleJavaScriptDialogParams{}) }()
	case *runtime.EventConsoleAPICalled:
		b.shown[0].messages = append(b.shown[0].messages, string(e.Type))
	case *target.EventTargetCreated:
		if e.TargetInfo.OpenerID != "" {
			did := b.of(e.TargetInfo.OpenerFrameID)
			did.windows = append(did.windows, e.TargetInfo.URL)
			go func() {
				_, _ = chromedp.CallBrowser(b.tab, target.CloseTarget, target.CloseTargetParams{TargetID: e.TargetInfo.TargetID})
			}()
		}
	case *runtime.EventBindingCalled:
		b.tell(e.Payload)
	}
	select {
	case b.told <- struct{}{}:
	default:
	}
}

// of returns where to note what happens in a frame.
func (b *browser) of(frame cdp.FrameID) *behaviour { return &b.shown[b.frames[frame]] }

// attach notes which document a new frame belongs to. Those of the page come
// in its order.
func (b *browser) attach(e *cdppage.EventFrameAttached) {
	if e.ParentFrameID != b.top {
		b.frames[e.FrameID] = b.frames[e.ParentFrameID]
		return
	}
	b.frames[e.FrameID] = min(b.next, len(b.shown)-1)
	b.next++
}

// script notes a script, unless it is the watcher.
func (b *browser) script(url string, auxiliary []byte) {
	var from struct {
		IsDefault bool        `json:"isDefault"`
		FrameID   cdp.FrameID `json:"frameId"`
	}
	if err := json.Unmarshal(auxiliary, &from); err != nil || from.IsDefault {
		did := b.of(from.FrameID)
		did.scripts = append(did.scripts, url)
	}
}

// request lets the page through, and nothing else.
func (b *browser) request(e *fetch.EventRequestPaused) {
	if e.Request.URL == b.server.URL+"/" && e.FrameID == b.top {
		go func() { _ = call(b.tab, fetch.ContinueRequest, fetch.ContinueRequestParams{RequestID: e.RequestID}) }()
		return
	}
	did := b.of(e.FrameID)
	did.requests = append(did.requests, e.Request.URL)
	reason := network.ErrorReasonFailed
	if e.ResourceType == network.ResourceTypeDocument {
		reason = network.ErrorReasonAborted // and the document stays
	}
	go func() {
		_ = call(b.tab, fetch.FailRequest, fetch.FailRequestParams{RequestID: e.RequestID, ErrorReason: reason})
	}()
}

// tell notes what the watcher tells.
func (b *browser) tell(payload string) {
	var m struct{ Frame, Kind, Value string }
	if json.Unmarshal([]byte(payload), &m) != nil {
		return
	}
	i, err := strconv.Atoi(m.Frame)
	if err != nil || i >= len(b.shown) {
		return // a frame within a document
	}
	switch did := &b.shown[i]; m.Kind {
	case "tree":
		did.tree = m.Value
	case "copy":
		did.copy = m.Value
	case "scheme":
		did.schemes = append(did.schemes, m.Value)
	case "done":
		did.done = true
	}
}

// resolve returns the URLs as the browser writes them, without fragments.
func (b *browser) resolve(t *testing.T, urls []string) map[string]bool {
	t.Helper()
	list, err := json.Marshal(append([]string{}, urls...))
	if err != nil {
		t.Fatal(err)
	}
	world, err := chromedp.Call(b.tab, cdppage.CreateIsolatedWorld, cdppage.CreateIsolatedWorldParams{FrameID: b.top, WorldName: "resolver"})
	if err != nil {
		t.Fatal(err)
	}
	byValue := true
	answer, err := chromedp.Call(b.tab, runtime.Evaluate, runtime.EvaluateParams{
		Expression: fmt.Sprintf("%s.filter((s) => URL.canParse(s)).map((s) => { const u = new URL(s); u.hash = ''; return u.href })", list),
		ContextID:  world.ExecutionContextID, ReturnByValue: &byValue,
	})
	if err != nil {
		t.Fatal(err)
	}
	var resolved []string
	if err := json.Unmarshal(answer.Result.Value, &resolved); err != nil {
		t.Fatal(err)
	}
	set := map[string]bool{}
	for _, u := range resolved {
		set[u] = true
	}
	return set
}
