package guard_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"newsfeed/internal/bubble"
	"newsfeed/internal/guard"
)

var silent = slog.New(slog.DiscardHandler)

// who answers with the address of who asks.
var who = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.RemoteAddr) })

// ask makes a request from an address and returns the answer.
func ask(h http.Handler, method, from string, body io.Reader, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "/feed.atom", body)
	r.RemoteAddr = from
	for _, line := range header {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Add(name, value)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func prefixes(networks ...string) (list []netip.Prefix) {
	for _, n := range networks {
		list = append(list, netip.MustParsePrefix(n))
	}
	return list
}

func TestD32_OnlyGetAndHeadWithoutABodyAreAnswered(t *testing.T) {
	h := guard.New(guard.Options{}, silent).Handler(who)
	for _, test := range []struct {
		method string
		body   io.Reader
		want   int
	}{
		{http.MethodGet, nil, http.StatusOK},
		{http.MethodHead, nil, http.StatusOK},
		{http.MethodPost, nil, http.StatusMethodNotAllowed},
		{http.MethodPut, strings.NewReader("x"), http.StatusMethodNotAllowed},
		{http.MethodDelete, nil, http.StatusMethodNotAllowed},
		{http.MethodOptions, nil, http.StatusMethodNotAllowed},
		{http.MethodConnect, nil, http.StatusMethodNotAllowed},
		{"PROPFIND", nil, http.StatusMethodNotAllowed},
		{http.MethodGet, strings.NewReader("x"), http.StatusRequestEntityTooLarge},
		{http.MethodGet, io.MultiReader(strings.NewReader("of unknown length")), http.StatusRequestEntityTooLarge},
	} {
		w := ask(h, test.method, "192.0.2.1:1", test.body)
		if w.Code != test.want {
			t.Errorf("%s: status %d, want %d", test.method, w.Code, test.want)
		}
		if refused := w.Code != http.StatusOK; refused && w.Header().Get("Connection") != "close" {
			t.Errorf("%s: the connection of a refused request stays open", test.method)
		}
	}
}

func TestWhoAsksIsToldByTrustedProxiesOnly(t *testing.T) {
	const proxy, stranger = "10.0.0.1:5", "192.0.2.7:5"
	for name, test := range map[string]struct {
		from   string
		header []string
		want   string
	}{
		"nobody between":                {stranger, nil, stranger},
		"a liar":                        {stranger, []string{"X-Forwarded-For: 203.0.113.1", "Forwarded: for=203.0.113.1"}, stranger},
		"a proxy for itself":            {proxy, nil, proxy},
		"a proxy":                       {proxy, []string{"X-Forwarded-For: 203.0.113.1"}, "203.0.113.1:0"},
		"a proxy over a unix socket":    {"@", []string{"X-Forwarded-For: 203.0.113.1"}, "203.0.113.1:0"},
		"with a port":                   {proxy, []string{"X-Forwarded-For: 203.0.113.1:4711"}, "203.0.113.1:0"},
		"a liar behind a proxy":         {proxy, []string{"X-Forwarded-For: 198.51.100.1, 203.0.113.1"}, "203.0.113.1:0"},
		"a liar in a field of its own":  {proxy, []string{"X-Forwarded-For: 198.51.100.1", "X-Forwarded-For: 203.0.113.1"}, "203.0.113.1:0"},
		"two proxies":                   {proxy, []string{"X-Forwarded-For: 203.0.113.1, 10.0.0.2"}, "203.0.113.1:0"},
		"proxies only":                  {proxy, []string{"X-Forwarded-For: 10.0.0.3, 10.0.0.2"}, "10.0.0.3:0"},
		"no address":                    {proxy, []string{"X-Forwarded-For: unknown"}, proxy},
		"the standard":                  {proxy, []string{`Forwarded: for=203.0.113.1;proto=https;by=10.0.0.1`}, "203.0.113.1:0"},
		"the standard, of IPv6":         {proxy, []string{`Forwarded: For="[2001:db8::1]:4711"`}, "[2001:db8::1]:0"},
		"the standard, of two proxies":  {proxy, []string{`Forwarded: for=203.0.113.1, for=10.0.0.2`}, "203.0.113.1:0"},
		"both alike":                    {proxy, []string{"X-Forwarded-For: 203.0.113.1", "Forwarded: for=203.0.113.1"}, "203.0.113.1:0"},
		"one of both is a liar's":       {proxy, []string{"X-Forwarded-For: 203.0.113.1", "Forwarded: for=198.51.100.1"}, proxy},
		"the other one is":              {proxy, []string{"X-Forwarded-For: 203.0.113.1", "Forwarded: proto=https"}, proxy},
		"a proxy by its mapped address": {"[::ffff:10.0.0.1]:5", []string{"X-Forwarded-For: 203.0.113.1"}, "203.0.113.1:0"},
	} {
		h := guard.New(guard.Options{Proxies: prefixes("10.0.0.0/8")}, silent).Handler(who)
		if got := ask(h, http.MethodGet, test.from, nil, test.header...).Body.String(); got != test.want {
			t.Errorf("%s: %s asks, want %s", name, got, test.want)
		}
	}
}

func TestClientsThatAskTooOftenWait(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		h := guard.New(guard.Options{RequestsPerMinute: 60, Proxies: prefixes("10.0.0.0/8")}, silent).Handler(who)
		refused := func(times int, from string, header ...string) (n int, last *httptest.ResponseRecorder) {
			for range times {
				if last = ask(h, http.MethodGet, from, nil, header...); last.Code == http.StatusTooManyRequests {
					n++
				}
			}
			return n, last
		}
		n, last := refused(70, "192.0.2.1:1")
		if n != 10 || last.Header().Get("Retry-After") != "1" || last.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%d of 70 were refused, the last with %v", n, last.Header())
		}
		for name, test := range map[string]struct {
			from   string
			header []string
			want   int // of 60
		}{
			"the same on another connection":       {"192.0.2.1:2", nil, 60},
			"another":                              {"192.0.2.2:1", nil, 0},
			"the same through a proxy":             {"10.0.0.1:1", []string{"X-Forwarded-For: 192.0.2.1"}, 60},
			"another through a proxy":              {"10.0.0.1:1", []string{"X-Forwarded-For: 192.0.2.3"}, 0},
			"a trusted proxy for itself":           {"10.0.0.1:1", nil, 0},
			"a local program on the unix socket":   {"@", nil, 0},
			"a neighbour of the same IPv6 network": {"[2001:db8::1]:1", nil, 0},
		} {
			if n, _ := refused(60, test.from, test.header...); n != test.want {
				t.Errorf("%s: %d of 60 were refused, want %d", name, n, test.want)
			}
		}
		if n, _ := refused(10, "[2001:db8::ffff]:1"); n != 10 {
			t.Errorf("another address of one IPv6 network: %d of 10 were refused", n)
		}
		<-time.After(5 * time.Second)
		if n, _ := refused(6, "192.0.2.1:1"); n != 1 {
			t.Errorf("5 s later: %d of 6 were refused", n)
		}
	})
}

func TestWhatIsRememberedOfClientsIsBounded(t *testing.T) {
	h := guard.New(guard.Options{RequestsPerMinute: 1}, silent).Handler(who)
	ask(h, http.MethodGet, "192.0.2.1:1", nil)
	if w := ask(h, http.MethodGet, "192.0.2.1:1", nil); w.Code != http.StatusTooManyRequests {
		t.Fatalf("status %d", w.Code)
	}
	for i := range 20_000 {
		ask(h, http.MethodGet, fmt.Sprintf("198.51.%d.%d:1", i>>8, i&255), nil)
	}
	if w := ask(h, http.MethodGet, "192.0.2.1:1", nil); w.Code != http.StatusOK {
		t.Errorf("the client of longest ago is remembered: status %d", w.Code)
	}
}

func TestD34_NameAndPasswordOpenTheServer(t *testing.T) {
	const name, password = "ann", "correct horse"
	for what, test := range map[string]struct {
		name, password string
		want           int
	}{
		"right":              {name, password, http.StatusOK},
		"wrong":              {name, "wrong", http.StatusUnauthorized},
		"a part of it":       {name, password[:5], http.StatusUnauthorized},
		"more than it":       {name, password + "x", http.StatusUnauthorized},
		"another name":       {"bob", password, http.StatusUnauthorized},
		"no name":            {"", password, http.StatusUnauthorized},
		"no password":        {name, "", http.StatusUnauthorized},
		"neither":            {"", "", http.StatusUnauthorized},
		"one in the other's": {password, name, http.StatusUnauthorized},
	} {
		h := guard.New(guard.Options{Username: name, Password: password}, silent).Handler(who)
		r := httptest.NewRequest(http.MethodGet, "/feed.atom", nil)
		r.SetBasicAuth(test.name, test.password)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != test.want {
			t.Errorf("%s: status %d, want %d", what, w.Code, test.want)
		}
		if asks := w.Header().Get("WWW-Authenticate") != ""; asks != (test.want == http.StatusUnauthorized) {
			t.Errorf("%s: %v", what, w.Header())
		}
	}
	h := guard.New(guard.Options{Username: name, Password: password}, silent).Handler(who)
	if w := ask(h, http.MethodGet, "192.0.2.1:1", nil); w.Code != http.StatusUnauthorized {
		t.Errorf("without a login: status %d", w.Code)
	}
}

const (
	rightLogin = "Authorization: Basic YW5uOmNvcnJlY3QgaG9yc2U="
	wrongLogin = "Authorization: Basic YW5uOndyb25n"
)

func TestD34_WhoFailsToLogInTooOftenIsRefusedTheRightPasswordToo(t *testing.T) {
	for name, test := range map[string]struct {
		perMinute int
		from      string
	}{
		"by default":                           {6000, "192.0.2.1:1"},
		"without a limit of requests":          {0, "192.0.2.1:1"},
		"from a proxy that does not say whom":  {6000, "127.0.0.1:1"},
		"from a program on the unix socket":    {6000, "@"},
		"from a network of IPv6":               {6000, "[2001:db8::1]:1"},
		"with fewer requests than wrong tries": {20, "192.0.2.1:1"},
	} {
		bubble.Test(t, func(t *testing.T) {
			o := guard.Options{RequestsPerMinute: test.perMinute, Username: "ann", Password: "correct horse", Proxies: prefixes("127.0.0.0/8")}
			g := guard.New(o, silent)
			h := g.Handler(who)
			status := func(login string) int { return ask(h, http.MethodGet, test.from, nil, login).Code }
			if got := status(rightLogin); got != http.StatusOK {
				t.Errorf("%s: at first: status %d", name, got)
			}
			for i := range 10 {
				if got := status(wrongLogin); got != http.StatusUnauthorized {
					t.Errorf("%s: wrong password %d: status %d", name, i+1, got)
				}
			}
			g.Apply(o) // which forgets nothing
			for range 3 {
				if wrong, right := status(wrongLogin), status(rightLogin); wrong != http.StatusTooManyRequests || right != http.StatusTooManyRequests {
					t.Errorf("%s: after 10 wrong passwords: status %d, and %d to the right one", name, wrong, right)
				}
			}
			if w := ask(h, http.MethodGet, "198.51.100.1:1", nil, rightLogin); w.Code != http.StatusOK {
				t.Errorf("%s: to another client: status %d", name, w.Code)
			}
			<-time.After(7 * time.Second)
			if got := status(rightLogin); got != http.StatusOK {
				t.Errorf("%s: 7 s later: status %d", name, got)
			}
			if first, second := status(wrongLogin), status(wrongLogin); first != http.StatusUnauthorized || second != http.StatusTooManyRequests {
				t.Errorf("%s: 7 s later to wrong ones: status %d and %d", name, first, second)
			}
		})
	}
}

func TestWhoSaysNoPasswordHasTriedNone(t *testing.T) {
	h := guard.New(guard.Options{Username: "ann", Password: "correct horse"}, silent).Handler(who)
	for range 20 {
		if w := ask(h, http.MethodGet, "192.0.2.1:1", nil); w.Code != http.StatusUnauthorized {
			t.Fatalf("status %d", w.Code)
		}
	}
	if w := ask(h, http.MethodGet, "192.0.2.1:1", nil, rightLogin); w.Code != http.StatusOK {
		t.Errorf("status %d", w.Code)
	}
}

func TestReloadKeepsWhatClientsHaveUsedOfAnUnchangedLimit(t *testing.T) {
	g := guard.New(guard.Options{RequestsPerMinute: 1}, silent)
	h := g.Handler(who)
	ask(h, http.MethodGet, "192.0.2.1:1", nil)
	for _, step := range []struct{ perMinute, want int }{{1, http.StatusTooManyRequests}, {2, http.StatusOK}} {
		g.Apply(guard.Options{RequestsPerMinute: step.perMinute})
		if w := ask(h, http.MethodGet, "192.0.2.1:1", nil); w.Code != step.want {
			t.Errorf("with %d a minute: status %d, want %d", step.perMinute, w.Code, step.want)
		}
	}
}

func TestNewSettingsHoldForTheNextRequest(t *testing.T) {
	g := guard.New(guard.Options{}, silent)
	h := g.Handler(who)
	if w := ask(h, http.MethodGet, "192.0.2.1:1", nil); w.Code != http.StatusOK {
		t.Fatalf("status %d", w.Code)
	}
	g.Apply(guard.Options{Username: "ann", Password: "correct horse"})
	if w := ask(h, http.MethodGet, "192.0.2.1:1", nil); w.Code != http.StatusUnauthorized {
		t.Errorf("status %d", w.Code)
	}
}

func TestAProxyAtAnotherAddressThanFeedsNameIsToldOnce(t *testing.T) {
	for base, want := range map[string]int{"http://127.0.0.1:8080/": 1, "https://news.example.org/": 0, "https://news.example.org/feeds/": 0} {
		var log strings.Builder
		g := guard.New(guard.Options{BaseURL: base, Proxies: prefixes("127.0.0.0/8")}, slog.New(slog.NewTextHandler(&log, nil)))
		for range 3 {
			ask(g.Handler(who), http.MethodGet, "127.0.0.1:1", nil,
				"X-Forwarded-For: 192.0.2.1", "X-Forwarded-Proto: https", "X-Forwarded-Host: news.example.org")
		}
		if got := strings.Count(log.String(), "server.base_url"); got != want {
			t.Errorf("%s: told %d times, want %d: %s", base, got, want, log.String())
		}
	}
}

func TestAProxyIsComparedAnewWhenTheAddressOfFeedsChanges(t *testing.T) {
	var log strings.Builder
	o := guard.Options{BaseURL: "http://127.0.0.1:8080/", Proxies: prefixes("127.0.0.0/8")}
	g := guard.New(o, slog.New(slog.NewTextHandler(&log, nil)))
	told := func(header ...string) int {
		ask(g.Handler(who), http.MethodGet, "127.0.0.1:1", nil, append(header, "X-Forwarded-For: 192.0.2.1", "X-Forwarded-Host: news.example.org")...)
		return strings.Count(log.String(), "server.base_url")
	}
	if got := told(); got != 0 {
		t.Errorf("a proxy that names no scheme: told %d times", got)
	}
	for i, base := range []string{o.BaseURL, o.BaseURL, "http://127.0.0.1:9090/"} {
		o.BaseURL = base
		g.Apply(o)
		if got, want := told("X-Forwarded-Proto: https"), 1+i/2; got != want {
			t.Errorf("%s: told %d times, want %d", base, got, want)
		}
	}
}

// pipes is a listener of connections within the process, which a bubble of
// synctest can wait for.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { close(p.done); return nil }
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "@", Net: "unix"} }

// connect returns the client's end of a new connection.
func (p *pipes) connect() net.Conn {
	ours, theirs := net.Pipe()
	p.conns <- ours
	return theirs
}

// onPipes runs a test of a server on pipes, in a bubble.
func onPipes(t *testing.T, connections int, h http.Handler, test func(t *testing.T, g *guard.Guard, p *pipes)) {
	bubble.Test(t, func(t *testing.T) {
		g := guard.New(guard.Options{Connections: connections}, silent)
		p := &pipes{make(chan net.Conn), make(chan struct{})}
		s := g.Server(g.Handler(h))
		ended := make(chan error)
		go func() { ended <- s.Serve(g.Listener(p)) }()
		test(t, g, p)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
		<-time.After(time.Second) // the server lets go of a refused connection only after a moment
	})
}

const request = "GET /feed.atom HTTP/1.1\r\nHost: a\r\n"

func TestD32_WhoSendsAHeaderByDropsIsCutOff(t *testing.T) {
	onPipes(t, 10, who, func(t *testing.T, g *guard.Guard, p *pipes) {
		conn, start := p.connect(), time.Now()
		defer conn.Close()
		_, err := io.WriteString(conn, request)
		for i := 0; err == nil; i++ {
			<-time.After(time.Second)
			_, err = fmt.Fprintf(conn, "X-%d: a\r\n", i)
		}
		if took := time.Since(start); took < 9*time.Second || took > 12*time.Second {
			t.Errorf("after %v", took)
		}
	})
}

func TestD32_WhoKeepsAConnectionForNothingIsCutOff(t *testing.T) {
	onPipes(t, 10, who, func(t *testing.T, g *guard.Guard, p *pipes) {
		conn, start := p.connect(), time.Now()
		defer conn.Close()
		if _, err := io.WriteString(conn, request+"\r\n"); err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, conn); err != nil {
			t.Error(err)
		}
		if took := time.Since(start).Round(time.Second); took != time.Minute {
			t.Errorf("after %v", took)
		}
	})
}

func TestD32_WhoDoesNotReadTheAnswerIsCutOff(t *testing.T) {
	var failed chan time.Time
	endless := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for {
			if _, err := w.Write(make([]byte, 1<<20)); err != nil {
				failed <- time.Now()
				return
			}
		}
	})
	onPipes(t, 10, endless, func(t *testing.T, g *guard.Guard, p *pipes) {
		failed = make(chan time.Time, 1)
		conn, start := p.connect(), time.Now()
		defer conn.Close()
		if _, err := io.WriteString(conn, request+"\r\n"); err != nil {
			t.Fatal(err)
		}
		if took := (<-failed).Sub(start).Round(time.Second); took != 2*time.Minute {
			t.Errorf("after %v", took)
		}
	})
}

func TestD32_HeadersAreBounded(t *testing.T) {
	onPipes(t, 10, who, func(t *testing.T, g *guard.Guard, p *pipes) {
		for name, header := range map[string]string{
			"one long field":          "X: " + strings.Repeat("a", 32<<10) + "\r\n",
			"many fields":             strings.Repeat("X: a\r\n", 8<<10),
			"a field that has no end": "X: " + strings.Repeat("a", 1<<20),
		} {
			conn := p.connect()
			go func() { _, _ = io.WriteString(conn, request+header+"\r\n") }() // it is not read to its end
			r, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatal(err)
			}
			if r.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
				t.Errorf("%s: status %d", name, r.StatusCode)
			}
			_ = r.Body.Close()
			_ = conn.Close()
		}
	})
}

func TestD32_ThereIsNoHTTP2WithoutTLS(t *testing.T) {
	onPipes(t, 10, who, func(t *testing.T, g *guard.Guard, p *pipes) {
		for name, text := range map[string]string{
			"prior knowledge": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
			"upgrade":         request + "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n",
		} {
			conn := p.connect()
			go func() { _, _ = io.WriteString(conn, text) }()
			r, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if r.StatusCode == http.StatusSwitchingProtocols || r.ProtoMajor != 1 {
				t.Errorf("%s: %s", name, r.Proto+" "+r.Status)
			}
			_ = r.Body.Close()
			_ = conn.Close()
		}
	})
}

func TestD32_TheLongestWaitingMakesRoom(t *testing.T) {
	const most = 5
	var release chan struct{}
	held := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Hold") != "" {
			<-release
		}
		w.Header().Set("Connection", "close")
	})
	onPipes(t, most, held, func(t *testing.T, g *guard.Guard, p *pipes) {
		release = make(chan struct{})
		status := make(chan int)
		busy := p.connect()
		go func() {
			_, err := io.WriteString(busy, request+"Hold: x\r\n\r\n")
			if err != nil {
				status <- 0
				return
			}
			r, err := http.ReadResponse(bufio.NewReader(busy), nil)
			if err != nil {
				status <- 0
				return
			}
			status <- r.StatusCode
		}()
		synctest.Wait()
		var idle []net.Conn
		for i := range 20 {
			c := p.connect()
			idle = append(idle, c)
			if _, err := io.WriteString(c, request[:1+i%len(request)]); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		if got, want := g.Stats(), (guard.Stats{Open: most, Displaced: 20 - (most - 1)}); got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
		for i, c := range idle {
			_, err := io.WriteString(c, "\r\n")
			if open := err == nil; open != (i >= 20-(most-1)) {
				t.Errorf("connection %d: open is %t", i, open)
			}
		}
		close(release)
		if got := <-status; got != http.StatusOK {
			t.Errorf("the one that was answered: status %d", got)
		}
		for _, c := range idle {
			_ = c.Close()
		}
		_ = busy.Close()
		synctest.Wait()
		if open := g.Stats().Open; open != 0 {
			t.Errorf("%d connections are still counted", open)
		}
	})
}

func TestD32_WhatNoListenerOfTheGuardAcceptedIsClosed(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		g := guard.New(guard.Options{Connections: 10}, silent)
		p := &pipes{make(chan net.Conn), make(chan struct{})}
		s := g.Server(g.Handler(who))
		ended := make(chan error)
		go func() { ended <- s.Serve(p) }()
		conn := p.connect()
		defer conn.Close()
		if _, err := conn.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("error %v, want %v", err, io.EOF)
		}
		_ = s.Close()
		<-ended
	})
}

// TestD32_WhoHoldsTheMostGivesWay fills a server with clients from one address
// that do not read what they asked for.
func TestD32_WhoHoldsTheMostGivesWay(t *testing.T) {
	const most = 8
	endless := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/short" {
			return
		}
		for {
			if _, err := w.Write(make([]byte, 1<<20)); err != nil {
				return
			}
		}
	})
	g := guard.New(guard.Options{Connections: most}, silent)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := g.Server(g.Handler(endless))
	ended := make(chan error)
	go func() { ended <- s.Serve(g.Listener(l)) }()
	defer func() { _ = s.Close(); <-ended }()
	for range most {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if _, err := io.WriteString(c, request+"\r\n"); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Read(make([]byte, 1)); err != nil { // it is being answered
			t.Fatal(err)
		}
	}
	other := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}, Timeout: 10 * time.Second}
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, network, to string) (net.Conn, error) {
		return other.DialContext(ctx, network, to)
	}}}
	for range 2 * most {
		r, err := client.Get("http://" + l.Addr().String() + "/short")
		if err != nil {
			t.Fatal(err)
		}
		_ = r.Body.Close()
	}
	if got := g.Stats(); got.Cut == 0 || got.Open > most {
		t.Errorf("%+v", got)
	}
}
