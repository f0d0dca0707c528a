package config_test

import (
	"encoding"
	"testing"
	"time"

	"newsfeed/config"
)

const day = 24 * time.Hour

func TestDuration(t *testing.T) {
	tests := []struct {
		text string
		want time.Duration
		back string // "": as text
	}{
		{"0", 0, ""},
		{"", 0, "0"},
		{"0s", 0, "0"},
		{"500ms", 500 * time.Millisecond, ""},
		{"15m", 15 * time.Minute, ""},
		{"90m", 90 * time.Minute, "1h30m"},
		{"1h", time.Hour, ""},
		{"10h", 10 * time.Hour, ""},
		{"1h0m1s", time.Hour + time.Second, ""},
		{"24h", day, "1d"},
		{"365d", 365 * day, ""},
		{"1w2d", 9 * day, "9d"},
		{"1w2d3h4m", 9*day + 3*time.Hour + 4*time.Minute, "219h4m"},
		{"1.5h", 90 * time.Minute, "1h30m"},
		{"36500d", 36500 * day, ""},
	}
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			var d config.Duration
			if err := d.UnmarshalText([]byte(test.text)); err != nil {
				t.Fatal(err)
			}
			if time.Duration(d) != test.want {
				t.Errorf("got %v, want %v", time.Duration(d), test.want)
			}
			want := test.back
			if want == "" {
				want = test.text
			}
			if d.String() != want && test.text != "" {
				t.Errorf("written as %q, want %q", d, want)
			}
		})
	}
	for _, text := range []string{
		"abc", "15", "1d2w", "-5m", "+5m", "1d-5m", "d", "w", "1.5d", "5 m", "1w1w", "-1d", "36501d",
		"99999999999999999999d", "9223372036854775807w", "106751d2562047h", "9999999h", "1d99999999h",
	} {
		t.Run("not "+text, func(t *testing.T) {
			var d config.Duration
			if err := d.UnmarshalText([]byte(text)); err == nil {
				t.Errorf("read as %v", d)
			}
		})
	}
}

func TestSize(t *testing.T) {
	tests := []struct {
		text string
		want config.Size
		back string
	}{
		{"0", 0, "0"},
		{"1000", 1000, "1000"},
		{"15MiB", 15 << 20, "15MiB"},
		{"15 mib", 15 << 20, "15MiB"},
		{"512KiB", 512 << 10, "512KiB"},
		{"1.5GiB", 3 << 29, "1536MiB"},
		{"1 MB", 1e6, "1000000"},
		{"1023", 1023, "1023"},
	}
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			var s config.Size
			if err := s.UnmarshalText([]byte(test.text)); err != nil {
				t.Fatal(err)
			}
			if s != test.want || s.String() != test.back {
				t.Errorf("got %d, %v; want %d, %s", int64(s), s, int64(test.want), test.back)
			}
		})
	}
	for _, text := range []string{"", "abc", "-1", "15 apples", "16EiB", "99999999999999999999", "1e3"} {
		t.Run("not "+text, func(t *testing.T) {
			var s config.Size
			if err := s.UnmarshalText([]byte(text)); err == nil {
				t.Errorf("read as %v", s)
			}
		})
	}
}

func TestNetwork(t *testing.T) {
	tests := []struct{ text, want string }{
		{"127.0.0.0/8", "127.0.0.0/8"},
		{"127.0.0.0/8:8080", "127.0.0.0/8:8080"},
		{"::1/128", "::1/128"},
		{"[::1/128]:8080", "[::1/128]:8080"},
		{"[::1/128]", "::1/128"},
		{"::1/128:8080", "[::1/128]:8080"},
		{"0.0.0.0/0", "0.0.0.0/0"},
	}
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			var n config.Network
			if err := n.UnmarshalText([]byte(test.text)); err != nil {
				t.Fatal(err)
			}
			if n.String() != test.want {
				t.Errorf("got %v, want %s", n, test.want)
			}
		})
	}
	for _, text := range []string{"", "/", "127.0.0.1", "::1", "127.0.0.0/33", "127.0.0.0/8:", "127.0.0.0/8:65536", "[::1/128", "[127.0.0.0/8", "fe80::%eth0/64", "::ffff:10.0.0.0/104"} {
		t.Run("not "+text, func(t *testing.T) {
			var n config.Network
			if err := n.UnmarshalText([]byte(text)); err == nil {
				t.Errorf("read as %v", n)
			}
		})
	}
}

// What can be read is written so that it reads the same.
func FuzzText(f *testing.F) {
	for _, s := range []string{"1w2d3h", "365d", "15MiB", "1.5GiB", "127.0.0.0/8:80", "[::1/128]:8080", ""} {
		f.Add(s)
	}
	type text interface {
		encoding.TextMarshaler
		encoding.TextUnmarshaler
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, pair := range [][2]text{
			{new(config.Duration), new(config.Duration)},
			{new(config.Size), new(config.Size)},
			{new(config.Network), new(config.Network)},
		} {
			value, again := pair[0], pair[1]
			if value.UnmarshalText([]byte(s)) != nil {
				continue
			}
			written, err := value.MarshalText()
			if err != nil {
				t.Fatalf("%T %q cannot be written: %v", value, s, err)
			}
			if err := again.UnmarshalText(written); err != nil {
				t.Fatalf("%T %q is written %q, which cannot be read: %v", value, s, written, err)
			}
			if rewritten, _ := again.MarshalText(); string(rewritten) != string(written) {
				t.Fatalf("%T %q is written %q, then %q", value, s, written, rewritten)
			}
		}
	})
}
