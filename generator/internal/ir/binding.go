package ir

import "github.com/hotbind/hotbind/internal/shape"

// An Entries is the binding type of a map, or of a list whose items a property
// identifies. Fields with the same name and type share it.
type Entries struct {
	Name  string     // without the suffix Binding
	Key   string     // of a property that it binds; empty: it binds entries of another
	Type  shape.Type // of the map or the list, without the optional around it
	Entry shape.Type // of an entry
	Inner *Entries
}

// Unwrapped returns t without the optional around it and without aliases. A binding
// itself reports whether there is a value.
func Unwrapped(t shape.Type) shape.Type {
	switch inner := t.(type) {
	case *shape.Optional, *shape.Checked:
		return Unwrapped(shape.Inner(t)[0])
	case *shape.Ref:
		if inner.Decl.Alias != nil {
			return Unwrapped(inner.Decl.Alias)
		}
	}
	return t
}

// EntryOf returns the type of the entries of a map or of a list with keys, or nil if
// bindings do not lead to entries of t.
func EntryOf(t shape.Type) shape.Type {
	switch t := t.(type) {
	case *shape.Map:
		return t.Elem
	case *shape.List:
		if t.Rule.Key != "" {
			return t.Elem
		}
	case *shape.Ref:
		if !isEndless(t.Decl) {
			return EntryOf(t.Decl.Named)
		}
	}
	return nil
}

// isEndless reports whether the entries of d have type d again, so that bindings would
// never end. A struct in between ends them.
func isEndless(d *shape.Decl) bool {
	seen := map[*shape.Decl]bool{d: true}
	for t := d.Named; ; {
		switch inner := Unwrapped(t).(type) {
		case *shape.Map, *shape.List:
			t = shape.Inner(inner)[0]
		case *shape.Ref:
			if inner.Decl.Named == nil || seen[inner.Decl] {
				return inner.Decl.Named != nil
			}
			seen[inner.Decl] = true
			t = inner.Decl.Named
		default:
			return false
		}
	}
}

// Bound lists the structs that bindings lead to, in the order of the declarations:
// through sections, maps and lists with keys, but not into other lists and unions,
// which change as a whole. The root is included only if it contains itself.
func (p *Package) Bound() (list []*Decl) {
	bound := map[*shape.Decl]bool{}
	var follow func(types []shape.Type)
	follow = func(types []shape.Type) {
		for _, t := range types {
			t = Unwrapped(t)
			if entry := EntryOf(t); entry != nil {
				follow([]shape.Type{entry})
			} else if ref, ok := t.(*shape.Ref); ok && ref.Decl.Struct != nil && !bound[ref.Decl] {
				bound[ref.Decl] = true
				follow(ref.Decl.Types())
			}
		}
	}
	if p.Root.Struct != nil || p.Root.Named != nil {
		follow(p.Root.Types())
	}
	for _, d := range p.Decls {
		if bound[d.Decl] {
			list = append(list, d)
		}
	}
	return list
}
