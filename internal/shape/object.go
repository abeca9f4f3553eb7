package shape

import (
	"slices"

	"github.com/hotbind/hotbind/internal/rules"
	"github.com/hotbind/hotbind/internal/rules/compile"
	"github.com/hotbind/hotbind/internal/schema"
)

// object returns a map if no property is named, and a struct otherwise.
func (w *worker) object(v *view, at *Place) Type {
	if w.isMap(v) {
		return w.mapOf(v, at)
	}
	d := w.declare(v, at)
	st := &Struct{Loose: w.kindsOfView(v) == rules.AllKinds, Length: v.count("minProperties", "maxProperties"), Keys: w.keys(v)}
	d.Struct = st
	o := &object{worker: w, view: v, decl: d, st: st, exact: v.isExact()}
	o.beside = v.additional()
	if s := o.unevaluated(); s != nil {
		o.beside = append(o.beside, s)
	}
	o.declared()
	o.patterns()
	o.undeclared()
	o.needs()
	st.Keeps = st.Keeps || st.Loose || slices.ContainsFunc(st.Fields, func(f *Field) bool { return f.Kept || f.Loose })
	return nil
}

// isExact reports whether a struct can check all that v requires of properties by name.
// With several parts, patterns of one and the undeclared properties of another may
// apply to the same property.
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

// isMap reports whether v is an object that names no property and whose values all have
// the same schema.
func (w *worker) isMap(v *view) bool {
	if v.has("required", "dependentRequired", "dependentSchemas", "dependencies") || len(w.conditional(v)) > 0 {
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

// patternMap returns the part of v whose patterns all lead to the same schema and that
// allows nothing else, or nil.
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
		if compile.Same(pattern.Schema) != compile.Same(list[0].Schema) {
			return nil
		}
	}
	if a := found.s.AdditionalProperties; a != nil && a.Never || len(list) == 1 && matchesAll(list[0].Pattern) {
		return found
	}
	return nil
}

// matchesAll reports whether a pattern is one of the usual ones for any name.
func matchesAll(pattern string) bool {
	return slices.Contains([]string{"", "^", "$", ".*", "^.*", "^.*$", ".*$", "^(.*)$", "[^]*", "^[\\s\\S]*$"}, pattern)
}

// mapOf returns the map type of v.
func (w *worker) mapOf(v *view, at *Place) Type {
	m := &Map{Length: v.count("minProperties", "maxProperties"), Keys: w.keys(v)}
	var values []*schema.Schema
	if p := patternMap(v); p != nil {
		if !matchesAll(p.s.PatternProperties[0].Pattern) {
			for _, pattern := range p.s.PatternProperties {
				m.Patterns = append(m.Patterns, w.left.Pattern(pattern.Pattern))
			}
		}
		values = append(values, p.s.PatternProperties[0].Schema)
		p.take("patternProperties", "additionalProperties")
	}
	values = append(values, v.additional()...)
	v.takeAll("additionalProperties", "unevaluatedProperties", "properties")
	if len(values) == 0 {
		m.Elem = &Any{Why: "the schema does not describe the values"}
		return m
	}
	m.Elem = w.typeOf(w.all(values), item(at))
	return m
}

// keys returns the rule of propertyNames, if text checks can express it.
func (w *worker) keys(v *view) *rules.Text {
	for _, p := range v.parts {
		if !p.left["propertyNames"] {
			continue
		}
		if p.s.PropertyNames.Always {
			p.take("propertyNames")
			continue
		}
		names := w.narrow(w.view(p.s.PropertyNames), rules.KindString)
		if values, ok := w.finite(names); ok && len(values) > 0 {
			t := &rules.Text{}
			for _, value := range values {
				t.Enum = append(t.Enum, string(value.AppendJSON(nil)))
			}
			p.take("propertyNames")
			return t
		}
		if w.kindsOfView(names) == 0 || names.saysMoreThanText() {
			continue
		}
		names.takeAll("type")
		t := asText(w.text(names)).(*Scalar).Text
		if w.leftRule(names) == 0 {
			p.take("propertyNames")
			return &t
		}
	}
	return nil
}

// saysMoreThanText reports whether a keyword for values of every kind is left, other
// than type.
func (v *view) saysMoreThanText() bool {
	return slices.ContainsFunc(v.parts, func(p *part) bool {
		for keyword := range p.left {
			if keyword != "type" && kindsOfKeyword(keyword) == rules.AllKinds {
				return true
			}
		}
		return false
	})
}

// An object is a future struct.
type object struct {
	*worker
	view   *view
	decl   *Decl
	st     *Struct
	exact  bool
	beside []*schema.Schema
}

// undeclared decides what happens to undeclared properties: they are rejected, go to a
// map, or are kept without a field.
func (o *object) undeclared() {
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
		o.st.Extra = o.entries(schema.Pattern{At: s.At, Schema: s})
	}
}

// additional returns the schemas of undeclared properties that restrict them.
func (v *view) additional() (list []*schema.Schema) {
	for _, p := range v.parts {
		if a := p.s.AdditionalProperties; p.left["additionalProperties"] && a != nil && !a.Always {
			list = append(list, a)
		}
	}
	return list
}

// unevaluated returns the schema under unevaluatedProperties if all evaluated
// properties are known in advance. It returns nil if there is none or a rule has to
// find out.
func (o *object) unevaluated() *schema.Schema {
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

// patterns gives each member of patternProperties a map of its own.
func (o *object) patterns() {
	var all []schema.Pattern
	for _, p := range o.view.parts {
		if o.exact {
			p.take("patternProperties")
		}
		all = append(all, p.s.PatternProperties...)
	}
	secret := len(all) > 1 && slices.ContainsFunc(all, func(p schema.Pattern) bool { return isSecretSomehow(p.Schema) })
	for _, p := range all {
		if p.Schema.Never && !o.exact {
			continue
		}
		f := o.entries(p)
		f.Loose = !o.exact
		if m := f.Type.(*Map); secret { // a name can match several patterns
			m.Elem = markSecret(m.Elem)
		}
		o.st.Patterns = append(o.st.Patterns, PatternField{Pattern: p.Pattern, Field: f})
	}
}

// entries returns a field for properties without a field of their own: those whose
// names match a pattern, or without a pattern all others.
func (o *object) entries(p schema.Pattern) *Field {
	f := &Field{At: p.At, Schema: p.Schema, Entries: true, Pattern: p.Pattern}
	f.Type = &Map{Elem: o.typeOf(p.Schema, &Place{Kind: Entries, In: o.decl, Field: f})}
	o.st.Fields = append(o.st.Fields, f)
	return f
}

// needs takes the properties that others require.
func (o *object) needs() {
	for _, p := range o.view.parts {
		for _, n := range p.s.Needs {
			o.st.Needs = append(o.st.Needs, rules.Need(n))
		}
		p.take("dependentRequired")
		if len(p.s.DependentSchemas) == 0 {
			p.take("dependencies")
		}
	}
}
