package publish

import (
	"bytes"
	"fmt"
	"html/template"
)

// homePage leads to the merged feed, for browsers and for readers that look
// for feeds by RSS autodiscovery.
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
</body>
</html>
`))

type homeLink struct{ Name, Type, URL string }

// newHome makes the page that leads to the merged feed.
func (p *Publisher) newHome(doc feed, pack packer) (*page, error) {
	data := struct {
		Title, Description string
		Links              []homeLink
	}{Title: doc.title, Description: doc.description}
	for _, f := range Formats() {
		data.Links = append(data.Links, homeLink{Name: f.name(), Type: f.MediaType(), URL: doc.url(f)})
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
