package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// The attack on the public server is a short one unless these ask for more:
//
//	go test ./cmd/newsfeed -count=1 -v -run Attack -attack 60s -attackers 10000
var (
	attackTime = flag.Duration("attack", 2*time.Second, "how long each attack on the public server lasts")
	attackers  = flag.Int("attackers", 500, "connections of an attack on the public server")
)

const (
	// servedWithin is the bar for a reader, and maxAttacked that for the memory of
	// a daemon under attack. In the short form the machine may be busy with other
	// tests, and the program may have been built to find races.
	servedWithin     = time.Second
	servedWithinBusy = 10 * time.Second
	maxAttacked      = 256 << 20
	maxAttackedBusy  = 1 << 30

	// perSecond is how many connections an attack makes at most, so that it is the
	// daemon that is measured, and not the system's queue of connections.
	perSecond = 2000
)

// attacked is a daemon in a process of its own that is attacked.
type attacked struct {
	*testing.T
	address string
	pid     int
}

// startAttacked starts a daemon that publishes 100 items.
func startAttacked(t *testing.T) *attacked {
	t.Helper()
	now := time.Now()
	var items []string
	for i := range 100 {
		id := strconv.Itoa(i)
		items = append(items, item("Report "+id+" "+strings.Repeat("x", 1000), "https://news.example/"+id, "urn:"+id, now.Add(-time.Hour)))
	}
	bases := serve(t, &pages{bodies: map[string]string{"/feed": atom(items...)}})
	dir := t.TempDir()
	address, err := freeListen()
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("[server]\nlisten = %q\ntrusted_proxies = []\n[storage]\npath = %q\n[poll]\nallow_private = [\"127.0.0.0/8\"]\n[feed]\nwindow = \"0\"\n[[source]]\nid = \"one\"\nurl = %q\n",
		address, filepath.Join(dir, "newsfeed.db"), bases[0]+"/feed")
	config := filepath.Join(dir, "newsfeed.toml")
	program, err := os.Executable()
	// The test binary is the program when it is called by that name.
	bin := filepath.Join(dir, "newsfeed")
	if err := errors.Join(err, os.WriteFile(config, []byte(text), 0o600), os.Symlink(program, bin)); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(bin, "serve", "-c", config, "--log-level", "error")
	c.Stderr = os.Stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Signal(syscall.SIGTERM)
		if err := c.Wait(); err != nil {
			t.Errorf("the daemon ended: %v", err)
		}
	})
	a := &attacked{T: t, address: address, pid: c.Process.Pid}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); <-tick.C {
		if r, err := http.Get("http://" + address + "/feed.atom"); err == nil {
			body, _ := io.ReadAll(r.Body)
			_ = r.Body.Close()
			if strings.Count(string(body), "<entry>") == 100 {
				return a
			}
		}
	}
	t.Fatal("the daemon does not serve")
	return nil
}

// memory returns the anonymous memory of the daemon in bytes.
func (a *attacked) memory() int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", a.pid))
	if err != nil {
		a.Skipf("the memory of a process cannot be told here: %v", err)
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "RssAnon:"); ok {
			kib, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return kib << 10
		}
	}
	return 0
}

// read asks for the feed again and again, on new connections and kept ones, from
// an address of its own, until ctx ends, and returns how long each answer took
// and the most memory that the daemon took meanwhile.
func (a *attacked) read(ctx context.Context) (took []time.Duration, memory int64) {
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}}
	kept := &http.Client{Timeout: servedWithinBusy, Transport: &http.Transport{DialContext: dialer.DialContext}}
	fresh := &http.Client{Timeout: servedWithinBusy, Transport: &http.Transport{DialContext: dialer.DialContext, DisableKeepAlives: true}}
	defer kept.CloseIdleConnections()
	tick := time.NewTicker(150 * time.Millisecond) // a feed is given to one client 600 times a minute
	defer tick.Stop()
	for i := 0; ctx.Err() == nil; i++ {
		<-tick.C
		client := []*http.Client{kept, fresh}[i%2]
		start := time.Now()
		r, err := client.Get("http://" + a.address + "/feed.atom")
		if err != nil {
			a.Errorf("request %d: %v", i, err)
			continue
		}
		body, err := io.ReadAll(r.Body)
		_ = r.Body.Close()
		took = append(took, time.Since(start))
		if r.StatusCode != http.StatusOK || err != nil || strings.Count(string(body), "<entry>") != 100 {
			a.Errorf("request %d: %s, %d bytes, error %v", i, r.Status, len(body), err)
		}
		memory = max(memory, a.memory())
	}
	return took, memory
}

// attack is what one attacker does on one connection, until it is cut off or ctx
// ends. It sends something now and then, so that it notices.
type attack func(ctx context.Context, conn net.Conn)

// send writes a text again and again, with pauses.
func send(ctx context.Context, conn net.Conn, text string, pause time.Duration) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		if _, err := io.WriteString(conn, text); err != nil {
			return
		}
		timer.Reset(pause)
	}
}

// gone waits until the connection is closed, reading what comes.
func gone(ctx context.Context, conn net.Conn) {
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	_, _ = io.Copy(io.Discard, conn)
}

const requestLine = "GET /feed.atom HTTP/1.1\r\nHost: a\r\n"

var attacks = []struct {
	name  string
	share int // of the attackers, in percent
	run   attack
}{
	{"idle connections", 100, gone},
	{"slow-loris", 100, func(ctx context.Context, c net.Conn) {
		if _, err := io.WriteString(c, requestLine); err == nil {
			send(ctx, c, "X: a\r\n", time.Second)
		}
	}},
	{"header floods", 2, func(ctx context.Context, c net.Conn) {
		if _, err := io.WriteString(c, requestLine+"X: "); err == nil {
			send(ctx, c, strings.Repeat("a", 64<<10), 0)
		}
	}},
	{"oversized requests", 2, func(ctx context.Context, c net.Conn) {
		if _, err := io.WriteString(c, "POST /feed.atom HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000000\r\n\r\n"); err == nil {
			send(ctx, c, strings.Repeat("a", 64<<10), 0)
		}
	}},
	{"answers that are not read", 100, func(ctx context.Context, c net.Conn) {
		_ = c.(*net.TCPConn).SetReadBuffer(4 << 10)
		if _, err := io.WriteString(c, strings.Repeat(requestLine+"\r\n", 50)); err == nil {
			<-ctx.Done()
		}
	}},
}

// swarm runs an attack on so many connections at a time. Each is made anew a
// while after it was cut off. It returns how often that was.
func (a *attacked) swarm(ctx context.Context, n int, run attack) (cut int64) {
	var group sync.WaitGroup
	var count atomic.Int64
	pause := max(time.Second, time.Duration(n)*time.Second/perSecond)
	for i := range n {
		group.Go(func() {
			again := time.NewTimer(pause * time.Duration(i) / time.Duration(n))
			defer again.Stop()
			for {
				select {
				case <-ctx.Done():
					return
				case <-again.C:
				}
				dialer := net.Dialer{Timeout: 5 * time.Second}
				if conn, err := dialer.DialContext(ctx, "tcp", a.address); err == nil {
					run(ctx, conn)
					_ = conn.Close()
					count.Add(1)
				}
				again.Reset(pause)
			}
		})
	}
	group.Wait()
	return count.Load()
}

func TestD32_FeedsAreServedUnderAttack(t *testing.T) {
	if limit := (syscall.Rlimit{}); syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) == nil && limit.Cur < uint64(*attackers)+200 {
		t.Skipf("%d files may be open, which is too few for %d attackers", limit.Cur, *attackers)
	}
	a := startAttacked(t)
	t.Logf("before: %d MB", a.memory()>>20)
	for _, attack := range attacks {
		ctx, cancel := context.WithTimeout(t.Context(), *attackTime)
		ended := make(chan int64)
		go func() { ended <- a.swarm(ctx, max(4, *attackers*attack.share/100), attack.run) }()
		took, memory := a.read(ctx)
		cut := <-ended
		cancel()
		if len(took) == 0 {
			t.Fatalf("%s: nothing was served", attack.name)
		}
		slices.Sort(took)
		worst, within, most := took[len(took)-1], servedWithinBusy, int64(maxAttackedBusy)
		if *attackTime >= 10*time.Second {
			within, most = servedWithin, maxAttacked
		}
		t.Logf("%-26s %5d connections, %6d cut off or ended; feed served %4d times: median %v, 99 %% %v, worst %v; %d MB",
			attack.name, max(4, *attackers*attack.share/100), cut, len(took), took[len(took)/2].Round(10*time.Microsecond),
			took[len(took)*99/100].Round(10*time.Microsecond), worst.Round(10*time.Microsecond), memory>>20)
		if worst > within {
			t.Errorf("%s: the feed took %v", attack.name, worst)
		}
		if memory > most {
			t.Errorf("%s: the daemon took %d MB", attack.name, memory>>20)
		}
	}
}
