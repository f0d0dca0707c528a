package fetch_test

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"newsfeed/aggregator/fetch"
)

func allowNothing(o *fetch.Options) { o.AllowPrivate = nil }

func TestD01_ResolvedAddressIsChecked(t *testing.T) {
	s := newSite(t, func(http.ResponseWriter, *http.Request) {})
	names := resolving(map[string]string{"news.example": "127.0.0.1", "news6.example": "::ffff:127.0.0.1", "lan.example": "fd00:ec2::254"})
	c := newClient(t, allowNothing, names)
	for _, host := range []string{"news.example", "news6.example", "lan.example"} {
		wantError(t, c, fetch.Request{URL: s.named(host)}, ": private address; add it to poll.allow_private to permit it")
	}
	if n := len(s.requests()); n != 0 {
		t.Errorf("%d requests came through", n)
	}
}

// A name may change its address between two visits and between two hops. For
// want of a public address one of this machine's is allowed, as if it were.
func TestD01_ANameThatTurnsPrivateIsBlocked(t *testing.T) {
	var turned atomic.Bool
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		turned.Store(true)
		w.Header().Set("Connection", "close")
		if r.URL.Path == "/again" {
			http.Redirect(w, r, "/", http.StatusFound)
		}
	})
	turning := resolvingBy(func(string) string {
		if turned.Load() {
			return "127.0.0.2"
		}
		return "127.0.0.1"
	})
	asPublic := func(o *fetch.Options) {
		o.AllowPrivate = []fetch.Allow{{Prefix: netip.MustParsePrefix("127.0.0.1/32")}}
	}
	const blocked = "dial 127.0.0.2: private address"

	c := newClient(t, turning, asPublic)
	mustGet(t, c, fetch.Request{URL: s.named("news.example")})
	wantError(t, c, fetch.Request{URL: s.named("news.example")}, blocked)

	turned.Store(false)
	c = newClient(t, turning, asPublic)
	wantError(t, c, fetch.Request{URL: s.named("news.example") + "/again"}, blocked)
	s.wantAsked(t, "/", "/again")
}

func TestD01_PagesAndRobotsAreGuarded(t *testing.T) {
	s := newSite(t, func(http.ResponseWriter, *http.Request) {})
	c := newClient(t, allowNothing, briskly, resolving(map[string]string{"news.example": "127.0.0.1"}))
	for _, address := range []string{s.URL, s.named("news.example")} {
		wantError(t, c, fetch.Request{URL: address, Page: true}, "private address")
	}
	s.wantAsked(t)
}

func TestD02_RedirectToPrivateAddressIsBlocked(t *testing.T) {
	inside := newSite(t, func(http.ResponseWriter, *http.Request) {})
	var target string
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, target, http.StatusFound) })
	port, _ := url.Parse(s.URL)
	here := netip.MustParseAddrPort(port.Host)
	c := newClient(t, resolving(map[string]string{"localhost.example": "127.0.0.1"}), func(o *fetch.Options) {
		o.AllowPrivate = []fetch.Allow{{Prefix: netip.MustParsePrefix("127.0.0.1/32"), Port: here.Port()}}
	})
	for _, host := range []string{"127.0.0.1", "::1", "169.254.169.254", "localhost", "localhost.example"} {
		target = inside.named(host)
		wantError(t, c, fetch.Request{URL: s.URL}, "private address")
	}
	if n := len(inside.requests()); n != 0 {
		t.Errorf("%d requests came through", n)
	}
}

func TestD03_D04_SpecialAddressesAreBlocked(t *testing.T) {
	addresses := []string{
		"0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1",
		"172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.255",
		"198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
		"::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "64:ff9b::8.8.8.8",
		"64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "3fff::1", "5f00::1", "fc00::1",
		"fd00:ec2::254", "fe80::1", "fe80::1%25lo", "fec0::1", "ff02::1",
	}
	c := newClient(t, allowNothing)
	for _, address := range addresses {
		t.Run(address, func(t *testing.T) {
			host := address
			if strings.Contains(address, ":") {
				host = "[" + address + "]"
			}
			wantError(t, c, fetch.Request{URL: "http://" + host + "/"}, "private address")
		})
	}
}

func TestD03_PrefixesAreBlockedFromEndToEnd(t *testing.T) {
	c := newClient(t, allowNothing)
	for _, text := range []string{
		"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
		"192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "255.255.255.255/32",
		"::/96", "::ffff:127.0.0.0/104", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/32", "2001:db8::/32", "2002::/16", "5f00::/16",
		"fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
	} {
		prefix := netip.MustParsePrefix(text)
		for _, addr := range []netip.Addr{prefix.Addr(), last(prefix)} {
			host := addr.String()
			if addr.Is6() {
				host = "[" + host + "]"
			}
			wantError(t, c, fetch.Request{URL: "http://" + host + "/"}, "private address")
		}
	}
}

// last returns the last address of a prefix.
func last(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for i := p.Bits(); i < 8*len(b); i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	addr, _ := netip.AddrFromSlice(b)
	return addr
}

func TestD04_AllowedGatewayHidesNoPrivateAddress(t *testing.T) {
	tests := []struct{ allow, address, want string }{
		{"64:ff9b::/96", "64:ff9b::a9fe:a9fe", "dial 169.254.169.254: private address"},
		{"64:ff9b:1::/48", "64:ff9b:1::a00:1", "dial 10.0.0.1: private address"},
		{"2002::/16", "2002:7f00:1::1", "dial 127.0.0.1: private address"},
		{"2001::/32", "2001:0:808:808::80ff:fffe", "dial 127.0.0.1: private address"},
		{"::/0", "64:ff9b::7f00:1", ""}, // all is allowed, but 127.0.0.1 is not within
	}
	for _, test := range tests {
		c := newClient(t, func(o *fetch.Options) {
			o.AllowPrivate = []fetch.Allow{{Prefix: netip.MustParsePrefix(test.allow)}}
		})
		wantError(t, c, fetch.Request{URL: "http://[" + test.address + "]/"}, test.want)
	}
}

func TestD04_GatewaysMayBeAllowed(t *testing.T) {
	proxy := newSite(t, func(http.ResponseWriter, *http.Request) {})
	address, _ := url.Parse(proxy.URL)
	c := newClient(t, func(o *fetch.Options) {
		o.Proxy = address
		for _, prefix := range []string{"64:ff9b::/96", "2002::/16", "2001::/32", "::1/128"} {
			o.AllowPrivate = append(o.AllowPrivate, fetch.Allow{Prefix: netip.MustParsePrefix(prefix)})
		}
	})
	for _, host := range []string{"64:ff9b::808:808", "2002:808:808::1", "2001::f7f7:f7f7", "::1"} {
		mustGet(t, c, fetch.Request{URL: "http://[" + host + "]/"})
	}
}

func TestD05_HostSpellings(t *testing.T) {
	s := newSite(t, func(http.ResponseWriter, *http.Request) {})
	hosts := []string{
		"①②⑦.0.0.1", "127。0。0。1", "127.0.0.1.", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1",
		"017700000001", "localhost", "LOCALHOST", "localhost.", "ip6-localhost", "[::1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:127.0.0.1]",
		"127.0.0.1%2eexample", "%31%32%37.0.0.1", "0", "0.0.0.0",
	}
	c := newClient(t, allowNothing, resolving(nil))
	port, _ := url.Parse(s.URL)
	for _, host := range hosts {
		t.Run(host, func(t *testing.T) {
			wantError(t, c, fetch.Request{URL: "http://" + host + ":" + port.Port() + "/"}, "")
		})
	}
	if n := len(s.requests()); n != 0 {
		t.Errorf("%d requests came through", n)
	}
}

func TestD06_PrivateAddressesAreAllowedOneByOne(t *testing.T) {
	s := newSite(t, func(http.ResponseWriter, *http.Request) {})
	u, _ := url.Parse(s.URL)
	here := netip.MustParseAddrPort(u.Host)
	allow := func(prefix string, port uint16) []fetch.Allow {
		return []fetch.Allow{{Prefix: netip.MustParsePrefix(prefix), Port: port}}
	}
	tests := []struct {
		name  string
		allow []fetch.Allow
		want  bool
	}{
		{"nothing", nil, false},
		{"the network", allow("127.0.0.0/8", 0), true},
		{"the address and port", allow("127.0.0.1/32", here.Port()), true},
		{"another port", allow("127.0.0.1/32", here.Port()^1), false},
		{"another address", allow("127.0.0.2/32", 0), false},
		{"all IPv6", allow("::/0", 0), false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, scope := range []string{"all sources", "one source"} {
				r := fetch.Request{URL: s.URL}
				c := newClient(t, func(o *fetch.Options) {
					o.AllowPrivate = nil
					if scope == "all sources" {
						o.AllowPrivate = test.allow
					}
				})
				if scope == "one source" {
					r.Allow = test.allow
				}
				if !test.want {
					wantError(t, c, r, "dial 127.0.0.1: private address; add it to poll.allow_private to permit it")
					continue
				}
				mustGet(t, c, r)
			}
		})
	}
}

func TestD06_ConnectionOfAnAllowedSourceServesNoOther(t *testing.T) {
	s := newSite(t, func(http.ResponseWriter, *http.Request) {})
	c := newClient(t, allowNothing, resolving(map[string]string{"news.example": "127.0.0.1"}))
	mustGet(t, c, fetch.Request{URL: s.named("news.example"), Access: fetch.Access{Allow: loopback()}})
	wantError(t, c, fetch.Request{URL: s.named("news.example")}, "private address")
}

func TestD07_OnlyTheConfiguredProxyIsUsed(t *testing.T) {
	proxy := newSite(t, func(http.ResponseWriter, *http.Request) {})
	s := newSite(t, func(http.ResponseWriter, *http.Request) {})
	names := resolving(map[string]string{"news.example": "127.0.0.1"})
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"} {
		t.Setenv(name, proxy.URL)
	}
	mustGet(t, newClient(t, names), fetch.Request{URL: s.named("news.example")})
	if len(proxy.requests()) != 0 {
		t.Error("the environment's proxy was used")
	}

	address, _ := url.Parse(proxy.URL)
	c := newClient(t, allowNothing, func(o *fetch.Options) { o.Proxy = address })
	mustGet(t, c, fetch.Request{URL: "http://news.example/feed"})
	if got := proxy.last(t).RequestURI; got != "http://news.example/feed" {
		t.Errorf("the proxy was asked for %q", got)
	}
	wantError(t, c, fetch.Request{URL: "http://169.254.169.254/"}, "private address")
	wantError(t, c, fetch.Request{URL: "http://news.example:25/"}, "port 25 is not allowed")
}

func TestD03_PublicAddressesPass(t *testing.T) {
	proxy := newSite(t, func(http.ResponseWriter, *http.Request) {})
	address, _ := url.Parse(proxy.URL)
	c := newClient(t, allowNothing, func(o *fetch.Options) { o.Proxy = address })
	for _, host := range []string{
		"8.8.8.8", "100.63.255.255", "100.128.0.1", "172.32.0.1", "198.20.0.1", "223.255.255.255",
		"[2606:4700:4700::1111]", "[::ffff:8.8.8.8]", "8.8.8.8:8080",
	} {
		mustGet(t, c, fetch.Request{URL: "http://" + host + "/"})
	}
}

func TestD08_UncustomaryPortMayBeAllowed(t *testing.T) {
	proxy := newSite(t, func(http.ResponseWriter, *http.Request) {})
	address, _ := url.Parse(proxy.URL)
	c := newClient(t, func(o *fetch.Options) {
		o.Proxy = address
		o.AllowPrivate = []fetch.Allow{{Prefix: netip.MustParsePrefix("10.0.0.0/8"), Port: 81}}
	})
	mustGet(t, c, fetch.Request{URL: "http://10.0.0.1:81/"})
	mustGet(t, c, fetch.Request{URL: "http://news.example:81/"})
	wantError(t, c, fetch.Request{URL: "http://10.0.0.1:82/"}, "private address")
	wantError(t, c, fetch.Request{URL: "http://8.8.8.8:81/"}, "port 81 is not allowed")
}

func TestD08_SchemesAndPorts(t *testing.T) {
	tests := []struct{ url, want string }{
		{"file:///etc/passwd", "URL is neither http nor https"},
		{"gopher://example.org/", "neither http nor https"},
		{"ftp://example.org/", "neither http nor https"},
		{"data:text/xml,<rss/>", "neither http nor https"},
		{"unix:/run/socket", "neither http nor https"},
		{"/feed", "neither http nor https"},
		{"http:feed", "URL without a host"},
		{"https:///feed", "URL without a host"},
		{"", "neither http nor https"},
		{"ann:secret@news.example/", "URL is neither http nor https"},
		{"http://news.example:25/", "dial news.example: port 25 is not allowed"},
		{"http://news.example:0/", "port 0 is not allowed"},
		{"https://8.8.8.8:22/", "dial 8.8.8.8: port 22 is not allowed"},
		{"http://news.example:65536/", "not a valid URL"},
	}
	c := newClient(t, resolving(nil))
	for _, test := range tests {
		t.Run(test.url, func(t *testing.T) {
			wantError(t, c, fetch.Request{URL: test.url}, test.want)
		})
	}
}
