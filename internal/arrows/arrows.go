// Package arrows states which room may import which, as policy, and its test
// holds the sources to it.
//
// It is the import graph of docs/architecture.md: a new arrow is a decision
// about the design and is made here first.
package arrows

// Module is the module's path.
const Module = "newsfeed"

// Allowed names for each room the rooms of this module that it may import.
// Its tests may import more.
var Allowed = map[string][]string{
	"storage":                      {},
	"storage/bolt":                 {"storage"},
	"storage/storagetest":          {"storage"},
	"config":                       {},
	"aggregator/schedule":          {},
	"aggregator/fetch":             {},
	"aggregator/parse":             {},
	"aggregator/normalize":         {"aggregator/parse", "storage"},
	"aggregator/dedup":             {"storage"},
	"aggregator/filter":            {"storage"},
	"aggregator/publish":           {"storage"},
	"aggregator/publish/feedcheck": {},
	"aggregator":                   {"aggregator/schedule", "aggregator/fetch", "aggregator/parse", "aggregator/normalize", "aggregator/dedup", "aggregator/filter", "storage"},
	"internal/arrows":              {},
	"internal/guard":               {},
	"internal/storyscore":          {"aggregator/dedup", "aggregator/normalize", "aggregator/parse", "storage"},
	"internal/pollsim":             {"aggregator/schedule"},
	"internal/article":             {"storage"},
	"internal/bubble":              {},
	"internal/fixture":             {},
	"internal/process":             {},
	"internal/servebench":          {"internal/process"},
	"internal/growth":              {"internal/article", "internal/process", "aggregator/publish", "storage", "storage/bolt"},
	"internal/startup":             {"config", "internal/article", "internal/process", "storage", "storage/bolt"},
	"internal/bench":               {"internal/process", "storage", "storage/bolt"},
	"internal/crashloop":           {},
	"internal/powerloss":           {},
	"internal/docs":                {},
	"cmd/newsfeed": {
		"aggregator", "aggregator/schedule", "aggregator/fetch", "aggregator/parse", "aggregator/normalize",
		"aggregator/dedup", "aggregator/filter", "aggregator/publish", "storage", "storage/bolt", "config", "internal/guard",
	},
}

// Libraries names for a library the only rooms that may meet it, by the
// beginning of its import path. internal/bench measures some alone.
var Libraries = map[string][]string{
	"go.etcd.io/bbolt":              {"storage/bolt", "internal/bench"},
	"github.com/mmcdole/gofeed":     {"aggregator/parse", "internal/bench"},
	"github.com/gorilla/feeds":      {"aggregator/publish"},
	"github.com/andybalholm/brotli": {"aggregator/publish"},
	"github.com/robfig/cron":        {"aggregator", "aggregator/schedule", "config"},
	"github.com/pelletier/go-toml":  {"config"},
	"github.com/caarlos0/env":       {"config"},
	"github.com/tinylib/msgp":       {"storage/bolt"},
	"github.com/spf13/cobra":        {"cmd/newsfeed"},
	"github.com/coreos/go-systemd":  {"cmd/newsfeed"},
	"github.com/jedib0t/go-pretty":  {"cmd/newsfeed"},
	"code.dny.dev/ssrf":             {"aggregator/fetch"},
	"golang.org/x/time/rate":        {"internal/guard"},
	"golang.org/x/crypto/acme":      {"internal/guard"},
	"github.com/prometheus":         {"cmd/newsfeed"},
	"github.com/expr-lang/expr":     {"aggregator/filter"},
}
