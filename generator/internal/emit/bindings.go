package emit

import (
	"github.com/dave/jennifer/jen"

	"github.com/hotbind/hotbind/generator/internal/ir"
	"github.com/hotbind/hotbind/internal/shape"
)

func (e *emitter) bindings(f *jen.File) {
	e.doors(f)
	e.live(f)
	bound := e.bound()
	for _, d := range e.p.Decls {
		if bound[d.Decl] {
			e.binding(f, d)
		}
	}
}

// bound are the structs that bindings lead to: through sections, maps and lists
// with keys, not into other lists and unions, which change as a whole.
func (e *emitter) bound() map[*shape.Decl]bool {
	bound := map[*shape.Decl]bool{}
	var follow func(t shape.Type)
	fields := func(s *shape.Struct) {
		for _, field := range s.Fields {
			follow(field.Type)
		}
	}
	follow = func(t shape.Type) {
		t = unwrapped(t)
		if entry := entryOf(t); entry != nil {
			follow(entry)
		} else if ref, ok := t.(*shape.Ref); ok && ref.Decl.Struct != nil && !bound[ref.Decl] {
			bound[ref.Decl] = true
			fields(ref.Decl.Struct)
		}
	}
	if e.p.Root.Struct != nil {
		fields(e.p.Root.Struct)
	} else if e.p.Root.Named != nil {
		follow(e.p.Root.Named)
	}
	return bound
}

// doors are the functions about a configuration that is followed.
func (e *emitter) doors(f *jen.File) {
	f.Comment("// ChangeIn returns what d says of the value of one binding, and whether it changed.")
	f.Func().Id("ChangeIn").Types(jen.Id("T").Any()).Params(jen.Id("d").Op("*").Id("Diff"), jen.Id("b").Add(genrt("Bound")).Types(jen.Id("T"))).
		Params(rt("Change").Types(jen.Id("T")), jen.Bool()).Block(jen.Return(genrt("ChangeIn").Call(jen.Id("d"), jen.Id("b"))))

	doc(f, []string{
		"Set is an edit for [rt.Manager.Update] that gives the value of one binding. A nil",
		"list or map is set as an empty one. An item of a list is not set by itself.",
	})
	f.Func().Id("Set").Types(jen.Id("T").Any()).Params(jen.Id("b").Add(genrt("Bound")).Types(jen.Id("T")), jen.Id("v").Id("T")).
		Add(rt("Edit")).Block(jen.Return(genrt("Set").Call(jen.Id("b"), jen.Id("v"))))

	doc(f, []string{
		"Unset is an edit for [rt.Manager.Update] that takes back what was set of one",
		"binding and below it: the sources decide again.",
	})
	f.Func().Id("Unset").Types(jen.Id("T").Any()).Params(jen.Id("b").Add(genrt("Bound")).Types(jen.Id("T"))).
		Add(rt("Edit")).Block(jen.Return(genrt("Unset").Call(jen.Id("b"))))

	doc(f, []string{
		"Open reads the sources that rt.From names and follows them until [Live].Close.",
		"Ctx bounds the start only. The error is that of [Load].",
	})
	f.Func().Id("Open").Params(jen.Id("ctx").Qual("context", "Context"), jen.Id("opts").Op("...").Add(rt("Option"))).
		Params(jen.Op("*").Id("Live"), jen.Error()).Block(
		jen.Id("l").Op(":=").New(jen.Id("Live")),
		jen.If(jen.Err().Op(":=").Qual(livePath, "Open").Call(jen.Id("ctx"), jen.Op("&").Id("l").Dot("live"), jen.Op("&").Id("program"), jen.Id("opts")), jen.Err().Op("!=").Nil()).
			Block(jen.Return(jen.Nil(), jen.Err())),
		jen.Return(jen.Id("l"), jen.Nil()),
	)
}

// live is the live configuration: what it can do itself, and the bindings of the
// root.
func (e *emitter) live(f *jen.File) {
	root := e.p.Root
	receiver := func() *jen.Statement { return jen.Id("l").Op("*").Id("Live") }
	inner := func() *jen.Statement { return jen.Id("l").Dot("live") }
	doc(f, []string{
		"Live is a configuration that follows its sources. Current, OnChange, Prepare,",
		"AddValidator, Manager and Close are about the whole; each of the other methods",
		"leads to the binding of a field, where hooks for it are registered. All may be",
		"called from any goroutine, also from inside a hook.",
	})
	f.Type().Id("Live").Struct(jen.Id("live").Add(genrt("Live")).Types(jen.Id(root.Name)))

	doc(f, []string{
		"Current returns the snapshot in force: never nil, immutable, and whole however",
		"long it is held. It costs one atomic load.",
	})
	f.Func().Params(receiver()).Id("Current").Params().Op("*").Id(root.Name).Block(jen.Return(inner().Dot("Current").Call()))

	doc(f, []string{
		"OnChange calls fn once after each revision that differs from the one before,",
		"with everything that differs. Its error rolls the revision back.",
	})
	e.rootHook(f, "OnChange", jen.Error())
	doc(f, []string{
		"Prepare calls fn before a revision that differs from the one in force takes its",
		"place. Its error refuses the revision; otherwise commit is called once it is in",
		"force, or abort when it was refused after all. Either may be nil.",
	})
	e.rootHook(f, "Prepare", jen.Params(jen.List(jen.Id("commit"), jen.Id("abort")).Func().Params(), jen.Err().Error()))

	doc(f, []string{
		"AddValidator has fn look at every candidate that the schema allows, before any",
		"hook. An error among the findings refuses it.",
	})
	f.Func().Params(receiver()).Id("AddValidator").Params(
		jen.Id("fn").Func().Params(jen.Id("candidate").Op("*").Id(root.Name)).Index().Add(rt("Finding")),
	).Params(jen.Id("stop").Func().Params()).Block(jen.Return(inner().Dot("AddValidator").Call(jen.Id("fn"))))

	doc(f, []string{"Manager returns the untyped side: reload, rollback, status."})
	f.Func().Params(receiver()).Id("Manager").Params().Add(rt("Manager")).Block(jen.Return(inner().Dot("Manager").Call()))
	doc(f, []string{"Close ends the following of the sources. No hook is called after it has returned."})
	f.Func().Params(receiver()).Id("Close").Params().Error().Block(jen.Return(inner().Dot("Close").Call()))

	place := func() *jen.Statement { return inner().Dot("Root").Call() }
	if root.Struct != nil {
		var list []function
		for i, field := range root.Fields {
			list = append(list, e.method(receiver(), field, place(), i, true))
		}
		functions(f, list)
	} else if entry := entryOf(&shape.Ref{Decl: root.Decl}); entry != nil {
		e.rootEntries(f, entry, place())
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

// rootEntries gives a configuration whose parts are entries the methods of their
// binding.
func (e *emitter) rootEntries(f *jen.File, entry shape.Type, place *jen.Statement) {
	root := jen.Id(e.p.Root.Name)
	f.Comment("// Key is the binding of the entry with this key, whether or not it exists now.")
	f.Func().Params(jen.Id("l").Op("*").Id("Live")).Id("Key").Params(jen.Id("key").String()).Add(e.bindingType(entry)).Block(
		jen.Return(jen.Id("l").Dot("entries").Call().Dot("Key").Call(jen.Id("key"))))
	doc(f, []string{"OnEntry calls fn once for each entry that was added, removed or modified."})
	f.Func().Params(jen.Id("l").Op("*").Id("Live")).Id("OnEntry").Params(
		jen.Id("fn").Func().Params(jen.Qual("context", "Context"), rt("EntryChange").Types(jen.String(), e.boundType(entry))).Error(),
		jen.Id("opts").Op("...").Add(rt("HookOption")),
	).Params(jen.Id("stop").Func().Params()).Block(
		jen.Return(jen.Id("l").Dot("entries").Call().Dot("OnEntry").Call(jen.Id("fn"), jen.Id("opts").Op("..."))))
	f.Func().Params(jen.Id("l").Op("*").Id("Live")).Id("entries").Params().Op("*").Add(e.entriesBinding(root, entry)).Block(
		jen.Return(e.entriesBindingValue(root, entry, at(place))))
}

// binding is the binding of a section.
func (e *emitter) binding(f *jen.File, d *ir.Decl) {
	name := d.Name + "Binding"
	doc(f, []string{name + " is where hooks for " + d.Name + " and, by the methods named after them, its fields are registered."})
	f.Type().Id(name).Struct(genrt("Binding").Types(jen.Id(d.Name)))
	var list []function
	for i, field := range d.Fields {
		list = append(list, e.method(jen.Id("b").Op("*").Id(name), field, jen.Id("b").Dot("Place"), i, false))
	}
	functions(f, list)
}

// method leads to field i of the section at a place.
func (e *emitter) method(receiver *jen.Statement, field *ir.Field, section *jen.Statement, i int, described bool) function {
	fn := function{
		head: jen.Params(receiver).Id(field.Method).Params().Add(e.bindingType(field.Type)),
		result: e.bindingValue(field.Type, binder{
			pointer: func(t jen.Code) *jen.Statement { return genrt("Bind").Types(t).Call(section, jen.Lit(i)) },
			place:   section.Clone().Dot("Field").Call(jen.Lit(i)),
		}),
	}
	if described {
		what := field.Key
		if field.Entries {
			what = field.Name
		}
		fn.doc = field.Method + " is the binding of " + line(shorten(what)) + "."
	}
	return fn
}

func shorten(key string) string {
	if r := []rune(key); len(r) > 80 {
		return string(r[:79]) + "…"
	}
	return key
}

// unwrapped is t without the optional around it, because a binding says by itself
// whether there is a value, and behind the other names it has.
func unwrapped(t shape.Type) shape.Type {
	for {
		switch inner := t.(type) {
		case *shape.Optional:
			t = inner.Elem
			continue
		case *shape.Checked:
			t = inner.Elem
			continue
		case *shape.Ref:
			if inner.Decl.Alias != nil {
				t = inner.Decl.Alias
				continue
			}
		}
		return t
	}
}

// entryOf is the type of the entries of t, if bindings lead to them: those of a map
// and of a list with keys; nil otherwise.
func entryOf(t shape.Type) shape.Type {
	switch t := t.(type) {
	case *shape.Map:
		return t.Elem
	case *shape.List:
		if t.Rule.Key != "" {
			return t.Elem
		}
	case *shape.Ref:
		if !isEndless(t.Decl) {
			return entryOf(t.Decl.Named)
		}
	}
	return nil
}

// isEndless reports whether the entries of d are d again, and so on: the type of
// their bindings would have no end. Where a struct stands between, its binding ends
// it.
func isEndless(d *shape.Decl) bool {
	seen := map[*shape.Decl]bool{d: true}
	for t := d.Named; ; {
		switch inner := unwrapped(t).(type) {
		case *shape.Map:
			t = inner.Elem
		case *shape.List:
			t = inner.Elem
		case *shape.Ref:
			if inner.Decl.Named == nil || seen[inner.Decl] {
				return inner.Decl.Named != nil
			}
			seen[inner.Decl] = true
			t = inner.Decl.Named
		default:
			return false
		}
	}
}

// boundType is the Go type of the value of a binding.
func (e *emitter) boundType(t shape.Type) *jen.Statement { return e.goType(unwrapped(t)) }

// bindingType is the type of the binding of a field of type t.
func (e *emitter) bindingType(t shape.Type) *jen.Statement {
	t = unwrapped(t)
	if ref, ok := t.(*shape.Ref); ok && ref.Decl.Struct != nil {
		return jen.Op("*").Id(e.p.Decl(ref.Decl).Name + "Binding")
	}
	if entry := entryOf(t); entry != nil {
		return jen.Op("*").Add(e.entriesBinding(e.goType(t), entry))
	}
	return jen.Op("*").Add(genrt("Binding").Types(e.goType(t)))
}

func (e *emitter) entriesBinding(goType *jen.Statement, entry shape.Type) *jen.Statement {
	return genrt("EntriesBinding").Types(goType, e.boundType(entry), e.bindingType(entry))
}

// A binder writes plain bindings of a place.
type binder struct {
	pointer func(goType jen.Code) *jen.Statement
	place   *jen.Statement
}

// at is the binder of the place that an expression yields.
func at(place *jen.Statement) binder {
	b := binder{place: place}
	b.pointer = func(t jen.Code) *jen.Statement { return jen.Op("&").Add(b.value(t)) }
	return b
}

// value is the binding itself, to be embedded in others.
func (b binder) value(goType jen.Code) *jen.Statement {
	return genrt("Binding").Types(goType).Values(jen.Id("Place").Op(":").Add(b.place))
}

// bindingValue is the binding of a value of type t.
func (e *emitter) bindingValue(t shape.Type, b binder) *jen.Statement {
	t = unwrapped(t)
	if ref, ok := t.(*shape.Ref); ok && ref.Decl.Struct != nil {
		return jen.Op("&").Id(e.p.Decl(ref.Decl).Name + "Binding").Values(b.value(jen.Id(e.p.Decl(ref.Decl).Name)))
	}
	if entry := entryOf(t); entry != nil {
		return e.entriesBindingValue(e.goType(t), entry, b)
	}
	return b.pointer(e.goType(t))
}

func (e *emitter) entriesBindingValue(goType *jen.Statement, entry shape.Type, b binder) *jen.Statement {
	return jen.Op("&").Add(e.entriesBinding(goType, entry).Values(
		jen.Id("Binding").Op(":").Add(b.value(goType)),
		jen.Id("Bind").Op(":").Func().Params(jen.Id("p").Op("*").Add(genrt("Place"))).Add(e.bindingType(entry)).Add(
			oneLiner(jen.Return(e.bindingValue(entry, at(jen.Id("p")))))),
	))
}
