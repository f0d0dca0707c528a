package config

import "cmp"

func validateSources(r *report, sources []Source, poll Poll) {
	if len(sources) == 0 {
		r.warn("", "there is no source yet; add a [[source]] with its url")
	}
	ids, urls := map[string]string{}, map[string]string{}
	for i, s := range sources {
		key := sourceKey(i)
		s.validate(r, key, poll)
		if other, taken := ids[s.ID]; taken && s.ID != "" {
			remedy := "set id in one of them"
			if r.has(key) && !r.has(key+".url") { // in an OPML file
				remedy = "add a [[source]] with this url and another id"
			}
			r.problem(key+".id", "%q is also the id of the source in %s; %s", s.ID, r.line(other, key), remedy)
		} else {
			ids[s.ID] = key + ".id"
		}
		if other, taken := urls[s.URL]; taken && s.URL != "" {
			r.warn(key+".url", "is also the url of the source in %s; it is visited twice", r.line(other, key))
		} else {
			urls[s.URL] = key + ".url"
		}
	}
}

func (s Source) validate(r *report, key string, poll Poll) {
	_, err := parseWeb(s.URL)
	switch {
	case s.URL == "":
		r.problem(key+".url", `is missing; write for example url = "https://www.example.org/feed.xml"`)
	case err != nil:
		r.problem(key+".url", `%s; write for example "https://www.example.org/feed.xml"`, err)
	case s.ID == "":
		r.problem(key+".id", `cannot be made from the url; write for example id = "example-news"`)
	}
	if s.ID != "" {
		r.check(key+".id", checkSlug(s.ID))
	}
	r.check(key+".title", checkLine(s.Title))
	validateCategories(r, key+".categories", s.Categories)
	if s.Schedule != "" {
		r.check(key+".schedule", checkSchedule(s.Schedule))
	}
	if s.MinInterval != 0 && s.MinInterval < poll.MinInterval {
		r.problem(key+".min_interval", "%v is below poll.min_interval; write %v or more", s.MinInterval, poll.MinInterval)
	}
	if s.Dedup != "" {
		r.check(key+".dedup", checkAcross(s.Dedup))
	}
	s.validateFormat(r, key)
	s.validateAccess(r, key)
	if s.MinInterval > poll.MaxInterval {
		r.problem(key+".min_interval", "%v is above poll.max_interval; write %v or less", s.MinInterval, poll.MaxInterval)
	}
}

func (s Source) validateFormat(r *report, key string) {
	switch s.Format {
	case "auto", "syndication", "sitemap", "html":
	default:
		r.problem(key+".format", `%q is not known; write "auto", "syndication", "sitemap" or "html"`, s.Format)
	}
	if s.Select != (Select{}) && s.Format != "html" {
		r.problem(key+".select", `is for pages; write format = "html" too`)
	}
	if s.Select != (Select{}) && s.Select.Item == "" {
		r.problem(key+".select", `lacks item, within which the others are matched; write for example item = "article"`)
	}
	for _, selector := range []struct{ name, css string }{
		{"item", s.Select.Item},
		{"link", s.Select.Link},
		{"title", s.Select.Title},
		{"date", s.Select.Date},
		{"summary", s.Select.Summary},
		{"image", s.Select.Image},
	} {
		r.check(key+".select."+selector.name, checkSelector(selector.css))
	}
}

func validateCategories(r *report, key string, categories []string) {
	for i, category := range categories {
		r.check(element(key, i+1), cmp.Or(checkPresent(category), checkLine(category)))
	}
}
