package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestD34_PagesOfOthersDoNotReachCommandsAtAPort(t *testing.T) {
	listen, err := freeListen()
	if err != nil {
		t.Fatal(err)
	}
	m := measure(t, &pages{}, fmt.Sprintf("[server]\nlisten = \"127.0.0.1:0\"\nadmin_listen = %q\n", listen))
	if body, err := m.client.get(t.Context(), "/api/sources", nil); err != nil {
		t.Errorf("a command: %v", err)
	} else {
		_ = body.Close()
	}
	port := listen[strings.LastIndex(listen, ":"):]
	for name, test := range map[string]struct {
		method, path, host string
		header             []string
		want               int
	}{
		"by its address":                {http.MethodGet, "/metrics", listen, nil, http.StatusOK},
		"by the name of this machine":   {http.MethodGet, "/metrics", "localhost" + port, nil, http.StatusOK},
		"by an address of IPv6":         {http.MethodGet, "/metrics", "[::1]" + port, nil, http.StatusOK},
		"by a name that leads here":     {http.MethodGet, "/metrics", "evil.example" + port, nil, http.StatusForbidden},
		"by a name without a port":      {http.MethodGet, "/metrics", "evil.example", nil, http.StatusForbidden},
		"by a name that begins so":      {http.MethodGet, "/metrics", "127.0.0.1.evil.example" + port, nil, http.StatusForbidden},
		"from a page of another origin": {http.MethodPost, "/api/reload", listen, []string{"Origin", "https://evil.example"}, http.StatusForbidden},
		"a browser says so":             {http.MethodPost, "/api/reload", listen, []string{"Sec-Fetch-Site", "cross-site"}, http.StatusForbidden},
	} {
		r, err := http.NewRequestWithContext(t.Context(), test.method, "http://"+listen+test.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = test.host
		if test.header != nil {
			r.Header.Set(test.header[0], test.header[1])
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != test.want {
			t.Errorf("%s: %s, want %d", name, answer.Status, test.want)
		}
	}
}

func TestCommandsAtAPortAnswerToTheNameThatIsConfigured(t *testing.T) {
	h := unbrowsed("news.example.org:8081", http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	for host, want := range map[string]int{"news.example.org:8081": http.StatusOK, "example.org:8081": http.StatusForbidden, "": http.StatusForbidden} {
		r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
		r.Host = host
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("%q: status %d, want %d", host, w.Code, want)
		}
	}
}
