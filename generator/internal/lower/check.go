package lower

import (
	"slices"
	"strings"

	"github.com/hotbind/hotbind/generator/internal/ir"
	"github.com/hotbind/hotbind/generator/internal/schema"
	"github.com/hotbind/hotbind/runtime/document"
)

// defaultOf is the default of a property: its own, or that of what it refers to.
func defaultOf(s *schema.Schema) *document.Node {
	for s != nil {
		if s.Default != nil {
			return s.Default
		}
		s = s.Ref
	}
	return nil
}

// constOf is the constant of a property that has one.
func constOf(s *schema.Schema) *ir.Value {
	if s.Const == nil {
		return nil
	}
	v := &ir.Value{Text: s.Const.Text, IsString: s.Const.Kind == document.String}
	if digits, ok := document.IntegerText(v.Text); ok && !v.IsString {
		v.Text = digits
	}
	return v
}

// bare is t without the wrappers that say null and secret.
func bare(t ir.Type) ir.Type {
	for {
		switch inner := t.(type) {
		case *ir.Optional:
			t = inner.Elem
		case *ir.Secret:
			t = inner.Elem
		default:
			return t
		}
	}
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
	case *ir.Choice:
		return isLossy(t.Branches[0], depth)
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
		}
	}
	return false
}

// refuseInfinite refuses structs that would contain themselves without anything
// between that can be absent: no document could ever end.
func (l *lowerer) refuseInfinite(p *ir.Package) {
	done := map[*ir.Decl]bool{}
	for _, d := range p.Decls {
		l.findInfinite(d, nil, done)
	}
}

func (l *lowerer) findInfinite(d *ir.Decl, above []*ir.Decl, done map[*ir.Decl]bool) {
	if i := slices.Index(above, d); i >= 0 {
		var chain []string
		for _, x := range append(above[i:], d) {
			chain = append(chain, x.At.Pointer)
		}
		l.diags.Errorf(d.At, "infinite-type", "make one of the properties on the way optional",
			"the type requires a value of itself: %s", strings.Join(chain, " → "))
		return
	}
	if done[d] {
		return
	}
	done[d] = true
	above = append(slices.Clone(above), d)
	if d.Alias != nil {
		l.followInfinite(d.Alias, above, done)
	}
	if d.Struct == nil {
		return
	}
	for _, f := range d.Struct.Fields {
		l.followInfinite(f.Type, above, done)
	}
}

// followInfinite looks into a value that is there wherever the one around it is.
func (l *lowerer) followInfinite(t ir.Type, above []*ir.Decl, done map[*ir.Decl]bool) {
	if secret, ok := t.(*ir.Secret); ok {
		t = secret.Elem
	}
	if ref, ok := t.(*ir.Ref); ok {
		l.findInfinite(ref.Decl, above, done)
	}
}

// A filler follows what defaults make of an object that is empty, as the decoder
// will, to find defaults that contain themselves without end.
type filler struct {
	steps   int
	deepest *ir.Decl // where it was given up
}

// The deepest and the largest that defaults may make of an empty object.
const (
	maxFillDepth = 100
	maxFillSteps = 1_000_000
)

func (l *lowerer) refuseEndlessDefaults(p *ir.Package) {
	for _, d := range p.Decls {
		if d.Struct == nil {
			continue
		}
		var f filler
		if !f.object(d, &document.Node{Kind: document.Object}, 0) {
			l.diags.Errorf(f.deepest.At, "endless-default", "leave out the default on the way back to it", "the defaults inside contain themselves without end")
			return // the others are usually the same one from elsewhere
		}
	}
}

func (f *filler) object(d *ir.Decl, n *document.Node, depth int) (ends bool) {
	if f.steps++; depth > maxFillDepth || f.steps > maxFillSteps {
		f.deepest = d
		return false
	}
	for _, field := range d.Struct.Fields {
		v := n.Get(field.Key)
		switch {
		case v != nil:
		case field.Default != "":
			v, _ = document.ParseValue("default", field.Default, document.Limits{})
		case field.Filled:
			v = &document.Node{Kind: document.Object}
		default:
			continue
		}
		if !f.value(field.Type, v, depth+1) {
			return false
		}
	}
	return true
}

func (f *filler) value(t ir.Type, n *document.Node, depth int) (ends bool) {
	switch t := bare(t).(type) {
	case *ir.List:
		for _, item := range n.Items {
			if !f.value(t.Elem, item, depth) {
				return false
			}
		}
	case *ir.Map:
		for _, m := range n.Members {
			if !f.value(t.Elem, m.Value, depth) {
				return false
			}
		}
	case *ir.Ref:
		switch d := t.Decl; {
		case d.Struct != nil && n.Kind == document.Object:
			return f.object(d, n, depth)
		case d.Named != nil:
			return f.value(d.Named, n, depth)
		case d.Alias != nil:
			return f.value(d.Alias, n, depth)
		}
	}
	return true
}
