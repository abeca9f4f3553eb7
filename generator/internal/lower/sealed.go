package lower

import (
	"slices"
	"strings"

	"github.com/hotbind/hotbind/generator/internal/ir"
	"github.com/hotbind/hotbind/internal/schema"
	"github.com/hotbind/hotbind/runtime/document"
)

// sealed is an interface with one type per alternative. It is nil where v became
// a declaration.
func (l *lowerer) sealed(v *view, list []alternative, one bool, at scope, given *ir.Decl) ir.Type {
	if len(list) == 1 {
		return l.altType(list[0], at)
	}
	d := given
	if d == nil {
		name := at
		if v.s.OneName != "" {
			if !isExported(v.s.OneName) {
				l.diags.Errorf(v.s.Keyword("x-one-of-name"), "bad-go-name", "a name begins with a capital letter and has letters, digits and underscores",
					"%q is no exported Go name", v.s.OneName)
			}
			name = append(slices.Clone(at[:len(at)-1]), v.s.OneName)
		}
		d = l.declare(v, name)
	}
	d.Union = &ir.Union{One: one && !l.dynamic}
	d.Doc = l.declDoc(v.s)
	own := l.claims[d].parts
	for i, a := range list {
		suffix := l.branchName(list, i)
		for _, branch := range l.branch(a, append(slices.Clone(own[:len(own)-1]), own[len(own)-1]+suffix)) {
			if slices.ContainsFunc(d.Union.Branches, func(other ir.Branch) bool { return other.Decl == branch }) {
				continue
			}
			d.Union.Branches = append(d.Union.Branches, ir.Branch{Label: l.branchLabel(a, suffix), Decl: branch})
			branch.Branches = append(branch.Branches, d)
		}
	}
	l.tag(d.Union, list)
	return nil
}

// tag finds the property whose only value tells all branches apart.
func (l *lowerer) tag(u *ir.Union, list []alternative) {
	schemas := make([]*schema.Schema, len(list))
	for i, a := range list {
		if schemas[i] = a.s; a.kind != kindObject || l.kindsOf(a.s) == anyKind {
			return
		}
	}
	var values []string
	if len(u.Branches) != len(list) {
		return
	}
	if u.Tag = l.tagOf(schemas, &values); u.Tag == "" {
		return
	}
	for i, text := range values {
		u.Branches[i].Tag = text
	}
}

// branch is the declared type of one alternative: several, where it is an
// interface itself.
func (l *lowerer) branch(a alternative, at scope) []*ir.Decl {
	t := l.altType(a, at)
	if secret, ok := t.(*ir.Secret); ok { // the whole is one
		t = secret.Elem
	}
	if ref, ok := t.(*ir.Ref); ok {
		if ref.Decl.Union == nil {
			return []*ir.Decl{ref.Decl}
		}
		var all []*ir.Decl
		for _, b := range ref.Decl.Union.Branches {
			all = append(all, b.Decl)
		}
		return all
	}
	var rule int
	t, rule = unchecked(t)
	switch other := t.(type) {
	case *ir.Custom:
		l.diags.Errorf(a.s.At, "not-in-alternatives", "say it of the property as a whole", "x-go-type cannot be said of one of several alternatives, which get types of their own")
		return nil
	case *ir.Any:
		if other.Never {
			return nil
		}
		t, rule = untypedOf(a.kind), l.both(rule, other)
	}
	if f, ok := t.(*ir.Formatted); ok { // read as text: the union has the type
		f.Text.Format = f.Format
		t = &ir.Scalar{Go: "string", Text: f.Text}
	}
	d := l.newDecl(a.s, at, false)
	d.Named, d.Rule = t, rule
	d.Doc = l.declDoc(a.s)
	return []*ir.Decl{d}
}

// untypedOf is a type for values of kind k of which no more is known: any could
// have no methods.
func untypedOf(k kinds) ir.Type {
	untyped := &ir.Any{Why: "the schema says nothing more of it"}
	switch k {
	case kindList:
		return &ir.List{Elem: untyped}
	case kindObject:
		return &ir.Map{Elem: untyped}
	case kindString:
		return &ir.Scalar{Go: "string"}
	case kindBool:
		return &ir.Scalar{Go: "bool"}
	}
	return &ir.Scalar{Go: "float64"}
}

// both is a rule that also says which values an any may have.
func (l *lowerer) both(rule int, a *ir.Any) int {
	if len(a.Enum) == 0 {
		return rule
	}
	values := l.rules.add(ir.Rule{Enum: a.Enum})
	if rule == 0 {
		return values
	}
	return l.rules.add(ir.Rule{All: []int{rule, values}})
}

// branchName is what tells alternative i from the others in the names of types:
// what the schema calls it, the value of a constant property, a property only it
// has, or its type.
func (l *lowerer) branchName(list []alternative, i int) string {
	a := list[i]
	b := same(a.s)
	whole := !slices.ContainsFunc(list, func(other alternative) bool { return other.s == a.s && other.kind != a.kind })
	switch {
	case whole && b.GoName != "":
		return b.GoName
	case whole && b.DefName != "":
		return goName(b.DefName)
	case countKind(list, a.kind) == 1:
		return goName(a.kind.name())
	}
	declared := l.declaredInOrder(b)
	for _, key := range declared {
		if values := l.valuesOf(b, key); len(values) == 1 && values[0].Kind == document.String && values[0].Text != "" {
			return goName(values[0].Text)
		}
	}
	if b.Title != "" && len(b.Title) <= 30 && uniqueTitle(list, b.Title) {
		return goName(b.Title)
	}
	for _, key := range append(l.requiredBy(b), declared...) {
		if l.uniqueKey(list, i, key) {
			return goName(key)
		}
	}
	return goName(a.kind.name()) + ordinal(i)
}

func countKind(list []alternative, k kinds) (n int) {
	for _, a := range list {
		if a.kind == k {
			n++
		}
	}
	return n
}

// ordinal is a letter, or several, for position i.
func ordinal(i int) string {
	if i < 26 {
		return string(rune('A' + i))
	}
	return ordinal(i/26-1) + ordinal(i%26)
}

func (l *lowerer) declaredInOrder(s *schema.Schema) (keys []string) {
	for _, p := range l.view(s).parts {
		for _, own := range p.s.Properties {
			keys = append(keys, own.Key)
		}
	}
	return keys
}

func (l *lowerer) branchLabel(a alternative, suffix string) string {
	if a.kind != kindObject {
		return a.kind.label()
	}
	b := same(a.s)
	if b.DefName != "" {
		return b.DefName
	}
	for _, key := range l.declaredInOrder(b) {
		if strings.EqualFold(goName(key), suffix) {
			return key
		}
	}
	return strings.ToLower(suffix)
}

func uniqueTitle(list []alternative, title string) bool {
	n := 0
	for _, a := range list {
		if same(a.s).Title == title {
			n++
		}
	}
	return n == 1
}

func (l *lowerer) uniqueKey(list []alternative, i int, key string) bool {
	for j, a := range list {
		if j != i && l.declaredBy(same(a.s))[key] {
			return false
		}
	}
	return true
}
