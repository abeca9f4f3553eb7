package untyped

import (
	"maps"
	"slices"
	"strconv"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/dispatch"
	"github.com/hotbind/hotbind/runtime/validate"

	rt "github.com/hotbind/hotbind/runtime"
)

// A place is where a value stands, as far as comparing asks.
type place struct {
	shape    document.Shape
	secret   bool // all of it
	property bool // it is declared, so that null may say that it is absent
}

// below is the place of a member of the value at p.
func (p place) below(shape document.Shape, property bool) place {
	return place{shape: shape, secret: p.secret || shape != nil && shape.Secret(), property: property}
}

// tellsNull reports whether null and absent are two things at p: they are not for a
// value that may be anything.
func (p place) tellsNull() bool { return p.shape == nil || p.shape.Kind() != 0 }

// A differ compares documents, guided by what the schema says of them. What it knows
// nothing of is compared as a whole, unless there is no schema at all.
type differ struct{ schemaless bool }

// add appends what differs at a step between two values, nil where there is none.
func (d *differ) add(ds []dispatch.Delta, step dispatch.Step, p place, before, after *document.Node) []dispatch.Delta {
	delta := dispatch.Delta{Step: step, Kind: rt.Modified, Values: p.value, Inside: d.insideOf(p)}
	if before != nil {
		delta.Old = before
	}
	if after != nil {
		delta.New = after
	}
	was, is := isSet(before), isSet(after)
	switch {
	case was && is:
		parts, differ := d.parts(p, before, after)
		if !differ {
			return ds
		}
		delta.Parts = parts
	case before == nil && after == nil, !was && !is && before != nil && after != nil:
		return ds
	case (is || was) && before != nil && after != nil && p.tellsNull():
		// It becomes null, or was null: it is not absent.
	case is, before == nil && !p.property:
		delta.Kind, delta.Old = rt.Added, nil
	case was, after == nil && !p.property:
		delta.Kind, delta.New = rt.Removed, nil
	case !p.tellsNull():
		return ds
	default:
		delta.Unset = true
	}
	if delta.Kind != rt.Modified {
		delta.Parts = d.appeared(p, nodeOf(delta.Old), nodeOf(delta.New))
	}
	return append(ds, delta)
}

func isSet(n *document.Node) bool { return n != nil && n.Kind != document.Null }

// parts compares two values, part by part where there are such that can be told
// apart.
func (d *differ) parts(p place, before, after *document.Node) (parts []dispatch.Delta, differ bool) {
	if p.secret || before.Kind != after.Kind || p.shape == nil && !d.schemaless {
		return nil, !equal(p.shape, before, after)
	}
	shape := p.shape
	if detail, ok := shape.(validate.Detail); ok {
		was, i := detail.Choose(before)
		_, j := detail.Choose(after)
		if i != j {
			return nil, true
		}
		shape = was
	}
	switch {
	case before.Kind == document.Object && (shape == nil || shape.Kind() == document.Object || len(shape.Properties()) > 0):
		parts = d.members(p, shape, before, after)
		return parts, len(parts) > 0
	case before.Kind == document.List && shape != nil && shape.Lists().Key != "":
		return d.keyed(p, shape, before, after)
	}
	return nil, !equal(shape, before, after)
}

func (d *differ) members(p place, shape document.Shape, before, after *document.Node) (parts []dispatch.Delta) {
	declared := map[string]bool{}
	was, is := membersOf(before), membersOf(after)
	if shape != nil {
		for i, property := range shape.Properties() {
			declared[property.Key] = true
			step := dispatch.Step{Field: i, Key: property.Key}
			parts = d.add(parts, step, p.below(property.Shape, true), was[property.Key], is[property.Key])
		}
	}
	others := map[string]bool{}
	for _, object := range []*document.Node{before, after} {
		for _, m := range object.Members {
			if !declared[m.Key] {
				others[m.Key] = true
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(others)) {
		var below document.Shape
		if shape != nil {
			below, _ = shape.Member(key)
		}
		parts = d.add(parts, dispatch.Step{Field: dispatch.Entry, Key: key}, p.below(below, false), was[key], is[key])
	}
	return parts
}

// membersOf are the members of an object by their keys.
func membersOf(object *document.Node) map[string]*document.Node {
	members := make(map[string]*document.Node, len(object.Members))
	for i := range object.Members {
		members[object.Members[i].Key] = object.Members[i].Value
	}
	return members
}

// keyed compares lists whose items a property tells apart. Where only their order
// differs, the list differs as a whole.
func (d *differ) keyed(p place, shape document.Shape, before, after *document.Node) (parts []dispatch.Delta, differ bool) {
	if equal(shape, before, after) {
		return nil, false
	}
	key := shape.Lists().Key
	was, ok := itemsByKey(before, key)
	is, also := itemsByKey(after, key)
	if !ok || !also {
		return nil, true
	}
	all := maps.Clone(was)
	maps.Copy(all, is)
	for _, k := range slices.Sorted(maps.Keys(all)) {
		parts = d.add(parts, dispatch.Step{Field: dispatch.Entry, Key: k}, p.below(shape.Item(), false), was[k], is[k])
	}
	return parts, true
}

// itemsByKey reports whether every item has a key of its own.
func itemsByKey(list *document.Node, property string) (map[string]*document.Node, bool) {
	items := map[string]*document.Node{}
	for _, item := range list.Items {
		key, ok := document.ItemKey(item, property)
		if !ok || items[key] != nil {
			return nil, false
		}
		items[key] = item
	}
	return items, true
}

// insideOf is what finds the differences inside a value at p, also where they are not
// told apart otherwise: in a list, and in a section that appeared or went.
func (d *differ) insideOf(p place) func(before, after any) []dispatch.Delta {
	if p.secret {
		return nil
	}
	return func(before, after any) []dispatch.Delta {
		was, is := nodeOf(before), nodeOf(after)
		if was.Kind != is.Kind && was.Kind != document.Null && is.Kind != document.Null {
			return append(d.inside(p, was, &absent), d.inside(p, &absent, is)...)
		}
		return d.inside(p, was, is)
	}
}

// absent stands for a value that is not there.
var absent = document.Node{Kind: document.Null}

func nodeOf(v any) *document.Node {
	switch v := v.(type) {
	case *document.Node:
		return v
	case *Config:
		return v.doc
	}
	return &absent
}

// inside compares two values part by part, one of which may be absent.
func (d *differ) inside(p place, before, after *document.Node) (parts []dispatch.Delta) {
	there := before
	if there.Kind == document.Null {
		there = after
	}
	shape := p.shape
	if detail, ok := shape.(validate.Detail); ok {
		shape, _ = detail.Choose(there)
	}
	switch there.Kind {
	case document.Object:
		return d.members(p, shape, before, after)
	case document.List:
		var item document.Shape
		if shape != nil {
			item = shape.Item()
		}
		for i := range max(len(before.Items), len(after.Items)) {
			step := dispatch.Step{Field: dispatch.Item, Key: strconv.Itoa(i)}
			parts = d.add(parts, step, p.below(item, false), itemAt(before, i), itemAt(after, i))
		}
	}
	return parts
}

// appeared are the items of a list that appeared or went, by their keys where a property
// tells them apart.
func (d *differ) appeared(p place, before, after *document.Node) []dispatch.Delta {
	if p.secret || p.shape == nil || p.shape.Lists().Key == "" {
		return nil
	}
	parts, _ := d.keyed(p, p.shape, before, after)
	return parts
}

func itemAt(list *document.Node, i int) *document.Node {
	if i < len(list.Items) {
		return list.Items[i]
	}
	return nil
}
