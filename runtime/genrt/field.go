package genrt

import (
	"reflect"
	"sync"

	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
)

// A Field is one field of a struct.
type Field struct {
	Key  string
	Type Type
	// Default is the JSON text of the value of an absent property; empty: none.
	Default string
	// Required properties must be there.
	Required bool
	// Filled sections are decoded from an empty object if they are absent, so that the
	// defaults inside them apply.
	Filled bool
	// Scratch makes a zero value of the field. It is set if writing the field would not
	// reproduce its text, such as 1.50 for a number or 60s for a duration. Such a field
	// keeps its value as it was written.
	Scratch func() any
	// Deprecated properties cause a warning if they are given.
	Deprecated bool
	// Env is the environment variable named by x-env.
	Env string
	// Restart is set if a change waits for the next start (x-reload: restart).
	Restart bool
	// Entries is a map that takes properties which are not declared: Extra, or
	// the field of a pattern. It has no key of its own.
	Entries bool
	// Loose fields may have a value that the type refuses. It is kept as it was written,
	// and the field is as if it were absent.
	Loose bool
	// Rule, if not 0, is the number of a rule in the struct's Rules. It checks the value,
	// or each of the Entries, before it is decoded.
	Rule int
}

// defaults holds the parsed defaults of fields. They are parsed once, when the first value
// is absent.
type defaults struct {
	once  sync.Once
	nodes []*document.Node
}

// absent returns the node that the value of field i is decoded from if it is absent in n,
// or nil.
func (d *defaults) absent(fields []Field, i int, n *document.Node) *document.Node {
	switch {
	case fields[i].Default != "":
		d.once.Do(func() { d.parse(fields) })
		return d.nodes[i]
	case fields[i].Filled:
		return document.ObjectAt(n, nil)
	}
	return nil
}

func (d *defaults) parse(fields []Field) {
	d.nodes = make([]*document.Node, len(fields))
	for i := range fields {
		if text := fields[i].Default; text != "" {
			// The generator has checked the default against its schema.
			d.nodes[i], _ = document.ParseValue(document.Position{File: "default"}, text, document.Limits{})
		}
	}
}

// decode reads n into v, by the rule of the field first, and reports whether v
// holds it: only a loose field may not.
func (f *Field) decode(d *decoder, rules *Rules, n *document.Node, v any) (held bool) {
	d.decodeAs(f.Type, rules, f.Rule, n, f.Loose, func() {
		held = d.decodeLoosely(f.Loose, func() { f.Type.decode(d, n, v) })
	})
	if !held {
		reflect.ValueOf(v).Elem().SetZero() // it may hold parts read before the fault
	}
	return held
}

// read decodes a value into field f at v, or keeps it beside the fields.
func (f *Field) read(d *decoder, rules *Rules, number int, at document.Placed, n *document.Node, v any, kept *kept) {
	if f.Deprecated {
		d.Warn(at.Pos(), wording.Deprecated)
	}
	before := len(d.Findings)
	if !f.decode(d, rules, n, v) {
		kept.stray(number, f, n, v)
	} else if len(d.Findings[before:].Errors()) == 0 {
		kept.write(number, f, n, v)
	}
}

// equalFields compares two structs or tuples by their fields and by the values kept
// beside them.
func equalFields(fields []Field, at func(p any, n int) any, a, b any) bool {
	for i := range fields {
		if !fields[i].Type.equal(at(a, i), at(b, i)) {
			return false
		}
	}
	return keptOf(at, a).equal(keptOf(at, b))
}

func cloneFields(fields []Field, at func(p any, n int) any, dst, src any) {
	for i := range fields {
		fields[i].Type.clone(at(dst, i), at(src, i))
	}
	keptOf(at, src).keep(at, dst)
}

// decodeLoosely runs decode and reports whether the field holds the value. For a loose
// field, a fault becomes a warning that no field holds the value.
func (d *decoder) decodeLoosely(loose bool, decode func()) (held bool) {
	from := len(d.Findings)
	decode()
	if !loose {
		return true
	}
	failed := d.Findings[from:].Errors()
	if len(failed) == 0 {
		return true
	}
	warning := failed[0]
	warning.Severity, warning.Hint = document.Warning, wording.NoField
	d.Findings = append(d.Findings[:from], warning)
	return false
}
