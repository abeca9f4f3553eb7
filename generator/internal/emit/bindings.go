package emit

import (
	"github.com/dave/jennifer/jen"

	"github.com/hotbind/hotbind/generator/internal/ir"
	"github.com/hotbind/hotbind/internal/shape"
)

func (e *emitter) bindings(f *jen.File) {
	e.doors(f)
	e.live(f)
	bound := e.p.Bound()
	if len(bound)+len(e.p.Entries) > 0 {
		// An alias, so that the embedded field has no name that a property could want.
		f.Comment("// binding gives the binding types OnChange, Prepare and Get.")
		f.Type().Id("binding").Types(jen.Id("T").Any()).Op("=").Add(genrt("Binding").Types(jen.Id("T")))
	}
	for _, d := range bound {
		e.binding(f, d)
	}
	for _, entries := range e.p.Entries {
		e.entries(f, entries)
	}
}

// doors are the functions about a configuration that is followed.
func (e *emitter) doors(f *jen.File) {
	doc(f, []string{
		"Open reads the sources set by [rt.From] and follows them until [Live.Close]. The",
		"context limits the start only. Errors are those of [Load].",
	})
	f.Func().Id("Open").Params(jen.Id("ctx").Qual("context", "Context"), jen.Id("opts").Op("...").Add(rt("Option"))).
		Params(jen.Op("*").Id("Live"), jen.Error()).Block(
		jen.Id("l").Op(":=").New(jen.Id("Live")),
		jen.If(jen.Err().Op(":=").Qual(livePath, "Open").Call(jen.Id("ctx"), jen.Op("&").Id("l").Dot("live"), jen.Op("&").Id("program"), jen.Id("opts")), jen.Err().Op("!=").Nil()).
			Block(jen.Return(jen.Nil(), jen.Err())),
		jen.Return(jen.Id("l"), jen.Nil()),
	)

	bound := func() *jen.Statement { return jen.Id("b").Add(genrt("Bound")).Types(jen.Id("T")) }
	doc(f, []string{"ChangeIn returns the change of b that d holds, and reports whether there is one."})
	f.Func().Id("ChangeIn").Types(jen.Id("T").Any()).Params(jen.Id("d").Op("*").Id("Diff"), bound()).
		Params(rt("Change").Types(jen.Id("T")), jen.Bool()).Block(jen.Return(genrt("ChangeIn").Call(jen.Id("d"), jen.Id("b"))))

	doc(f, []string{
		"Set returns an edit for [rt.Manager.Update] that sets the value of b. A nil list or",
		"map becomes an empty one. An item of a list cannot be set alone.",
	})
	f.Func().Id("Set").Types(jen.Id("T").Any()).Params(bound(), jen.Id("v").Id("T")).
		Add(rt("Edit")).Block(jen.Return(genrt("Set").Call(jen.Id("b"), jen.Id("v"))))

	doc(f, []string{
		"Unset returns an edit for [rt.Manager.Update] that removes what was set for b and",
		"below it, so that the sources apply again.",
	})
	f.Func().Id("Unset").Types(jen.Id("T").Any()).Params(bound()).
		Add(rt("Edit")).Block(jen.Return(genrt("Unset").Call(jen.Id("b"))))
}

// live is the live configuration: what it can do itself, and the bindings of the
// root.
func (e *emitter) live(f *jen.File) {
	root := e.p.Root
	receiver := func() *jen.Statement { return jen.Id("l").Op("*").Id("Live") }
	inner := func() *jen.Statement { return jen.Id("l").Dot("live") }
	doc(f, []string{
		"Live is a configuration that follows its sources. Current, OnChange, Prepare,",
		"AddValidator, Manager and Close concern the whole; every other method returns the",
		"binding of a field, which registers hooks for it. All methods are safe for",
		"concurrent use, also from inside a hook.",
	})
	f.Type().Id("Live").Struct(jen.Id("live").Add(genrt("Live")).Types(jen.Id(root.Name)))

	doc(f, []string{
		"Current returns the snapshot in force. It is never nil and never changes. The call",
		"costs one atomic load.",
	})
	f.Func().Params(receiver()).Id("Current").Params().Op("*").Id(root.Name).Block(jen.Return(inner().Dot("Current").Call()))

	doc(f, []string{
		"OnChange calls fn once after each revision that differs from the previous one, with",
		"everything that differs. An error from fn rolls the revision back.",
	})
	e.rootHook(f, "OnChange", jen.Error())
	doc(f, []string{
		"Prepare calls fn before a revision that differs comes into force. An error from fn",
		"refuses the revision. Otherwise commit is called once the revision is in force, or",
		"abort if it is refused after all; either may be nil.",
	})
	e.rootHook(f, "Prepare", jen.Params(jen.List(jen.Id("commit"), jen.Id("abort")).Func().Params(), jen.Err().Error()))

	doc(f, []string{
		"AddValidator calls fn with every candidate that the schema accepts, before any",
		"hook. An error among the findings refuses the candidate.",
	})
	f.Func().Params(receiver()).Id("AddValidator").Params(
		jen.Id("fn").Func().Params(jen.Id("candidate").Op("*").Id(root.Name)).Index().Add(rt("Finding")),
	).Params(jen.Id("stop").Func().Params()).Block(jen.Return(inner().Dot("AddValidator").Call(jen.Id("fn"))))

	doc(f, []string{"Manager returns the manager, which reloads, rolls back and reports the status."})
	f.Func().Params(receiver()).Id("Manager").Params().Add(rt("Manager")).Block(jen.Return(inner().Dot("Manager").Call()))
	doc(f, []string{"Close stops following the sources. No hook is called after it returns."})
	f.Func().Params(receiver()).Id("Close").Params().Error().Block(jen.Return(inner().Dot("Close").Call()))

	above := func() *jen.Statement { return jen.Op("&").Add(inner()) }
	if root.Struct != nil {
		functions(f, e.fieldMethods(receiver(), above(), root))
	} else if entries := e.p.RootEntries; entries != nil {
		functions(f, e.entryMethods(receiver(), above(), entries))
	}
}

// rootHook is a method that registers a hook on the whole configuration.
func (e *emitter) rootHook(f *jen.File, name string, result *jen.Statement) {
	f.Func().Params(jen.Id("l").Op("*").Id("Live")).Id(name).Params(
		jen.Id("fn").Func().Params(jen.Id("ctx").Qual("context", "Context"), jen.Id("d").Op("*").Id("Diff")).Add(result),
		jen.Id("opts").Op("...").Add(rt("HookOption")),
	).Params(jen.Id("stop").Func().Params()).Block(
		jen.Return(jen.Id("l").Dot("live").Dot(name).Call(jen.Id("fn"), jen.Id("opts").Op("..."))))
}

// binding is the binding of a section.
func (e *emitter) binding(f *jen.File, d *ir.Decl) {
	name := d.Name + "Binding"
	doc(f, []string{name + " registers hooks for [" + d.Name + "] values and their fields."})
	f.Type().Id(name).Struct(jen.Id("binding").Types(jen.Id(d.Name)))
	functions(f, e.fieldMethods(jen.Id("b").Op("*").Id(name), jen.Id("b"), d))
}

// fieldMethods lead from a section to its fields.
func (e *emitter) fieldMethods(receiver, section *jen.Statement, d *ir.Decl) (list []function) {
	for i, field := range d.Fields {
		what := field.Key
		if field.Entries {
			what = "the map " + field.Name
		}
		list = append(list, function{
			doc:    field.Method + " returns the binding of " + line(shorten(what)) + ".",
			head:   jen.Params(receiver.Clone()).Id(field.Method).Params().Add(e.bindingType(field.Type, field.Binding)),
			result: e.bindingValue(field.Type, field.Binding, "At", "Bind", section.Clone(), jen.Lit(i)),
		})
	}
	return list
}

// entries is the binding of maps and keyed lists of one type.
func (e *emitter) entries(f *jen.File, entries *ir.Entries) {
	name := entries.Name + "Binding"
	what := "a map and its entries"
	if entries.Key != "" {
		what = line(shorten(entries.Key)) + " and its entries"
	} else if _, ok := entries.Type.(*shape.Ref); ok {
		what = "[" + entries.Name + "] values and their entries"
	}
	doc(f, []string{name + " registers hooks for " + what + "."})
	f.Type().Id(name).Struct(jen.Id("binding").Types(e.goType(entries.Type)))
	functions(f, e.entryMethods(jen.Id("b").Op("*").Id(name), jen.Id("b"), entries))
}

// entryMethods lead from a map or a keyed list to its entries.
func (e *emitter) entryMethods(receiver, section *jen.Statement, entries *ir.Entries) []function {
	which := "with that key"
	if list := ir.ListOf(entries.Type); list != nil {
		which = "whose " + line(shorten(list.Rule.Key)) + " is key"
	}
	return []function{{
		doc:    "Key returns the binding of the entry " + which + ", which need not exist.",
		head:   jen.Params(receiver.Clone()).Id("Key").Params(jen.Id("key").String()).Add(e.bindingType(entries.Entry, entries.Inner)),
		result: e.bindingValue(entries.Entry, entries.Inner, "AtKey", "BindKey", section.Clone(), jen.Id("key")),
	}, {
		doc: "OnEntry calls fn once for each entry added, removed or modified, in key order.",
		head: jen.Params(receiver.Clone()).Id("OnEntry").Params(
			jen.Id("fn").Func().Params(jen.Id("ctx").Qual("context", "Context"), jen.Id("c").Add(rt("EntryChange")).Types(jen.String(), e.goType(ir.Unwrapped(entries.Entry)))).Error(),
			jen.Id("opts").Op("...").Add(rt("HookOption")),
		).Params(jen.Id("stop").Func().Params()),
		result: genrt("OnEntry").Call(section.Clone(), jen.Id("fn"), jen.Id("opts")),
	}}
}

func shorten(key string) string {
	if r := []rune(key); len(r) > 80 {
		return string(r[:79]) + "…"
	}
	return key
}

// bindingType is the type of the binding of a value of type t; entries is what leads
// to its entries, if anything does.
func (e *emitter) bindingType(t shape.Type, entries *ir.Entries) *jen.Statement {
	if name := e.bindingName(t, entries); name != "" {
		return jen.Op("*").Id(name)
	}
	return jen.Op("*").Add(genrt("Binding").Types(e.goType(ir.Unwrapped(t))))
}

// bindingName is the type of a binding that has one of its own; empty: it has none.
func (e *emitter) bindingName(t shape.Type, entries *ir.Entries) string {
	if ref, ok := ir.Unwrapped(t).(*shape.Ref); ok && ref.Decl.Struct != nil {
		return e.p.Decl(ref.Decl).Name + "Binding"
	}
	if entries != nil {
		return entries.Name + "Binding"
	}
	return ""
}

// bindingValue is the binding of a part of a section, which step leads to: by the
// function named locate where the binding has a type of its own, which converts what
// that returns, and by the one named bind elsewhere.
func (e *emitter) bindingValue(t shape.Type, entries *ir.Entries, locate, bind string, section, step *jen.Statement) *jen.Statement {
	goType := e.goType(ir.Unwrapped(t))
	if name := e.bindingName(t, entries); name != "" {
		return jen.Op("&").Id(name).Values(jen.Id("binding").Types(goType).Call(genrt(locate).Call(section, step)))
	}
	return genrt(bind).Types(goType).Call(section, step)
}
