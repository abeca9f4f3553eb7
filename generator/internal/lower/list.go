package lower

import (
	"slices"
	"strconv"
	"strings"

	"github.com/hotbind/hotbind/generator/internal/ir"
	"github.com/hotbind/hotbind/internal/schema"
)

// list is a slice, or a tuple where positions have schemas of their own.
func (l *lowerer) list(v *view, at scope, given *ir.Decl) ir.Type {
	for _, p := range v.parts {
		if len(p.s.Prefix) > 0 {
			return l.tuple(v, p, at, given)
		}
	}
	t := &ir.List{Length: v.count("minItems", "maxItems"), Unique: v.unique(), Rule: l.listRule(v.s)}
	items := l.itemsOf(v)
	if len(items) == 0 {
		t.Elem = &ir.Any{Why: "the schema says nothing of the items"}
	} else {
		t.Elem = l.typeOf(l.all(items), itemScope(at))
	}
	return t
}

func (v *view) unique() (unique bool) {
	for _, p := range v.parts {
		unique = unique || p.s.UniqueItems
	}
	v.takeAll("uniqueItems")
	return unique
}

// itemsOf are the schemas that each item must meet. Where only alternatives speak
// of the items, an item meets one of what they say.
func (l *lowerer) itemsOf(v *view) (items []*schema.Schema) {
	for _, p := range v.parts {
		if p.left["items"] && p.s.Items != nil && len(p.s.Prefix) == 0 {
			p.take("items")
			if !p.s.Items.Always {
				items = append(items, p.s.Items)
			}
		}
	}
	if len(items) > 0 {
		return items
	}
	for _, g := range v.groups() {
		if some := l.itemsOfBranches(g.branches); some != nil {
			return []*schema.Schema{l.anyOne(some)}
		}
	}
	return nil
}

func (l *lowerer) itemsOfBranches(branches []*schema.Schema) (some []*schema.Schema) {
	for _, b := range branches {
		if l.kindsOf(b)&kindList == 0 {
			continue
		}
		items := l.itemsOf(l.view(b))
		if len(items) == 0 {
			return nil
		}
		if all := l.all(items); !slices.Contains(some, all) {
			some = append(some, all)
		}
	}
	return some
}

// tuple is a struct whose fields are the positions of a list.
func (l *lowerer) tuple(v *view, p *part, at scope, given *ir.Decl) ir.Type {
	d := given
	if d == nil {
		d = l.declare(v, at)
	}
	d.Doc = l.declDoc(v.s)
	t := &ir.Tuple{Length: v.count("minItems", "maxItems"), Unique: v.unique()}
	d.Tuple = t
	inner := l.innerScope(d, at)
	for i, s := range p.s.Prefix {
		t.Fields = append(t.Fields, l.position(s, i, i < t.Length.Min, inner))
	}
	p.take("prefixItems", "items", "additionalItems")
	switch rest := p.s.Items; {
	case rest == nil || rest.Always:
		t.Keeps = true
	case rest.Never:
		t.Closed = true
	default:
		t.Rest = &ir.Field{Name: "Rest", Type: &ir.List{Elem: l.typeOf(rest, inner.in("Rest"))}, At: rest.At, Doc: []string{"Further items."}}
		t.Fields = append(t.Fields, t.Rest)
	}
	t.Keeps = t.Keeps || slices.ContainsFunc(t.Fields, func(f *ir.Field) bool { return f.Kept })
	l.nameFields(d, t.Fields)
	return nil
}

// position is the field of item i of a tuple. One that may be missing is
// optional.
func (l *lowerer) position(s *schema.Schema, i int, required bool, at scope) *ir.Field {
	name := "Item" + strconv.Itoa(i+1)
	switch {
	case s.GoName != "":
		name = s.GoName
		l.checkGoName(s)
	case s.Title != "" && len(s.Title) <= 30:
		name = goName(s.Title)
	}
	f := &ir.Field{Name: fieldName(name), At: s.At, Required: required, Type: l.typeOf(s, at.in(name))}
	if !required && !isAbsentable(f.Type) {
		f.Type = &ir.Optional{Elem: f.Type, Nullable: isUntyped(f.Type) && l.accepts(s, null)}
	}
	f.Kept = isLossy(f.Type, 0)
	f.Doc = l.fieldDoc(s, f)
	return f
}

// itemScope names what a list or a map holds after one of it.
func itemScope(at scope) scope {
	last := at[len(at)-1]
	one := singular(last)
	for _, suffix := range []string{"Array", "Object"} { // one of several types
		if base, ok := strings.CutSuffix(last, suffix); ok && base != "" {
			if one = singular(base); one == base {
				one += "Item"
			}
		}
	}
	if one == last { // the list or the map may need its name itself
		one += "Item"
		if len(at) == 1 {
			one = last + "Value"
		}
	}
	if len(at) == 1 {
		return scope{one}
	}
	return at.in(one)
}
