package genrt

import (
	"maps"
	"slices"

	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/dispatch"

	rt "github.com/hotbind/hotbind/runtime"
)

// A Map is the table of a map: an object whose keys the schema does not name. A
// nil map is an absent object.
type Map[M ~map[string]T, T any] struct {
	leaf
	Elem   Type
	Length Count
	Keys   *Text // checks each key (propertyNames)
	// Patterns, if not empty, are patterns; each key must match at least one.
	Patterns []*Pattern
}

func (t *Map[M, T]) Kind() document.Kind { return document.Object }

func (t *Map[M, T]) decode(d *decoder, n *document.Node, p any) {
	if n.Kind() != document.Object {
		d.wrongOuter(t, n, "an object")
		return
	}
	t.Length.Check(&d.Report, n, len(n.Members()), wording.Properties)
	m := make(M, len(n.Members()))
	*p.(*M) = m
	var v, zero T // v is on the heap: one for all entries
	for i := range n.Members() {
		member := &n.Members()[i]
		if len(t.Patterns) > 0 && !d.matchAny(t.Patterns, member) {
			d.EnterKey(member.Key())
			d.FindAt(member.Pos(), wording.KeyPatterns(d.shown(member.Key()), sources(t.Patterns)))
			d.Leave()
			continue
		}
		checkKey(d, t.Keys, member)
		d.EnterKey(member.Key())
		v = zero
		t.Elem.decode(d, member.Value(), &v)
		m[member.Key()] = v
		d.Leave()
	}
}

// An entries is a map to which a struct adds undeclared members that the schema allows.
type entries interface {
	// add reads a member, whose path is entered, into the map at p.
	add(d *decoder, p any, member *document.Member)
	// drop takes an entry out again.
	drop(p any, key string)
	check(d *decoder, n *document.Node)
	keyed
}

// A keyed is a type whose parts have keys: a map, or a list with x-key.
type keyed interface {
	composite
	// keys returns the keys at p, in order.
	keys(p any) []string
}

// entriesOf returns t as a map. It ignores rules on the map as a whole, which is not a
// value of the document.
func entriesOf(t Type) entries { return innermost(t).(entries) }

func (t *Map[M, T]) add(d *decoder, p any, member *document.Member) {
	m := p.(*M)
	if *m == nil {
		*m = M{}
	}
	var v T
	t.Elem.decode(d, member.Value(), &v)
	(*m)[member.Key()] = v
}

func (t *Map[M, T]) drop(p any, key string) {
	m := p.(*M)
	if delete(*m, key); len(*m) == 0 {
		*m = nil // as it was before the first entry
	}
}

func (t *Map[M, T]) check(d *decoder, n *document.Node) {
	var v T
	t.Elem.decode(d, n, &v)
}

func (t *Map[M, T]) keys(p any) []string { return slices.Sorted(maps.Keys(*p.(*M))) }

// checkKey checks the name of a property against propertyNames.
func checkKey(d *decoder, keys *Text, member *document.Member) {
	if keys != nil {
		d.Key(member, func(name *document.Node) { keys.Check(&d.Report, name) })
	}
}

// shown returns a key for messages, hidden inside a secret.
func (d *decoder) shown(key string) string {
	if d.InSecret() {
		return wording.Redacted
	}
	return key
}

func (d *decoder) matchAny(patterns []*Pattern, member *document.Member) bool {
	return slices.ContainsFunc(patterns, func(p *Pattern) bool { return d.Matches(p, member, member.Key()) })
}

func sources(patterns []*Pattern) []string {
	texts := make([]string, len(patterns))
	for i, p := range patterns {
		texts[i] = p.Source
	}
	return texts
}

func (t *Map[M, T]) encode(e *encoder, p any) {
	e.raw("{")
	for i, key := range t.keys(p) {
		if i > 0 {
			e.raw(",")
		}
		e.text(key)
		e.raw(":")
		v := (*p.(*M))[key]
		t.Elem.encode(e, &v)
	}
	e.raw("}")
}

func (t *Map[M, T]) equal(a, b any) bool {
	x, y := *a.(*M), *b.(*M)
	if len(x) != len(y) || (x == nil) != (y == nil) {
		return false
	}
	for key, v := range x {
		w, ok := y[key]
		if !ok || !t.Elem.equal(&v, &w) {
			return false
		}
	}
	return true
}

func (t *Map[M, T]) clone(dst, src any) {
	from := *src.(*M)
	if from == nil {
		return
	}
	to := make(M, len(from))
	for key, v := range from {
		var w T
		t.Elem.clone(&w, &v)
		to[key] = w
	}
	*dst.(*M) = to
}

func (t *Map[M, T]) set(p any) bool     { return *p.(*M) != nil }
func (t *Map[M, T]) encoded(p any) bool { return *p.(*M) != nil }

func (t *Map[M, T]) ref(p any) any {
	if *p.(*M) == nil {
		return nil
	}
	return p
}

func (t *Map[M, T]) value(p any) any {
	if *p.(*M) == nil {
		return nil
	}
	return *p.(*M)
}

func (t *Map[M, T]) diff(before, after any) (ds []dispatch.Delta, differ bool) {
	x, y := *before.(*M), *after.(*M)
	for _, key := range t.changed(x, y) {
		step := dispatch.Step{Field: dispatch.Entry, Key: key}
		v, was := x[key]
		w, is := y[key]
		ds = appendDelta(ds, step, t.Elem, refIf(was, &v), refIf(is, &w))
	}
	return ds, len(ds) > 0
}

// changed returns the keys whose entries differ, sorted. Most are equal, and cost
// neither a place in the order nor memory.
func (t *Map[M, T]) changed(x, y M) (keys []string) {
	var key string
	var v, w T // outside of the loop: their addresses are taken
	var is bool
	both := 0
	for key, v = range x {
		if w, is = y[key]; is {
			both++
		}
		if !is || !t.Elem.equal(&v, &w) {
			keys = append(keys, key)
		}
	}
	if both < len(y) {
		for key := range y {
			if _, was := x[key]; !was {
				keys = append(keys, key)
			}
		}
	}
	slices.Sort(keys)
	return keys
}

func refIf[T any](ok bool, v *T) any {
	if !ok {
		return nil
	}
	return v
}

func (t *Map[M, T]) parts(kind rt.ChangeKind, p any) (ds []dispatch.Delta) {
	for _, key := range t.keys(p) {
		v := (*p.(*M))[key]
		ds = appendPart(ds, dispatch.Step{Field: dispatch.Entry, Key: key}, t.Elem, kind, &v)
	}
	return ds
}

func (t *Map[M, T]) step(p any, s dispatch.Step) any {
	if v, ok := (*p.(*M))[s.Key]; ok {
		return &v
	}
	return nil
}

func (t *Map[M, T]) at(dispatch.Step) Type { return t.Elem }
