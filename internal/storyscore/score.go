package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
)

// scoreClusters compares all pairs of entries of known clusters.
func scoreClusters(entries []labelled, decisions []decision) score {
	stories, clusters, both := map[string]float64{}, map[string]float64{}, map[[2]string]float64{}
	for i, e := range entries {
		if e.Cluster == "" {
			continue
		}
		story := decisions[i].story
		stories[story]++
		clusters[e.Cluster]++
		both[[2]string{story, e.Cluster}]++
	}
	return score{pairsIn(stories), pairsIn(clusters), pairsIn(both)}
}

// pairsIn returns how many pairs there are in groups of these sizes.
func pairsIn[K comparable](sizes map[K]float64) float64 {
	pairs := 0.0
	for _, n := range sizes {
		pairs += n * (n - 1) / 2
	}
	return pairs
}

// scorePairs compares labelled pairs by their weights.
func scorePairs(entries []labelled, decisions []decision, pairs []pair) (score, error) {
	var s score
	at := places(entries)
	for _, p := range pairs {
		a, b, err := at.of(p)
		if err != nil {
			return s, err
		}
		linked := decisions[a].story == decisions[b].story
		if linked {
			s.linked += p.Weight
		}
		if p.Same {
			s.same += p.Weight
		}
		if linked && p.Same {
			s.both += p.Weight
		}
	}
	return s, nil
}

// index is where entries stand, by id.
type index map[string]int

func places(entries []labelled) index {
	at := index{}
	for i, e := range entries {
		at[e.ID] = i
	}
	return at
}

func (at index) of(p pair) (a, b int, err error) {
	a, knownA := at[p.A]
	b, knownB := at[p.B]
	if !knownA || !knownB {
		return 0, 0, fmt.Errorf("the pair %s, %s names an entry that is not in the file", p.A, p.B)
	}
	return a, b, nil
}

// writeRules prints by which rules entries joined stories, and which would
// have joined one if nothing had spoken against it.
func writeRules(w io.Writer, decisions []decision) {
	rules, against := map[string]int{}, map[string]int{}
	for _, d := range decisions {
		switch {
		case d.rule != "":
			rules[d.rule]++
		case d.against != "":
			against[d.against]++
		default:
			rules["a story of its own"]++
		}
	}
	for _, rule := range slices.Sorted(maps.Keys(rules)) {
		fmt.Fprintf(w, "%7d  %s\n", rules[rule], rule)
	}
	for _, reason := range slices.Sorted(maps.Keys(against)) {
		fmt.Fprintf(w, "%7d  a story of its own: %s\n", against[reason], reason)
	}
}

// shown is how many disagreements of a kind are named.
const shown = 40

// writeDisagreements names where stories and labels differ: labelled pairs, the
// heaviest first, or entries that joined one of another cluster, or founded a
// story although their cluster had one.
func writeDisagreements(w io.Writer, entries []labelled, decisions []decision, pairs []pair) {
	at := places(entries)
	if pairs != nil {
		writePairs(w, entries, decisions, at, pairs)
		return
	}
	first := map[string]int{} // of a cluster
	wrong, missed := 0, 0
	for i, e := range entries {
		if e.Cluster == "" {
			continue
		}
		d := decisions[i]
		other, joined := at[d.other]
		before, known := first[e.Cluster]
		switch {
		case d.rule != "" && joined && entries[other].Cluster != "" && entries[other].Cluster != e.Cluster:
			if wrong++; wrong <= shown {
				writeTwo(w, "linked wrongly", entries[other], e, d.rule, d.score)
			}
		case d.rule == "" && known:
			if missed++; missed <= shown {
				writeTwo(w, "not linked", entries[before], e, d.against, d.score)
			}
		}
		if !known {
			first[e.Cluster] = i
		}
	}
	fmt.Fprintf(w, "%d entries linked wrongly, %d not linked\n", wrong, missed)
}

func writePairs(w io.Writer, entries []labelled, decisions []decision, at index, pairs []pair) {
	pairs = slices.Clone(pairs)
	slices.SortStableFunc(pairs, func(a, b pair) int { return cmp.Compare(b.Weight, a.Weight) })
	for _, p := range pairs {
		a, b, err := at.of(p)
		if err != nil || (decisions[a].story == decisions[b].story) == p.Same {
			continue
		}
		verdict := "not linked"
		if !p.Same {
			verdict = "linked wrongly"
		}
		d := decisions[max(a, b)]
		writeTwo(w, fmt.Sprintf("%s, weight %g", verdict, p.Weight), entries[min(a, b)], entries[max(a, b)], d.rule+d.against, d.score)
	}
}

func writeTwo(w io.Writer, verdict string, a, b labelled, why string, score float64) {
	fmt.Fprintf(w, "%s: %s (%.2f)\n", verdict, why, score)
	for _, e := range []labelled{a, b} {
		fmt.Fprintf(w, "    %s %s %s %q\n", e.ID, e.Source, e.Published.Format("2006-01-02 15:04"), e.Title)
	}
}
