package aggregator_test

import (
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"newsfeed/aggregator"
	"newsfeed/aggregator/filter"
	"newsfeed/storage"
)

// where gives the first source of o a filter.
func where(t *testing.T, o *aggregator.Options, expression string) {
	t.Helper()
	f, err := filter.Compile(expression)
	if err != nil {
		t.Fatal(err)
	}
	o.Sources[0].Filter, o.Sources[0].Where = f, expression
}

// hidden lists the rules of the source's entries by title.
func hidden(t *testing.T, store storage.Store) map[string]string {
	t.Helper()
	page, err := store.Entries(t.Context(), storage.Query{Hidden: true, Limit: storage.MaxPage})
	if err != nil {
		t.Fatal(err)
	}
	rules := map[string]string{}
	for _, e := range page.Items {
		rules[e.Title] = e.Hidden
	}
	return rules
}

func TestWhatAFilterRefusesIsStoredAndHidden(t *testing.T) {
	s, store := newSite(t), openStore(t)
	s.set("/a", feed("war", "sport", "peace"))
	o := options(store, s, "/a")
	where(t, &o, `title != "sport"`)
	a, _ := run(t, o)
	if r := poll(t, a, true)["a"]; r.New != 3 {
		t.Errorf("%+v", r)
	}
	want := map[string]string{"war": "", "peace": "", "sport": `title != "sport"`}
	if diff := cmp.Diff(want, hidden(t, store)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got := titles(t, store); len(got) != 2 || strings.Contains(strings.Join(got, " "), "sport") {
		t.Errorf("shown: %q", got)
	}
}

// TestANewFilterJudgesWhatIsStored changes the filter twice and takes it away.
func TestANewFilterJudgesWhatIsStored(t *testing.T) {
	s, store := newSite(t), openStore(t)
	s.set("/a", feed("war", "sport", "peace"))
	o := options(store, s, "/a")
	a, stop := run(t, o)
	poll(t, a, true)
	stop()
	for _, test := range []struct {
		expression string
		shown      int
		warns      bool
	}{
		{`title == "war"`, 1, true},
		{`title in ["war", "peace"]`, 2, false},
		{`true`, 3, false},
	} {
		var log strings.Builder
		o.Log = slog.New(slog.NewTextHandler(&log, nil))
		where(t, &o, test.expression)
		a, stop := run(t, o)
		<-a.Judged()
		stop()
		if got := titles(t, store); len(got) != test.shown {
			t.Errorf("%s: shown %q", test.expression, got)
		}
		if warned := strings.Contains(log.String(), "more than half"); warned != test.warns {
			t.Errorf("%s: logged %q", test.expression, log.String())
		}
	}
}

// TestAFilterThatFailsHidesNothing asks for a category that is not there.
func TestAFilterThatFailsHidesNothing(t *testing.T) {
	s, store := newSite(t), openStore(t)
	s.set("/a", feed("war"))
	o := options(store, s, "/a")
	where(t, &o, `categories[3] == "x"`)
	a, _ := run(t, o)
	poll(t, a, true)
	if got := titles(t, store); len(got) != 1 {
		t.Errorf("shown: %q", got)
	}
}

// view adds a view to the options.
func view(t *testing.T, o *aggregator.Options, v storage.View) {
	t.Helper()
	f, err := filter.Compile(v.Where)
	if err != nil {
		t.Fatal(err)
	}
	o.Views = append(o.Views, aggregator.View{View: v, Filter: f})
}

// TestViewsHoldWhatTheySelect changes a view, polls, and takes it away.
func TestViewsHoldWhatTheySelect(t *testing.T) {
	s, store := newSite(t), openStore(t)
	s.set("/a", feed("war", "sport", "peace"))
	s.set("/b", feed("war", "cooking"))
	in := func(name string) []string {
		t.Helper()
		page, err := store.Entries(t.Context(), storage.Query{View: name, Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		var list []string
		for _, e := range page.Items {
			list = append(list, e.Source+" "+e.Title)
		}
		slices.Sort(list)
		return list
	}
	for _, test := range []struct {
		name  string
		views []storage.View
		want  map[string][]string
		warns bool
	}{
		{"none", nil, map[string][]string{"v": nil}, false},
		{"of all", []storage.View{{Name: "v", Where: `title != "sport"`}}, map[string][]string{"v": {"a peace", "a war", "b cooking", "b war"}}, false},
		{"of one source", []storage.View{{Name: "v", Sources: []string{"b"}, Where: "true"}, {Name: "w", Where: "false"}}, map[string][]string{"v": {"b cooking", "b war"}, "w": nil}, false},
		{"of little", []storage.View{{Name: "v", Sources: []string{"b"}, Where: "false"}}, map[string][]string{"v": nil}, true},
		{"taken away", nil, map[string][]string{"v": nil}, false},
	} {
		var log strings.Builder
		o := options(store, s, "/a", "/b")
		o.Log = slog.New(slog.NewTextHandler(&log, nil))
		for _, v := range test.views {
			view(t, &o, v)
		}
		a, stop := run(t, o)
		<-a.Judged()
		poll(t, a, true)
		stop()
		for name, want := range test.want {
			if diff := cmp.Diff(want, in(name)); diff != "" {
				t.Errorf("%s: view %s (-want +got)\n%s", test.name, name, diff)
			}
		}
		if warned := strings.Contains(log.String(), "more than half"); warned != test.warns {
			t.Errorf("%s: logged %q", test.name, log.String())
		}
	}
}
