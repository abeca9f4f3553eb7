package genrt

import (
	"maps"
	"reflect"
	"slices"
	"strconv"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/dispatch"

	rt "github.com/hotbind/hotbind/runtime"
)

// A spot is a value somewhere in a snapshot. It can be one that no binding leads to:
// inside a list or a union, or of a type that the schema leaves open.
type spot struct {
	step dispatch.Step // from the value above
	typ  Type
	p    any
}

// anything is the type of values that the schema does not restrict.
var anything = &Any{}

// untypedSpot returns the spot of a value that no field holds.
func untypedSpot(step dispatch.Step, v any) spot { return spot{step, anything, &v} }

// nodeSpot returns the spot of a value that is kept as it was written.
func (k *kept) nodeSpot(step dispatch.Step, n *document.Node) spot {
	if k.hidden[n] {
		secret := rt.NewSecret(untypedValue(n))
		return spot{step, &Secret[any]{Elem: anything}, &secret}
	}
	return untypedSpot(step, untypedValue(n))
}

// valueAtSteps returns the value that steps lead to from v, and whether there is one. It
// does not look into a secret: all paths below it lead to the secret.
func valueAtSteps(t Type, v any, steps []document.Step) (value any, ok bool) {
	at := spot{typ: t, p: v}
	for _, s := range steps {
		if at, ok = at.below(s); !ok {
			return nil, false
		}
	}
	if !at.typ.encoded(at.p) {
		return nil, false
	}
	return at.typ.value(at.p), true
}

// below returns the spot one step further.
func (s spot) below(step document.Step) (spot, bool) {
	p := s.typ.ref(s.p)
	if p == nil {
		return spot{}, false
	}
	switch t := innermost(s.typ).(type) {
	case interface{ secret() }:
		return s, true
	case *Struct:
		return t.spot(p, step)
	case *Union:
		branch, v := t.get(p)
		return spot{typ: t.Branches[branch].Type, p: v}.below(step)
	case keyed:
		if step.Key != nil {
			entry := dispatch.Step{Field: dispatch.Entry, Key: *step.Key}
			v := t.step(p, entry)
			return spot{entry, t.at(entry), v}, v != nil
		}
	}
	for _, part := range s.parts() {
		if isStep(part.step, step) {
			return part, true
		}
	}
	return spot{}, false
}

func isStep(s dispatch.Step, step document.Step) bool {
	if step.Key == nil {
		return s.Field == dispatch.Item && s.Key == strconv.Itoa(step.Index)
	}
	return s.Field != dispatch.Item && s.Key == *step.Key
}

// spot returns the spot of a property.
func (t *Struct) spot(p any, step document.Step) (spot, bool) {
	beside := t.beside(p)
	if beside.other != nil {
		return untypedSpot(dispatch.Step{}, untypedValue(beside.other)).below(step)
	}
	if step.Key == nil {
		return spot{}, false
	}
	key := *step.Key
	if i, ok := t.lookup(key); ok {
		declared := dispatch.Step{Field: i, Key: key}
		if stray, ok := beside.strays[i]; ok {
			return beside.nodeSpot(declared, stray.node), true
		}
		return spot{declared, t.Fields[i].Type, t.At(p, i)}, true
	}
	entry := dispatch.Step{Field: dispatch.Entry, Key: key}
	for i := range t.Fields {
		if !t.Fields[i].Entries {
			continue
		}
		m := entriesOf(t.Fields[i].Type)
		if v := m.step(t.At(p, i), entry); v != nil {
			return spot{entry, m.at(entry), v}, true
		}
	}
	if n := beside.undeclared().Get(key); n != nil {
		return beside.nodeSpot(dispatch.Step{Field: dispatch.Undeclared, Key: key}, n), true
	}
	return spot{}, false
}

// parts returns the spots one step below s, in order.
func (s spot) parts() []spot {
	if s.p == nil {
		return nil
	}
	p := s.typ.ref(s.p)
	if p == nil {
		return nil
	}
	switch t := innermost(s.typ).(type) {
	case *Struct:
		return t.spots(p)
	case *Keyed: // By index: callers that need keys find the items by key before.
		return itemSpots(p, t.item())
	case *Tuple:
		return t.spots(p)
	case *Union:
		branch, v := t.get(p)
		return spot{typ: t.Branches[branch].Type, p: v}.parts()
	case *Any:
		return untypedSpots(*p.(*any))
	case rest:
		return itemSpots(p, t.Item().(Type))
	case keyed:
		return entrySpots(t, p)
	}
	return nil
}

func (t *Struct) spots(p any) (spots []spot) {
	beside := t.beside(p)
	if beside.other != nil {
		return untypedSpots(untypedValue(beside.other))
	}
	for i := range t.Fields {
		f := &t.Fields[i]
		step := dispatch.Step{Field: i, Key: f.Key}
		if stray, ok := beside.strays[i]; ok {
			spots = append(spots, beside.nodeSpot(step, stray.node))
		} else if f.Entries {
			spots = append(spots, entrySpots(entriesOf(f.Type), t.At(p, i))...)
		} else {
			spots = append(spots, spot{step, f.Type, t.At(p, i)})
		}
	}
	for _, m := range beside.extra {
		spots = append(spots, beside.nodeSpot(dispatch.Step{Field: dispatch.Undeclared, Key: m.Key()}, m.Value()))
	}
	return spots
}

func entrySpots(t keyed, p any) (spots []spot) {
	for _, key := range t.keys(p) {
		step := dispatch.Step{Field: dispatch.Entry, Key: key}
		spots = append(spots, spot{step, t.at(step), t.step(p, step)})
	}
	return spots
}

func itemStep(i int) dispatch.Step {
	return dispatch.Step{Field: dispatch.Item, Key: strconv.Itoa(i)}
}

func itemSpots(list any, item Type) []spot {
	items := reflect.ValueOf(list).Elem()
	spots := make([]spot, items.Len())
	for i := range spots {
		spots[i] = spot{itemStep(i), item, items.Index(i).Addr().Interface()}
	}
	return spots
}

func (t *Tuple) spots(p any) (spots []spot) {
	beside := keptOf(t.At, p)
	for i := range t.positions() {
		f := t.field(i)
		if stray, ok := beside.strays[f]; ok {
			spots = append(spots, beside.nodeSpot(itemStep(i), stray.node))
		} else {
			spots = append(spots, spot{itemStep(i), t.Fields[f].Type, t.At(p, f)})
		}
	}
	if t.Rest > 0 {
		list := restOf(t.Fields[t.Rest-1].Type)
		for _, s := range itemSpots(t.At(p, t.Rest-1), list.Item().(Type)) {
			s.step = itemStep(len(spots))
			spots = append(spots, s)
		}
	}
	for _, n := range beside.items {
		spots = append(spots, beside.nodeSpot(itemStep(len(spots)), n))
	}
	return spots
}

func untypedSpots(v any) (spots []spot) {
	switch v := v.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			spots = append(spots, untypedSpot(dispatch.Step{Field: dispatch.Undeclared, Key: key}, v[key]))
		}
	case []any:
		for i := range v {
			spots = append(spots, untypedSpot(itemStep(i), v[i]))
		}
	}
	return spots
}

// insideOf returns a function that finds the differences inside values of type t that no
// binding can reach; nil if there can be none.
func insideOf(t Type) func(before, after any) []dispatch.Delta {
	switch innermost(t).(type) {
	case *Keyed, *Tuple, *Union, *Any, rest:
		return func(before, after any) []dispatch.Delta {
			return differing(spot{typ: t, p: before}.parts(), spot{typ: t, p: after}.parts())
		}
	}
	return nil
}

// insideUntyped finds the differences inside values that no field holds, which are nodes.
func insideUntyped(before, after any) []dispatch.Delta {
	parts := func(n any) []spot {
		if n == nil {
			return nil
		}
		return untypedSpots(untypedValue(n.(*document.Node)))
	}
	return differing(parts(before), parts(after))
}

// differing returns the differences between the parts of two values.
func differing(before, after []spot) (ds []dispatch.Delta) {
	type place struct {
		key  string
		item bool
	}
	placeOf := func(s *spot) place { return place{s.step.Key, s.step.Field == dispatch.Item} }
	left := make(map[place]*spot, len(after))
	for i := range after {
		left[placeOf(&after[i])] = &after[i]
	}
	for i := range before {
		was := &before[i]
		is := left[placeOf(was)]
		delete(left, placeOf(was))
		ds = appendDiffering(ds, was, is)
	}
	for i := range after {
		if is := &after[i]; left[placeOf(is)] == is && is.typ.encoded(is.p) {
			ds = appendDelta(ds, is.step, is.typ, nil, is.p, nil)
		}
	}
	return ds
}

// appendDiffering appends the difference between two values that may be of different
// types; is is nil if the value was removed.
func appendDiffering(ds []dispatch.Delta, was, is *spot) []dispatch.Delta {
	switch {
	case is == nil && !was.typ.encoded(was.p):
		return ds
	case is == nil:
		return appendDelta(ds, was.step, was.typ, was.p, nil, nil)
	case was.typ == is.typ:
		return appendDelta(ds, is.step, is.typ, was.p, is.p, nil)
	}
	d := dispatch.Delta{Step: is.step, Kind: rt.Modified, Old: was, New: is, Values: func(p any) any {
		s := p.(*spot)
		return s.typ.value(s.p)
	}, Inside: func(any, any) []dispatch.Delta { return differing(was.parts(), is.parts()) }}
	switch there, here := was.typ.encoded(was.p), is.typ.encoded(is.p); {
	case !there && !here:
		return ds
	case !there:
		d.Kind, d.Old = rt.Added, nil
	case !here:
		d.Kind, d.New = rt.Removed, nil
	}
	return append(ds, d)
}
