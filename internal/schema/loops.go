package schema

import (
	"slices"
	"strings"
)

// Bounds on what one value is checked against. Larger schemas keep everybody who
// works with them busy for as long as one likes.
const (
	longestReferences = 100    // references that lead from one to the next
	longestChain      = 1_000  // schemas that lead to one another about the same value
	mostInPlace       = 20_000 // schemas about one value, counted as often as they are reached
)

// A link leads from a schema to another one about the same value.
type link struct {
	to   *Schema
	cut  func(*Schema) // takes the link from the schema; nil for one inside of the other
	also bool          // whatever is allowed must be allowed by it too
}

// links are the schemas about the same value as s.
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

// A size is how many schemas one value is checked against, and how long the
// longest chain of them is, and of references alone.
type size struct{ count, chain, references int }

// A sizer finds the sizes of schemas, and the loops among them.
type sizer struct {
	p     *parser
	sizes map[*Schema]size
	way   []stage
	on    map[*Schema]int // index in way
}

// A stage is a schema on the way, and the link by which it is left.
type stage struct {
	s    *Schema
	left link
}

// refuseLoops refuses schemas that lead back to themselves about the same value,
// so that nothing could ever be decided, and those of which there are too many.
// Afterwards it is safe to follow every link, however often.
func (p *parser) refuseLoops() {
	z := &sizer{p: p, sizes: map[*Schema]size{}, on: map[*Schema]int{}}
	for _, s := range p.order {
		of := z.size(s)
		for _, limit := range []struct {
			n, most       int
			rule, message string
		}{
			{of.references, longestReferences, "reference-chain", "more than %d references lead from one to the next"},
			{of.chain, longestChain, "too-deep", "more than %d schemas lead from one to the next"},
			{of.count, mostInPlace, "too-large", "one value is checked against more than %d schemas, counted as often as they are referred to"},
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

// refuse reports the loop from that step of the way to its end, and cuts it at
// its last reference: there is one, as schemas do not stand in themselves.
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
		z.p.diags.Warnf(loop[last].s.reference(), "reference-loop", "leave it out", "the reference leads back to what it stands in and adds nothing: %s", shortChain(chain))
	} else {
		z.p.diags.Errorf(loop[last].s.reference(), "reference-loop", "", "the reference leads back to itself: %s", shortChain(chain))
	}
	if loop[last].left.cut != nil {
		loop[last].left.cut(loop[last].s)
	}
}

// saysNothingNew reports whether a loop is one of references and allOf in which a
// schema says something of its own: without the last reference it means the same.
func saysNothingNew(loop []stage) bool {
	return !slices.ContainsFunc(loop, func(w stage) bool { return !w.left.also }) &&
		slices.ContainsFunc(loop, func(w stage) bool { return w.s.saysMore() })
}

// saysMore reports whether a schema asks for anything but what it refers to: in
// other keywords, or in other members of allOf.
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
