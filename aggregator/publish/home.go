package publish

import (
	"bytes"
	"fmt"
	"html/template"
)

// homePage leads to the merged feed and to the public views, for browsers; and
// to the merged feed for readers that look for feeds by RSS autodiscovery.
var homePage = template.Must(template.New("home").Parse(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Title}}</title>
{{range .Links}}<link rel="alternate" type="{{.Type}}" title="{{$.Title}} ({{.Name}})" href="{{.URL}}">
{{end}}</head>
<body>
<h1>{{.Title}}</h1>
<p>{{.Description}}. Subscribe with a feed reader:</p>
<ul>
{{range .Links}}<li><a href="{{.URL}}" type="{{.Type}}">{{.Name}}</a></li>
{{end}}</ul>
{{range .Views}}<h2>{{.Title}}</h2>
<ul>
{{range .Links}}<li><a href="{{.URL}}" type="{{.Type}}">{{.Name}}</a></li>
{{end}}</ul>
{{end}}</body>
</html>
`))

// homePath is the path of the page in its edition.
const homePath = "./"

type homeLink struct{ Name, Type, URL string }

// homeFeed is a feed that the page leads to.
type homeFeed struct {
	Title string
	Links []homeLink
}

func newHomeFeed(doc feed) homeFeed {
	out := homeFeed{Title: doc.title}
	for _, f := range Formats() {
		out.Links = append(out.Links, homeLink{Name: f.name(), Type: f.MediaType(), URL: doc.url(f)})
	}
	return out
}

// newHome makes the page that leads to the merged feed and the public views.
func (p *Publisher) newHome(doc feed, pack packer) (*page, error) {
	data := struct {
		homeFeed
		Description string
		Views       []homeFeed
	}{homeFeed: newHomeFeed(doc), Description: doc.description}
	for _, v := range doc.views {
		view := feed{sel: Selection{View: v.Name}, base: doc.base, title: viewTitle(v)}
		data.Views = append(data.Views, newHomeFeed(view))
	}
	var body bytes.Buffer
	if err := homePage.Execute(&body, data); err != nil {
		return nil, fmt.Errorf("render home page: %w", err)
	}
	r, err := pack.pack(body.Bytes(), "text/html; charset=utf-8", doc.modified)
	if err != nil {
		return nil, err
	}
	return p.wired(r, fmt.Sprintf(`<%s>; rel="self"`, doc.base)), nil
}
