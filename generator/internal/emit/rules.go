package emit

import (
	"reflect"

	"github.com/dave/jennifer/jen"
	"github.com/hotbind/hotbind/internal/rules"
)

// rules writes the rules that types do not check, one per line, in the order of their
// numbers.
func (e *emitter) rules(f *jen.File) {
	if len(e.p.Rules) < 2 {
		return
	}
	f.Line()
	doc(f, []string{
		"What the schema requires beyond what Go types check. Rules refer to each other by",
		"number; the first is unused.",
	})
	f.Var().Id("rules").Op("=").Add(genrt("Rules")).CustomFunc(multiline, func(g *jen.Group) {
		for i := range e.p.Rules {
			g.Add(literal(reflect.ValueOf(e.p.Rules[i]), true))
		}
	})
}

// kindNames are the constants of package genrt, combined ones first.
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

// literal returns the code of a value of package rules, from its exported fields. With
// elided it leaves out a type that the list around it implies.
func literal(v reflect.Value, elided bool) *jen.Statement {
	switch v.Kind() {
	case reflect.Pointer:
		if elided {
			return literal(v.Elem(), true)
		}
		return jen.Op("&").Add(literal(v.Elem(), false))
	case reflect.Slice:
		return jen.Index().Add(typeName(v.Type().Elem())).ValuesFunc(func(g *jen.Group) {
			for i := range v.Len() {
				g.Add(literal(v.Index(i), true))
			}
		})
	case reflect.Struct:
		var values fields
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				values.of(f.Name, v.Field(i).Interface())
			}
		}
		if elided {
			return jen.Values(values.list...)
		}
		return typeName(v.Type()).Values(values.list...)
	case reflect.Func: // there is one: the engine of a pattern
		return jen.Qual(genrtPath+"/ecma", "Engine")
	case reflect.String:
		return jen.Add(raw(v.String()))
	}
	if set, ok := v.Interface().(rules.Kinds); ok {
		return jen.Add(kinds(set))
	}
	return jen.Lit(v.Interface())
}

// typeName returns a type as generated code names it.
func typeName(t reflect.Type) *jen.Statement {
	switch {
	case t.Kind() == reflect.Pointer:
		return jen.Op("*").Add(typeName(t.Elem()))
	case t.PkgPath() != "":
		return jen.Add(genrt(t.Name()))
	}
	return jen.Id(t.Name())
}
