package shape

import (
	"slices"
	"strings"

	"github.com/hotbind/hotbind/internal/rules"
	"github.com/hotbind/hotbind/internal/rules/compile"
	"github.com/hotbind/hotbind/internal/schema"
	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
)

// sealed returns an interface with one type per alternative, or nil if v became a
// declaration.
func (w *worker) sealed(v *view, list []alternative, one bool, at *Place) Type {
	if len(list) == 1 {
		return w.altType(list[0], at)
	}
	if v.s.OneName != "" {
		at = &Place{Kind: AsNamed, Up: at, Schema: v.s}
	}
	d := w.declare(v, at)
	d.Union = &Union{One: one && !w.dynamic}
	for i, a := range list {
		name := w.branchName(list, i)
		for _, branch := range w.branch(a, &Place{Kind: AsBranch, In: d, Name: name}) {
			if slices.ContainsFunc(d.Union.Branches, func(other Branch) bool { return other.Decl == branch }) {
				continue
			}
			d.Union.Branches = append(d.Union.Branches, Branch{Label: w.branchLabel(a, name), Decl: branch})
			branch.Unions = append(branch.Unions, d)
		}
	}
	w.tag(d.Union, list)
	return nil
}

// tag finds the property whose single value distinguishes all branches.
func (w *worker) tag(u *Union, list []alternative) {
	schemas := make([]*schema.Schema, len(list))
	for i, a := range list {
		if schemas[i] = a.s; a.kind != rules.KindObject {
			return
		}
	}
	if len(u.Branches) != len(list) {
		return
	}
	key, texts := w.tagOf(schemas, true)
	for i, text := range texts {
		u.Tag, u.Branches[i].Tag = key, text
	}
}

// branch returns the declared type of one alternative, or several if it is an interface
// itself.
func (w *worker) branch(a alternative, at *Place) []*Decl {
	t := w.altType(a, at)
	if secret, ok := t.(*Secret); ok { // the whole union is one
		t = secret.Elem
	}
	if ref, ok := t.(*Ref); ok {
		if ref.Decl.Union == nil {
			return []*Decl{ref.Decl}
		}
		var all []*Decl
		for _, b := range ref.Decl.Union.Branches {
			all = append(all, b.Decl)
		}
		return all
	}
	var rule int
	t, rule = Unchecked(t)
	switch other := t.(type) {
	case *Custom:
		w.Errorf(a.s.At, "not-in-alternatives", "put it beside the alternatives", "x-go-type is not allowed in an alternative, which gets a type of its own")
		return nil
	case *Any:
		if other.Never {
			return nil
		}
		if t = untypedOf(a.kind); len(other.Enum) > 0 {
			rule = w.left.All(rule, w.left.Add(rules.Rule{Enum: other.Enum}))
		}
	}
	d := w.newDecl(a.s, at, false)
	d.Named, d.Rule = asText(t), rule // the union has the type
	return []*Decl{d}
}

// untypedOf returns a type for values of kind k without further description: any could
// have no methods.
func untypedOf(k rules.Kinds) Type {
	untyped := &Any{Why: "the schema does not describe its content"}
	switch k {
	case rules.KindList:
		return &List{Elem: untyped}
	case rules.KindObject:
		return &Map{Elem: untyped}
	case rules.KindString:
		return &Scalar{Go: "string"}
	case rules.KindBool:
		return &Scalar{Go: "bool"}
	}
	return &Scalar{Go: "float64"}
}

// branchName returns what distinguishes alternative i in the names of types: the
// schema's name for it, the value of a constant property, a property that only it has,
// or its type.
func (w *worker) branchName(list []alternative, i int) string {
	a := list[i]
	b := compile.Same(a.s)
	// isOnly reports whether no other alternative satisfies is.
	isOnly := func(is func(alternative) bool) bool {
		return !slices.ContainsFunc(slices.Concat(list[:i], list[i+1:]), is)
	}
	whole := isOnly(func(other alternative) bool { return other.s == a.s && other.kind != a.kind })
	switch {
	case whole && b.GoName != "":
		return b.GoName
	case whole && b.DefName != "":
		return b.DefName
	case isOnly(func(other alternative) bool { return other.kind == a.kind }):
		return typeName(a.kind)
	}
	declared := w.view(b).declared()
	for _, key := range declared {
		if values := w.valuesOf(b, key); len(values) == 1 && values[0].Kind() == document.String && values[0].Text() != "" {
			return values[0].Text()
		}
	}
	if b.Title != "" && len(b.Title) <= 30 && isOnly(func(other alternative) bool { return compile.Same(other.s).Title == b.Title }) {
		return b.Title
	}
	all := make([]*schema.Schema, len(list))
	for i, a := range list {
		all[i] = compile.Same(a.s)
	}
	keys := w.declaredBy(all)
	for _, key := range append(w.requiredBy(b), declared...) {
		if isOwn(key, i, keys) {
			return key
		}
	}
	return typeName(a.kind) + ordinal(i)
}

// typeName returns the JSON Schema type of values of one class.
func typeName(k rules.Kinds) string {
	for _, name := range []string{"integer", "boolean", "number", "string", "array", "object"} {
		if k&^rules.KindsOfType(name) == 0 {
			return name
		}
	}
	return "null"
}

// branchLabel returns the name of an alternative in messages.
func (w *worker) branchLabel(a alternative, name string) string {
	b := compile.Same(a.s)
	switch {
	case a.kind != rules.KindObject:
		return a.kind.String()
	case b.DefName != "":
		return b.DefName
	case !strings.HasPrefix(name, typeName(a.kind)):
		return name
	}
	if keys := w.view(b).declared(); len(keys) > 0 {
		return "an object with " + wording.Or(keys[:min(2, len(keys))])
	}
	return "an object"
}

// ordinal returns a letter, or several, for position i.
func ordinal(i int) string {
	if i < 26 {
		return string(rune('A' + i))
	}
	return ordinal(i/26-1) + ordinal(i%26)
}
