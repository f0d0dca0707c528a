package config

import "cmp"

func validateSources(r *report, sources []Source, poll Poll) {
	if len(sources) == 0 {
		r.warn("", "there is no source yet; add a [[source]] with its url")
	}
	ids, urls := make(map[string]int, len(sources)), make(map[string]int, len(sources))
	for i, s := range sources {
		t := r.source(i)
		s.validate(t, poll)
		if other, taken := ids[s.ID]; taken && s.ID != "" {
			remedy := "set id in one of them"
			if r.has(t.name()) && !t.has("url") { // in an OPML file
				remedy = "add a [[source]] with this url and another id"
			}
			t.problem("id", "%q is also the id of the source in %s; %s", s.ID, t.line(r.source(other).key("id")), remedy)
		} else {
			ids[s.ID] = i
		}
		if other, taken := urls[s.URL]; taken && s.URL != "" {
			t.warn("url", "is also the url of the source in %s; it is polled twice", t.line(r.source(other).key("url")))
		} else {
			urls[s.URL] = i
		}
	}
}

func (s Source) validate(t table, poll Poll) {
	u, err := parseWeb(s.URL)
	switch {
	case s.URL == "":
		t.problem("url", `is missing; write for example url = "https://www.example.org/feed.xml"`)
	case err != nil:
		t.problem("url", `%s; write for example "https://www.example.org/feed.xml"`, err)
	case s.ID == "":
		t.problem("id", `cannot be made from the url; write for example id = "example-news"`)
	}
	if s.ID != "" {
		t.check("id", checkSlug(s.ID))
	}
	t.check("title", checkLine(s.Title))
	validateCategories(t, "categories", s.Categories)
	if s.Schedule != "" {
		t.check("schedule", checkSchedule(s.Schedule))
	}
	if s.MinInterval != 0 && s.MinInterval < poll.MinInterval {
		t.problem("min_interval", "%v is below poll.min_interval; write %v or more", s.MinInterval, poll.MinInterval)
	}
	if s.Dedup != "" {
		t.check("dedup", checkAcross(s.Dedup))
	}
	s.validateFormat(t)
	s.validateAccess(t, u)
	if s.MinInterval > poll.MaxInterval {
		t.problem("min_interval", "%v is above poll.max_interval; write %v or less", s.MinInterval, poll.MaxInterval)
	}
}

func (s Source) validateFormat(t table) {
	switch s.Format {
	case "auto", "syndication", "sitemap", "html":
	default:
		t.problem("format", `%q is not known; write "auto", "syndication", "sitemap" or "html"`, s.Format)
	}
	if s.Select == (Select{}) {
		return
	}
	if s.Format != "html" {
		t.problem("select", `is for pages; write format = "html" too`)
	}
	if s.Select.Item == "" {
		t.problem("select", `lacks item, within which the others are matched; write for example item = "article"`)
	}
	for _, selector := range []struct{ name, css string }{
		{"item", s.Select.Item},
		{"link", s.Select.Link},
		{"title", s.Select.Title},
		{"date", s.Select.Date},
		{"summary", s.Select.Summary},
		{"image", s.Select.Image},
	} {
		t.check("select."+selector.name, checkSelector(selector.css))
	}
}

func validateCategories(t table, key string, categories []string) {
	for i, category := range categories {
		t.check(element(key, i+1), cmp.Or(checkPresent(category), checkLine(category)))
	}
}
