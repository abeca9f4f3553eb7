package shape

import (
	"slices"

	"github.com/hotbind/hotbind/internal/schema"
	"github.com/hotbind/hotbind/runtime/document"
)

// dropBadDefaults takes away the defaults that break the schema they stand in: a
// configuration must not become invalid by what it leaves out.
func (w *worker) dropBadDefaults(doc *schema.Document) {
	for _, s := range doc.WithDefaults() {
		for _, f := range w.kinds.Judge(s, s.Default) {
			what := "the default"
			if f.Path != "" {
				what += " at " + f.Path
			}
			w.Warnf(schema.Place{Pos: f.Pos, Pointer: s.At.Pointer + "/default"}, "bad-default", f.Hint, "%s breaks its own schema and is not applied: %s", what, f.Message)
			s.Default = nil
		}
	}
}

// holds reports whether Go values of type t can hold the whole numbers in n.
func holds(t Type, n *document.Node, depth int) bool {
	switch t := Bare(t).(type) {
	case *Scalar:
		limits := map[string][2]string{"int": {minInt64, maxInt64}, "uint64": {"0", maxUint64}}
		limit, whole := limits[t.Go]
		return !whole || n.Kind() != document.Number || document.CompareNumbers(n.Text(), limit[0]) >= 0 && document.CompareNumbers(n.Text(), limit[1]) <= 0
	case *List:
		return !slices.ContainsFunc(n.Items(), func(item *document.Node) bool { return !holds(t.Elem, item, depth) })
	case *Map:
		return !slices.ContainsFunc(n.Members(), func(m document.Member) bool { return !holds(t.Elem, m.Value(), depth) })
	case *Ref:
		switch d := t.Decl; {
		case depth > 20:
		case d.Named != nil:
			return holds(d.Named, n, depth+1)
		case d.Alias != nil:
			return holds(d.Alias, n, depth+1)
		case d.Struct != nil:
			return !slices.ContainsFunc(d.Struct.Fields, func(f *Field) bool {
				v := n.Get(f.Key)
				return v != nil && f.Key != "" && !holds(f.Type, v, depth+1)
			})
		}
	}
	return true
}

// isLossy reports whether a value of type t, written anew, can differ from what
// was read: 1.50, 60s, a single item for a list of one.
func isLossy(t Type, depth int) bool {
	switch t := t.(type) {
	case *Scalar:
		return t.Go == "float64"
	case *Formatted, *Any, *Custom:
		return true
	case *List:
		return t.One != nil || isLossy(t.Elem, depth)
	case *Map:
		return isLossy(t.Elem, depth)
	case *Optional:
		return isLossy(t.Elem, depth)
	case *Checked:
		return isLossy(t.Elem, depth)
	case *Ref:
		switch {
		case depth > 8: // a type that contains itself: keeping the text does no harm
			return true
		case t.Decl.Union != nil:
			return slices.ContainsFunc(t.Decl.Union.Branches, func(b Branch) bool { return isLossy(&Ref{Decl: b.Decl}, depth+1) })
		case t.Decl.Named != nil:
			return isLossy(t.Decl.Named, depth+1)
		case t.Decl.Alias != nil:
			return isLossy(t.Decl.Alias, depth+1)
		case t.Decl.Enum != nil:
			return t.Decl.Enum.Type.Go == "float64"
		case t.Decl.Tuple != nil:
			return slices.ContainsFunc(t.Decl.Tuple.Fields, func(f *Field) bool { return isLossy(f.Type, depth+1) })
		}
	}
	return false
}

// breakInfinite makes the fields optional by which structs would contain
// themselves without anything between that can be absent: Go has no such types,
// and no document of them ends.
func (w *worker) breakInfinite(p *Document) {
	done := map[*Decl]bool{}
	for _, d := range p.Decls {
		w.findInfinite(d, nil, done)
	}
}

// findInfinite follows what is there wherever d is, and reports whether it leads
// back to one of those above.
func (w *worker) findInfinite(d *Decl, above []*Decl, done map[*Decl]bool) bool {
	if slices.Contains(above, d) {
		return true
	}
	if done[d] {
		return false
	}
	above = append(slices.Clone(above), d)
	found := d.Alias != nil && w.followInfinite(d.Alias, above, done)
	for _, f := range d.Fields() {
		if !w.followInfinite(f.Type, above, done) {
			continue
		}
		if f.Required {
			w.Warnf(f.At, "infinite-type", "make one of the properties on the way optional",
				"the type requires a value of itself, so that no document of it ends")
		}
		w.dropDefault(f)
	}
	done[d] = true
	return found
}

// followInfinite looks into a value that is there wherever the one around it is.
func (w *worker) followInfinite(t Type, above []*Decl, done map[*Decl]bool) bool {
	switch inner := t.(type) {
	case *Secret:
		return w.followInfinite(inner.Elem, above, done)
	case *Checked:
		return w.followInfinite(inner.Elem, above, done)
	case *Ref:
		return w.findInfinite(inner.Decl, above, done)
	}
	return false
}

// dropDefault makes f a field that is absent where nothing is said.
func (w *worker) dropDefault(f *Field) {
	if f.Default != "" {
		w.Warnf(f.At, "endless-default", "leave it out", "the default would contain itself without end and is not applied")
	}
	f.Default, f.Filled = "", false
	if !isAbsentable(f.Type) {
		f.Type = &Optional{Elem: f.Type, Nullable: isUntyped(f.Type)}
	}
}

// A filler follows what defaults make of an object that is empty, as the decoder
// will, to find defaults that contain themselves without end.
type filler struct {
	steps int
	stack []filled
	loop  *Field // by which a default leads back to itself
}

// A filled is a field that is filled in.
type filled struct {
	decl  *Decl
	field *Field
}

// The deepest and the largest that defaults may make of an empty object.
const (
	maxFillDepth = 100
	maxFillSteps = 1_000_000
)

// dropEndlessDefaults drops defaults until all that are left have an end.
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

// object reports whether what is filled in has an end.
func (f *filler) object(d *Decl, n *document.Node) (ends bool) {
	if f.steps++; len(f.stack) > maxFillDepth || f.steps > maxFillSteps {
		f.giveUp()
		return false
	}
	for _, field := range d.Struct.Fields {
		v := n.Get(field.Key)
		given := v != nil
		switch {
		case given:
		case field.Default != "":
			v, _ = document.ParseValue("default", field.Default, document.Limits{})
		case field.Filled:
			v = document.NewObject(nil, document.Position{})
		default:
			continue
		}
		if !given {
			f.stack = append(f.stack, filled{d, field})
		}
		if !f.value(field.Type, v) {
			return false
		}
		if !given {
			f.stack = f.stack[:len(f.stack)-1]
		}
	}
	return true
}

// giveUp names the field by which defaults lead back to where they were: the last
// one that stands twice in the way.
func (f *filler) giveUp() {
	for i := len(f.stack) - 1; i >= 0; i-- {
		f.loop = f.stack[i].field
		if slices.ContainsFunc(f.stack[:i], func(above filled) bool { return above == f.stack[i] }) {
			return
		}
	}
}

func (f *filler) value(t Type, n *document.Node) (ends bool) {
	switch t := Bare(t).(type) {
	case *List:
		for _, item := range n.Items() {
			if !f.value(t.Elem, item) {
				return false
			}
		}
	case *Map:
		for _, m := range n.Members() {
			if !f.value(t.Elem, m.Value()) {
				return false
			}
		}
	case *Ref:
		switch d := t.Decl; {
		case d.Struct != nil && n.Kind() == document.Object:
			return f.object(d, n)
		case d.Union != nil: // each branch is tried
			for _, b := range d.Union.Branches {
				if !f.value(&Ref{Decl: b.Decl}, n) {
					return false
				}
			}
		case d.Named != nil:
			return f.value(d.Named, n)
		case d.Alias != nil:
			return f.value(d.Alias, n)
		}
	}
	return true
}
