package compile

import (
	"cmp"
	"slices"

	"github.com/hotbind/hotbind/internal/format"
	"github.com/hotbind/hotbind/internal/rules"
	"github.com/hotbind/hotbind/internal/schema"
	"github.com/hotbind/hotbind/runtime/document"
)

// build returns the rule of s, restricted to the keywords in left unless that is nil.
func (c *Compiler) build(s *schema.Schema, left map[string]bool) rules.Rule {
	b := builder{Compiler: c, s: s, left: left}
	r := rules.Rule{Never: s.Never, Label: c.label(s), Secret: s.IsSecret()}
	if c.dynamic { // the way to a schema matters
		r.Resource = s.Resource
	}
	if left == nil { // otherwise they are parts of their own
		r.All = c.rulesOf(s.Also())
	}
	if b.has("type") {
		r.Kinds = rules.KindsOfType(s.Types...)
	}
	var f format.Format // the format of the string
	if known := format.Named(s.Format); known != nil && b.has("format") {
		f = *known
	}
	if f.Whole {
		r.Kinds = cmp.Or(r.Kinds, rules.AllKinds) &^ rules.KindFraction
	}
	b.values(&r)
	b.scalars(&r, f)
	r.Any, r.One, r.Not = b.list("anyOf", s.AnyOf), b.list("oneOf", s.OneOf), b.rule("not", s.Not)
	r.If, r.Then, r.Else = b.rule("if", s.If), b.rule("if", s.Then), b.rule("if", s.Else)
	r.Object, r.Array = b.object(), b.array()
	if s.Dynamic != nil && (left == nil || left["$dynamicRef"]) {
		r.Dynamic = &rules.Dynamic{Rule: c.Rule(s.Dynamic.Target)}
		for _, to := range s.Dynamic.Candidates {
			r.Dynamic.Targets = append(r.Dynamic.Targets, rules.DynamicTarget{Resource: to.Resource, Rule: c.Rule(to.Schema)})
		}
	}
	return r
}

// A builder builds one rule.
type builder struct {
	*Compiler
	s    *schema.Schema
	left map[string]bool // nil: all
}

// has reports whether one of the keywords is present and left.
func (b *builder) has(keywords ...string) bool {
	return slices.ContainsFunc(keywords, func(keyword string) bool { return b.s.Has(keyword) && (b.left == nil || b.left[keyword]) })
}

// rule returns the rule of a schema under a keyword, or 0 if it is absent or not left.
func (b *builder) rule(keyword string, s *schema.Schema) int {
	if s == nil || !b.has(keyword) {
		return 0
	}
	return b.Rule(s)
}

// list returns the rules of a list of schemas.
func (b *builder) list(keyword string, list []*schema.Schema) []int {
	if !b.has(keyword) {
		return nil
	}
	return b.rulesOf(list)
}

// text returns the value of a keyword that is present and left, or "".
func (b *builder) text(keyword, value string) string {
	if !b.has(keyword) {
		return ""
	}
	return value
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
	if len(r.Enum) > 0 { // both keywords: keep what both allow
		r.All = append(slices.Clone(r.All), b.Add(rules.Rule{Enum: []string{text}}))
		return
	}
	r.Enum = []string{text}
}

func (b *builder) scalars(r *rules.Rule, f format.Format) {
	s := b.s
	bounds := rules.Range{
		Min: b.text("minimum", s.Minimum), Max: b.text("maximum", s.Maximum), Above: b.text("exclusiveMinimum", s.Above),
		Below: b.text("exclusiveMaximum", s.Below), MultipleOf: b.text("multipleOf", s.MultipleOf),
	}
	text := rules.Text{Length: b.count("minLength", "maxLength", s.MinLength, s.MaxLength)}
	if b.has("pattern") {
		text.Pattern = b.Pattern(s.Pattern)
	}
	switch {
	case f.Kind == document.Number:
		bounds.Meet(rules.Range{Min: f.Lowest, Max: f.Highest})
	case f.Kind == document.String && f.Limits():
		text.Format = s.Format
	}
	if bounds != (rules.Range{}) {
		r.Range = &bounds
	}
	if text.Length != (rules.Count{}) || text.Pattern != nil || text.Format != "" {
		r.Text = &text
	}
}

// object returns the rule for objects, or nil if there is none.
func (b *builder) object() *rules.ObjectRule {
	s := b.s
	o := &rules.ObjectRule{Length: b.count("minProperties", "maxProperties", s.MinProperties, s.MaxProperties)}
	// The names of properties and patterns matter to other keywords even if they are
	// not left.
	others := b.has("additionalProperties")
	if others || b.has("properties") {
		for _, p := range s.Properties {
			o.Properties = append(o.Properties, rules.PropertyRule{Key: p.Key, Rule: b.rule("properties", p.Schema)})
		}
	}
	if others || b.has("patternProperties") {
		for _, p := range s.PatternProperties {
			o.Patterns = append(o.Patterns, rules.PatternRule{Pattern: b.Pattern(p.Pattern), Rule: b.rule("patternProperties", p.Schema)})
		}
	}
	o.Additional, o.Names = b.rule("additionalProperties", s.AdditionalProperties), b.rule("propertyNames", s.PropertyNames)
	o.Unevaluated = b.rule("unevaluatedProperties", s.UnevaluatedProperties)
	if b.has("required") {
		o.Required = s.Required
	}
	if b.has("dependentRequired", "dependencies") {
		for _, n := range s.Needs {
			o.Needs = append(o.Needs, rules.Need(n))
		}
	}
	if b.has("dependentSchemas", "dependencies") {
		for _, p := range s.DependentSchemas {
			o.Dependent = append(o.Dependent, rules.PropertyRule{Key: p.Key, Rule: b.Rule(p.Schema)})
		}
	}
	if o.IsEmpty() {
		return nil
	}
	return o
}

// array returns the rule for lists, or nil if there is none.
func (b *builder) array() *rules.ArrayRule {
	s := b.s
	a := &rules.ArrayRule{Length: b.count("minItems", "maxItems", s.MinItems, s.MaxItems), Unique: b.has("uniqueItems") && s.UniqueItems}
	if b.has("items", "prefixItems", "additionalItems") {
		a.Prefix = b.rulesOf(s.Prefix)
		if s.Items != nil {
			a.Items = b.Rule(s.Items)
		}
	}
	if a.Contains = b.rule("contains", s.Contains); a.Contains != 0 {
		a.Contained = rules.Count{Min: s.MinContains.N, Max: s.MaxContains.N, Capped: s.MaxContains.Given}
		a.NoneContained = s.MinContains.Given && s.MinContains.N == 0
		a.ContainsEvaluates = s.Draft >= schema.Draft2020
	}
	a.Unevaluated = b.rule("unevaluatedItems", s.UnevaluatedItems)
	if a.IsEmpty() {
		return nil
	}
	return a
}
