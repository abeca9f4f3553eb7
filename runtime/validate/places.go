package validate

import (
	"slices"

	"github.com/hotbind/hotbind/runtime/document"
)

// mostWork bounds how often a value of a document is checked, over all values.
// The reference validator has no bound of its own.
const mostWork = 20_000_000

// A walk goes through a schema and a document together.
type walk struct {
	*index
	work    map[pair]int
	secrets map[*document.Node]bool
	kinds   map[*document.Node]kinds   // of values, those that all schemas of a value allow
	allowed map[*document.Node]kinds   // by schemas, those that they allow
	holders map[*document.Node]bool    // values that are to hold a secret somewhere
	lines   map[document.Position]bool // lines with a secret, the column being 0
}

type pair struct{ schema, value *document.Node }

// places finds the values of doc that are under a secret schema, and how many
// checks a validation of doc against s makes.
func (x *index) places(s, doc *document.Node) (w *walk, work int) {
	w = &walk{index: x, work: map[pair]int{}, secrets: map[*document.Node]bool{}, lines: map[document.Position]bool{},
		kinds: map[*document.Node]kinds{}, allowed: map[*document.Node]kinds{}, holders: map[*document.Node]bool{}}
	work = w.enter(s, doc)
	w.mark(doc, false)
	return w, work
}

// enter begins with a value.
func (w *walk) enter(s, n *document.Node) int {
	allowed, known := w.allowed[s]
	if !known {
		allowed = w.kindsOf(s, map[*document.Node]bool{})
		w.allowed[s] = allowed
	}
	if before, known := w.kinds[n]; known {
		allowed &= before
	}
	w.kinds[n] = allowed
	return w.visit(s, n) + w.weight(s)
}

// misplaced reports a value of another kind than one that holds secrets: it may be
// one of those, standing too high.
func (w *walk) misplaced(n *document.Node) bool {
	return w.holders[n] && w.kinds[n]&(1<<n.Kind) == 0
}

func (w *walk) visit(s, n *document.Node) int {
	if s.Kind != document.Object {
		return 1
	}
	p := pair{s, n}
	if work, seen := w.work[p]; seen {
		return work // 0 while it is being counted
	}
	w.work[p] = 0
	if isSecret(s) {
		w.secrets[n] = true
	}
	if w.holding[s] {
		w.holders[n] = true
	}
	work, chosen := 1, 0
	t := w.targets[s]
	for _, c := range t.sure {
		work += w.visit(c, n)
	}
	for _, c := range t.perhaps {
		chosen = max(chosen, w.visit(c, n))
	}
	beside := 0
	for _, c := range inPlace(s) {
		beside += w.visit(c, n)
	}
	switch n.Kind {
	case document.Object:
		beside += w.members(s, n)
	case document.List:
		beside += w.items(s, n)
	default:
		// One where many are wanted is often a secret of its own.
		if slices.ContainsFunc(children(s, oneNameless, listNameless, objectNameless), w.hides) {
			w.secrets[n] = true
		}
	}
	if len(t.sure) == 0 || !w.old(s) {
		work += beside
	}
	work = min(work+chosen, mostWork+1)
	w.work[p] = work
	return work
}

func (w *walk) members(s, n *document.Node) int {
	work := 0
	properties, patterns := s.Get("properties"), s.Get("patternProperties")
	additional, unevaluated := s.Get("additionalProperties"), s.Get("unevaluatedProperties")
	names := s.Get("propertyNames")
	if names != nil && w.hides(names) {
		w.secrets[n] = true
	}
	for i := range n.Members {
		m := &n.Members[i]
		declared := properties.Get(m.Key)
		if declared != nil {
			work += w.enter(declared, m.Value)
		}
		if patterns != nil {
			for _, c := range patterns.Members {
				if w.matchesKey(c.Key, m.Key) {
					work += w.enter(c.Value, m.Value)
					declared = c.Value
				}
			}
		}
		for _, c := range []*document.Node{additional, unevaluated} {
			if c != nil && declared == nil {
				work += w.enter(c, m.Value)
			}
		}
		if names != nil {
			work++
		}
	}
	return work
}

// matchesKey reports whether a key matches a pattern; a match that takes too long
// counts as one.
func (x *index) matchesKey(source, key string) bool {
	p := x.patterns[source]
	if p == nil {
		return false
	}
	matched, err := p.Match(key)
	return matched || err != nil
}

func (w *walk) items(s, n *document.Node) int {
	work := 0
	items, prefix := s.Get("items"), s.Get("prefixItems")
	rest := []*document.Node{s.Get("contains"), s.Get("unevaluatedItems")}
	if items != nil && items.Kind == document.List {
		prefix, items = items, s.Get("additionalItems")
	}
	for i, item := range n.Items {
		if prefix != nil && i < len(prefix.Items) {
			work += w.enter(prefix.Items[i], item)
		} else if items != nil {
			work += w.enter(items, item)
		}
		for _, c := range rest {
			if c != nil {
				work += w.enter(c, item)
			}
		}
	}
	return work
}

// mark notes the lines on which a secret, or a part of one, begins.
func (w *walk) mark(n *document.Node, secret bool) {
	if w.misplaced(n) {
		w.secrets[n] = true
	}
	secret = secret || w.secrets[n]
	if secret {
		w.lines[lineOf(n.Pos)] = true
	}
	for i := range n.Members {
		m := &n.Members[i]
		if secret || w.secrets[m.Value] || w.misplaced(m.Value) {
			w.lines[lineOf(m.Pos)] = true
		}
		w.mark(m.Value, secret)
	}
	for _, item := range n.Items {
		w.mark(item, secret)
	}
}

func lineOf(p document.Position) document.Position {
	p.Column = 0
	return p
}
