package schema

import (
	"slices"
	"strings"
)

// Bounds on the schemas for one value. Larger schemas could keep every tool busy for as
// long as their author likes.
const (
	longestReferences = 100    // references in a row
	longestChain      = 1_000  // schemas in a row that apply to the same value
	mostInPlace       = 20_000 // schemas for one value, counted once per way to them
)

// A link leads from a schema to another one for the same value.
type link struct {
	to   *Schema
	cut  func(*Schema) // removes the link from the schema; nil for a schema inside another
	also bool          // the target must allow every allowed value
}

// links returns the links of s to schemas for the same value.
func (s *Schema) links() (list []link) {
	add := func(also bool, cut func(*Schema), schemas ...*Schema) {
		for _, t := range schemas {
			if t != nil {
				list = append(list, link{t, cut, also})
			}
		}
	}
	add(true, func(s *Schema) { s.Ref = nil }, s.Ref)
	add(true, func(s *Schema) { s.DynamicTo = nil }, s.DynamicTo)
	if s.Dynamic != nil {
		for _, c := range s.Dynamic.Candidates {
			add(false, func(s *Schema) { s.Dynamic = nil }, c.Schema)
		}
	}
	add(true, nil, s.AllOf...)
	add(false, nil, s.AnyOf...)
	add(false, nil, s.OneOf...)
	add(false, nil, s.Not, s.If, s.Then, s.Else)
	for _, d := range s.DependentSchemas {
		add(false, nil, d.Schema)
	}
	return list
}

// A size is the number of schemas for one value, and the length of the longest chain of
// them and of references alone.
type size struct{ count, chain, references int }

// A sizer finds the sizes of schemas, and the loops among them.
type sizer struct {
	p     *parser
	sizes map[*Schema]size
	way   []stage
	on    map[*Schema]int // index in way
}

// A stage is a schema on the way, and the link by which the way leaves it.
type stage struct {
	s    *Schema
	left link
}

// refuseLoops rejects schemas that lead back to themselves for the same value, which
// could never be decided, and those with too many schemas for one value. Afterwards
// every link can be followed safely.
func (p *parser) refuseLoops() {
	z := &sizer{p: p, sizes: map[*Schema]size{}, on: map[*Schema]int{}}
	for _, s := range p.order {
		of := z.size(s)
		for _, limit := range []struct {
			n, most       int
			rule, message string
		}{
			{of.references, longestReferences, "reference-chain", "more than %d references in a row"},
			{of.chain, longestChain, "too-deep", "a chain of more than %d schemas applies to one value"},
			{of.count, mostInPlace, "too-large", "more than %d schemas apply to one value, counted once per reference"},
		} {
			if limit.n > limit.most {
				p.diags.Errorf(s.At, limit.rule, "", limit.message, limit.most)
				for _, r := range p.refs { // nobody may follow them
					r.from.Ref, r.from.Dynamic, r.from.DynamicTo = nil, nil, nil
				}
				return
			}
		}
	}
}

func (z *sizer) size(s *Schema) size {
	if of, known := z.sizes[s]; known {
		return of
	}
	z.on[s] = len(z.way)
	z.way = append(z.way, stage{s: s})
	of := size{count: 1, chain: 1}
	for _, l := range s.links() {
		z.way[len(z.way)-1].left = l
		if from, looping := z.on[l.to]; looping {
			z.refuse(from)
			continue
		}
		next := z.size(l.to)
		of.count = min(of.count+next.count, mostInPlace+1)
		of.chain = max(of.chain, next.chain+1)
		if l.cut != nil {
			of.references = max(of.references, next.references+1)
		}
	}
	z.way = z.way[:len(z.way)-1]
	delete(z.on, s)
	z.sizes[s] = of
	return of
}

// refuse reports the loop from a step of the way to its end, and cuts it at its last
// reference. There is one, because schemas are not inside themselves.
func (z *sizer) refuse(from int) {
	loop := z.way[from:]
	var chain []string
	for _, w := range loop {
		chain = append(chain, w.s.Address())
	}
	chain = append(chain, loop[0].s.Address())
	last := len(loop) - 1
	for last > 0 && loop[last].left.cut == nil {
		last--
	}
	if saysNothingNew(loop) {
		z.p.diags.Warnf(loop[last].s.reference(), "reference-loop", "leave it out", "the reference leads back to the schema around it and adds nothing: %s", shortChain(chain))
	} else {
		z.p.diags.Errorf(loop[last].s.reference(), "reference-loop", "", "the reference leads back to itself: %s", shortChain(chain))
	}
	if loop[last].left.cut != nil {
		loop[last].left.cut(loop[last].s)
	}
}

// saysNothingNew reports whether a loop consists of references and allOf and contains a
// schema with keywords of its own: without the last reference it means the same.
func saysNothingNew(loop []stage) bool {
	return !slices.ContainsFunc(loop, func(w stage) bool { return !w.left.also }) &&
		slices.ContainsFunc(loop, func(w stage) bool { return w.s.saysMore() })
}

// saysMore reports whether a schema has other keywords than references, or other
// members of allOf.
func (s *Schema) saysMore() bool {
	for name := range s.keywords {
		if Named(name).limits() && (name != "allOf" || len(s.AllOf) > 1) {
			return true
		}
	}
	return false
}

// shortChain names the beginning and the end of a long chain.
func shortChain(chain []string) string {
	const most = 12
	if len(chain) > most {
		chain = append(append(chain[:most/2:most/2], "…"), chain[len(chain)-most/2:]...)
	}
	return strings.Join(chain, " → ")
}
