package dispatch

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/hotbind/hotbind/runtime/document"

	rt "github.com/hotbind/hotbind/runtime"
)

// randomDelta returns a difference whose parts have few names, so that patterns match.
func randomDelta(r *rand.Rand, step Step, depth int) Delta {
	d := Delta{Step: step, Kind: rt.Modified, Old: "old", New: "new", Values: func(p any) any { return p }}
	if depth == 0 || r.IntN(4) == 0 {
		return d
	}
	if r.IntN(6) == 0 {
		d.Kind, d.Old = rt.Added, nil
	}
	used := map[Step]bool{}
	var parts []Delta
	for range 1 + r.IntN(3) {
		step := Step{Field: Entry, Key: string(rune('a' + r.IntN(3)))}
		if r.IntN(4) == 0 {
			step = Step{Field: Item, Key: strconv.Itoa(r.IntN(3))}
		}
		if !used[step] {
			used[step] = true
			parts = append(parts, randomDelta(r, step, depth-1))
		}
	}
	switch r.IntN(5) {
	case 0: // computed only on demand
		d.Inside = func(any, any) []Delta { return parts }
	case 1: // a map of undeclared properties, which has no key
		inline := Delta{Step: Step{Field: 1}, Kind: rt.Modified, Inline: true, Parts: parts, Values: d.Values}
		d.Parts = []Delta{inline}
	default:
		d.Parts = parts
	}
	return d
}

func randomPattern(r *rand.Rand) document.Pattern {
	text := ""
	for i := range r.IntN(4) {
		dot := "."
		if i == 0 {
			dot = ""
		}
		switch r.IntN(8) {
		case 6:
			text += dot + "[ab]"
		case 7:
			text += dot + "{b,c*}"
		case 0:
			text += dot + "*"
		case 1:
			text += dot + "**"
		case 2:
			text += "[" + strconv.Itoa(r.IntN(3)) + "]"
		default:
			text += dot + string(rune('a'+r.IntN(3)))
		}
	}
	p, err := document.ParsePattern(text)
	if err != nil {
		panic(err)
	}
	return p
}

// naive returns the matches of a pattern by trying it at every place. The tree of
// patterns must find the same.
func naive(p document.Pattern, d *Delta, path string) (changes rt.Changes) {
	steps, err := document.ParsePath(path)
	if err != nil {
		panic(err)
	}
	if last := len(p) - 1; last >= 0 && p[last].Wildcard == document.AnyDepth {
		if p[:last].Match(steps) {
			changes = append(changes, d.Changes(path)...)
		}
	} else if p.Match(steps) {
		changes = append(changes, d.change(path))
	}
	parts := d.Parts
	if d.Inside != nil {
		parts = append(slices.Clone(parts), d.Inside(d.Old, d.New)...)
	}
	for i := range parts {
		part := &parts[i]
		if part.Inline {
			for j := range part.Parts {
				changes = append(changes, naive(p, &part.Parts[j], part.Parts[j].path(path))...)
			}
			continue
		}
		changes = append(changes, naive(p, part, part.path(path))...)
	}
	return changes
}

func sortedPaths(changes rt.Changes) (paths []string) {
	for _, c := range changes {
		paths = append(paths, c.Path)
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// Patterns followed together match the same places as each alone, whatever other patterns
// there are, and nothing after they are removed.
func TestPatternsAgreeWithMatch(t *testing.T) {
	t.Parallel()
	recorded := 0
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 1))
		delta := randomDelta(r, Step{}, 4)
		hs := new(Hooks)
		var all []*Hook
		for range 1 + r.IntN(8) {
			p := randomPattern(r)
			h := &Hook{Pattern: &p, Name: p.String(), Observer: true, Call: nothing}
			hs.Add(h)
			all = append(all, h)
		}
		gone := all[r.IntN(len(all))]
		hs.Remove(gone)
		got := map[*Hook][]string{}
		for _, call := range hs.Swap(&delta, func() {}) {
			changes := call.Changes()
			got[call.Hook] = sortedPaths(changes)
			if len(got[call.Hook]) != len(changes) {
				t.Errorf("seed %d: %s gets a place twice: %v", seed, call.Hook.Name, changes)
			}
		}
		for _, h := range all {
			want := sortedPaths(naive(*h.Pattern, &delta, ""))
			if h == gone {
				want = nil
			}
			if !slices.Equal(got[h], want) {
				t.Fatalf("seed %d: %q: got %q, want %q", seed, h.Name, got[h], want)
			}
			recorded += len(want)
			hs.Remove(h)
		}
		if empty := hs.patterns; len(empty.hooks)+len(empty.each)+len(empty.keys)+len(empty.items)+len(empty.globs) > 0 || empty.any != nil || empty.deep != nil {
			t.Fatalf("seed %d: removed patterns leave %+v", seed, empty)
		}
	}
	if recorded < 3000 {
		t.Errorf("only %d changes matched: the patterns match too little", recorded)
	}
}

// A change reported by the application is matched by its path alone: not at the sections
// above it, about which nothing is known.
func TestObserving(t *testing.T) {
	t.Parallel()
	hs := new(Hooks)
	for _, text := range []string{"a", "a.b", "a.*", "a.**", "**", "**.b", "a[1]", "c"} {
		p, err := document.ParsePattern(text)
		if err != nil {
			t.Fatal(err)
		}
		hs.Add(&Hook{Pattern: &p, Name: text, Observer: true, Call: nothing})
	}
	var got []string
	for _, call := range hs.Observing([]rt.ValueChange{{Path: "a.b", Kind: rt.Modified, Old: 1, New: 2}, {Path: "a[1]", Kind: rt.Added, New: 3}}) {
		got = append(got, fmt.Sprint(call.Hook.Name, " ", call.Changes()))
	}
	want := []string{"a.b a.b: 1 → 2", "a.* a.b: 1 → 2\na[1]: added 3", "a.** a.b: 1 → 2\na[1]: added 3", "** a.b: 1 → 2\na[1]: added 3", "**.b a.b: 1 → 2", "a[1] a[1]: added 3"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}
