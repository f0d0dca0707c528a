// Storyscore scores how entries are put into stories: it takes a labelled file
// through the identity and story code of the daemon, in order of publication,
// and prints how often that agrees with the labels.
//
//	go run ./internal/storyscore FILE.jsonl
//	go run ./internal/storyscore FILE.jsonl --pairs PAIRS.json
//	go run ./internal/storyscore ENTRIES.jsonl --origin TRUTH.jsonl
//	go run ./internal/storyscore FILE.jsonl --exact --verbose
//
// FILE has one JSON object a line with id, source, published (RFC 3339), url,
// guid, title, html and, where it is known, cluster: entries of one cluster are
// of one story. PAIRS is a JSON list of {"a": ID, "b": ID, "same": true or
// false, "weight": 1}, and is scored in place of the clusters.
//
// ENTRIES is what "newsfeed entries --json" prints, and TRUTH what the simulated
// origin answers to /ctl/truth. The id of each source has to end in its number
// there: with [[source]] id = "s17" for /feed/17.xml,
//
//	newsfeed entries --json --limit 1000000 > entries.jsonl
//	curl 127.0.0.1:9951/ctl/truth > truth.jsonl
//
// --exact leaves the comparison of texts out: what remains are the keys.
// --verbose names the links and gaps that disagree with the labels.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"
)

// options are the command's arguments.
type options struct {
	file    string
	pairs   string
	origin  string
	exact   bool
	verbose bool
}

func main() {
	o, err := parseOptions(os.Args[1:])
	if err == nil {
		err = run(context.Background(), o, newResolved(!o.exact), os.Stdout)
	}
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "storyscore:", err)
		os.Exit(1)
	}
}

// parseOptions reads the arguments. Flags may stand before and after the file.
func parseOptions(args []string) (options, error) {
	var o options
	f := flag.NewFlagSet("storyscore", flag.ContinueOnError)
	f.StringVar(&o.pairs, "pairs", "", "score these labelled pairs: a JSON `file`")
	f.StringVar(&o.origin, "origin", "", "the file holds entries of the simulated origin, and this `file` the truth about them")
	f.BoolVar(&o.exact, "exact", false, "group by keys only")
	f.BoolVar(&o.verbose, "verbose", false, "name what disagrees with the labels")
	for {
		if err := f.Parse(args); err != nil {
			return o, err
		}
		if f.NArg() == 0 {
			break
		}
		if o.file != "" {
			return o, errors.New("there can be only one file")
		}
		o.file, args = f.Arg(0), f.Args()[1:]
	}
	if o.file == "" {
		return o, errors.New("name a file with labelled entries")
	}
	return o, nil
}

// run scores what g makes of a file.
func run(ctx context.Context, o options, g grouper, w io.Writer) error {
	entries, err := o.entries()
	if err != nil {
		return err
	}
	var pairs []pair
	if o.pairs != "" {
		if pairs, err = readPairs(o.pairs); err != nil {
			return err
		}
	}
	began := time.Now()
	decisions, err := g.group(ctx, entries)
	if err != nil {
		return err
	}
	took := time.Since(began)
	fmt.Fprintf(w, "%d entries, %.0f a second\n", len(entries), float64(len(entries))/max(took, time.Microsecond).Seconds())
	writeRules(w, decisions)
	var s score
	if pairs != nil {
		if s, err = scorePairs(entries, decisions, pairs); err != nil {
			return err
		}
	} else {
		s = scoreClusters(entries, decisions)
	}
	s.write(w)
	if o.verbose {
		writeDisagreements(w, entries, decisions, pairs)
	}
	return nil
}

func (o options) entries() ([]labelled, error) {
	if o.origin != "" {
		return readOrigin(o.file, o.origin)
	}
	return readLabelled(o.file)
}

// score is how far stories agree with labels, in weight of pairs.
type score struct {
	linked, same, both float64 // pairs linked, pairs that should be, and those of both
}

func (s score) precision() float64 { return s.both / cmp.Or(s.linked, 1) }

func (s score) recall() float64 { return s.both / cmp.Or(s.same, 1) }

func (s score) write(w io.Writer) {
	p, r := s.precision(), s.recall()
	fmt.Fprintf(w, "precision %.4f, recall %.4f, F1 %.4f (pairs linked %.6g, same %.6g, both %.6g)\n",
		p, r, 2*p*r/cmp.Or(p+r, 1), s.linked, s.same, s.both)
}
