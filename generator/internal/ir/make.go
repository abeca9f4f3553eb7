package ir

import "github.com/hotbind/hotbind/internal/shape"

// Made lists the structs that need a constructor: those with defaults that occur in a
// list, a map, an optional or an alternative, so that the value of the root does not
// already hold one.
func (p *Package) Made() map[*shape.Decl]bool {
	made := map[*shape.Decl]bool{}
	for _, d := range p.Decls {
		for _, part := range d.Types() {
			addMade(made, part, false)
		}
		if d.Union != nil {
			for _, b := range d.Union.Branches {
				addMade(made, &shape.Ref{Decl: b.Decl}, true)
			}
		}
	}
	delete(made, p.Root.Decl)
	return made
}

// addMade adds the structs in t. apart reports that t may be absent.
func addMade(made map[*shape.Decl]bool, t shape.Type, apart bool) {
	switch t := t.(type) {
	case *shape.Ref:
		if d := t.Decl; d.Alias != nil { // a recursive alias contains itself through a struct
			if ref, ok := Unwrapped(d.Alias).(*shape.Ref); ok {
				addMade(made, ref, apart)
			}
		} else if apart && d.Struct != nil && !made[d] && hasDefaults(d) {
			made[d] = true
		}
	case *shape.Custom: // its Go type is not generated
	case *shape.Checked:
		addMade(made, t.Elem, apart)
	case *shape.List:
		addMade(made, t.Elem, true)
	default:
		for _, inner := range shape.Inner(t) {
			addMade(made, inner, true)
		}
	}
}

// hasDefaults reports whether a new d differs from a zero one.
func hasDefaults(d *shape.Decl) bool {
	for _, f := range d.Struct.Fields {
		if f.Default != "" || f.Filled {
			return true
		}
		inner, _ := shape.Unchecked(f.Type)
		if ref, ok := inner.(*shape.Ref); ok && f.Required && ref.Decl.Struct != nil && hasDefaults(ref.Decl) {
			return true
		}
	}
	return false
}
