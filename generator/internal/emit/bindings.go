package emit

import (
	"cmp"

	"github.com/dave/jennifer/jen"

	"github.com/hotbind/hotbind/generator/internal/ir"
	"github.com/hotbind/hotbind/internal/shape"
)

func (e *emitter) bindings(f *jen.File) {
	root := e.p.Root
	f.Add(code(liveSource, root.Name))
	if root.Struct != nil {
		functions(f, e.fieldMethods("l *Live", "&l.live", root))
	} else if entries := e.p.RootEntries; entries != nil {
		functions(f, e.entryMethods("l *Live", "&l.live", entries))
	}
	bound := e.p.Bound()
	if len(bound)+len(e.p.Entries) > 0 {
		// An alias, so that the embedded field has no name that a property could need.
		f.Add(code("// binding is genrt.Binding.\ntype binding[T any] = genrt.Binding[T]"))
	}
	for _, d := range bound {
		e.binding(f, d.Name, "["+d.Name+"] values and their fields", jen.Id(d.Name), e.fieldMethods("b *"+d.Name+"Binding", "b", d))
	}
	for _, entries := range e.p.Entries {
		what := "a map and its entries"
		if entries.Key != "" {
			what = line(shorten(entries.Key)) + " and its entries"
		} else if _, ok := entries.Type.(*shape.Ref); ok {
			what = "[" + entries.Name + "] values and their entries"
		}
		e.binding(f, entries.Name, what, e.goType(entries.Type), e.entryMethods("b *"+entries.Name+"Binding", "b", entries))
	}
}

// liveSource is the code for a configuration that is followed. $ is the name of the
// root.
const liveSource = `
// Open reads the sources set by [rt.From] and follows them until [Live.Close]. The
// context limits the start only. Errors are those of [Load].
func Open(ctx context.Context, opts ...rt.Option) (*Live, error) {
	l := new(Live)
	if err := genlive.Open(ctx, &l.live, &program, opts); err != nil {
		return nil, err
	}
	return l, nil
}

// ChangeIn returns the change of b in d, and reports whether there is one.
func ChangeIn[T any](d *Diff, b genrt.Bound[T]) (rt.Change[T], bool) {
	return genrt.ChangeIn(d, b)
}

// Set returns an edit for [rt.Manager.Update] that sets the value of b. A nil list or
// map becomes an empty one. An item of a list cannot be set alone.
func Set[T any](b genrt.Bound[T], v T) rt.Edit {
	return genrt.Set(b, v)
}

// Unset returns an edit for [rt.Manager.Update] that removes the values set for b and
// below it, so that the sources apply again.
func Unset[T any](b genrt.Bound[T]) rt.Edit {
	return genrt.Unset(b)
}

// Live is a configuration that follows its sources. Current, OnChange, Follow, Prepare,
// AddValidator, OnReloadError, OnRollback, Manager and Close are for the whole
// configuration; every other method returns the binding of a field, which registers hooks
// for it. All methods are safe for concurrent use, also inside a hook.
type Live struct {
	live genrt.Live[$]
}

// Current returns the snapshot in force, which is never nil and never changes. It costs
// one atomic load.
func (l *Live) Current() *$ {
	return l.live.Current()
}

// OnChange calls fn once after each revision that differs from the previous one, with
// all differences. An error from fn rolls the revision back.
func (l *Live) OnChange(fn func(ctx context.Context, d *Diff) error, opts ...rt.HookOption) (stop func()) {
	return l.live.OnChange(fn, opts...)
}

// Follow calls fn with the snapshot in force, in a diff that has only New. If fn returns
// nil, Follow registers it like OnChange, without missing a revision in between.
// Inside a hook it returns rt.ErrInsideHook.
func (l *Live) Follow(fn func(ctx context.Context, d *Diff) error, opts ...rt.HookOption) (stop func(), err error) {
	return l.live.Follow(fn, opts...)
}

// Prepare calls fn before a revision that differs comes into force. An error from fn
// refuses the revision. Otherwise commit is called once the revision is in force, or abort
// if it is refused after all; either may be nil.
func (l *Live) Prepare(fn func(ctx context.Context, d *Diff) (commit, abort func(), err error), opts ...rt.HookOption) (stop func()) {
	return l.live.Prepare(fn, opts...)
}

// AddValidator calls fn with every candidate that the schema accepts, before any
// hook. An error among the findings refuses the candidate.
func (l *Live) AddValidator(fn func(candidate *$) []rt.Finding) (stop func()) {
	return l.live.AddValidator(fn)
}

// OnReloadError calls fn for every candidate that was refused or rolled back, with what
// it would have changed as far as that is known. An error from fn is only reported.
func (l *Live) OnReloadError(fn func(ctx context.Context, err error, changes rt.Changes) error, opts ...rt.HookOption) (stop func()) {
	return l.live.OnReloadError(fn, opts...)
}

// OnRollback calls fn after each requested rollback from one revision to another. An
// error from fn is only reported.
func (l *Live) OnRollback(fn func(ctx context.Context, from, to rt.Revision) error, opts ...rt.HookOption) (stop func()) {
	return l.live.OnRollback(fn, opts...)
}

// Manager returns the manager, which reloads, rolls back and reports the status.
func (l *Live) Manager() rt.Manager {
	return l.live.Manager()
}

// Close stops following the sources. No hook is called after it returns.
func (l *Live) Close() error {
	return l.live.Close()
}
`

// binding writes a binding type, which registers hooks for values of a type.
func (e *emitter) binding(f *jen.File, name, what string, goType *jen.Statement, methods []*jen.Statement) {
	doc(f, []string{name + "Binding registers hooks for " + what + ".",
		"It has the methods of [genrt.Binding]: OnChange, Follow, Prepare and Get."})
	f.Add(code("type $Binding struct {\nbinding[$]\n}", name, goType))
	functions(f, methods)
}

// fieldMethods returns the methods that lead from a section to its fields.
func (e *emitter) fieldMethods(receiver, section string, d *ir.Decl) (list []*jen.Statement) {
	for i, field := range d.Fields {
		what := cmp.Or(field.Key, `""`)
		if field.Entries {
			what = "the map " + field.Name
		}
		list = append(list, function(field.Method+" returns the binding of "+line(shorten(what))+".", "func ($) $() $ { return $ }",
			receiver, field.Method, e.bindingType(field.Type, field.Binding), e.bindingValue(field.Type, field.Binding, "", section, i)))
	}
	return list
}

// entryMethods returns the methods that lead from a map or a keyed list to its entries.
func (e *emitter) entryMethods(receiver, section string, entries *ir.Entries) []*jen.Statement {
	which := "with that key"
	if list, ok := shape.Core(entries.Type).(*shape.List); ok {
		which = "whose " + line(shorten(list.Rule.Key)) + " is key"
	}
	return []*jen.Statement{
		function("Key returns the binding of the entry "+which+", which need not exist.", "func ($) Key(key string) $ { return $ }",
			receiver, e.bindingType(entries.Entry, entries.Inner), e.bindingValue(entries.Entry, entries.Inner, "Key", section, "key")),
		function("OnEntry calls fn once for each entry added, removed or modified, in key order.",
			"func ($) OnEntry(fn func(ctx context.Context, c rt.EntryChange[string, $]) error, opts ...rt.HookOption) (stop func()) { return genrt.OnEntry($, fn, opts) }",
			receiver, e.goType(ir.Unwrapped(entries.Entry)), section),
		function("FollowEntries calls fn for each entry in force, in key order, and, if no call fails, registers it like OnEntry.",
			"func ($) FollowEntries(fn func(ctx context.Context, c rt.EntryChange[string, $]) error, opts ...rt.HookOption) (stop func(), err error) { return genrt.FollowEntries($, fn, opts) }",
			receiver, e.goType(ir.Unwrapped(entries.Entry)), section),
	}
}

func shorten(key string) string {
	if r := []rune(key); len(r) > 80 {
		return string(r[:79]) + "…"
	}
	return key
}

// bindingType returns the type of the binding of a value of type t. entries is the
// binding of its entries, or nil.
func (e *emitter) bindingType(t shape.Type, entries *ir.Entries) *jen.Statement {
	if name := e.bindingName(t, entries); name != "" {
		return code("*$", name)
	}
	return code("*genrt.Binding[$]", e.goType(ir.Unwrapped(t)))
}

// bindingName returns the name of a binding type, or "" if it has none.
func (e *emitter) bindingName(t shape.Type, entries *ir.Entries) string {
	if ref, ok := ir.Unwrapped(t).(*shape.Ref); ok && ref.Decl.Struct != nil {
		return e.p.Decl(ref.Decl).Name + "Binding"
	}
	if entries != nil {
		return entries.Name + "Binding"
	}
	return ""
}

// bindingValue returns the binding of a part of a section. step is its number, or its
// key if by is Key.
func (e *emitter) bindingValue(t shape.Type, entries *ir.Entries, by, section string, step any) *jen.Statement {
	goType := e.goType(ir.Unwrapped(t))
	if name := e.bindingName(t, entries); name != "" {
		return code("&${binding[$]($($, $))}", name, goType, genrt("At"+by), section, step)
	}
	return code("$[$]($, $)", genrt("Bind"+by), goType, section, step)
}
