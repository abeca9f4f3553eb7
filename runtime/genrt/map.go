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
	was, value, decoded := d.counterpart(n, p)
	var m M
	if was != nil {
		m = t.stillIn(d, n, was, *value.(*M), decoded)
	} else {
		m = make(M, len(n.Members()))
	}
	*p.(*M) = m
	var v, zero T // v is on the heap: one for all entries
	for i := range n.Members() {
		member := &n.Members()[i]
		if was != nil && t.follow(d, member, was.Counterpart(i, member), value) {
			continue
		}
		from := len(d.Findings)
		if len(t.Patterns) > 0 && !d.matchAny(t.Patterns, member) {
			d.EnterKey(member.Key())
			d.FindAt(member.Pos(), wording.KeyPatterns(d.shown(member.Key()), sources(t.Patterns)))
			d.Leave()
			d.note(member.Value(), from)
			continue
		}
		checkKey(d, t.Keys, member)
		d.EnterKey(member.Key())
		v = zero
		t.Elem.decode(d, member.Value(), &v)
		m[member.Key()] = v
		d.Leave()
		d.note(member.Value(), from)
		decoded.add(d, dispatch.Step{Field: dispatch.Entry, Key: member.Key()}, member.Value())
	}
}

// stillIn returns a copy of the earlier map, which was decoded from was, without the keys
// that n lacks.
func (t *Map[M, T]) stillIn(d *decoder, n, was *document.Node, earlier M, decoded *fresh) M {
	m := maps.Clone(earlier)
	for i := range was.Members() {
		member := &was.Members()[i]
		if n.Counterpart(i, member) == nil {
			delete(m, member.Key())
			decoded.add(d, dispatch.Step{Field: dispatch.Entry, Key: member.Key()}, nil)
		}
	}
	return m
}

// follow reports whether the entry of a member is that of was, its earlier node. Otherwise
// the decoding of the member follows was.
func (t *Map[M, T]) follow(d *decoder, member *document.Member, was *document.Node, value any) (shared bool) {
	if d.sharesValue(was, member.Value()) {
		return true
	}
	if was != nil {
		v := (*value.(*M))[member.Key()]
		d.follow(member.Value(), was, &v)
	}
	return false
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

func (t *Map[M, T]) diff(before, after any, decoded *fresh) (ds []dispatch.Delta, differ bool) {
	x, y := *before.(*M), *after.(*M)
	if decoded == nil {
		for _, key := range t.changed(x, y) {
			ds = t.appendEntry(ds, key, x, y, nil)
		}
	} else {
		for _, part := range decoded.inOrder() {
			ds = t.appendEntry(ds, part.step.Key, x, y, part.below)
		}
	}
	return ds, len(ds) > 0
}

func (t *Map[M, T]) appendEntry(ds []dispatch.Delta, key string, x, y M, decoded *fresh) []dispatch.Delta {
	v, was := x[key]
	w, is := y[key]
	return appendDelta(ds, dispatch.Step{Field: dispatch.Entry, Key: key}, t.Elem, refIf(was, &v), refIf(is, &w), decoded)
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
