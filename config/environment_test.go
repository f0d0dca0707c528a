package config_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"newsfeed/config"
	"newsfeed/internal/fixture"
)

func TestLoad_EnvironmentOverridesEveryScalar(t *testing.T) {
	cert, key, _ := fixture.Certificate(t, t.TempDir())
	got, _, err := config.Load(write(t, "[server]\npassword = \"word\"\n[poll]\nworkers = 3\n[dedup]\nsimilarity = false\n"), environment(
		"NEWSFEED_SERVER_LISTEN=127.0.0.1:1",
		"NEWSFEED_SERVER_ADMIN_LISTEN=127.0.0.1:2",
		"NEWSFEED_SERVER_BASE_URL=https://example.org/",
		"NEWSFEED_SERVER_MAX_CONNECTIONS=16",
		"NEWSFEED_SERVER_REQUESTS_PER_MINUTE=17",
		"NEWSFEED_SERVER_USERNAME=ann",
		"NEWSFEED_SERVER_PASSWORD=is a secret, which stands in no environment",
		"NEWSFEED_SERVER_TLS_CERT="+cert,
		"NEWSFEED_SERVER_TLS_KEY="+key,
		"NEWSFEED_SERVER_TLS_ACME_EMAIL=news@example.org",
		"NEWSFEED_SERVER_TLS_ACME_DIRECTORY=https://acme.example.org/directory",
		"NEWSFEED_STORAGE_PATH=/srv/store.db",
		"NEWSFEED_STORAGE_RETENTION_AGE=1d",
		"NEWSFEED_STORAGE_RETENTION_ENTRIES=12",
		"NEWSFEED_STORAGE_RETENTION_BYTES=13MiB",
		"NEWSFEED_STORAGE_MAX_SIZE=14MiB",
		"NEWSFEED_STORAGE_MIN_FREE=15MiB",
		"NEWSFEED_POLL_WORKERS=5",
		"NEWSFEED_POLL_REQUESTS_PER_MINUTE=6",
		"NEWSFEED_POLL_MIN_INTERVAL=30m",
		"NEWSFEED_POLL_MIN_FORCE=7s",
		"NEWSFEED_POLL_MAX_INTERVAL=2d",
		"NEWSFEED_POLL_SCHEDULE=@daily",
		"NEWSFEED_POLL_TIMEOUT=8s",
		"NEWSFEED_POLL_MAX_BODY=9MiB",
		"NEWSFEED_POLL_HOST_INTERVAL=2s",
		"NEWSFEED_POLL_CONTACT=https://example.org/about",
		"NEWSFEED_POLL_PROXY=http://127.0.0.1:3128",
		"NEWSFEED_DEDUP_ACROSS_SOURCES=off",
		"NEWSFEED_DEDUP_SIMILARITY=true",
		"NEWSFEED_FEED_TITLE=Mine",
		"NEWSFEED_FEED_LIMIT=11",
		"NEWSFEED_FEED_WINDOW=1w",
		"NEWSFEED_FEED_SHARE=0.5",
	))
	if err != nil {
		t.Fatal(err)
	}
	hour := config.Duration(3600e9)
	want := config.Config{
		Server: config.Server{
			Listen: "127.0.0.1:1", AdminListen: "127.0.0.1:2", BaseURL: "https://example.org/",
			MaxConnections: 16, RequestsPerMinute: 17, TrustedProxies: config.Default().Server.TrustedProxies, Username: "ann", Password: "word",
			TLS: config.TLS{Cert: cert, Key: key, Email: "news@example.org", Directory: "https://acme.example.org/directory"},
		},
		Storage: config.Storage{Path: "/srv/store.db", Retention: config.Retention{Age: 24 * hour, Entries: 12, Bytes: 13 << 20}, MaxSize: 14 << 20, MinFree: 15 << 20},
		Poll: config.Poll{
			Workers: 5, RequestsPerMinute: 6, MinInterval: hour / 2, MinForce: 7e9, MaxInterval: 48 * hour, Schedule: "@daily",
			Timeout: 8e9, MaxBody: 9 << 20, HostInterval: 2e9, Contact: "https://example.org/about", Proxy: "http://127.0.0.1:3128",
		},
		Dedup: config.Dedup{AcrossSources: "off", Similarity: true},
		Feed:  config.Feed{Title: "Mine", Limit: 11, Window: 7 * 24 * hour, Share: 0.5},
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.EquateComparable(config.Network{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	requireSet(t, "", reflect.ValueOf(got))
}

// requireSet fails for a single value that the test above forgot.
func requireSet(t *testing.T, table string, v reflect.Value) {
	t.Helper()
	for field, value := range v.Fields() {
		switch value.Kind() {
		case reflect.Slice:
		case reflect.Struct:
			requireSet(t, table+field.Name+".", value)
		default:
			if value.IsZero() {
				t.Errorf("%s%s is not overridden", table, field.Name)
			}
		}
	}
}

func TestLoad_NamesTheVariableThatIsWrong(t *testing.T) {
	path := write(t, "[poll]\ntimeout = \"5s\"\nworkers = \"x\"\n")
	_, _, err := config.Load(path, environment(
		"NEWSFEED_POLL_TIMEOUT=abc",
		"NEWSFEED_POLL_MAX_INTERVAL=1m",
		"NEWSFEED_FEED_LIMIT=ten",
	))
	if err == nil {
		t.Fatal("no error")
	}
	want := []string{
		path + `:3: poll.workers: "x" is not a whole number; write for example 64`,
		`environment: NEWSFEED_FEED_LIMIT: "ten" is not a whole number; write for example 64`,
		`environment: NEWSFEED_POLL_TIMEOUT: "abc" is not a duration; write for example "20s" or "15m"`,
		`environment: NEWSFEED_POLL_MAX_INTERVAL: 1m is below poll.min_interval; write 15m or more`,
	}
	if diff := cmp.Diff(want, strings.Split(err.Error(), "\n")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestUnknownVariablesAreNamed(t *testing.T) {
	got := config.UnknownVariables([]string{
		"NEWSFEED_POLL_TIMOUT=5s", "NEWSFEED_SOURCE_URL=x", "NEWSFEED_POLL_WORKERS=8", "NEWSFEED_CONFIG=/x", "NEWSFEED_EMPTY=", "HOME=/root", "NEWSFEEDS=1", "NEWSFEED_STORAGE_RETENTION_AGE=1d",
	}, "NEWSFEED_CONFIG")
	want := []string{
		"environment: NEWSFEED_POLL_TIMOUT: overrides no key; did you mean NEWSFEED_POLL_TIMEOUT?",
		"environment: NEWSFEED_SOURCE_URL: overrides no key; leave it out",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestE10_NoPasswordIsTakenFromTheEnvironment(t *testing.T) {
	_, _, err := config.Load(write(t, ""), environment("NEWSFEED_POLL_PROXY=http://name:geheim@proxy.example:3128"))
	const want = "environment: NEWSFEED_POLL_PROXY: holds a password, and secrets are not taken from the environment; write it into the configuration"
	if err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}
