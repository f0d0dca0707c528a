package main

import (
	"bufio"
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"newsfeed/storage"
)

// adminPaths returns the paths of all routes that the admin listener has, as
// they stand in the source.
func adminPaths(t *testing.T) []string {
	t.Helper()
	var paths []string
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 2 {
				return true
			}
			f, isMethod := call.Fun.(*ast.SelectorExpr)
			pattern, isText := call.Args[0].(*ast.BasicLit)
			if isMethod && isText && (f.Sel.Name == "HandleFunc" || f.Sel.Name == "Handle") {
				text, _ := strconv.Unquote(pattern.Value)
				if _, path, found := strings.Cut(text, " "); found {
					text = path
				}
				paths = append(paths, text)
			}
			return true
		})
	}
	return paths
}

// listening returns the TCP ports at which this process listens.
func listening(t *testing.T) []string {
	t.Helper()
	sockets := map[string]bool{} // inodes
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skipf("the sockets of a process cannot be told here: %v", err)
	}
	for _, fd := range fds {
		to, _ := os.Readlink("/proc/self/fd/" + fd.Name()) // it may be closed meanwhile
		if inode, ok := strings.CutPrefix(to, "socket:["); ok {
			sockets[strings.TrimSuffix(inode, "]")] = true
		}
	}
	var ports []string
	for _, table := range []string{"/proc/self/net/tcp", "/proc/self/net/tcp6"} {
		text, err := os.ReadFile(table)
		if err != nil {
			continue // without IPv6
		}
		lines := bufio.NewScanner(bytes.NewReader(text))
		for lines.Scan() {
			f := strings.Fields(lines.Text())
			const listen = "0A"
			if len(f) < 10 || f[3] != listen || !sockets[f[9]] {
				continue
			}
			_, hex, _ := cutLast(f[1], ":")
			port, err := strconv.ParseUint(hex, 16, 16)
			if err != nil {
				t.Fatal(err)
			}
			ports = append(ports, strconv.FormatUint(port, 10))
		}
	}
	return ports
}

func TestD34_NothingOfTheAdministrationIsPublic(t *testing.T) {
	before := listening(t)
	m := measure(t, &pages{}, "")
	var opened []string
	for _, port := range listening(t) {
		if !slices.Contains(before, port) {
			opened = append(opened, port)
		}
	}
	public := strings.TrimSuffix(m.url[strings.LastIndex(m.url, ":")+1:], "/")
	opened = slices.DeleteFunc(opened, func(port string) bool {
		return slices.ContainsFunc(m.origins, func(o string) bool { return strings.HasSuffix(o, ":"+port) })
	})
	if fmt.Sprint(opened) != fmt.Sprint([]string{public}) {
		t.Errorf("the ports %v are open, want %s alone", opened, public)
	}

	paths := adminPaths(t)
	if len(paths) < 15 || !slices.Contains(paths, "/metrics") || !slices.Contains(paths, "/api/poll") || !slices.Contains(paths, "/debug/pprof/") {
		t.Fatalf("the search for paths is at fault: %v", paths)
	}
	more := []string{"/debug/pprof/heap", "/debug/pprof/goroutine?debug=2", "/debug/vars", "/api/", "/api", "/metrics/", "//metrics", "/./metrics", "/x/../metrics", "/%6detrics", "/METRICS"}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, path := range append(paths, more...) {
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete} {
			r, err := http.NewRequestWithContext(t.Context(), method, strings.TrimSuffix(m.url, "/")+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			answer, err := client.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(answer.Body)
			_ = answer.Body.Close()
			known := answer.StatusCode == http.StatusNotFound || answer.StatusCode == http.StatusMethodNotAllowed ||
				answer.StatusCode == http.StatusMovedPermanently || answer.StatusCode == http.StatusTemporaryRedirect // to a clean path
			if !known || bytes.Contains(body, []byte("newsfeed_polls_total")) || bytes.Contains(body, []byte("goroutine")) {
				t.Errorf("%s %s: %s, %.100q", method, path, answer.Status, body)
			}
		}
	}
}

func TestD34_TheAdminSocketIsForItsUserAlone(t *testing.T) {
	m := measure(t, &pages{}, "")
	path, isSocket := strings.CutPrefix(m.config.Server.AdminListen, "unix:")
	info, err := os.Stat(path)
	if err != nil || !isSocket {
		t.Fatalf("%s: %v", m.config.Server.AdminListen, err)
	}
	if mode := info.Mode(); mode.Perm() != 0o600 || mode.Type() != os.ModeSocket {
		t.Errorf("mode %v", mode)
	}
}

// TestD34_SecretsAreComparedInConstantTime looks for comparisons of what may be
// a secret that end at the first difference.
func TestD34_SecretsAreComparedInConstantTime(t *testing.T) {
	for _, dir := range []string{"../../internal/guard", "../../aggregator/publish", "."} {
		names, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %v", dir, err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			files := token.NewFileSet()
			file, err := parser.ParseFile(files, name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, at := range hasty(file) {
				t.Errorf("%s: a secret is compared with ==", files.Position(at))
			}
		}
	}
	const source = `package p
func f(a, b struct{ token, password string }) bool {
	return a.token == b.token || a.password != b.password || a.token == ""
}`
	file, err := parser.ParseFile(token.NewFileSet(), "p.go", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	if got := len(hasty(file)); got != 2 {
		t.Errorf("the search finds %d of 2", got)
	}
}

// hasty returns where a file compares a token or a password with == or !=, but
// for whether there is one.
func hasty(file *ast.File) (found []token.Pos) {
	secret := func(e ast.Expr) bool {
		name := ""
		switch e := e.(type) {
		case *ast.Ident:
			name = e.Name
		case *ast.SelectorExpr:
			name = e.Sel.Name
		}
		name = strings.ToLower(name)
		return name == "token" || name == "password"
	}
	ast.Inspect(file, func(n ast.Node) bool {
		b, ok := n.(*ast.BinaryExpr)
		if !ok || b.Op != token.EQL && b.Op != token.NEQ || !secret(b.X) && !secret(b.Y) {
			return true
		}
		if literal, ok := b.Y.(*ast.BasicLit); !ok || literal.Value != `""` {
			found = append(found, b.Pos())
		}
		return true
	})
	return found
}

func TestPasswordOfTheServerIsAskedFor(t *testing.T) {
	m := measure(t, &pages{}, "[server]\nlisten = \"127.0.0.1:0\"\nusername = \"ann\"\npassword = \"correct horse\"\n")
	for password, want := range map[string]int{"": http.StatusUnauthorized, "wrong": http.StatusUnauthorized, "correct horse": http.StatusOK} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, m.url+"feed.atom", nil)
		if err != nil {
			t.Fatal(err)
		}
		if password != "" {
			r.SetBasicAuth("ann", password)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != want {
			t.Errorf("%q: %s", password, answer.Status)
		}
	}
}

func TestTroubleIsNamedByItsReason(t *testing.T) {
	for reason, err := range map[string]error{
		"full": storage.ErrFull, "read_only": storage.ErrReadOnly, "faulty": storage.ErrFaulty, reasonOther: io.EOF,
	} {
		if got := reasonOf(fmt.Errorf("commit: %w", err)); got != reason {
			t.Errorf("%v is %s", err, got)
		}
	}
}
