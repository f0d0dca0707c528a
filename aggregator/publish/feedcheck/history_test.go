package feedcheck_test

import (
	"testing"

	"newsfeed/aggregator/publish/feedcheck"
)

func TestC35_RSSArchive(t *testing.T) {
	faults(t, "archive.rss", feedcheck.RSS, map[string]fault{
		"not said to be one":   {"<fh:archive/>", "", "<fh:archive> false, but current link true"},
		"twice":                {"<fh:archive/>", "<fh:archive/><fh:archive/>", "<fh:archive> 2 times"},
		"complete":             {"<fh:archive/>", "<fh:archive/><fh:complete/>", "<fh:complete> 1 times"},
		"no current":           {`rel="current"`, `rel="related"`, "<fh:archive> true, but current link false"},
		"two before":           {`rel="next-archive"`, `rel="prev-archive"`, "two prev-archive links"},
		"before itself":        {"archive/1.rss", "archive/2.rss", "self and prev-archive links to one address"},
		"of another format":    {`rel="prev-archive" type="application/rss+xml"`, `rel="prev-archive" type="application/atom+xml"`, "prev-archive link of type"},
		"unusual namespace":    {"syndication/history/1.0", "syndication/history", "unusual namespace fh"},
		"an item that is one":  {"<category>", "<fh:archive/><category>", "<fh:archive> 1 times"},
		"an item before one":   {`rel="related"`, `rel="prev-archive"`, "prev-archive link"},
		"metadata after items": {"</item>\n  </channel>", "</item><fh:archive/></channel>", "<fh:archive> after the items"},
	})
}

func TestC35_AtomArchive(t *testing.T) {
	faults(t, "archive.atom", feedcheck.Atom, map[string]fault{
		"not said to be one":   {"<fh:archive></fh:archive>", "", "<fh:archive> false, but current link true"},
		"complete":             {"<fh:archive></fh:archive>", "<fh:complete/>", "<fh:complete> 1 times"},
		"two after":            {`rel="prev-archive"`, `rel="next-archive"`, "two next-archive links"},
		"after itself":         {"archive/3.atom", "archive/2.atom", "self and next-archive links to one address"},
		"of no format":         {`rel="prev-archive" type="application/atom+xml"`, `rel="prev-archive"`, "prev-archive link of type"},
		"an entry that is one": {"<category", "<fh:archive/><category", "<fh:archive> 1 times"},
	})
}
