package genrt

import (
	"slices"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/dispatch"
)

// A place is a path into a configuration, to which a binding refers. It is created with
// the binding and holds no value.
type place struct {
	parent *place // nil for the configuration itself
	step   dispatch.Step
	inline bool // the place is a map of undeclared properties, which has no key
	typ    Type
	open   *opened
}

// An opened is shared by all places of one live configuration.
type opened struct {
	engine  Engine
	current func() any
}

// field returns the place of field n of the section at p.
func (p *place) field(n int) *place {
	// Generated code takes fields only of structs.
	f := &innermost(p.typ).(*Struct).Fields[n]
	return &place{parent: p, step: dispatch.Step{Field: n, Key: f.Key}, inline: f.Entries, typ: f.Type, open: p.open}
}

// entry returns the place of an entry of the map, or an item of the keyed list, at p.
func (p *place) entry(key string) *place {
	step := dispatch.Step{Field: dispatch.Entry, Key: key}
	return &place{parent: p, step: step, typ: innermost(p.typ).(composite).at(step), open: p.open}
}

// in returns the pointer to the value at p inside a snapshot; nil if it is absent.
func (p *place) in(snapshot any) any {
	if snapshot == nil {
		return nil
	}
	v := snapshot
	if p.parent != nil {
		above := p.parent.in(snapshot)
		if above == nil {
			return nil
		}
		// The parent's pointer is to the value inside its optional.
		if v = innermost(p.parent.typ).(composite).step(above, p.step); v == nil {
			return nil
		}
	}
	return p.typ.ref(v)
}

// innermost returns the type without the optionals around it.
func innermost(t Type) Type {
	for {
		switch inner := t.(type) {
		case *Recursive:
			t = inner.Type
		case interface{ elem() Type }:
			t = inner.elem()
		default:
			return t
		}
	}
}

// path returns the steps from the configuration to p.
func (p *place) path() []dispatch.Step {
	var steps []dispatch.Step
	for at := p; at.parent != nil; at = at.parent {
		steps = append(steps, at.step)
	}
	slices.Reverse(steps)
	return steps
}

// String returns the path for messages; the configuration itself is "".
func (p *place) String() string {
	if p.parent == nil {
		return ""
	}
	if p.inline {
		return p.parent.String()
	}
	return document.KeyPath(p.parent.String(), p.step.Key)
}
