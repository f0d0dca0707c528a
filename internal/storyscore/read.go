package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
)

// labelled is an entry as a source published it, and what it is known to be.
type labelled struct {
	ID        string    `json:"id"`
	Source    string    `json:"source"`
	Published time.Time `json:"published"`
	URL       string    `json:"url"`
	GUID      string    `json:"guid"`
	Title     string    `json:"title"`
	Summary   string    `json:"summary"` // HTML, beside html
	HTML      string    `json:"html"`
	Cluster   string    `json:"cluster"`
}

// pair says of two entries whether they are of one story.
type pair struct {
	A      string  `json:"a"`
	B      string  `json:"b"`
	Same   bool    `json:"same"`
	Weight float64 `json:"weight"` // 1 if there is none
}

// readLabelled returns the entries of a file in order of publication.
func readLabelled(name string) ([]labelled, error) {
	entries, err := readLines[labelled](name)
	if err != nil {
		return nil, err
	}
	ids := map[string]bool{}
	for _, e := range entries {
		if e.ID == "" || ids[e.ID] || e.Published.IsZero() {
			return nil, fmt.Errorf("read %s: the id %q is missing or not the only one, or not published", name, e.ID)
		}
		ids[e.ID] = true
	}
	return inOrder(entries), nil
}

func inOrder(entries []labelled) []labelled {
	slices.SortFunc(entries, func(a, b labelled) int {
		return cmp.Or(a.Published.Compare(b.Published), strings.Compare(a.ID, b.ID))
	})
	return entries
}

func readPairs(name string) ([]pair, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	pairs := []pair{}
	if err := json.Unmarshal(b, &pairs); err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	for i := range pairs {
		pairs[i].Weight = cmp.Or(pairs[i].Weight, 1)
	}
	return pairs, nil
}

// stored is an entry as "newsfeed entries --json" prints it.
type stored struct {
	ID        string `json:"id"`
	Source    string `json:"source"`
	GUID      string `json:"guid"`
	URL       string `json:"url"`
	Title     string `json:"title"`
	Summary   string `json:"summary"`
	Content   string `json:"content"`
	Published string `json:"published"` // RFC 3339, or empty
}

// truth is what the origin says about an item.
type truth struct {
	Source  json.Number `json:"source"`
	GUID    string      `json:"guid"`
	Cluster string      `json:"cluster"`
}

// readOrigin joins stored entries with the truth about them. Entries without a
// date are left out, as are those that the truth does not know.
func readOrigin(entries, truths string) ([]labelled, error) {
	known, err := readLines[truth](truths)
	if err != nil {
		return nil, err
	}
	clusters := map[[2]string]string{}
	for _, t := range known {
		clusters[[2]string{t.Source.String(), t.GUID}] = t.Cluster
	}
	all, err := readLines[stored](entries)
	if err != nil {
		return nil, err
	}
	var found []labelled
	for _, e := range all {
		number := e.Source[len(strings.TrimRight(e.Source, "0123456789")):]
		cluster, ok := clusters[[2]string{number, e.GUID}]
		at, err := time.Parse(time.RFC3339, e.Published)
		if !ok || err != nil {
			continue
		}
		found = append(found, labelled{e.ID, e.Source, at, e.URL, e.GUID, e.Title, e.Summary, e.Content, cluster})
	}
	if found == nil {
		return nil, fmt.Errorf("no entry of %s is in %s: does the id of each source end in its number there?", entries, truths)
	}
	return inOrder(found), nil
}

// readLines reads a file of one JSON value a line.
func readLines[T any](name string) (values []T, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	d := json.NewDecoder(bufio.NewReader(f))
	for {
		var v T
		switch err := d.Decode(&v); {
		case errors.Is(err, io.EOF):
			return values, nil
		case err != nil:
			return nil, fmt.Errorf("read %s: value %d: %w", name, len(values)+1, err)
		}
		values = append(values, v)
	}
}
