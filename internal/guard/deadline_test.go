package guard_test

import (
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"newsfeed/internal/bubble"
	"newsfeed/internal/guard"
)

// onConnection runs a test, in a bubble, of a connection as a server has it, and
// of the client's end of it.
func onConnection(t *testing.T, test func(t *testing.T, conn, client net.Conn)) {
	bubble.Test(t, func(t *testing.T) {
		p := &pipes{make(chan net.Conn, 1), make(chan struct{})}
		client := p.connect()
		defer client.Close()
		conn, err := guard.New(guard.Options{}, silent).Listener(p).Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		test(t, conn, client)
	})
}

// ways are those in which a connection waits, each with what sets its deadline.
var ways = map[string]struct {
	wait func(net.Conn) error
	set  func(net.Conn, time.Time) error
}{
	"read": {
		func(c net.Conn) error { _, err := c.Read(make([]byte, 1)); return err },
		net.Conn.SetReadDeadline,
	},
	"write": {
		func(c net.Conn) error { _, err := c.Write([]byte("a")); return err },
		net.Conn.SetWriteDeadline,
	},
	"read from": {
		func(c net.Conn) error { _, err := c.(io.ReaderFrom).ReadFrom(strings.NewReader("a")); return err },
		net.Conn.SetWriteDeadline,
	},
	"read, of both": {
		func(c net.Conn) error { _, err := c.Read(make([]byte, 1)); return err },
		net.Conn.SetDeadline,
	},
	"write, of both": {
		func(c net.Conn) error { _, err := c.Write([]byte("a")); return err },
		net.Conn.SetDeadline,
	},
}

// TestADeadlineIsKept holds a connection to the deadlines set on it one after the
// other before it waits. The last one counts.
func TestADeadlineIsKept(t *testing.T) {
	const s = time.Second
	never := time.Duration(-1)
	for name, test := range map[string]struct {
		set  []time.Duration // from the beginning of each wait
		want []time.Duration // how long each wait takes
	}{
		"one":                      {[]time.Duration{10 * s}, []time.Duration{10 * s}},
		"shorter than the last":    {[]time.Duration{60 * s, 10 * s}, []time.Duration{60 * s, 10 * s}},
		"longer than the last":     {[]time.Duration{10 * s, 60 * s}, []time.Duration{10 * s, 60 * s}},
		"none after the last":      {[]time.Duration{10 * s, never}, []time.Duration{10 * s, time.Hour}},
		"one after none":           {[]time.Duration{never, 10 * s}, []time.Duration{time.Hour, 10 * s}},
		"passed":                   {[]time.Duration{-5 * s}, []time.Duration{0}},
		"passed, and then another": {[]time.Duration{-5 * s, 10 * s}, []time.Duration{0, 10 * s}},
	} {
		for way, w := range ways {
			t.Run(name+"/"+way, func(t *testing.T) {
				onConnection(t, func(t *testing.T, conn, _ net.Conn) {
					for i, d := range test.set {
						start, until := time.Now(), time.Time{}
						if d != never {
							until = start.Add(d)
						}
						if err := w.set(conn, until); err != nil {
							t.Fatal(err)
						}
						stop := time.AfterFunc(time.Hour, func() { _ = w.set(conn, time.Now()) })
						err := w.wait(conn)
						stop.Stop()
						if took := time.Since(start); took != test.want[i] || !errors.Is(err, os.ErrDeadlineExceeded) {
							t.Errorf("wait %d: %v after %v, want %v", i, err, took, test.want[i])
						}
					}
				})
			})
		}
	}
}

func TestADeadlineEndsWhatWaits(t *testing.T) {
	for way, w := range ways {
		t.Run(way, func(t *testing.T) {
			onConnection(t, func(t *testing.T, conn, _ net.Conn) {
				if err := w.set(conn, time.Now().Add(time.Minute)); err != nil {
					t.Fatal(err)
				}
				ended := make(chan error, 1)
				go func() { ended <- w.wait(conn) }()
				synctest.Wait()
				start := time.Now()
				if err := w.set(conn, time.Unix(1, 0)); err != nil {
					t.Fatal(err)
				}
				if err := <-ended; !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(start) != 0 {
					t.Errorf("%v after %v", err, time.Since(start))
				}
			})
		})
	}
}

// TestADeadlineThatMovesLittleIsLeft has a connection wait with one deadline, and
// again, in the same moment, with one that is a little later or sooner.
func TestADeadlineThatMovesLittleIsLeft(t *testing.T) {
	for moved, want := range map[time.Duration]time.Duration{
		time.Millisecond:        10 * time.Second,
		999 * time.Millisecond:  10 * time.Second,
		time.Second:             11 * time.Second,
		-time.Millisecond:       10*time.Second - time.Millisecond,
		-999 * time.Millisecond: 10*time.Second - 999*time.Millisecond,
	} {
		onConnection(t, func(t *testing.T, conn, client net.Conn) {
			start := time.Now()
			read := func(d time.Duration) error {
				if err := conn.SetReadDeadline(start.Add(d)); err != nil {
					t.Fatal(err)
				}
				_, err := conn.Read(make([]byte, 1))
				return err
			}
			go io.WriteString(client, "a")
			if err := read(10 * time.Second); err != nil {
				t.Fatal(err)
			}
			err := read(10*time.Second + moved)
			if took := time.Since(start); took != want || !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("moved by %v: %v after %v, want %v", moved, err, took, want)
			}
		})
	}
}
