package shape

import (
	"slices"

	"github.com/hotbind/hotbind/internal/schema"
	"github.com/hotbind/hotbind/runtime/document"
)

// dropBadDefaults drops defaults that their own schema rejects: leaving a property out
// must not make a configuration invalid.
func (w *worker) dropBadDefaults(doc *schema.Document) {
	for _, s := range doc.WithDefaults() {
		for _, f := range w.kinds.Judge(s, s.Default) {
			what := "the default"
			if f.Path != "" {
				what += " at " + f.Path
			}
			w.Warnf(schema.Place{Pos: f.Pos, Pointer: s.At.Pointer + "/default"}, "bad-default", f.Hint, "%s is invalid and not applied: %s", what, f.Message)
			s.Default = nil
		}
	}
}

// holds reports whether Go values of type t can hold the whole numbers in n.
func holds(t Type, n *document.Node) bool {
	switch t := Core(t).(type) {
	case *Scalar:
		limits := map[string][2]string{"int": {minInt64, maxInt64}, "uint64": {"0", maxUint64}}
		limit, whole := limits[t.Go]
		return !whole || n.Kind() != document.Number || document.CompareNumbers(n.Text(), limit[0]) >= 0 && document.CompareNumbers(n.Text(), limit[1]) <= 0
	case *List:
		return !slices.ContainsFunc(n.Items(), func(item *document.Node) bool { return !holds(t.Elem, item) })
	case *Map:
		return !slices.ContainsFunc(n.Members(), func(m document.Member) bool { return !holds(t.Elem, m.Value()) })
	case *Ref:
		return t.Decl.Struct == nil || !slices.ContainsFunc(t.Decl.Struct.Fields, func(f *Field) bool {
			v := n.Get(f.Key)
			return v != nil && f.Key != "" && !holds(f.Type, v)
		})
	}
	return true
}

// Discloses reports whether n, a value of type t, contains a secret that is not empty.
func Discloses(t Type, n *document.Node) bool {
	switch t := Under(t).(type) {
	case *Secret:
		return n.Kind() != document.Null && string(n.AppendJSON(nil)) != `""`
	case *List:
		return slices.ContainsFunc(n.Items(), func(item *document.Node) bool { return Discloses(t.Elem, item) })
	case *Map:
		return slices.ContainsFunc(n.Members(), func(m document.Member) bool { return Discloses(t.Elem, m.Value()) })
	case *Ref:
		if u := t.Decl.Union; u != nil {
			return slices.ContainsFunc(u.Branches, func(b Branch) bool { return Discloses(&Ref{Decl: b.Decl}, n) })
		}
		return slices.ContainsFunc(t.Decl.Fields(), func(f *Field) bool {
			if f.Entries || t.Decl.Tuple != nil {
				return Discloses(f.Type, n)
			}
			return n.Get(f.Key) != nil && Discloses(f.Type, n.Get(f.Key))
		})
	case *Optional, *Checked:
		return Discloses(Inner(t)[0], n)
	}
	return false
}

// isLossy reports whether a value of type t can be written differently from how it was
// read: 1.50, 60s, a single item for a list of one.
func isLossy(t Type, depth int) bool {
	switch t := t.(type) {
	case *Scalar:
		return t.Go == "float64"
	case *Formatted, *Any, *Custom:
		return true
	case *List:
		return t.One != nil || isLossy(t.Elem, depth)
	case *Map, *Optional, *Checked:
		return isLossy(Inner(t)[0], depth)
	case *Ref:
		switch d := t.Decl; {
		case depth > 8: // a recursive type: keeping the text does no harm
			return true
		case d.Union != nil:
			return slices.ContainsFunc(d.Union.Branches, func(b Branch) bool { return isLossy(&Ref{Decl: b.Decl}, depth+1) })
		case d.Enum != nil:
			return d.Enum.Type.Go == "float64"
		case d.Struct == nil:
			return slices.ContainsFunc(d.Types(), func(t Type) bool { return isLossy(t, depth+1) })
		}
	}
	return false
}

// breakInfinite makes fields optional where structs would contain themselves with
// nothing absentable between. Go has no such types, and no finite document satisfies
// them.
func (w *worker) breakInfinite(p *Document) {
	done := map[*Decl]bool{}
	for _, d := range p.Decls {
		w.findInfinite(&Ref{Decl: d}, nil, done)
	}
}

// findInfinite follows what is always present in a value of type t, and reports whether
// it leads back to a declaration in above.
func (w *worker) findInfinite(t Type, above []*Decl, done map[*Decl]bool) (found bool) {
	switch t := t.(type) {
	case *Secret, *Checked:
		return w.findInfinite(Inner(t)[0], above, done)
	case *Ref:
		d := t.Decl
		if done[d] || slices.Contains(above, d) {
			return !done[d]
		}
		above = append(slices.Clone(above), d)
		found = d.Alias != nil && w.findInfinite(d.Alias, above, done)
		for _, f := range d.Fields() {
			if !w.findInfinite(f.Type, above, done) {
				continue
			}
			if f.Required {
				w.Warnf(f.At, "infinite-type", "make one of the properties in the cycle optional",
					"the type requires a value of itself, so no finite document is valid")
			}
			w.dropDefault(f)
		}
		done[d] = true
	}
	return found
}

// dropDefault makes f absent when it is not set.
func (w *worker) dropDefault(f *Field) {
	if f.Default != "" {
		w.Warnf(f.At, "endless-default", "leave it out", "the default contains itself without end; it is not applied")
	}
	f.Default, f.Filled = "", false
	if !IsAbsentable(f.Type) {
		f.Type = &Optional{Elem: f.Type, Nullable: isUntyped(f.Type)}
	}
}

// A filler follows the defaults of an empty object as the decoder does, to find
// defaults that contain themselves without end.
type filler struct {
	steps int
	stack []filled
	loop  *Field // the field whose default leads back to itself
}

// A filled is a field that is filled in.
type filled struct {
	decl  *Decl
	field *Field
}

// Bounds on the depth and size of what defaults may add to an empty object.
const (
	maxFillDepth = 100
	maxFillSteps = 1_000_000
)

// dropEndlessDefaults drops defaults until the rest are finite.
func (w *worker) dropEndlessDefaults(p *Document) {
	for _, d := range p.Decls {
		for d.Struct != nil {
			var f filler
			if f.object(d, document.NewObject(nil, document.Position{})) {
				break
			}
			w.dropDefault(f.loop)
		}
	}
}

// object reports whether filling in is finite.
func (f *filler) object(d *Decl, n *document.Node) (ends bool) {
	if f.steps++; len(f.stack) > maxFillDepth || f.steps > maxFillSteps {
		f.giveUp()
		return false
	}
	for _, field := range d.Struct.Fields {
		v, depth := n.Get(field.Key), len(f.stack)
		if v == nil {
			switch {
			case field.Default != "":
				v, _ = document.ParseValue(document.Position{File: "default"}, field.Default, document.Limits{})
			case field.Filled:
				v = document.NewObject(nil, document.Position{})
			default:
				continue
			}
			f.stack = append(f.stack, filled{d, field})
		}
		if !f.value(field.Type, v) {
			return false
		}
		f.stack = f.stack[:depth]
	}
	return true
}

// giveUp records the field whose defaults lead back: the last one that is twice on the
// way.
func (f *filler) giveUp() {
	for i := len(f.stack) - 1; i >= 0; i-- {
		f.loop = f.stack[i].field
		if slices.ContainsFunc(f.stack[:i], func(above filled) bool { return above == f.stack[i] }) {
			return
		}
	}
}

func (f *filler) value(t Type, n *document.Node) (ends bool) {
	switch t := Core(t).(type) {
	case *List:
		return !slices.ContainsFunc(n.Items(), func(item *document.Node) bool { return !f.value(t.Elem, item) })
	case *Map:
		return !slices.ContainsFunc(n.Members(), func(m document.Member) bool { return !f.value(t.Elem, m.Value()) })
	case *Ref:
		switch d := t.Decl; {
		case d.Struct != nil && n.Kind() == document.Object:
			return f.object(d, n)
		case d.Union != nil: // try each branch
			return !slices.ContainsFunc(d.Union.Branches, func(b Branch) bool { return !f.value(&Ref{Decl: b.Decl}, n) })
		}
	}
	return true
}
