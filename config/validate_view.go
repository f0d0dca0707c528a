package config

func validateViews(r *report, views []View, sources []Source) {
	var ids []string
	known := map[string]bool{}
	for _, s := range sources {
		ids = append(ids, s.ID)
		known[s.ID] = true
	}
	names := map[string]int{}
	for i, v := range views {
		t := r.view(i)
		v.validate(t)
		if other, taken := names[v.Name]; taken && v.Name != "" {
			t.problem("name", "%q is also the name of the view in %s; write another one", v.Name, t.line(r.view(other).key("name")))
		} else {
			names[v.Name] = i
		}
		for j, id := range v.Sources {
			if !known[id] {
				t.problem(element("sources", j+1), "%q is the id of no source%s", id, suggestSource(id, ids))
			}
		}
	}
}

func suggestSource(unknown string, ids []string) string {
	if best := Nearest(unknown, ids); best != "" {
		return "; did you mean " + best + "?"
	}
	return "; write that of a [[source]]"
}

func (v View) validate(t table) {
	if v.Name == "" {
		t.problem("name", `is missing; write for example name = "ukraine"`)
	}
	t.check("name", checkSlug(v.Name))
	t.check("title", checkLine(v.Title))
	validateCategories(t, "categories", v.Categories)
	t.check("limit", checkLimit(v.Limit))
	t.check("token", checkToken(v.Token))
}
