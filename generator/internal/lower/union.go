package lower

import (
	"slices"
	"strings"

	"github.com/hotbind/hotbind/generator/internal/ir"
	"github.com/hotbind/hotbind/generator/internal/schema"
	"github.com/hotbind/hotbind/runtime/document"
)

// union is the type of a schema with oneOf or anyOf: one or many of a type, one
// Go type checked in several ways, or a sealed interface.
func (l *lowerer) union(s *schema.Schema, at scope, given *ir.Decl) ir.Type {
	keyword, branches := "oneOf", s.OneOf
	if len(branches) == 0 {
		keyword, branches = "anyOf", s.AnyOf
	}
	one := keyword == "oneOf"
	if !l.refuseBeside(s, keyword, "type") || !l.oneNull(s, branches, one) {
		return &ir.Any{}
	}
	branches = slices.DeleteFunc(slices.Clone(branches), onlyNull)
	for _, b := range branches {
		if !l.inherit(s, b) {
			return &ir.Any{}
		}
		// Which alternative a value is cannot be said without showing it.
		s.Secret = s.Secret || isSecret(b)
	}
	switch {
	case len(branches) == 0:
		return &ir.Any{Enum: []string{"null"}, Why: "null is the only value"}
	case len(branches) == 1:
		return l.typeOf(branches[0], at)
	}
	if list := l.oneOrMany(branches, at); list != nil {
		return list
	}
	if choice := l.choice(branches, at, one); choice != nil {
		return choice
	}
	return l.sealed(s, keyword, branches, at, given)
}

// oneNull refuses a oneOf in which null would match twice and so never.
func (l *lowerer) oneNull(s *schema.Schema, branches []*schema.Schema, one bool) bool {
	n := 0
	for _, b := range branches {
		if allowsNull(b) {
			n++
		}
	}
	if one && n > 1 {
		l.diags.Errorf(s.Keyword("oneOf"), "unsupported-keyword", "take null out of all but one of them", "null matches %d of the alternatives, of which exactly one must", n)
		return false
	}
	return true
}

// inherit gives a branch the type that the schema around it names, and refuses
// one that names another.
func (l *lowerer) inherit(s, branch *schema.Schema) bool {
	if len(s.Types) == 0 || branch.Node.Kind != document.Object {
		return true
	}
	inner := target(branch)
	if len(inner.Types) == 0 && branch == inner && len(inner.Enum) == 0 && inner.Const == nil {
		branch.Types = slices.DeleteFunc(slices.Clone(s.Types), func(t string) bool { return t == "null" && len(s.Types) > 1 })
		return true
	}
	for _, t := range inner.Types {
		if !slices.Contains(s.Types, t) && !(t == "integer" && slices.Contains(s.Types, "number")) {
			l.diags.Errorf(s.Keyword("type"), "unsupported-keyword", "name the type in the alternatives only",
				"type beside alternatives is supported where they are of that type; this one is of type %s", t)
			return false
		}
	}
	return true
}

// isSecret reports whether s, or what it refers to, must not be shown.
func isSecret(s *schema.Schema) bool {
	for ; s != nil; s = s.Ref {
		if s.Secret || s.WriteOnly || s.Format == "password" {
			return true
		}
	}
	return false
}

// oneOrMany is the list of a schema that takes T or a list of T.
func (l *lowerer) oneOrMany(branches []*schema.Schema, at scope) ir.Type {
	if len(branches) != 2 {
		return nil
	}
	one, many := branches[0], branches[1]
	if isArray(target(one)) {
		one, many = many, one
	}
	if !isArray(target(many)) || isArray(target(one)) || target(many).Items == nil {
		return nil
	}
	if target(one) != target(target(many).Items) && !sameScalar(target(one), target(target(many).Items)) {
		return nil
	}
	if isSecret(one) != isSecret(target(many).Items) || isNullable(target(one)) {
		return nil
	}
	list, ok := bare(l.typeOf(many, at)).(*ir.List)
	if !ok {
		return nil
	}
	list.One = l.typeOf(one, itemScope(at))
	return list
}

func isArray(s *schema.Schema) bool { k := kinds(s); return len(k) == 1 && k[0] == "array" }

// sameScalar reports whether two schemas become the same Go type: one that needs
// no declaration.
func sameScalar(a, b *schema.Schema) bool {
	x, y := kinds(a), kinds(b)
	scalar := func(s *schema.Schema, k []string) bool {
		return len(k) == 1 && slices.Contains([]string{"string", "integer", "number", "boolean"}, k[0]) &&
			len(s.Enum) == 0 && s.Const == nil && len(s.OneOf)+len(s.AnyOf) == 0 && s.GoType == ""
	}
	return scalar(a, x) && scalar(b, y) && x[0] == y[0] && goFormat(a) == goFormat(b) && !isNullable(a) && !isNullable(b)
}

func goFormat(s *schema.Schema) string {
	if slices.Contains(goFormats, s.Format) {
		return s.Format
	}
	return ""
}

// choice is the common Go type of branches that differ in what they allow only.
func (l *lowerer) choice(branches []*schema.Schema, at scope, one bool) ir.Type {
	if !slices.ContainsFunc(branches, func(b *schema.Schema) bool { return len(target(b).Enum) > 0 || target(b).Const != nil }) {
		for _, b := range branches[1:] {
			if !sameScalar(target(branches[0]), target(b)) {
				return nil
			}
		}
	}
	c := &ir.Choice{One: one}
	for _, b := range branches {
		if b.Ref != nil && !l.refuseBeside(b, "$ref") {
			return nil
		}
		t := l.scalarOf(target(b))
		if t == nil || !sameGo(l.scalarOf(target(branches[0])), t) {
			return nil
		}
		c.Branches = append(c.Branches, t)
	}
	return c
}

// scalarOf is the type of a scalar schema without a declaration; an enum counts
// as what it is an enum of. It is nil for everything else.
func (l *lowerer) scalarOf(s *schema.Schema) ir.Type {
	if values := l.allowedValues(s); len(values) > 0 {
		base := commonBase(values)
		if base == "" {
			return nil
		}
		var texts []string
		for _, v := range values {
			texts = append(texts, string(v.AppendJSON(nil)))
		}
		if base == "string" {
			return &ir.Scalar{Go: base, Text: ir.Text{Enum: texts}}
		}
		return &ir.Scalar{Go: base, Enum: texts}
	}
	k := kinds(s)
	if len(k) != 1 || len(s.OneOf)+len(s.AnyOf) > 0 || isNullable(s) {
		return nil
	}
	switch k[0] {
	case "string":
		return l.text(s)
	case "integer":
		return l.integer(s)
	case "number":
		return &ir.Scalar{Go: "float64", Range: rangeOf(s)}
	case "boolean":
		return &ir.Scalar{Go: "bool"}
	}
	return nil
}

func sameGo(a, b ir.Type) bool {
	switch a := a.(type) {
	case *ir.Scalar:
		b, ok := b.(*ir.Scalar)
		return ok && a.Go == b.Go
	case *ir.Formatted:
		b, ok := b.(*ir.Formatted)
		return ok && a.Format == b.Format
	}
	return false
}

// severalTypes is the type of a schema with a list of types: one branch for
// each.
func (l *lowerer) severalTypes(s *schema.Schema, types []string, at scope, given *ir.Decl) ir.Type {
	branches := make([]*schema.Schema, len(types))
	for i, t := range types {
		branch := *s
		branch.Types, branch.DefName, branch.GoName, branch.GoType, branch.Default = []string{t}, "", "", "", nil
		branch.Secret, branch.WriteOnly = false, false // the whole is
		branches[i] = &branch
	}
	return l.sealed(s, "type", branches, at, given)
}

// sealed is an interface with one type per branch.
func (l *lowerer) sealed(s *schema.Schema, keyword string, branches []*schema.Schema, at scope, given *ir.Decl) ir.Type {
	d := given
	if d == nil {
		name := at
		if s.OneName != "" {
			name = append(slices.Clone(at[:len(at)-1]), s.OneName)
		}
		d = l.declare(s, name)
	}
	d.Union = &ir.Union{One: keyword == "oneOf"}
	d.Doc = l.declDoc(s)
	own := l.claims[d].parts
	for i, b := range branches {
		suffix := branchName(branches, i)
		branch := l.branch(b, append(slices.Clone(own[:len(own)-1]), own[len(own)-1]+suffix), keyword, s)
		if branch == nil {
			return nil
		}
		if slices.ContainsFunc(d.Union.Branches, func(other ir.Branch) bool { return other.Decl == branch }) {
			l.diags.Errorf(b.At, "same-branch", "remove one of them", "two alternatives are the same type")
			return nil
		}
		d.Union.Branches = append(d.Union.Branches, ir.Branch{Label: branchLabel(b, suffix), Decl: branch})
		branch.Branches = append(branch.Branches, d)
	}
	l.tag(d.Union, branches)
	return nil
}

// tag finds the property whose only value tells all branches apart.
func (l *lowerer) tag(u *ir.Union, branches []*schema.Schema) {
	for _, p := range target(branches[0]).Properties {
		values := make([]string, 0, len(branches))
		for _, b := range branches {
			for _, q := range target(b).Properties {
				if c := constText(q.Schema); q.Key == p.Key && c != "" && !slices.Contains(values, c) {
					values = append(values, c)
				}
			}
		}
		if len(values) < len(branches) {
			continue
		}
		u.Tag = p.Key
		for i, v := range values {
			u.Branches[i].Tag = v
		}
		return
	}
}

// branch is the declared type of one alternative.
func (l *lowerer) branch(b *schema.Schema, at scope, keyword string, s *schema.Schema) *ir.Decl {
	own := *b // a type of its own, even where the definition is only another name
	if d := l.decls[target(b)]; d != nil && d.Alias == nil && d.Union == nil && !l.open[target(b)] {
		return d
	}
	t := l.typeOf(b, at)
	if secret, ok := t.(*ir.Secret); ok { // the whole is one
		t = secret.Elem
	}
	switch bare := bare(t).(type) {
	case *ir.Ref:
		if bare.Decl.Union == nil && t == ir.Type(bare) {
			return bare.Decl
		}
	case *ir.Scalar, *ir.List, *ir.Map, *ir.Formatted:
		if t != bare {
			break
		}
		if f, ok := bare.(*ir.Formatted); ok { // read as text: the union has the type
			f.Text.Format = f.Format
			t = &ir.Scalar{Go: "string", Text: f.Text}
		}
		d := l.declare(&own, at)
		l.claims[d].defined = false
		l.claims[d].parts = at
		d.Named = t
		d.Doc = l.declDoc(b)
		return d
	}
	l.diags.Errorf(b.At, "unsupported-branch", "give the alternative a type: an object with properties, a list or a scalar",
		"this alternative of %s cannot be told apart from the others by a Go type", keyword)
	return nil
}

// branchName is what tells branch i from the others in the names of types: what
// the schema calls it, the value of a constant property, a property only it
// has, or its type.
func branchName(branches []*schema.Schema, i int) string {
	b := target(branches[i])
	switch {
	case b.GoName != "":
		return b.GoName
	case b.DefName != "":
		return goName(b.DefName)
	}
	for _, p := range b.Properties {
		if c := constText(p.Schema); c != "" {
			return goName(c)
		}
	}
	if b.Title != "" && len(b.Title) <= 30 && uniqueTitle(branches, b.Title) {
		return goName(b.Title)
	}
	for _, key := range append(slices.Clone(b.Required), propertyKeys(b)...) {
		if uniqueKey(branches, i, key) {
			return goName(key)
		}
	}
	if k := kinds(b); len(k) == 1 {
		for j, other := range branches {
			if ok := kinds(target(other)); j != i && len(ok) == 1 && ok[0] == k[0] {
				return goName(k[0]) + string(rune('A'+i%26))
			}
		}
		return goName(k[0])
	}
	return "Branch" + string(rune('A'+i%26))
}

func branchLabel(b *schema.Schema, suffix string) string {
	b = target(b)
	if b.DefName != "" {
		return b.DefName
	}
	if k := kinds(b); len(k) == 1 && k[0] != "object" {
		return map[string]string{"array": "a list", "string": "a string", "integer": "a whole number", "number": "a number", "boolean": "true or false"}[k[0]]
	}
	for _, p := range b.Properties {
		if strings.EqualFold(goName(p.Key), suffix) {
			return p.Key
		}
	}
	return strings.ToLower(suffix)
}

// constText is the only string that s allows.
func constText(s *schema.Schema) string {
	s = target(s)
	if s.Const != nil && s.Const.Kind == document.String {
		return s.Const.Text
	}
	if len(s.Enum) == 1 && s.Enum[0].Kind == document.String {
		return s.Enum[0].Text
	}
	return ""
}

func propertyKeys(s *schema.Schema) []string {
	keys := make([]string, len(s.Properties))
	for i, p := range s.Properties {
		keys[i] = p.Key
	}
	return keys
}

func uniqueTitle(branches []*schema.Schema, title string) bool {
	n := 0
	for _, b := range branches {
		if target(b).Title == title {
			n++
		}
	}
	return n == 1
}

func uniqueKey(branches []*schema.Schema, i int, key string) bool {
	for j, b := range branches {
		if j != i && slices.Contains(propertyKeys(target(b)), key) {
			return false
		}
	}
	return true
}
