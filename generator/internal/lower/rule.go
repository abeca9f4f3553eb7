package lower

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/hotbind/hotbind/generator/internal/ir"
	"github.com/hotbind/hotbind/internal/schema"
	"github.com/hotbind/hotbind/runtime/document"
)

// A ruleSet are the rules of a package. The first is nobody's, so that 0 can mean
// none.
type ruleSet struct {
	numbers map[*schema.Schema]int
	list    []ir.Rule
	always  int
	known   map[string]int // those that are complete, by their text
}

// add is the number of rule; one that is there already is not added again.
func (r *ruleSet) add(rule ir.Rule) int {
	text, err := json.Marshal(rule)
	if n, known := r.known[string(text)]; known && err == nil {
		return n
	}
	r.list = append(r.list, rule)
	n := len(r.list) - 1
	r.known[string(text)] = n
	return n
}

// reserve is a number for a rule that is not complete yet, because it may lead
// back to itself.
func (r *ruleSet) reserve() int {
	r.list = append(r.list, ir.Rule{})
	return len(r.list) - 1
}

// leftRule is the rule for what no type has taken from v; 0: nothing is left.
func (l *lowerer) leftRule(v *view) int {
	if l.dynamic {
		return 0 // the rule of the root says all
	}
	var numbers []int
	k := l.kindsOfView(v)
	for _, p := range v.parts {
		for keyword := range p.left {
			if aboutOthers(keyword, k) || saysNothing(p.s, keyword) {
				p.take(keyword)
			}
		}
		switch {
		case len(p.left) == 0:
		case p.left["unevaluatedProperties"] || p.left["unevaluatedItems"]:
			// What is evaluated, the whole schema says.
			numbers = append(numbers, l.ruleOf(p.s))
		default:
			numbers = append(numbers, l.rules.add(l.build(p.s, p.left)))
		}
	}
	switch len(numbers) {
	case 0:
		return 0
	case 1:
		return numbers[0]
	}
	return l.rules.add(ir.Rule{All: numbers})
}

// ruleOf is the number of the rule that says all that s does.
func (l *lowerer) ruleOf(s *schema.Schema) int {
	if s.Always {
		if l.rules.always == 0 {
			l.rules.always = l.rules.add(ir.Rule{})
		}
		return l.rules.always
	}
	if t := same(s); t != s && t.Resource == s.Resource {
		return l.ruleOf(t)
	}
	if n, known := l.rules.numbers[s]; known {
		return n
	}
	n := l.rules.reserve()
	l.rules.numbers[s] = n
	rule := l.build(s, nil)
	l.rules.list[n] = rule
	return n
}

func (l *lowerer) rulesOf(list []*schema.Schema) (numbers []int) {
	for _, s := range list {
		numbers = append(numbers, l.ruleOf(s))
	}
	return numbers
}

func (l *lowerer) ruleOrNone(s *schema.Schema) int {
	if s == nil {
		return 0
	}
	return l.ruleOf(s)
}

// build is the rule of s, or of those of its keywords that are left.
func (l *lowerer) build(s *schema.Schema, left map[string]bool) ir.Rule {
	b := ruleBuilder{lowerer: l, s: s, left: left}
	r := ir.Rule{Never: s.Never, Resource: l.resource(s), Label: l.ruleLabel(s), Secret: isSecret(s)}
	if left == nil { // otherwise they are parts of their own
		r.All = l.rulesOf(inPlaceAll(s))
	}
	if b.has("type") {
		r.Kinds = append(r.Kinds, s.Types...)
	}
	b.values(&r)
	b.scalars(&r)
	if b.has("anyOf") {
		r.Any = l.rulesOf(s.AnyOf)
	}
	if b.has("oneOf") {
		r.One = l.rulesOf(s.OneOf)
	}
	if b.has("not") {
		r.Not = l.ruleOf(s.Not)
	}
	if b.has("if") {
		r.If, r.Then, r.Else = l.ruleOf(s.If), l.ruleOrNone(s.Then), l.ruleOrNone(s.Else)
	}
	r.Object, r.Array = b.object(), b.array()
	if s.Dynamic != nil && (left == nil || left["$dynamicRef"]) {
		r.Dynamic = &ir.DynamicRule{Rule: l.ruleOf(s.Dynamic.Target)}
		for _, c := range s.Dynamic.Candidates {
			r.Dynamic.Targets = append(r.Dynamic.Targets, ir.DynamicTarget{Resource: c.Resource, Rule: l.ruleOf(c.Schema)})
		}
	}
	return r
}

// resource is that of s where it matters on which way a schema is reached.
func (l *lowerer) resource(s *schema.Schema) int {
	if !l.dynamic {
		return 0
	}
	return s.Resource
}

func (l *lowerer) ruleLabel(s *schema.Schema) string {
	t := same(s)
	switch {
	case t.DefName != "":
		return t.DefName
	case t.Title != "" && len(t.Title) <= 40:
		return oneLine(t.Title)
	}
	if values, ok := l.listed(t); ok && len(values) > 0 {
		return oneLine(listOf(values))
	}
	if k := l.kindsOf(t); k != anyKind && k.isOne() && k != kindObject {
		return k.label()
	}
	return ""
}

// listOf names the first of some values.
func listOf(values []*document.Node) string {
	var texts []string
	for _, n := range values[:min(3, len(values))] {
		texts = append(texts, string(n.AppendJSON(nil)))
	}
	if len(values) > 3 {
		texts = append(texts, "another of its values")
	}
	last := len(texts) - 1
	if last == 0 {
		return texts[0]
	}
	return strings.Join(texts[:last], ", ") + " or " + texts[last]
}

type ruleBuilder struct {
	*lowerer
	s    *schema.Schema
	left map[string]bool // nil: all
}

func (b *ruleBuilder) has(keyword string) bool {
	return b.s.Has(keyword) && (b.left == nil || b.left[keyword])
}

func (b *ruleBuilder) values(r *ir.Rule) {
	if b.has("enum") {
		for _, n := range b.s.Enum {
			r.Enum = append(r.Enum, string(n.AppendJSON(nil)))
		}
		r.Never = r.Never || len(b.s.Enum) == 0
	}
	if b.has("const") {
		text := string(b.s.Const.AppendJSON(nil))
		if len(r.Enum) > 0 { // both: what both allow
			r.All = append(slices.Clone(r.All), b.rules.add(ir.Rule{Enum: []string{text}}))
			return
		}
		r.Enum = []string{text}
	}
}

func (b *ruleBuilder) scalars(r *ir.Rule) {
	s := b.s
	var bounds ir.Range
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
	if bounds != (ir.Range{}) {
		r.Range = &bounds
	}
	var text ir.Text
	text.Length = b.count("minLength", "maxLength", s.MinLength, s.MaxLength)
	if b.has("pattern") && b.checkPattern(s.Keyword("pattern"), s.Pattern) {
		text.Pattern = s.Pattern
	}
	if b.has("format") {
		if isKnownFormat(s.Format) {
			text.Format = s.Format
		} else {
			b.warnUnknownFormat(s)
		}
	}
	if text.Length != (ir.Count{}) || text.Pattern != "" || text.Format != "" {
		r.Text = &text
	}
}

func (b *ruleBuilder) count(least, most string, lo, hi schema.Count) (c ir.Count) {
	if b.has(least) {
		c.Min = lo.N
	}
	if b.has(most) {
		c.Max, c.Capped = hi.N, hi.Given
	}
	return c
}

func (b *ruleBuilder) object() *ir.ObjectRule {
	s := b.s
	o := &ir.ObjectRule{Length: b.count("minProperties", "maxProperties", s.MinProperties, s.MaxProperties)}
	some := o.Length != (ir.Count{})
	named := b.has("properties")
	if named || b.has("additionalProperties") {
		for _, p := range s.Properties {
			n := 0 // its name matters only
			if named {
				n = b.ruleOf(p.Schema)
			}
			o.Properties, some = append(o.Properties, ir.PropertyRule{Key: p.Key, Rule: n}), true
		}
	}
	matched := b.has("patternProperties")
	if matched || b.has("additionalProperties") {
		for _, p := range s.PatternProperties {
			n := 0
			if matched && b.checkPattern(p.At, p.Pattern) {
				n = b.ruleOf(p.Schema)
			}
			o.Patterns, some = append(o.Patterns, ir.PatternRule{Pattern: p.Pattern, Rule: n}), true
		}
	}
	for _, one := range []struct {
		keyword string
		s       *schema.Schema
		to      *int
	}{
		{"additionalProperties", s.AdditionalProperties, &o.Additional}, {"propertyNames", s.PropertyNames, &o.Names},
		{"unevaluatedProperties", s.UnevaluatedProperties, &o.Unevaluated},
	} {
		if b.has(one.keyword) {
			*one.to, some = b.ruleOf(one.s), true
		}
	}
	if b.has("required") {
		o.Required, some = s.Required, some || len(s.Required) > 0
	}
	if b.has("dependentRequired") || b.has("dependencies") {
		for _, n := range s.Needs {
			o.Needs, some = append(o.Needs, ir.Need(n)), true
		}
	}
	if b.has("dependentSchemas") || b.has("dependencies") {
		for _, p := range s.DependentSchemas {
			o.Dependent, some = append(o.Dependent, ir.PropertyRule{Key: p.Key, Rule: b.ruleOf(p.Schema)}), true
		}
	}
	if !some {
		return nil
	}
	return o
}

func (b *ruleBuilder) array() *ir.ArrayRule {
	s := b.s
	a := &ir.ArrayRule{Length: b.count("minItems", "maxItems", s.MinItems, s.MaxItems), Unique: b.has("uniqueItems") && s.UniqueItems}
	some := a.Length != (ir.Count{}) || a.Unique
	if b.has("items") || b.has("prefixItems") || b.has("additionalItems") {
		a.Prefix, a.Items = b.rulesOf(s.Prefix), b.ruleOrNone(s.Items)
		some = some || len(a.Prefix) > 0 || a.Items != 0
	}
	if b.has("contains") {
		a.Contains, some = b.ruleOf(s.Contains), true
		a.Contained = ir.Count{Min: s.MinContains.N, Max: s.MaxContains.N, Capped: s.MaxContains.Given}
		a.NoneContained = s.MinContains.Given && s.MinContains.N == 0
		a.ContainsEvaluates = s.Draft >= schema.Draft2020
	}
	if b.has("unevaluatedItems") {
		a.Unevaluated, some = b.ruleOf(s.UnevaluatedItems), true
	}
	if !some {
		return nil
	}
	return a
}
