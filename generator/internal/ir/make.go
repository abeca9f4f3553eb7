package ir

// Made lists the structs that need a function to make one: those with defaults that
// stand in a list, a map, an optional or an alternative, where the value of the root
// does not hold one already.
func (p *Package) Made() map[*Decl]bool {
	made := map[*Decl]bool{}
	for _, d := range p.Decls {
		for _, part := range d.parts() {
			addMade(made, part, d.Union != nil)
		}
	}
	delete(made, p.Root)
	return made
}

// parts are the types that d is made of.
func (d *Decl) parts() (list []Type) {
	var fields []*Field
	switch {
	case d.Struct != nil:
		fields = d.Struct.Fields
	case d.Tuple != nil:
		fields = d.Tuple.Fields
	case d.Union != nil:
		for _, b := range d.Union.Branches {
			list = append(list, &Ref{Decl: b.Decl})
		}
	case d.Named != nil:
		list = append(list, d.Named)
	case d.Alias != nil:
		list = append(list, d.Alias)
	}
	for _, f := range fields {
		list = append(list, f.Type)
	}
	return list
}

// addMade adds the structs in t. Apart says that t is not always there.
func addMade(made map[*Decl]bool, t Type, apart bool) {
	switch t := t.(type) {
	case *Optional:
		addMade(made, t.Elem, true)
	case *List:
		addMade(made, t.Elem, true)
	case *Map:
		addMade(made, t.Elem, true)
	case *Secret:
		addMade(made, t.Elem, true)
	case *Checked:
		addMade(made, t.Elem, apart)
	case *Ref:
		if d := t.Decl; d.Alias != nil { // one that contains itself does so through a struct
			if ref, ok := Unwrapped(d.Alias).(*Ref); ok {
				addMade(made, ref, apart)
			}
		} else if apart && d.Struct != nil && !made[d] && d.hasDefaults() {
			made[d] = true
		}
	}
}

// hasDefaults reports whether a new d is more than a zero one.
func (d *Decl) hasDefaults() bool {
	for _, f := range d.Struct.Fields {
		if f.Default != "" || f.Filled {
			return true
		}
		if ref, ok := unchecked(f.Type).(*Ref); ok && f.Required && ref.Decl.Struct != nil && ref.Decl.hasDefaults() {
			return true
		}
	}
	return false
}

// unchecked is t without the rule around it.
func unchecked(t Type) Type {
	if c, ok := t.(*Checked); ok {
		return c.Elem
	}
	return t
}
