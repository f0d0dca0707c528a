package publish

import "testing"

func TestC18_URLsAreIRIs(t *testing.T) {
	for given, want := range map[string]string{
		"https://a.example/b?c=d#e":        "https://a.example/b?c=d#e",
		"https://a.example/[x] y.torrent":  "https://a.example/%5Bx%5D%20y.torrent",
		"https://[::1]:8080/[x]":           "https://[::1]:8080/%5Bx%5D",
		"https://a.example/a#b#c":          "https://a.example/a#b%23c",
		"https://a.example/100%?q=%41%zz":  "https://a.example/100%25?q=%41%25zz",
		"https://a.example?{a}|b":          "https://a.example?%7Ba%7D%7Cb",
		"https://a.example/é%C3%A9":        "https://a.example/é%C3%A9",
		"https://a.example/\"<script>\\^`": "https://a.example/%22%3Cscript%3E%5C%5E%60",
	} {
		if got := legalURL(given); got != want {
			t.Errorf("%s: %s, want %s", given, got, want)
		}
		if got := legalURL(want); got != want {
			t.Errorf("%s again: %s", want, got)
		}
	}
}
