package shape

import (
	"slices"

	"github.com/hotbind/hotbind/internal/rules"
	"github.com/hotbind/hotbind/internal/schema"
)

// list returns a slice, or a tuple if positions have schemas of their own.
func (w *worker) list(v *view, at *Place) Type {
	for _, p := range v.parts {
		if len(p.s.Prefix) > 0 {
			return w.tuple(v, p, at)
		}
	}
	t := &List{Length: v.count("minItems", "maxItems"), Unique: v.unique(), Rule: w.listRule(v.s)}
	items := w.itemsOf(v)
	if len(items) == 0 {
		t.Elem = &Any{Why: "the schema does not describe the items"}
	} else {
		t.Elem = w.typeOf(w.all(items), item(at))
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

// itemsOf returns the schemas that each item must satisfy. If only alternatives
// describe the items, an item satisfies one of them.
func (w *worker) itemsOf(v *view) (items []*schema.Schema) {
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
		if some := w.itemsOfBranches(g.branches); some != nil {
			return []*schema.Schema{w.anyOne(some)}
		}
	}
	return nil
}

func (w *worker) itemsOfBranches(branches []*schema.Schema) (some []*schema.Schema) {
	for _, b := range branches {
		if w.kinds.Kinds(b)&rules.KindList == 0 {
			continue
		}
		items := w.itemsOf(w.view(b))
		if len(items) == 0 {
			return nil
		}
		if all := w.all(items); !slices.Contains(some, all) {
			some = append(some, all)
		}
	}
	return some
}

// tuple returns a struct whose fields are the positions of a list.
func (w *worker) tuple(v *view, p *part, at *Place) Type {
	d := w.declare(v, at)
	t := &Tuple{Length: v.count("minItems", "maxItems"), Unique: v.unique()}
	d.Tuple = t
	for i, s := range p.s.Prefix {
		t.Fields = append(t.Fields, w.position(d, s, i < t.Length.Min))
	}
	p.take("prefixItems", "items", "additionalItems")
	switch rest := p.s.Items; {
	case rest == nil || rest.Always:
		t.Keeps = true
	case rest.Never:
		t.Closed = true
	default:
		t.Rest = &Field{Type: &List{Elem: w.typeOf(rest, &Place{Kind: Rest, In: d})}, At: rest.At}
		t.Fields = append(t.Fields, t.Rest)
	}
	t.Keeps = t.Keeps || slices.ContainsFunc(t.Fields, func(f *Field) bool { return f.Kept })
	return nil
}

// position returns the field of an item of a tuple. One that may be missing is
// optional.
func (w *worker) position(d *Decl, s *schema.Schema, required bool) *Field {
	f := &Field{At: s.At, Schema: s, Said: []*schema.Schema{s}, Required: required}
	f.Type = w.typeOf(s, &Place{Kind: Position, In: d, Field: f})
	if !required && !IsAbsentable(f.Type) {
		f.Type = &Optional{Elem: f.Type, Nullable: isUntyped(f.Type) && w.kinds.Allows(s, null)}
	}
	f.Kept = isLossy(f.Type, 0)
	return f
}
