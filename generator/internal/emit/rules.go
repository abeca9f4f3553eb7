package emit

import (
	"github.com/dave/jennifer/jen"
	"github.com/hotbind/hotbind/internal/rules"
)

// rules writes the schemas that no type checks, one on a line, in the order of
// their numbers.
func (e *emitter) rules(f *jen.File) {
	if len(e.p.Rules) < 2 {
		return
	}
	f.Line()
	doc(f, []string{
		"What the schema asks beyond what types can check. Rules refer to one another by",
		"their number; the first is never used.",
	})
	f.Var().Id("rules").Op("=").Add(genrt("Rules")).CustomFunc(multiline, func(g *jen.Group) {
		for i := range e.p.Rules {
			g.Add(rule(&e.p.Rules[i]))
		}
	})
}

func rule(r *rules.Rule) jen.Code {
	var values fields
	values.when(r.Never, "Never", jen.True())
	if r.Kinds != 0 {
		values.add("Kinds", kinds(r.Kinds))
	}
	values.texts("Enum", r.Enum)
	if r.Range != nil {
		values.add("Range", jen.Op("&").Add(bounds(*r.Range)))
	}
	if r.Text != nil {
		values.add("Text", jen.Op("&").Add(text(*r.Text)))
	}
	if r.Object != nil {
		values.add("Object", objectRule(r.Object))
	}
	if r.Array != nil {
		values.add("Array", arrayRule(r.Array))
	}
	values.numbers("All", r.All)
	values.numbers("Any", r.Any)
	values.numbers("One", r.One)
	values.number("Not", r.Not)
	values.number("If", r.If)
	values.number("Then", r.Then)
	values.number("Else", r.Else)
	if r.Dynamic != nil {
		values.add("Dynamic", dynamicRule(r.Dynamic))
	}
	values.number("Resource", r.Resource)
	values.when(r.Label != "", "Label", jen.Lit(r.Label))
	values.when(r.Secret, "Secret", jen.True())
	return jen.Values(values.list...)
}

// kindNames are the constants of package genrt, those that hold others first.
var kindNames = []struct {
	kinds rules.Kinds
	name  string
}{
	{rules.KindNull, "KindNull"}, {rules.KindBool, "KindBool"}, {rules.KindNumber, "KindNumber"}, {rules.KindInteger, "KindInteger"},
	{rules.KindFraction, "KindFraction"}, {rules.KindString, "KindString"}, {rules.KindList, "KindList"}, {rules.KindObject, "KindObject"},
}

func kinds(set rules.Kinds) jen.Code {
	sum := jen.Null()
	for i, k := range kindNames {
		if set&k.kinds != k.kinds {
			continue
		}
		if sum.Add(genrt(k.name)); set&^k.kinds != 0 && i < len(kindNames)-1 {
			sum.Op("|")
		}
		set &^= k.kinds
	}
	return sum
}

func objectRule(o *rules.ObjectRule) jen.Code {
	var values fields
	values.when(len(o.Properties) > 0, "Properties", propertyRules(o.Properties))
	values.when(len(o.Patterns) > 0, "Patterns", jen.Index().Add(genrt("PatternRule")).ValuesFunc(func(g *jen.Group) {
		for _, p := range o.Patterns {
			row := new(fields).add("Pattern", pattern(p.Pattern.Source))
			row.number("Rule", p.Rule)
			g.Values(row.list...)
		}
	}))
	values.number("Additional", o.Additional)
	values.number("Names", o.Names)
	values.number("Unevaluated", o.Unevaluated)
	values.count("Length", o.Length)
	values.texts("Required", o.Required)
	values.when(len(o.Needs) > 0, "Needs", needs(o.Needs))
	values.when(len(o.Dependent) > 0, "Dependent", propertyRules(o.Dependent))
	return jen.Op("&").Add(genrt("ObjectRule").Values(values.list...))
}

func propertyRules(list []rules.PropertyRule) jen.Code {
	return jen.Index().Add(genrt("PropertyRule")).ValuesFunc(func(g *jen.Group) {
		for _, p := range list {
			row := new(fields).add("Key", raw(p.Key))
			row.number("Rule", p.Rule)
			g.Values(row.list...)
		}
	})
}

func arrayRule(a *rules.ArrayRule) jen.Code {
	var values fields
	values.numbers("Prefix", a.Prefix)
	values.number("Items", a.Items)
	values.number("Contains", a.Contains)
	values.count("Contained", a.Contained)
	values.when(a.NoneContained, "NoneContained", jen.True())
	values.when(a.ContainsEvaluates, "ContainsEvaluates", jen.True())
	values.number("Unevaluated", a.Unevaluated)
	values.count("Length", a.Length)
	values.when(a.Unique, "Unique", jen.True())
	return jen.Op("&").Add(genrt("ArrayRule").Values(values.list...))
}

func dynamicRule(d *rules.Dynamic) jen.Code {
	var values fields
	values.add("Targets", jen.Index().Add(genrt("DynamicTarget")).ValuesFunc(func(g *jen.Group) {
		for _, t := range d.Targets {
			g.Values(new(fields).add("Resource", jen.Lit(t.Resource)).add("Rule", jen.Lit(t.Rule)).list...)
		}
	}))
	values.number("Rule", d.Rule)
	return jen.Op("&").Add(genrt("Dynamic").Values(values.list...))
}

func (fs *fields) number(key string, n int) { fs.when(n != 0, key, jen.Lit(n)) }

func (fs *fields) numbers(key string, list []int) {
	fs.when(len(list) > 0, key, jen.Index().Int().ValuesFunc(func(g *jen.Group) {
		for _, n := range list {
			g.Lit(n)
		}
	}))
}
