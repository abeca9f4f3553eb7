package compile

import (
	"cmp"
	"slices"

	"github.com/hotbind/hotbind/internal/format"
	"github.com/hotbind/hotbind/internal/rules"
	"github.com/hotbind/hotbind/internal/schema"
	"github.com/hotbind/hotbind/runtime/document"
)

// build is the rule of s, or of those of its keywords that are left.
func (c *Compiler) build(s *schema.Schema, left map[string]bool) rules.Rule {
	b := builder{Compiler: c, s: s, left: left}
	r := rules.Rule{Never: s.Never, Resource: c.resource(s), Label: c.label(s), Secret: s.IsSecret()}
	if left == nil { // otherwise they are parts of their own
		r.All = c.rulesOf(s.Also())
	}
	if b.has("type") {
		for _, name := range s.Types {
			r.Kinds |= rules.KindsOfType(name)
		}
	}
	if f := b.format(); f != nil && f.Whole {
		r.Kinds = cmp.Or(r.Kinds, rules.AllKinds) &^ rules.KindFraction
	}
	b.values(&r)
	b.scalars(&r)
	b.branches(&r)
	r.Object, r.Array = b.object(), b.array()
	if s.Dynamic != nil && (left == nil || left["$dynamicRef"]) {
		r.Dynamic = &rules.Dynamic{Rule: c.Rule(s.Dynamic.Target)}
		for _, to := range s.Dynamic.Candidates {
			r.Dynamic.Targets = append(r.Dynamic.Targets, rules.DynamicTarget{Resource: to.Resource, Rule: c.Rule(to.Schema)})
		}
	}
	return r
}

// resource is that of s where it matters on which way a schema is reached.
func (c *Compiler) resource(s *schema.Schema) int {
	if !c.dynamic {
		return 0
	}
	return s.Resource
}

// A builder makes one rule.
type builder struct {
	*Compiler
	s    *schema.Schema
	left map[string]bool // nil: all
}

func (b *builder) has(keyword string) bool {
	return b.s.Has(keyword) && (b.left == nil || b.left[keyword])
}

// format is the known format that binds the values; nil: none does.
func (b *builder) format() *format.Format {
	if !b.has("format") {
		return nil
	}
	return format.Named(b.s.Format)
}

func (b *builder) branches(r *rules.Rule) {
	s := b.s
	if b.has("anyOf") {
		r.Any = b.rulesOf(s.AnyOf)
	}
	if b.has("oneOf") {
		r.One = b.rulesOf(s.OneOf)
	}
	if b.has("not") {
		r.Not = b.Rule(s.Not)
	}
	if b.has("if") {
		r.If, r.Then, r.Else = b.Rule(s.If), b.ruleOrNone(s.Then), b.ruleOrNone(s.Else)
	}
}

func (b *builder) values(r *rules.Rule) {
	if b.has("enum") {
		for _, n := range b.s.Enum {
			r.Enum = append(r.Enum, string(n.AppendJSON(nil)))
		}
		r.Never = r.Never || len(b.s.Enum) == 0
	}
	if !b.has("const") {
		return
	}
	text := string(b.s.Const.AppendJSON(nil))
	if len(r.Enum) > 0 { // both: what both allow
		r.All = append(slices.Clone(r.All), b.Add(rules.Rule{Enum: []string{text}}))
		return
	}
	r.Enum = []string{text}
}

func (b *builder) scalars(r *rules.Rule) {
	s := b.s
	var bounds rules.Range
	for _, bound := range []struct {
		keyword, value string
		to             *string
	}{
		{"minimum", s.Minimum, &bounds.Min}, {"maximum", s.Maximum, &bounds.Max}, {"exclusiveMinimum", s.Above, &bounds.Above},
		{"exclusiveMaximum", s.Below, &bounds.Below}, {"multipleOf", s.MultipleOf, &bounds.MultipleOf},
	} {
		if b.has(bound.keyword) {
			*bound.to = bound.value
		}
	}
	f := b.format()
	if f != nil && f.Kind == document.Number {
		bounds.Meet(rules.Range{Min: f.Lowest, Max: f.Highest})
	}
	if bounds != (rules.Range{}) {
		r.Range = &bounds
	}
	text := rules.Text{Length: b.count("minLength", "maxLength", s.MinLength, s.MaxLength)}
	if b.has("pattern") {
		text.Pattern = b.Pattern(s.Pattern)
	}
	if f != nil && f.Kind == document.String && f.Limits() {
		text.Format = s.Format
	}
	if text.Length != (rules.Count{}) || text.Pattern != nil || text.Format != "" {
		r.Text = &text
	}
}

func (b *builder) count(least, most string, lo, hi schema.Count) (c rules.Count) {
	if b.has(least) {
		c.Min = lo.N
	}
	if b.has(most) {
		c.Max, c.Capped = hi.N, hi.Given
	}
	return c
}

// object is what the schema says of objects; nil: nothing.
func (b *builder) object() *rules.ObjectRule {
	s := b.s
	o := &rules.ObjectRule{Length: b.count("minProperties", "maxProperties", s.MinProperties, s.MaxProperties)}
	b.properties(o)
	for _, one := range []struct {
		keyword string
		s       *schema.Schema
		to      *int
	}{
		{"additionalProperties", s.AdditionalProperties, &o.Additional}, {"propertyNames", s.PropertyNames, &o.Names},
		{"unevaluatedProperties", s.UnevaluatedProperties, &o.Unevaluated},
	} {
		if b.has(one.keyword) {
			*one.to = b.Rule(one.s)
		}
	}
	if b.has("required") {
		o.Required = s.Required
	}
	if b.has("dependentRequired") || b.has("dependencies") {
		for _, n := range s.Needs {
			o.Needs = append(o.Needs, rules.Need(n))
		}
	}
	if b.has("dependentSchemas") || b.has("dependencies") {
		for _, p := range s.DependentSchemas {
			o.Dependent = append(o.Dependent, rules.PropertyRule{Key: p.Key, Rule: b.Rule(p.Schema)})
		}
	}
	if o.IsEmpty() {
		return nil
	}
	return o
}

// properties are those that have names or patterns: of those whose values are not
// left the names matter to additionalProperties.
func (b *builder) properties(o *rules.ObjectRule) {
	others := b.has("additionalProperties")
	if named := b.has("properties"); named || others {
		for _, p := range b.s.Properties {
			n := 0
			if named {
				n = b.Rule(p.Schema)
			}
			o.Properties = append(o.Properties, rules.PropertyRule{Key: p.Key, Rule: n})
		}
	}
	if matched := b.has("patternProperties"); matched || others {
		for _, p := range b.s.PatternProperties {
			n := 0
			if matched {
				n = b.Rule(p.Schema)
			}
			o.Patterns = append(o.Patterns, rules.PatternRule{Pattern: b.Pattern(p.Pattern), Rule: n})
		}
	}
}

// array is what the schema says of lists; nil: nothing.
func (b *builder) array() *rules.ArrayRule {
	s := b.s
	a := &rules.ArrayRule{Length: b.count("minItems", "maxItems", s.MinItems, s.MaxItems), Unique: b.has("uniqueItems") && s.UniqueItems}
	if b.has("items") || b.has("prefixItems") || b.has("additionalItems") {
		a.Prefix, a.Items = b.rulesOf(s.Prefix), b.ruleOrNone(s.Items)
	}
	if b.has("contains") {
		a.Contains = b.Rule(s.Contains)
		a.Contained = rules.Count{Min: s.MinContains.N, Max: s.MaxContains.N, Capped: s.MaxContains.Given}
		a.NoneContained = s.MinContains.Given && s.MinContains.N == 0
		a.ContainsEvaluates = s.Draft >= schema.Draft2020
	}
	if b.has("unevaluatedItems") {
		a.Unevaluated = b.Rule(s.UnevaluatedItems)
	}
	if a.IsEmpty() {
		return nil
	}
	return a
}
