package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	dashboardFile = "../../deploy/grafana/newsfeed.json"
	rulesFile     = "../../deploy/prometheus/newsfeed.rules.yml"
)

// rule is an alert of the rules.
type rule map[string]string

// readRules reads the rules, which are written so that each value stands in its
// own line: text in quotes as JSON has it, expressions bare.
func readRules(t *testing.T) []rule {
	t.Helper()
	text, err := os.ReadFile(rulesFile)
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`^ +(?:- )?([a-z]+): (.+)$`)
	var rules []rule
	for i, l := range strings.Split(string(text), "\n") {
		m := line.FindStringSubmatch(l)
		if m == nil {
			continue
		}
		key, value := m[1], m[2]
		switch key {
		case "alert":
			rules = append(rules, rule{})
		case "name":
			continue
		case "summary", "description":
			if err := json.Unmarshal([]byte(m[2]), &value); err != nil {
				t.Errorf("%s:%d: %v: %s", rulesFile, i+1, err, m[2])
			}
		case "expr":
			if strings.Contains(value, ": ") || strings.Contains(value, " #") {
				t.Errorf("%s:%d: YAML ends the expression early", rulesFile, i+1)
			}
		}
		rules[len(rules)-1][key] = value
	}
	return rules
}

// panel is one of the dashboard.
type panel struct {
	Type        string
	Title       string
	Description string
	Targets     []struct{ Expr, LegendFormat string }
	GridPos     struct{ H, W, X, Y int }
}

type dashboard struct {
	Panels     []panel
	Templating struct {
		List []struct{ Name, Definition string }
	}
}

func readDashboard(t *testing.T) dashboard {
	t.Helper()
	text, err := os.ReadFile(dashboardFile)
	if err != nil {
		t.Fatal(err)
	}
	var d dashboard
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

var (
	// promToken splits an expression: texts, numbers with units, names, the rest.
	promToken = regexp.MustCompile(`"[^"]*"|\[[^\]]*\]|[0-9][0-9.a-z]*|[a-zA-Z_:$][a-zA-Z0-9_:$]*|=~|!~|!=|[^\s]`)
	promName  = regexp.MustCompile(`^[a-zA-Z_:][a-zA-Z0-9_:]*$`)
)

// grouping are the words before a list of labels.
var grouping = []string{"by", "without", "on", "ignoring", "group_left", "group_right"}

var operators = []string{"and", "or", "unless", "bool", "offset"}

// mentions returns the metrics that an expression names, and the labels that
// each is selected by; those that results are grouped by come under "".
func mentions(expr string) map[string][]string {
	tokens := promToken.FindAllString(expr, -1)
	at := func(i int) string {
		if i < len(tokens) {
			return tokens[i]
		}
		return ""
	}
	found := map[string][]string{}
	for i := 0; i < len(tokens); i++ {
		word := tokens[i]
		switch {
		case slices.Contains(grouping, word) && at(i+1) == "(":
			for i += 2; i < len(tokens) && tokens[i] != ")"; i++ {
				if promName.MatchString(tokens[i]) {
					found[""] = append(found[""], tokens[i])
				}
			}
		case !promName.MatchString(word) || slices.Contains(operators, word) || at(i+1) == "(" || slices.Contains(grouping, at(i+1)):
			// an operator, a function or an aggregation
		default:
			found[word] = append(found[word], []string{}...)
			if at(i+1) != "{" {
				continue
			}
			for i += 2; i < len(tokens) && tokens[i] != "}"; i++ {
				if promName.MatchString(tokens[i]) {
					found[word] = append(found[word], tokens[i])
				}
			}
		}
	}
	return found
}

func TestMentions_OfAnExpression(t *testing.T) {
	for expr, want := range map[string]string{
		`a_total`: `map[a_total:[]]`,
		`sum by (x, y) (rate(a_total{code=~"5..", path="by (z)"}[10m])) > 0.01 * sum(b{state="ok"} offset 5m)`: `map[:[x y] a_total:[code path] b:[state]]`,
		`histogram_quantile(0.99, sum by (le) (rate(c_bucket[$__rate_interval]))) and on (instance) d == 1e3`:  `map[:[le instance] c_bucket:[] d:[]]`,
		`max without (x) (e) unless f`: `map[:[x] e:[] f:[]]`,
	} {
		if got := fmt.Sprint(mentions(expr)); got != want {
			t.Errorf("%s\n got %s\nwant %s", expr, got, want)
		}
	}
}

// exported returns the metrics of a daemon at work, and the labels of each.
func exported(t *testing.T) map[string][]string {
	t.Helper()
	now := time.Now()
	m := measure(t, &pages{bodies: map[string]string{
		"/one":   atom(item("Ferry runs again", "https://news.example/ferry", "urn:1", now)),
		"/other": atom(item("Ferry runs again", "https://news.example/ferry", "urn:2", now)),
	}}, "[[source]]\nid = \"one\"\nurl = \"$A/one\"\n[[source]]\nid = \"other\"\nurl = \"$B/other\"\n")
	if r, err := http.Get(m.url + "feed.rss"); err == nil {
		_, _ = io.Copy(io.Discard, r.Body)
		_ = r.Body.Close()
	}
	f := m.await("polls and a story", func(f map[string]float64) bool {
		return f["newsfeed_poll_duration_seconds_count"] == 2 && f[`newsfeed_entries_merged_total{rule="url"}`] == 1
	})
	all := map[string][]string{}
	for series := range f {
		name, _, _ := strings.Cut(series, "{")
		all[name] = append(all[name], "job", "instance") // of the scrape
		for _, label := range regexp.MustCompile(`([a-z_]+)="`).FindAllStringSubmatch(series, -1) {
			all[name] = append(all[name], label[1])
		}
	}
	return all
}

func TestDashboardAndRules_UseOnlyWhatIsExported(t *testing.T) {
	known := exported(t)
	expressions := map[string]string{} // by where it stands
	for _, r := range readRules(t) {
		expressions["alert "+r["alert"]] = r["expr"]
	}
	d := readDashboard(t)
	for _, p := range d.Panels {
		for i, target := range p.Targets {
			expressions[fmt.Sprintf("panel %s, %d", p.Title, i)] = target.Expr
			for _, label := range regexp.MustCompile(`{{(\w+)}}`).FindAllStringSubmatch(target.LegendFormat, -1) {
				if !strings.Contains(target.Expr, label[1]) && label[1] != "instance" {
					t.Errorf("panel %s: its legend names %s, which its expression has not", p.Title, label[1])
				}
			}
		}
	}
	for _, v := range d.Templating.List {
		if inner, ok := strings.CutPrefix(v.Definition, "label_values("); ok {
			metric, _, _ := cutLast(inner, ",")
			expressions["variable "+v.Name] = metric
		}
	}
	if len(expressions) < 40 {
		t.Fatalf("only %d expressions were found", len(expressions))
	}
	used := map[string]bool{}
	for place, expr := range expressions {
		found := mentions(expr)
		if len(found) == 0 {
			t.Errorf("%s: no metric in %s", place, expr)
		}
		var labels []string // of all metrics of the expression
		for metric := range found {
			labels = append(labels, known[metric]...)
		}
		for metric, selected := range found {
			used[strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(metric, "_bucket"), "_count"), "_sum")] = true
			has, ok := known[metric]
			if metric == "" {
				has, ok = labels, true
			}
			if !ok {
				t.Errorf("%s: the daemon exports no %s", place, metric)
			}
			for _, label := range selected {
				if !slices.Contains(has, label) {
					t.Errorf("%s: %s has no label %s", place, metric, label)
				}
			}
		}
	}

	// What is exported and shown nowhere is of no use to people.
	documented, err := os.ReadFile("../../docs/serving.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, metric := range slices.Sorted(maps.Keys(known)) {
		base := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(metric, "_bucket"), "_count"), "_sum")
		if strings.HasPrefix(metric, namespace) && !used[base] {
			t.Errorf("%s is neither on the dashboard nor in an alert", metric)
		}
		if strings.HasPrefix(metric, namespace) && !regexp.MustCompile("`"+base+"[`{]").Match(documented) {
			t.Errorf("%s is not in docs/serving.md", base)
		}
	}
}

func TestRules_SayWhatToDo(t *testing.T) {
	rules := readRules(t)
	if len(rules) < 8 {
		t.Fatalf("only %d rules were found", len(rules))
	}
	for _, r := range rules {
		for _, key := range []string{"alert", "expr", "for", "severity", "summary", "description"} {
			if r[key] == "" {
				t.Errorf("alert %s has no %s", r["alert"], key)
			}
		}
		if !slices.Contains([]string{"critical", "warning", "info"}, r["severity"]) {
			t.Errorf("alert %s has the severity %s", r["alert"], r["severity"])
		}
		for _, command := range regexp.MustCompile(`'newsfeed ([a-z]+)`).FindAllStringSubmatch(r["description"], -1) {
			if c, _, err := (&program{}).command().Find([]string{command[1]}); err != nil || c.Name() != command[1] {
				t.Errorf("alert %s: there is no command %s", r["alert"], command[1])
			}
		}
	}
}

func TestDashboard_PanelsStandBesideEachOther(t *testing.T) {
	taken := map[[2]int]string{}
	for _, p := range readDashboard(t).Panels {
		if p.Type != "row" && (p.Description == "" || len(p.Targets) == 0) {
			t.Errorf("panel %s has no description, or shows nothing", p.Title)
		}
		for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				if other := taken[[2]int{x, y}]; other != "" || x >= 24 {
					t.Fatalf("panel %s lies on %s, or beside the grid", p.Title, other)
				}
				taken[[2]int{x, y}] = p.Title
			}
		}
	}
}

// TestRules_PromtoolTakesThem has Prometheus's own tool check the rules, and the
// expressions of the dashboard as rules.
func TestRules_PromtoolTakesThem(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is not installed (Debian's package prometheus)")
	}
	var b strings.Builder
	b.WriteString("groups:\n- name: dashboard\n  rules:\n")
	n := 0
	for _, p := range readDashboard(t).Panels {
		for _, target := range p.Targets {
			expr, err := json.Marshal(strings.NewReplacer("$__rate_interval", "5m", "$instance", ".*", "$job", ".*").Replace(target.Expr))
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&b, "  - record: panel:%d\n    expr: %s\n", n, expr)
			n++
		}
	}
	panels := filepath.Join(t.TempDir(), "panels.yml")
	if err := os.WriteFile(panels, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{rulesFile, panels} {
		if out, err := exec.CommandContext(t.Context(), promtool, "check", "rules", file).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", file, err, out)
		}
	}
}
