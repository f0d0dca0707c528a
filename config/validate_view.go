package config

func validateViews(r *report, views []View, sources []Source) {
	var ids []string
	known := map[string]bool{}
	for _, s := range sources {
		ids = append(ids, s.ID)
		known[s.ID] = true
	}
	names := map[string]string{}
	for i, v := range views {
		key := viewKey(i)
		v.validate(r, key)
		if other, taken := names[v.Name]; taken && v.Name != "" {
			r.problem(key+".name", "%q is also the name of the view in %s; write another one", v.Name, r.line(other, key))
		} else {
			names[v.Name] = key + ".name"
		}
		for j, id := range v.Sources {
			if at := element(key+".sources", j+1); !known[id] {
				r.problem(at, "%q is the id of no source%s", id, suggestSource(id, ids))
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

func (v View) validate(r *report, key string) {
	if v.Name == "" {
		r.problem(key+".name", `is missing; write for example name = "ukraine"`)
	}
	r.check(key+".name", checkSlug(v.Name))
	r.check(key+".title", checkLine(v.Title))
	validateCategories(r, key+".categories", v.Categories)
	r.check(key+".limit", checkLimit(v.Limit))
	r.check(key+".token", checkToken(v.Token))
}
