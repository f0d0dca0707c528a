package fetch_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// doors are what opens a connection to elsewhere, by package. Nothing but this
// room may use them.
var doors = map[string][]string{
	"net/http": {"Get", "Head", "Post", "PostForm", "Client", "Transport", "DefaultClient", "DefaultTransport", "ReadResponse"},
	"net":      {"Dial", "DialTimeout", "DialTCP", "DialUDP", "DialIP", "DialUnix", "Dialer", "DefaultResolver", "Resolver"},
	"crypto/tls": {
		"Dial", "DialWithDialer", "Dialer", "Client",
	},
}

// closed are packages which are nothing but such doors.
var closed = []string{
	"net/rpc", "net/rpc/jsonrpc", "net/smtp", "net/http/httputil", "golang.org/x/net/proxy", "golang.org/x/net/websocket", "golang.org/x/net/http2",
	"github.com/klauspost/compress/gzhttp",
}

// permitted are the uses elsewhere, by file: none leads to the web.
var permitted = map[string][]string{
	"internal/guard/authority.go":   {"net/http.Client"},                                     // of its caller: that of this room
	"internal/servebench/server.go": {"net/http.Client", "net/http.Transport"},               // asks the servers that it has started
	"internal/growth/daemon.go":     {"net/http.DefaultClient"},                              // asks the daemon that it has started
	"internal/bench/daemon.go":      {"net/http.Client", "net/http.Transport", "net.Dialer"}, // likewise
	"internal/bench/origin.go":      {"net/http.DefaultClient"},                              // asks the simulator that it has started
	"internal/bench/limit.go":       {"net/http.Client", "net/http.Transport"},               // asks the simulator, as a limit
	"internal/process/process.go":   {"net/http.Client"},                                     // likewise, with the client of its caller
	"cmd/newsfeed/client.go":        {"net/http.Client", "net/http.Transport", "net.Dialer"}, // asks the daemon of this machine
	"cmd/newsfeed/demo.go":          {"net/http.DefaultClient"},                              // asks the daemon that it has started
	"cmd/newsfeed/listen.go":        {"net.Dial"},                                            // asks whether a socket of its own is in use
	"cmd/newsfeed/log.go":           {"net.DialUnix"},                                        // writes to the journal of this machine
	"cmd/newsfeed/notify.go":        {"net.DialUnix"},                                        // tells the service manager
	"cmd/newsfeed/vitals.go":        {"net.Dialer", "net/http.ReadResponse"},                 // asks its own listeners
	"cmd/newsfeed/poll.go":          {"net/http.Client"},                                     // calls a handler, without a connection
}

func TestD01_NoOtherDoorLeadsOut(t *testing.T) {
	const root = "../.."
	used := map[string]bool{}
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || name != root && strings.HasPrefix(d.Name(), ".")):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		place, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		place = filepath.ToSlash(place)
		if path.Dir(place) == "aggregator/fetch" {
			return nil
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, name, nil, 0)
		if err != nil {
			return err
		}
		for _, use := range usedDoors(file) {
			used[place+" "+use.door] = true
			if !slices.Contains(permitted[place], use.door) {
				t.Errorf("%s:%d: %s opens a connection past the guard", place, files.Position(use.at).Line, use.door)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for place, list := range permitted {
		for _, door := range list {
			if !used[place+" "+door] {
				t.Errorf("%s does not use %s any more: take the permission back", place, door)
			}
		}
	}
}

type use struct {
	door string
	at   token.Pos
}

// usedDoors returns the doors that a file uses.
func usedDoors(file *ast.File) []use {
	var uses []use
	imported := map[string]string{} // package by its name in this file
	for _, spec := range file.Imports {
		library, _ := strconv.Unquote(spec.Path.Value)
		name := path.Base(library)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		_, known := doors[library]
		if slices.Contains(closed, library) || known && name == "." {
			uses = append(uses, use{library, spec.Pos()})
		}
		imported[name] = library
	}
	ast.Inspect(file, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if of, ok := selector.X.(*ast.Ident); ok && slices.Contains(doors[imported[of.Name]], selector.Sel.Name) {
			uses = append(uses, use{imported[of.Name] + "." + selector.Sel.Name, selector.Pos()})
		}
		return true
	})
	return uses
}

func TestD01_TheSearchForDoorsFindsThem(t *testing.T) {
	const source = `package p
import (
	"net"
	web "net/http"
	. "crypto/tls"
	"net/smtp"
)
var (
	_ = web.DefaultClient
	_ = &web.Client{}
	_, _ = web.Get("")
	_ = net.Dial
	_ net.Dialer
	_ web.Handler
	_ net.Conn
)`
	file, err := parser.ParseFile(token.NewFileSet(), "p.go", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, u := range usedDoors(file) {
		got = append(got, u.door)
	}
	want := []string{"crypto/tls", "net/smtp", "net/http.DefaultClient", "net/http.Client", "net/http.Get", "net.Dial", "net.Dialer"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
