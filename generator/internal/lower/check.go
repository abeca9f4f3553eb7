package lower

import (
	"slices"

	"github.com/hotbind/hotbind/generator/internal/ir"
	"github.com/hotbind/hotbind/internal/schema"
	"github.com/hotbind/hotbind/runtime/document"
)

// defaultOf is the default of a property: its own, or that of what it refers to.
func defaultOf(s *schema.Schema) *document.Node {
	if s.Default != nil {
		return s.Default
	}
	for _, t := range inPlaceAll(s) {
		if n := defaultOf(t); n != nil {
			return n
		}
	}
	return nil
}

// bare is t without the wrappers that say null and secret.
func bare(t ir.Type) ir.Type {
	for {
		switch inner := t.(type) {
		case *ir.Optional:
			t = inner.Elem
		case *ir.Secret:
			t = inner.Elem
		case *ir.Checked:
			t = inner.Elem
		default:
			return t
		}
	}
}

// holds reports whether Go values of type t can hold the whole numbers in n.
func holds(t ir.Type, n *document.Node, depth int) bool {
	switch t := bare(t).(type) {
	case *ir.Scalar:
		limits := map[string][2]string{"int": {minInt64, maxInt64}, "uint64": {"0", maxUint64}}
		limit, whole := limits[t.Go]
		return !whole || n.Kind != document.Number || document.CompareNumbers(n.Text, limit[0]) >= 0 && document.CompareNumbers(n.Text, limit[1]) <= 0
	case *ir.List:
		return !slices.ContainsFunc(n.Items, func(item *document.Node) bool { return !holds(t.Elem, item, depth) })
	case *ir.Map:
		return !slices.ContainsFunc(n.Members, func(m document.Member) bool { return !holds(t.Elem, m.Value, depth) })
	case *ir.Ref:
		switch d := t.Decl; {
		case depth > 20:
		case d.Named != nil:
			return holds(d.Named, n, depth+1)
		case d.Alias != nil:
			return holds(d.Alias, n, depth+1)
		case d.Struct != nil:
			return !slices.ContainsFunc(d.Struct.Fields, func(f *ir.Field) bool {
				v := n.Get(f.Key)
				return v != nil && f.Key != "" && !holds(f.Type, v, depth+1)
			})
		}
	}
	return true
}

// isLossy reports whether a value of type t, written anew, can differ from what
// was read: 1.50, 60s, a single item for a list of one.
func isLossy(t ir.Type, depth int) bool {
	switch t := t.(type) {
	case *ir.Scalar:
		return t.Go == "float64"
	case *ir.Formatted, *ir.Any, *ir.Custom:
		return true
	case *ir.List:
		return t.One != nil || isLossy(t.Elem, depth)
	case *ir.Map:
		return isLossy(t.Elem, depth)
	case *ir.Optional:
		return isLossy(t.Elem, depth)
	case *ir.Checked:
		return isLossy(t.Elem, depth)
	case *ir.Ref:
		switch {
		case depth > 8: // a type that contains itself: keeping the text does no harm
			return true
		case t.Decl.Union != nil:
			return slices.ContainsFunc(t.Decl.Union.Branches, func(b ir.Branch) bool { return isLossy(&ir.Ref{Decl: b.Decl}, depth+1) })
		case t.Decl.Named != nil:
			return isLossy(t.Decl.Named, depth+1)
		case t.Decl.Alias != nil:
			return isLossy(t.Decl.Alias, depth+1)
		case t.Decl.Enum != nil:
			return t.Decl.Enum.Base == "float64"
		case t.Decl.Tuple != nil:
			return slices.ContainsFunc(t.Decl.Tuple.Fields, func(f *ir.Field) bool { return isLossy(f.Type, depth+1) })
		}
	}
	return false
}

// breakInfinite makes the fields optional by which structs would contain
// themselves without anything between that can be absent: Go has no such types,
// and no document of them ends.
func (l *lowerer) breakInfinite(p *ir.Package) {
	done := map[*ir.Decl]bool{}
	for _, d := range p.Decls {
		l.findInfinite(d, nil, done)
	}
}

// findInfinite follows what is there wherever d is, and reports whether it leads
// back to one of those above.
func (l *lowerer) findInfinite(d *ir.Decl, above []*ir.Decl, done map[*ir.Decl]bool) bool {
	if slices.Contains(above, d) {
		return true
	}
	if done[d] {
		return false
	}
	above = append(slices.Clone(above), d)
	found := d.Alias != nil && l.followInfinite(d.Alias, above, done)
	for _, f := range fieldsOf(d) {
		if !l.followInfinite(f.Type, above, done) {
			continue
		}
		if f.Required {
			l.diags.Warnf(f.At, "infinite-type", "make one of the properties on the way optional",
				"the type requires a value of itself, so that no document of it ends")
		}
		l.dropDefault(f)
	}
	done[d] = true
	return found
}

// followInfinite looks into a value that is there wherever the one around it is.
func (l *lowerer) followInfinite(t ir.Type, above []*ir.Decl, done map[*ir.Decl]bool) bool {
	switch inner := t.(type) {
	case *ir.Secret:
		return l.followInfinite(inner.Elem, above, done)
	case *ir.Checked:
		return l.followInfinite(inner.Elem, above, done)
	case *ir.Ref:
		return l.findInfinite(inner.Decl, above, done)
	}
	return false
}

// dropDefault makes f a field that is absent where nothing is said.
func (l *lowerer) dropDefault(f *ir.Field) {
	if f.Default != "" {
		l.diags.Warnf(f.At, "endless-default", "leave it out", "the default would contain itself without end and is not applied")
	}
	f.Default, f.Filled = "", false
	if !isAbsentable(f.Type) {
		f.Type = &ir.Optional{Elem: f.Type, Nullable: isUntyped(f.Type)}
	}
}

// fieldsOf are the fields of a struct, also of one that stands for a tuple.
func fieldsOf(d *ir.Decl) []*ir.Field {
	switch {
	case d.Struct != nil:
		return d.Struct.Fields
	case d.Tuple != nil:
		return d.Tuple.Fields
	}
	return nil
}

// A filler follows what defaults make of an object that is empty, as the decoder
// will, to find defaults that contain themselves without end.
type filler struct {
	steps int
	stack []filled
	loop  *ir.Field // by which a default leads back to itself
}

// A filled is a field that is filled in.
type filled struct {
	decl  *ir.Decl
	field *ir.Field
}

// The deepest and the largest that defaults may make of an empty object.
const (
	maxFillDepth = 100
	maxFillSteps = 1_000_000
)

// dropEndlessDefaults drops defaults until all that are left have an end.
func (l *lowerer) dropEndlessDefaults(p *ir.Package) {
	for _, d := range p.Decls {
		for d.Struct != nil {
			var f filler
			if f.object(d, &document.Node{Kind: document.Object}) {
				break
			}
			l.dropDefault(f.loop)
		}
	}
}

// object reports whether what is filled in has an end.
func (f *filler) object(d *ir.Decl, n *document.Node) (ends bool) {
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
			v = &document.Node{Kind: document.Object}
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

func (f *filler) value(t ir.Type, n *document.Node) (ends bool) {
	switch t := bare(t).(type) {
	case *ir.List:
		for _, item := range n.Items {
			if !f.value(t.Elem, item) {
				return false
			}
		}
	case *ir.Map:
		for _, m := range n.Members {
			if !f.value(t.Elem, m.Value) {
				return false
			}
		}
	case *ir.Ref:
		switch d := t.Decl; {
		case d.Struct != nil && n.Kind == document.Object:
			return f.object(d, n)
		case d.Union != nil: // each branch is tried
			for _, b := range d.Union.Branches {
				if !f.value(&ir.Ref{Decl: b.Decl}, n) {
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
