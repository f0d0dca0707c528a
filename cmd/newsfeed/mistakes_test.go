package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// mistake is a configuration with one thing wrong, and what check says of it
// after the name of the folder.
type mistake struct {
	name  string
	text  string            // of newsfeed.toml
	files map[string]string // beside it
	want  string
}

const aSource = "[[source]]\nurl = \"https://example.org/feed\"\n"

var mistakes = []mistake{
	// No TOML.
	{name: "no closing quote", text: "[feed]\ntitle = \"News\n", want: `newsfeed.toml:2: feed.title: has no closing quote in its line; write " at the end of the text`},
	{name: "no closing single quote", text: "[feed]\ntitle = 'News\n", want: `newsfeed.toml:2: feed.title: has no closing quote in its line; write ' at the end of the text`},
	{name: "no closing quotes", text: "[feed]\ntitle = \"\"\"News\n", want: `newsfeed.toml:2: feed.title: has no closing quotes; write three of them at the end of the text`},
	{name: "no quotes", text: "[feed]\ntitle = News\n", want: `newsfeed.toml:2: feed.title: is no value of TOML; write for example title = "text"`},
	{name: "no quotes around an address", text: "[[source]]\nurl = https://example.org/\n", want: `newsfeed.toml:2: source[1].url: is no value of TOML; write for example url = "text"`},
	{name: "no quotes around a duration", text: "[poll]\ntimeout = 20s\n", want: `newsfeed.toml:2: poll.timeout: is no value of TOML; write for example timeout = "15m"`},
	{name: "no quotes around a listening address", text: "[server]\nlisten = 127.0.0.1:8080\n", want: `newsfeed.toml:2: server.listen: is no value of TOML; write for example listen = "text"`},
	{name: "a word for a number", text: "[poll]\nworkers = many\n", want: `newsfeed.toml:2: poll.workers: is no value of TOML; write for example workers = 64`},
	{name: "True", text: aSource + "full_text = True\n", want: `newsfeed.toml:3: source[1].full_text: is no value of TOML; write for example full_text = true`},
	{name: "no value", text: "[poll]\nworkers =\n", want: `newsfeed.toml:2: poll.workers: has no value; write for example workers = 64`},
	{name: "a comment for a value", text: "[poll]\nworkers = # 8\n", want: `newsfeed.toml:2: poll.workers: has no value; write for example workers = 64`},
	{name: "no =", text: "[poll]\nworkers: 8\n", want: `newsfeed.toml:2: poll.workers: is not TOML: there is no = after it; write workers = 64`},
	{name: "prose", text: "Follow these sites\n", want: `newsfeed.toml:1: Follow: is not TOML: there is no = after it; write Follow = "text"`},
	{name: "two in a line", text: "[poll]\nworkers = 8 timeout = \"5s\"\n", want: `newsfeed.toml:2: poll.workers: is followed by something in its line; write each key in a line of its own, and # before a comment`},
	{name: "a comment of another language", text: "[poll]\nworkers = 8 // many\n", want: `newsfeed.toml:2: poll.workers: is followed by something in its line; write each key in a line of its own, and # before a comment`},
	{name: "backslash", text: aSource + "where = \"title matches \\\"\\d+\\\"\"\n", want: `newsfeed.toml:3: source[1].where: has a \ that means nothing; write \\ for it, or put the text in single quotes: 'text'`},
	{name: "open table", text: "[poll\nworkers = 8\n", want: `newsfeed.toml:1: poll: is not the name of a table; write [poll]`},
	{name: "open list of tables", text: "[[source]\nurl = \"https://example.org/\"\n", want: `newsfeed.toml:1: source: is not the name of a list of tables; write [[source]]`},
	{name: "open list", text: "include = [\"a.toml\"\n" + aSource, want: `newsfeed.toml:1: include: is a list that does not end, or lacks a comma; write for example include = ["a", "b"]`},
	{name: "no comma", text: aSource + "categories = [\"a\" \"b\"]\n", want: `newsfeed.toml:3: source[1].categories: is a list that does not end, or lacks a comma; write for example categories = ["a", "b"]`},
	{name: "open inline table", text: "[storage]\nretention = { age = \"1d\"\n", want: `newsfeed.toml:2: storage.retention: is a table that does not end in its line, or lacks a comma; write { a = 1, b = 2 }`},
	{name: "zeroes", text: "[poll]\nworkers = 08\n", want: `newsfeed.toml:2: poll.workers: is a number with zeroes before it; leave them out`},
	{name: "not UTF-8", text: "[feed]\ntitle = \"Z\xfcrich\"\n", want: `newsfeed.toml:2: feed.title: has a character that is not UTF-8; save the file as UTF-8`},
	{name: "UTF-16", text: "\xff\xfe[\x00f\x00e\x00e\x00d\x00]\x00\n\x00", want: `newsfeed.toml:1: is in UTF-16; save the file as UTF-8`},
	{name: "after a byte order mark", text: "\xef\xbb\xbf[poll]\nwrokers = 8\n", want: `newsfeed.toml:2: poll.wrokers: unknown key; did you mean workers?`},
	{name: "old line ends", text: "[poll]\rworkers = 8\r", want: `newsfeed.toml:1: poll: has a lone carriage return; end each line with a line feed`},

	// Keys and tables.
	{name: "unknown key", text: "[poll]\nwrokers = 8\n", want: `newsfeed.toml:2: poll.wrokers: unknown key; did you mean workers?`},
	{name: "unknown table", text: "[pol]\nworkers = 8\n", want: `newsfeed.toml:1: pol: unknown table; did you mean poll?`},
	{name: "key of another table", text: "[feed]\nworkers = 8\n", want: `newsfeed.toml:2: feed.workers: unknown key; did you mean poll.workers?`},
	{name: "key without its table", text: "listen = \"127.0.0.1:80\"\n", want: `newsfeed.toml:1: listen: unknown key; did you mean server.listen?`},
	{name: "include below a table", text: "[feed]\ninclude = [\"a.toml\"]\n", want: `newsfeed.toml:2: feed.include: unknown key; write it above the first [table]`},
	{name: "key of nothing", text: "[feed]\ncolour = \"red\"\n", want: `newsfeed.toml:2: feed.colour: unknown key; write one of limit, share, title, window`},
	{name: "key twice", text: "[poll]\nworkers = 8\nworkers = 9\n", want: `newsfeed.toml:3: poll.workers: is set a second time, first in line 2; keep one`},
	{name: "table twice", text: "[poll]\nworkers = 8\n[poll]\ntimeout = \"5s\"\n", want: `newsfeed.toml:3: poll: begins a second time, first in line 1; keep one`},
	{name: "one source only", text: "[source]\nurl = \"https://example.org/\"\n", want: `newsfeed.toml:1: source: is a list of tables; write [[source]]`},
	{name: "many polls", text: "[[poll]]\nworkers = 8\n", want: `newsfeed.toml:1: poll: is a single table; write [poll]`},
	{name: "table of a list", text: "[source.select]\nitem = \"li\"\n", want: `newsfeed.toml:1: source.select: belongs to a [[source]]; write that above it`},
	{name: "table for a value", text: "[poll.workers]\nmany = true\n", want: `newsfeed.toml:1: poll.workers: is not a table; write it as a key with a value`},
	{name: "value for a table", text: "poll = 5\n", want: `newsfeed.toml:1: poll: is a table; write [poll] and its keys below it`},
	{name: "plural", text: "[[sources]]\nurl = \"https://example.org/\"\n", want: `newsfeed.toml:1: sources: unknown table; did you mean source?`},

	// Types and units.
	{name: "text for a number", text: "[poll]\nworkers = \"8\"\n", want: `newsfeed.toml:2: poll.workers: "8" stands in quotes; leave them out`},
	{name: "fraction", text: "[poll]\nworkers = 1.5\n", want: `newsfeed.toml:2: poll.workers: "1.5" is not a whole number; write for example 64`},
	{name: "number for a duration", text: "[poll]\ntimeout = 20\n", want: `newsfeed.toml:2: poll.timeout: "20" is not a duration; write for example "20s" or "15m"`},
	{name: "unknown unit of time", text: "[poll]\ntimeout = \"20 seconds\"\n", want: `newsfeed.toml:2: poll.timeout: "20 seconds" is not a duration; write for example "20s" or "15m"`},
	{name: "negative duration", text: "[poll]\ntimeout = \"-20s\"\n", want: `newsfeed.toml:2: poll.timeout: "-20s" is not a duration; write for example "20s" or "15m"`},
	{name: "centuries", text: "[feed]\nwindow = \"9999w\"\n", want: `newsfeed.toml:2: feed.window: "9999w" is longer than 36500d; write less`},
	{name: "unknown unit of size", text: "[poll]\nmax_body = \"15 megs\"\n", want: `newsfeed.toml:2: poll.max_body: "15 megs" is not a size; write for example "15MiB"`},
	{name: "text for a truth", text: aSource + "enabled = \"no\"\n", want: `newsfeed.toml:3: source[1].enabled: "no" is neither true nor false; write one of them`},
	{name: "text for a list", text: aSource + "categories = \"world\"\n", want: `newsfeed.toml:3: source[1].categories: is a list; write [ … ]`},
	{name: "number in a list", text: aSource + "categories = [\"world\", 5]\n", want: `newsfeed.toml:3: source[1].categories[2]: 5 is not text; put it in quotes`},
	{name: "number for text", text: "[feed]\ntitle = 2024\n", want: `newsfeed.toml:2: feed.title: 2024 is not text; put it in quotes`},
	{name: "huge number", text: "[feed]\nlimit = 99999999999999999999\n", want: `newsfeed.toml:2: feed.limit: 99999999999999999999 is too large; write a smaller number`},

	// Values.
	{name: "no workers", text: "[poll]\nworkers = 0\n", want: `newsfeed.toml:2: poll.workers: 0 is out of range; write a value from 1 to 10000`},
	{name: "long timeout", text: "[poll]\ntimeout = \"1h\"\n", want: `newsfeed.toml:2: poll.timeout: 1h is out of range; write a value from 1ms to 10m`},
	{name: "intervals that cross", text: "[poll]\nmax_interval = \"10m\"\n", want: `newsfeed.toml:2: poll.max_interval: 10m is below poll.min_interval; write 15m or more`},
	{name: "negative limit", text: "[feed]\nlimit = -1\n", want: `newsfeed.toml:2: feed.limit: -1 is below 0; write 0 for no limit`},
	{name: "small store", text: "[storage]\nmax_size = \"1KiB\"\n", want: `newsfeed.toml:2: storage.max_size: 1KiB is too little for a store; write at least 8MiB, or 0 for no limit`},
	{name: "store without a name", text: "[storage]\npath = \"\"\n", want: `newsfeed.toml:2: storage.path: is not the name of a file; write for example "newsfeed.db"`},
	{name: "no certificate", text: "[server.tls]\ncert = \"c.pem\"\nkey = \"k.pem\"\n", files: map[string]string{"k.pem": ""}, want: `newsfeed.toml:2: server.tls.cert: there is no file "FOLDER/c.pem"; write it, or the name of another`},
	{name: "no key", text: "[server.tls]\ncert = \"c.pem\"\nkey = \"k.pem\"\n", files: map[string]string{"c.pem": ""}, want: `newsfeed.toml:3: server.tls.key: there is no file "FOLDER/k.pem"; write it, or the name of another`},
	{name: "half a certificate", text: "[server.tls]\ncert = \"c.pem\"\nkey = \"k.pem\"\n", files: map[string]string{"c.pem": "half of it", "k.pem": ""}, want: `newsfeed.toml:2: server.tls.cert: and server.tls.key hold no certificate with its key (tls: failed to find any PEM data in certificate input); write both files anew, in PEM`},
	{name: "port only", text: "[server]\nlisten = \"8080\"\n", want: `newsfeed.toml:2: server.listen: "8080" is not an address; write for example "127.0.0.1:8080", "unix:/path" or "systemd"`},
	{name: "large port", text: "[server]\nlisten = \"127.0.0.1:80800\"\n", want: `newsfeed.toml:2: server.listen: "127.0.0.1:80800" is not an address; write for example "127.0.0.1:8080", "unix:/path" or "systemd"`},
	{name: "relative socket", text: "[server]\nadmin_listen = \"unix:newsfeed.sock\"\n", want: `newsfeed.toml:2: server.admin_listen: "unix:newsfeed.sock" is not an absolute path; write for example "unix:/run/newsfeed/newsfeed.sock"`},
	{name: "one address for two", text: "[server]\nadmin_listen = \"127.0.0.1:8080\"\n", want: `newsfeed.toml:2: server.admin_listen: is the same as server.listen; the admin listener needs an address of its own`},
	{name: "socket without a base", text: "[server]\nlisten = \"unix:/run/newsfeed/public.sock\"\n", want: `newsfeed.toml:1: server.base_url: cannot be told from server.listen "unix:/run/newsfeed/public.sock"; write for example "https://news.example.org/"`},
	{name: "base without a scheme", text: "[server]\nbase_url = \"news.example.org\"\n", want: `newsfeed.toml:2: server.base_url: is not an absolute http or https URL; write for example "https://news.example.org/"`},
	{name: "base with a query", text: "[server]\nbase_url = \"https://news.example.org/?a\"\n", want: `newsfeed.toml:2: server.base_url: may have a host and a path only; write for example "https://news.example.org/"`},
	{name: "cron", text: "[poll]\nschedule = \"every day\"\n", want: `newsfeed.toml:2: poll.schedule: "every day" is not a cron expression; write for example "0 6,18 * * *" or "@every 2h"`},
	{name: "cron of no day", text: aSource + "schedule = \"0 0 31 2 *\"\n", want: `newsfeed.toml:3: source[1].schedule: "0 0 31 2 *" never comes; write a day that exists`},
	{name: "cron of seconds", text: aSource + "schedule = \"@every 5s\"\n", want: `newsfeed.toml:3: source[1].schedule: "@every 5s" is too often; write "@every 1m" or more`},
	{name: "contact", text: "[poll]\ncontact = \"me\"\n", want: `newsfeed.toml:2: poll.contact: "me" is neither a URL nor a mail address; write for example "https://example.org/about" or "news@example.org"`},
	{name: "network without a length", text: "[poll]\nallow_private = [\"10.0.0.1\"]\n", want: `newsfeed.toml:2: poll.allow_private[1]: "10.0.0.1" has no prefix length; write "10.0.0.1/32"`},
	{name: "network with a host", text: "[poll]\nallow_private = [\"10.0.0.1/8\"]\n", want: `newsfeed.toml:2: poll.allow_private[1]: "10.0.0.1/8" has bits beyond its prefix; write "10.0.0.0/8"`},
	{name: "no network", text: aSource + "allow_private = [\"intranet\"]\n", want: `newsfeed.toml:3: source[1].allow_private[1]: "intranet" is not a network; write for example "192.168.0.0/16" or "127.0.0.0/8:8080"`},
	{name: "proxy", text: "[poll]\nproxy = \"localhost\"\n", want: `newsfeed.toml:2: poll.proxy: is not the URL of a proxy; write for example "http://127.0.0.1:3128" or "socks5://127.0.0.1:1080"`},
	{name: "dedup", text: "[dedup]\nacross_sources = \"drop\"\n", want: `newsfeed.toml:2: dedup.across_sources: "drop" is not known; write "merge", "mark" or "off"`},

	// Sources and views.
	{name: "no url", text: "[[source]]\nid = \"a\"\n", want: `newsfeed.toml:1: source[1].url: is missing; write for example url = "https://www.example.org/feed.xml"`},
	{name: "ftp", text: "[[source]]\nurl = \"ftp://example.org/\"\n", want: `newsfeed.toml:2: source[1].url: is not an absolute http or https URL; write for example "https://www.example.org/feed.xml"`},
	{name: "no scheme", text: "[[source]]\nurl = \"example.org/feed\"\n", want: `newsfeed.toml:2: source[1].url: is not an absolute http or https URL; write for example "https://www.example.org/feed.xml"`},
	{name: "id", text: aSource + "id = \"My News\"\n", want: `newsfeed.toml:3: source[1].id: "My News" is not a slug; write 1 to 64 of a-z, 0-9 and -`},
	{name: "id twice", text: aSource + "[[source]]\nurl = \"https://example.org/feed.xml\"\n", want: `newsfeed.toml:3: source[2].id: "example-org" is also the id of the source in line 1; set id in one of them`},
	{name: "short interval of a source", text: aSource + "min_interval = \"1m\"\n", want: `newsfeed.toml:3: source[1].min_interval: 1m is below poll.min_interval; write 15m or more`},
	{name: "format", text: aSource + "format = \"rss\"\n", want: `newsfeed.toml:3: source[1].format: "rss" is not known; write "auto", "syndication", "sitemap" or "html"`},
	{name: "selectors of a feed", text: aSource + "select = { item = \"li\" }\n", want: `newsfeed.toml:3: source[1].select: is for pages; write format = "html" too`},
	{name: "selector", text: aSource + "format = \"html\"\nselect = { item = \"li[\" }\n", want: `newsfeed.toml:4: source[1].select.item: "li[" is not a CSS selector (expected identifier, found EOF instead); write for example "article.news"`},
	{name: "header", text: aSource + "headers = { Host = \"other\" }\n", want: `newsfeed.toml:3: source[1].headers.Host: is not for a source to set; leave it out`},
	{name: "header with a space", text: aSource + "headers = { \"X Token\" = \"abc\" }\n", want: `newsfeed.toml:3: source[1].headers."X Token": is not the name of a header field; write for example "X-Token"`},
	{name: "password without a name", text: aSource + "password = \"abc\"\n", want: `newsfeed.toml:3: source[1].password: needs a name; write username too`},
	{name: "folder of credentials", text: aSource + "username = \"a\"\npassword = \"file:sub\"\n", files: map[string]string{"sub/x": ""}, want: `newsfeed.toml:4: source[1].password: file "sub" cannot be read: is a directory; let the service's user read it, or use systemd's LoadCredential=`},
	{name: "credentials of many lines", text: aSource + "username = \"a\"\npassword = \"file:p\"\n", files: map[string]string{"p": "one\ntwo\n"}, want: `newsfeed.toml:4: source[1].password: has a line break or another control character; leave it out`},
	{name: "unknown name", text: aSource + "where = 'titel contains \"x\"'\n", want: `newsfeed.toml:3: source[1].where: is not an expression: line 1, column 1: unknown name titel; there are title, summary, content, text, words, url, guid, source, authors, categories, language, published, minutes, images, videos, recordings, all, any, none, one, count, len, lower, upper, trim, date, duration; write for example 'title matches "(?i)ukrain"'`},
	{name: "half an expression", text: aSource + "where = 'title =='\n", want: `newsfeed.toml:3: source[1].where: is not an expression: line 1, column 8: unexpected token EOF; write for example 'title matches "(?i)ukrain"'`},
	{name: "no condition", text: aSource + "where = 'title'\n", want: `newsfeed.toml:3: source[1].where: is not an expression: expected bool, but got string; write for example 'title matches "(?i)ukrain"'`},
	{name: "regular expression", text: aSource + "[[view]]\nname = \"v\"\nwhere = 'title matches \"(\"'\n", want: "newsfeed.toml:5: view[1].where: is not an expression: line 1, column 7: error parsing regexp: missing closing ): `(`; write for example 'title matches \"(?i)ukrain\"'"},
	{name: "view without a name", text: aSource + "[[view]]\ntitle = \"V\"\n", want: `newsfeed.toml:3: view[1].name: is missing; write for example name = "ukraine"`},
	{name: "view of no source", text: aSource + "[[view]]\nname = \"v\"\nsources = [\"exmaple-org\"]\n", want: `newsfeed.toml:5: view[1].sources[1]: "exmaple-org" is the id of no source; did you mean example-org?`},
	{name: "views of one name", text: aSource + "[[view]]\nname = \"v\"\n[[view]]\nname = \"v\"\n", want: `newsfeed.toml:6: view[2].name: "v" is also the name of the view in line 4; write another one`},
	{name: "short token", text: aSource + "[[view]]\nname = \"v\"\ntoken = \"abc\"\n", want: `newsfeed.toml:5: view[1].token: is too short; write at least 8 characters`},
	{name: "odd token", text: aSource + "[[view]]\nname = \"v\"\ntoken = \"abc/def/ghi\"\n", want: `newsfeed.toml:5: view[1].token: has a character that does not stand in a URL as it is; write letters, digits and - . _ ~ only`},

	// Other files.
	{name: "no included file", text: "include = [\"none.toml\"]\n" + aSource, want: `newsfeed.toml:1: include[1]: there is no file "FOLDER/none.toml"; write the name of one, or a pattern such as "sources.d/*.toml"`},
	{name: "included folder", text: "include = [\"sub\"]\n" + aSource, files: map[string]string{"sub/x": ""}, want: `newsfeed.toml:1: include[1]: file "FOLDER/sub" cannot be read: not a regular file; let the service's user read it, or leave it out`},
	{name: "pattern", text: "include = [\"[\"]\n" + aSource, want: `newsfeed.toml:1: include[1]: "[" is not a pattern; write for example "sources.d/*.toml"`},
	{name: "included includes", text: "include = [\"a.toml\"]\n" + aSource, files: map[string]string{"a.toml": "include = [\"newsfeed.toml\"]\n"}, want: `a.toml:1: include: belongs in the main file, move it there; an included one has [[source]] and [[view]] only`},
	{name: "table of the main file", text: "include = [\"a.toml\"]\n" + aSource, files: map[string]string{"a.toml": "[poll]\nworkers = 8\n"}, want: `a.toml:1: poll: belongs in the main file, move it there; an included one has [[source]] and [[view]] only`},
	{name: "mistake in an included file", text: "include = [\"a.toml\"]\n" + aSource, files: map[string]string{"a.toml": "[[source]]\nurl = \"https://a.example/\"\nenabled = 1\n"}, want: `a.toml:3: source[2].enabled: "1" is neither true nor false; write one of them`},
	{name: "id of another file", text: "include = [\"a.toml\"]\n" + aSource, files: map[string]string{"a.toml": "[[source]]\nurl = \"https://a.example/\"\nid = \"example-org\"\n"}, want: `a.toml:3: source[2].id: "example-org" is also the id of the source in line 2 of FOLDER/newsfeed.toml; set id in one of them`},
	{name: "includes itself", text: "include = [\"newsfeed.toml\"]\n" + aSource, want: `newsfeed.toml:1: include[1]: is this file itself; leave it out`},
	{name: "no OPML file", text: "opml = [\"none.opml\"]\n" + aSource, want: `newsfeed.toml:1: opml[1]: there is no file "FOLDER/none.opml"; write the name of one, or a pattern such as "subscriptions.opml"`},
}

// aRemedy is what a message must have to tell what to do.
var aRemedy = regexp.MustCompile(`write |let |move |did you mean |leave |keep |put it |set id |save |end each |name |needs an address of its own`)

func TestMistakes_EachIsOneLineWithItsPlaceAndARemedy(t *testing.T) {
	if len(mistakes) < 60 {
		t.Errorf("only %d mistakes", len(mistakes))
	}
	for _, m := range mistakes {
		t.Run(m.name, func(t *testing.T) {
			folder := t.TempDir()
			place(t, filepath.Join(folder, "newsfeed.toml"), m.text)
			for name, text := range m.files {
				if err := os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o700); err != nil {
					t.Fatal(err)
				}
				place(t, filepath.Join(folder, name), text)
			}
			code, out, errs := newsfeed(t, "check", "-q", "--config", filepath.Join(folder, "newsfeed.toml"))
			want := "newsfeed: " + folder + "/" + strings.ReplaceAll(m.want, "FOLDER", folder) + "\n"
			if code != exitUsage || out != "" || errs != want {
				t.Errorf("exit status %d, got\n%s%s\nwant\n%s", code, out, errs, want)
			}
			if !aRemedy.MatchString(m.want) {
				t.Errorf("no remedy: %s", m.want)
			}
		})
	}
}

func TestMistakes_InTheEnvironmentNameTheVariable(t *testing.T) {
	file := filepath.Join(t.TempDir(), "newsfeed.toml")
	place(t, file, aSource)
	tests := []struct{ variable, value, want string }{
		{"NEWSFEED_SERVER_LISTEN", "8080", `"8080" is not an address; write for example "127.0.0.1:8080", "unix:/path" or "systemd"`},
		{"NEWSFEED_POLL_WORKERS", "many", `"many" is not a whole number; write for example 64`},
		{"NEWSFEED_POLL_WORKERS", "0", `0 is out of range; write a value from 1 to 10000`},
		{"NEWSFEED_POLL_TIMEOUT", "20", `"20" is not a duration; write for example "20s" or "15m"`},
		{"NEWSFEED_POLL_MAX_BODY", "large", `"large" is not a size; write for example "15MiB"`},
		{"NEWSFEED_DEDUP_SIMILARITY", "yes", `"yes" is neither true nor false; write one of them`},
		{"NEWSFEED_DEDUP_ACROSS_SOURCES", "drop", `"drop" is not known; write "merge", "mark" or "off"`},
	}
	for _, test := range tests {
		var out, errs bytes.Buffer
		p := program{in: strings.NewReader(""), out: &out, err: &errs, env: func(name string) string {
			if name == test.variable {
				return test.value
			}
			return ""
		}}
		code := p.run(t.Context(), []string{"check", "--config", file})
		want := "newsfeed: environment: " + test.variable + ": " + test.want + "\n"
		if code != exitUsage || out.Len() > 0 || errs.String() != want {
			t.Errorf("%s=%s: exit status %d, got\n%s\nwant\n%s", test.variable, test.value, code, errs.String(), want)
		}
	}
}

func TestCheck_SaysWhatIsGoodAndWhatIsHardlyMeant(t *testing.T) {
	file := filepath.Join(t.TempDir(), "newsfeed.toml")
	place(t, file, `include = ["sources.d/*.toml"]
[poll]
min_interval = "1m"
[[source]]
url = "http://example.org/feed"
username = "me"
password = "word"
[[source]]
url = "https://example.net/feed"
enabled = false
[[view]]
name = "all"
`)
	code, out, errs := newsfeed(t, "check", "--config", file)
	if code != exitDone || out != "" {
		t.Errorf("exit status %d, %s", code, out)
	}
	for _, want := range []string{
		`newsfeed: warning: ` + file + `:1: include[1]: no file matches "sources.d/*.toml"`,
		`newsfeed: warning: ` + file + `:3: poll.min_interval: 1m is below 15m; many publishers block who asks that often`,
		`newsfeed: warning: ` + file + `:5: source[1].url: sends the password for all on the way to read; write https in it if the server can do that`,
		`configuration is good: 2 sources (1 disabled), 1 view, store ` + filepath.Dir(file) + `/newsfeed.db`,
	} {
		if !strings.Contains(errs, want+"\n") {
			t.Errorf("no line\n%s\nin\n%s", want, errs)
		}
	}
	if strings.Contains(errs, "word\n") || strings.Count(errs, "\n") != 4 {
		t.Errorf("got\n%s", errs)
	}
	if code, out, errs := newsfeed(t, "check", "-q", "--config", file); code != exitDone || out+errs != "" {
		t.Errorf("quiet: exit status %d, %s%s", code, out, errs)
	}
}
