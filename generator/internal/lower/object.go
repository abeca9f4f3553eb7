package lower

import (
	"regexp"
	"slices"
	"strings"

	"github.com/hotbind/hotbind/generator/internal/ir"
	"github.com/hotbind/hotbind/internal/schema"
)

// object is a map where no property is named, and a struct otherwise.
func (l *lowerer) object(v *view, at scope, given *ir.Decl) ir.Type {
	if l.isMap(v) {
		return l.mapOf(v, at)
	}
	d := given
	if d == nil {
		d = l.declare(v, at)
	}
	st := &ir.Struct{Loose: l.kindsOfView(v) == anyKind, Length: v.count("minProperties", "maxProperties"), Keys: l.keys(v)}
	d.Struct, d.Doc = st, l.declDoc(v.s)
	o := &objectLowering{lowerer: l, view: v, decl: d, st: st, at: l.innerScope(d, at), exact: v.isExact()}
	o.beside = v.additional()
	if s := o.unevaluated(); s != nil {
		o.beside = append(o.beside, s)
	}
	o.declared()
	o.patterns()
	o.undeclared()
	o.needs()
	st.Keeps = st.Keeps || st.Loose || slices.ContainsFunc(st.Fields, func(f *ir.Field) bool { return f.Kept || f.Loose })
	return nil
}

// innerScope is the scope of what stands inside d.
func (l *lowerer) innerScope(d *ir.Decl, at scope) scope {
	if c := l.claims[d]; c.fixed || c.defined {
		return scope{c.parts[len(c.parts)-1]}
	}
	return at
}

// isExact reports whether a struct can check all that v says of properties by
// name: in several parts, patterns of one and the undeclared properties of
// another can be about the same property.
func (v *view) isExact() bool {
	speaking, patterns := 0, 0
	for _, p := range v.parts {
		if p.left["properties"] || p.left["patternProperties"] || p.left["additionalProperties"] {
			speaking++
		}
		patterns += len(p.s.PatternProperties)
	}
	return speaking < 2 || patterns == 0
}

// isMap reports whether v is an object of which no property is named and whose
// values are all alike.
func (l *lowerer) isMap(v *view) bool {
	if v.has("required", "dependentRequired", "dependentSchemas", "dependencies") || len(l.conditional(v)) > 0 {
		return false
	}
	patterns := 0
	for _, p := range v.parts {
		if len(p.s.Properties) > 0 || p.s.UnevaluatedProperties != nil && !p.s.UnevaluatedProperties.Always {
			return false
		}
		patterns += len(p.s.PatternProperties)
	}
	if patterns == 0 {
		return !slices.ContainsFunc(v.parts, func(p *part) bool { return p.s.AdditionalProperties != nil && p.s.AdditionalProperties.Never })
	}
	return patternMap(v) != nil
}

// patternMap is the part of v whose patterns all lead to the same schema while
// nothing else is allowed; nil: there is none.
func patternMap(v *view) *part {
	var found *part
	for _, p := range v.parts {
		if len(p.s.PatternProperties) == 0 && p.s.AdditionalProperties == nil {
			continue
		}
		if found != nil || len(p.s.PatternProperties) == 0 {
			return nil
		}
		found = p
	}
	if found == nil {
		return nil
	}
	list := found.s.PatternProperties
	for _, pattern := range list {
		if same(pattern.Schema) != same(list[0].Schema) {
			return nil
		}
	}
	if a := found.s.AdditionalProperties; a != nil && a.Never || len(list) == 1 && matchesAll(list[0].Pattern) {
		return found
	}
	return nil
}

// matchesAll reports whether a pattern is one of the usual ways to say any name.
func matchesAll(pattern string) bool {
	return slices.Contains([]string{"", "^", "$", ".*", "^.*", "^.*$", ".*$", "^(.*)$", "[^]*", "^[\\s\\S]*$"}, pattern)
}

// mapOf is the map that v is.
func (l *lowerer) mapOf(v *view, at scope) ir.Type {
	m := &ir.Map{Length: v.count("minProperties", "maxProperties"), Keys: l.keys(v)}
	var values []*schema.Schema
	if p := patternMap(v); p != nil {
		if !matchesAll(p.s.PatternProperties[0].Pattern) {
			for _, pattern := range p.s.PatternProperties {
				l.checkPattern(pattern.At, pattern.Pattern)
				m.Patterns = append(m.Patterns, pattern.Pattern)
			}
		}
		values = append(values, p.s.PatternProperties[0].Schema)
		p.take("patternProperties", "additionalProperties")
	}
	for _, p := range v.parts {
		if a := p.s.AdditionalProperties; p.left["additionalProperties"] && a != nil && !a.Always {
			values = append(values, a)
		}
	}
	v.takeAll("additionalProperties", "unevaluatedProperties", "properties")
	if len(values) == 0 {
		m.Elem = &ir.Any{Why: "the schema says nothing of the values"}
		return m
	}
	m.Elem = l.typeOf(l.all(values), itemScope(at))
	return m
}

// keys is what propertyNames asks of the keys, if a text can say it.
func (l *lowerer) keys(v *view) *ir.Text {
	for _, p := range v.parts {
		if !p.left["propertyNames"] {
			continue
		}
		if p.s.PropertyNames.Always {
			p.take("propertyNames")
			continue
		}
		names := l.narrow(l.view(p.s.PropertyNames), kindString)
		if values, ok := l.finite(names); ok && len(values) > 0 {
			t := &ir.Text{}
			for _, value := range values {
				t.Enum = append(t.Enum, string(value.AppendJSON(nil)))
			}
			p.take("propertyNames")
			return t
		}
		if l.kindsOfView(names) == 0 || names.has("oneOf", "anyOf", "not", "if", "enum", "const", "false") {
			continue
		}
		names.takeAll("type")
		t := textOf(l.text(names))
		if l.leftRule(names) == 0 {
			p.take("propertyNames")
			return &t
		}
	}
	return nil
}

// textOf is what a type asks of a string, its format being checked as text.
func textOf(t ir.Type) ir.Text {
	switch t := t.(type) {
	case *ir.Formatted:
		text := t.Text
		text.Format = t.Format
		return text
	case *ir.Scalar:
		return t.Text
	}
	return ir.Text{}
}

// An objectLowering is a struct in the making.
type objectLowering struct {
	*lowerer
	view   *view
	decl   *ir.Decl
	st     *ir.Struct
	at     scope
	exact  bool
	beside []*schema.Schema
}

// undeclared decides what becomes of properties that nothing declares: refused,
// given a map, or kept without a field.
func (o *objectLowering) undeclared() {
	v := o.view
	if !o.exact {
		o.st.Keeps = true
		return
	}
	beside := o.beside
	v.takeAll("additionalProperties")
	switch {
	case slices.ContainsFunc(beside, func(s *schema.Schema) bool { return s.Never }):
		o.st.Closed = true
	case len(beside) == 0:
		o.st.Keeps = true
	default:
		s := o.all(beside)
		o.st.Extra = o.entries("Extra", s, schema.Pattern{At: s.At, Schema: s}, "Properties that are not declared.")
	}
}

// additional are the schemas of undeclared properties that say something.
func (v *view) additional() (list []*schema.Schema) {
	for _, p := range v.parts {
		if a := p.s.AdditionalProperties; p.left["additionalProperties"] && a != nil && !a.Always {
			list = append(list, a)
		}
	}
	return list
}

// unevaluated is the schema under unevaluatedProperties, where all properties that
// others evaluate are known: nil where there is none or a rule has to find out.
func (o *objectLowering) unevaluated() *schema.Schema {
	v := o.view
	if !o.exact {
		return nil
	}
	var of *part
	for _, p := range v.parts {
		if p.left["unevaluatedProperties"] {
			if p.s != v.s || of != nil {
				return nil
			}
			of = p
		}
		if p.s.Dynamic != nil || len(p.s.OneOf)+len(p.s.AnyOf)+len(p.s.DependentSchemas) > 0 || p.s.If != nil {
			return nil
		}
	}
	if of == nil {
		return nil
	}
	of.take("unevaluatedProperties")
	if slices.ContainsFunc(v.parts, func(p *part) bool { return p.s.AdditionalProperties != nil }) || of.s.UnevaluatedProperties.Always {
		return nil // everything is evaluated
	}
	return of.s.UnevaluatedProperties
}

// patterns gives each of patternProperties a map of its own.
func (o *objectLowering) patterns() {
	var all []schema.Pattern
	for _, p := range o.view.parts {
		if o.exact {
			p.take("patternProperties")
		}
		all = append(all, p.s.PatternProperties...)
	}
	secret := len(all) > 1 && slices.ContainsFunc(all, func(p schema.Pattern) bool { return isSecretSomehow(p.Schema) })
	for _, p := range all {
		if !o.checkPattern(p.At, p.Pattern) || p.Schema.Never && !o.exact {
			continue
		}
		name := p.Schema.GoName
		if name == "" {
			name = "Matching"
			if len(all) > 1 {
				name += patternName(p.Pattern)
			}
		}
		f := o.entries(name, p.Schema, p, "Properties whose names match "+oneLine(p.Pattern)+".")
		f.Loose = !o.exact
		if m := f.Type.(*ir.Map); secret { // a name can match several patterns
			m.Elem = markSecret(m.Elem)
		}
		o.st.Patterns = append(o.st.Patterns, ir.PatternField{Pattern: p.Pattern, Field: f})
	}
}

// patternName is what is left of a pattern when its signs are left out.
func patternName(pattern string) string {
	name := goName(regexp.MustCompile(`\\[dDwWsSbB]|\[[^\]]*\]|[^A-Za-z0-9]+`).ReplaceAllString(pattern, " "))
	if name == "Empty" || len(name) > 24 {
		return ""
	}
	return name
}

// entries is a field that takes properties which no field stands for.
func (o *objectLowering) entries(name string, s *schema.Schema, p schema.Pattern, what string) *ir.Field {
	inner := slices.Clone(o.at)
	if inner[len(inner)-1] += "Value"; p.Pattern != "" {
		inner[len(inner)-1] = o.at[len(o.at)-1] + strings.Replace(name, "Matching", "Match", 1)
	}
	f := &ir.Field{Name: fieldName(name), At: p.At, Type: &ir.Map{Elem: o.typeOf(s, inner)}, Entries: true}
	if f.Doc = o.fieldDoc(s, f); len(f.Doc) > 0 {
		f.Doc = append(f.Doc, "")
	}
	f.Doc = append(f.Doc, what)
	o.st.Fields = append(o.st.Fields, f)
	o.nameFields(o.decl, o.st.Fields)
	return f
}

// needs takes the properties that others require.
func (o *objectLowering) needs() {
	for _, p := range o.view.parts {
		for _, n := range p.s.Needs {
			o.st.Needs = append(o.st.Needs, ir.Need(n))
		}
		p.take("dependentRequired")
		if len(p.s.DependentSchemas) == 0 {
			p.take("dependencies")
		}
	}
}
