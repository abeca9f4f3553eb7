package lower

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hotbind/hotbind/generator/internal/ir"
	"github.com/hotbind/hotbind/internal/shape"
)

// An entryField is a field of a map or a keyed list whose binding needs a name.
type entryField struct {
	owner *ir.Decl
	field *ir.Field
	t     shape.Type
}

// name returns the binding's name at a level: the name of the field; then with its
// struct's name in front; then with a number derived from its place.
func (f *entryField) name(level int) string {
	switch level {
	case 0:
		return f.field.Name
	case 1:
		return f.owner.Name + f.field.Name
	}
	return f.owner.Name + f.field.Name + hashed(f.owner.Schema.At.Pointer+"."+f.field.Name)
}

// A bindingSettler names the binding types of maps and keyed lists. The binding of a
// named type has the name of the type. Other bindings have the names of their fields;
// fields with the same name and type share one. Names of types win over these. The
// order of declarations does not matter.
type bindingSettler struct {
	p     *ir.Package
	taken map[string]bool
	named map[*shape.Decl]*ir.Entries
}

func settleBindings(p *ir.Package, taken map[string]bool) {
	b := &bindingSettler{p, taken, map[*shape.Decl]*ir.Entries{}}
	if root := (&shape.Ref{Decl: p.Root.Decl}); ir.EntryOf(root) != nil {
		p.RootEntries = b.entries(p.Root.Name, root)
		p.Entries = p.Entries[:len(p.Entries)-1]
		b.named[p.Root.Decl] = p.RootEntries
	}
	fields := b.fields()
	for level := range 3 {
		wanted := map[string][]*entryField{}
		for _, f := range fields {
			if f.field.Binding == nil {
				wanted[f.name(level)] = append(wanted[f.name(level)], f)
			}
		}
		b.settle(wanted, level == 2)
	}
	slices.SortFunc(p.Entries, func(a, b *ir.Entries) int { return strings.Compare(a.Name, b.Name) })
}

// fields lists the fields whose bindings have no name yet.
func (b *bindingSettler) fields() (fields []*entryField) {
	sections := b.p.Bound()
	if b.p.Root.Struct != nil && !slices.Contains(sections, b.p.Root) {
		sections = append(sections, b.p.Root)
	}
	for _, d := range sections {
		for _, f := range d.Fields {
			switch t := ir.Unwrapped(f.Type).(type) {
			case *shape.Ref:
				f.Binding = b.ofNamed(t)
			default:
				if ir.EntryOf(t) != nil {
					fields = append(fields, &entryField{d, f, t})
				}
			}
		}
	}
	return fields
}

// settle assigns the names that are unique.
func (b *bindingSettler) settle(wanted map[string][]*entryField, last bool) {
	claims := map[string]int{}
	for name, group := range wanted {
		for _, needed := range namesFor(name, group[0].t) {
			claims[needed]++
		}
	}
	var free []string
	for name, group := range wanted {
		taken := slices.ContainsFunc(namesFor(name, group[0].t), func(needed string) bool { return b.taken[needed+"Binding"] || claims[needed] > 1 })
		// A binding can serve fields of one type only.
		if last || !taken && !slices.ContainsFunc(group, func(f *entryField) bool { return b.typeKey(f.t) != b.typeKey(group[0].t) }) {
			free = append(free, name)
		}
	}
	slices.Sort(free)
	for _, name := range free {
		group := wanted[name]
		entries := b.entries(name, group[0].t)
		entries.Key = group[0].field.Key
		for _, f := range group {
			f.field.Binding = entries
		}
	}
}

// namesFor returns the names that a binding of type t named name needs: one for each
// map in a map.
func namesFor(name string, t shape.Type) (names []string) {
	for ; ir.EntryOf(t) != nil; t = ir.Unwrapped(ir.EntryOf(t)) {
		if _, ok := t.(*shape.Ref); ok {
			break
		}
		names = append(names, name)
		name += "Entry"
	}
	return names
}

// ofNamed returns the binding of a named map or keyed list, or nil for other types.
func (b *bindingSettler) ofNamed(ref *shape.Ref) *ir.Entries {
	if ir.EntryOf(ref) == nil {
		return nil
	}
	e := b.named[ref.Decl]
	if e == nil {
		e = b.entries(b.p.Decl(ref.Decl).Name, ref)
		b.named[ref.Decl] = e
	} else if !slices.Contains(b.p.Entries, e) { // not the binding of the root
		b.p.Entries = append(b.p.Entries, e)
	}
	return e
}

// entries returns the binding of type t named name, with those of the entries below it.
func (b *bindingSettler) entries(name string, t shape.Type) *ir.Entries {
	e := &ir.Entries{Name: name, Type: t, Entry: ir.EntryOf(t)}
	b.taken[name+"Binding"] = true
	if inner, ok := ir.Unwrapped(e.Entry).(*shape.Ref); ok {
		e.Inner = b.ofNamed(inner)
	} else if ir.EntryOf(ir.Unwrapped(e.Entry)) != nil {
		for name += "Entry"; b.taken[name+"Binding"]; {
			name += "Entry"
		}
		e.Inner = b.entries(name, ir.Unwrapped(e.Entry))
	}
	b.p.Entries = append(b.p.Entries, e)
	return e
}

// typeKey returns a text that is the same for types with the same Go code and bindings.
func (b *bindingSettler) typeKey(t shape.Type) string {
	key := fmt.Sprintf("%T ", t)
	switch t := t.(type) {
	case *shape.List:
		key += strconv.Quote(t.Rule.Key)
	case *shape.Ref:
		if t.Decl.Alias != nil {
			return b.typeKey(ir.Unwrapped(t.Decl.Alias))
		}
		key += b.p.Decl(t.Decl).Name
	case *shape.Scalar:
		key += t.Go
	case *shape.Formatted:
		key += t.Format
	case *shape.Checked:
		return b.typeKey(t.Elem)
	case *shape.Custom:
		return key + t.Path + "." + t.Name
	}
	if inner := shape.Inner(t); len(inner) > 0 {
		key += b.typeKey(inner[0])
	}
	return key
}
