package genrt

import (
	"bytes"
	"sync"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/dispatch"
	"github.com/hotbind/hotbind/runtime/internal/wording"

	rt "github.com/hotbind/hotbind/runtime"
)

// A Struct is the table of a struct: an object whose properties the schema
// names.
type Struct struct {
	Fields []Field
	// At returns the pointer to field n of the struct that p points to, and for
	// [KeptField] the pointer to its Kept.
	At func(p any, n int) any
	// Extra is the number of the field that takes the properties which are
	// neither declared nor matched by a pattern, plus one; 0 is none.
	Extra int
	// Closed refuses such properties; otherwise, without Extra, they are kept.
	Closed bool
	// Patterns lead properties whose names match to fields of their own.
	Patterns []PatternField
	Length   Count
	Keys     *Text
	// Needs lists properties that the presence of another one requires.
	Needs []Need
	// Required lists properties that must be there and have no field.
	Required []string

	once  sync.Once
	index map[string]int
	names []string
}

// A Field is one field of a struct.
type Field struct {
	Key  string
	Type Type
	// Default is the JSON text of the value of an absent property; empty: none.
	Default string
	// Required properties must be there.
	Required bool
	// Filled sections are read from an empty object where they are absent, so
	// that the defaults inside them apply.
	Filled bool
	// Scratch makes a zero value of the field, for a field whose value is kept as
	// written where writing it anew would not give back what was read: 1.50 for a
	// number, 60s for a duration. Other fields have none.
	Scratch func() any
	// Deprecated properties are warned of where they are given.
	Deprecated bool
	// Env is the environment variable named by x-env.
	Env string
	// Entries is a map that takes properties which are not declared: Extra, or
	// the field of a pattern. It has no key of its own.
	Entries bool
}

// A PatternField leads the properties whose names match to a field.
type PatternField struct {
	Pattern *Pattern
	Field   int
}

// A Need says that the property If requires the property Then.
type Need struct{ If, Then string }

// KeptField is the number by which At is asked for the pointer to the Kept of a
// struct; nil is a struct without one.
const KeptField = -1

// Kept is what a struct remembers of its object beside the fields: undeclared
// properties, and values whose text a field cannot give back. It keeps structs
// from being compared with ==, which would compare this too; Equal does not.
type Kept struct {
	_ [0]func()
	*kept
}

// kept is immutable, so that copies of a struct share it.
type kept struct {
	extra []document.Member
	texts map[int]keptText
}

// A keptText is a value as it was written, and as it was read.
type keptText struct {
	node  *document.Node
	value any
}

func (t *Struct) Kind() document.Kind { return document.Object }

func (t *Struct) AllowsNull() bool { return false }

// Properties lists the declared properties.
func (t *Struct) Properties() []rt.Property {
	list := make([]rt.Property, 0, len(t.Fields))
	for i := range t.Fields {
		if f := &t.Fields[i]; !f.Entries {
			list = append(list, rt.Property{Key: f.Key, Env: f.Env, Shape: f.Type})
		}
	}
	return list
}

func (t *Struct) lookup(key string) (int, bool) {
	t.once.Do(func() {
		t.index = make(map[string]int, len(t.Fields))
		for i := range t.Fields {
			if !t.Fields[i].Entries {
				t.index[t.Fields[i].Key] = i
				t.names = append(t.names, t.Fields[i].Key)
			}
		}
	})
	i, ok := t.index[key]
	return i, ok
}

func (t *Struct) decode(d *decoder, n *document.Node, p any) {
	if n.Kind != document.Object {
		d.wrongType(n, "an object")
		return
	}
	if d.steps++; d.steps > maxSteps || d.tooDeep(n) {
		return // steps are reported once, by whoever started the decoder
	}
	if t.Length != (Count{}) {
		t.Length.check(d, n, len(n.Members), "property")
	}
	// Given properties, and those that were meant by a misspelt one: that they
	// are missing then need not be said too.
	given := make([]bool, len(t.Fields))
	var beside kept
	for i := range n.Members {
		member := &n.Members[i]
		checkKey(d, t.Keys, member)
		if f, ok := t.lookup(member.Key); ok {
			given[f] = true
			t.decodeField(d, f, member, p, &beside)
		} else if !t.decodeMatched(d, member, p) {
			if meant := t.decodeUndeclared(d, member, p, &beside); meant >= 0 {
				given[meant] = true
			}
		}
	}
	t.checkNeeds(d, n)
	t.fillAbsent(d, n, p, given)
	if slot, ok := t.At(p, KeptField).(*Kept); ok && (beside.extra != nil || beside.texts != nil) {
		slot.kept = &beside
	}
}

func (t *Struct) decodeField(d *decoder, f int, member *document.Member, p any, kept *kept) {
	field := &t.Fields[f]
	v := t.At(p, f)
	d.enterKey(&member.Key)
	defer d.leave()
	before := len(d.findings)
	field.Type.decode(d, member.Value, v)
	if field.Deprecated {
		d.warn(member.Pos, "is deprecated", "")
	}
	t.checkPatterns(d, field, member)
	if field.Scratch == nil || len(d.findings[before:].Errors()) > 0 {
		return
	}
	// An any that holds null looks like an absent one: what was written decides.
	if written := member.Value.AppendJSON(nil); !field.Type.encoded(v) || !bytes.Equal(written, field.Type.encode(nil, v)) {
		if kept.texts == nil {
			kept.texts = map[int]keptText{}
		}
		read := field.Scratch()
		field.Type.clone(read, v)
		kept.texts[f] = keptText{member.Value, read}
	}
}

// checkPatterns checks a declared property by the patterns its name matches: it
// is bound by both schemas, and a secret by either.
func (t *Struct) checkPatterns(d *decoder, field *Field, member *document.Member) {
	if len(t.Patterns) == 0 {
		return
	}
	if isSecret(field.Type) {
		defer d.enterSecret()()
	}
	for i := range t.Patterns {
		if pf := &t.Patterns[i]; pf.Pattern.match(member.Key) {
			t.Fields[pf.Field].Type.(entries).check(d, member.Value)
		}
	}
}

// decodeMatched gives a property to the fields of the patterns its name matches
// and reports whether there are any.
func (t *Struct) decodeMatched(d *decoder, member *document.Member, p any) bool {
	matched := false
	for i := range t.Patterns {
		if pf := &t.Patterns[i]; pf.Pattern.match(member.Key) {
			t.Fields[pf.Field].Type.(entries).add(d, t.At(p, pf.Field), member)
			matched = true
		}
	}
	return matched
}

// decodeUndeclared keeps or refuses a property that nothing declares. It returns
// the number of the field that a refused one was meant to be, or -1.
func (t *Struct) decodeUndeclared(d *decoder, member *document.Member, p any, kept *kept) (meant int) {
	switch {
	case t.Extra > 0:
		t.Fields[t.Extra-1].Type.(entries).add(d, t.At(p, t.Extra-1), member)
	case t.Closed:
		if d.secret > 0 {
			message, _ := wording.Unknown(rt.Redacted, nil)
			d.findAt(member.Pos, message, "")
			return -1
		}
		message, hint := wording.Unknown(member.Key, t.names)
		d.enterKey(&member.Key)
		d.findAt(member.Pos, message, hint)
		d.leave()
		if f, ok := t.index[wording.Nearest(member.Key, t.names)]; ok {
			return f
		}
	default:
		kept.extra = append(kept.extra, *member)
	}
	return -1
}

func (t *Struct) checkNeeds(d *decoder, n *document.Node) {
	for i := range t.Required {
		if n.Get(t.Required[i]) == nil {
			d.enterKey(&t.Required[i])
			d.find(n, wording.Missing(), "")
			d.leave()
		}
	}
	for i := range t.Needs {
		if need := &t.Needs[i]; n.Get(need.If) != nil && n.Get(need.Then) == nil {
			d.enterKey(&need.Then)
			d.find(n, wording.Missing(), "because "+wording.Name(need.If)+" is given")
			d.leave()
		}
	}
}

// fillAbsent reports the required properties that are absent and gives the
// others their defaults.
func (t *Struct) fillAbsent(d *decoder, n *document.Node, p any, given []bool) {
	for i := range t.Fields {
		field := &t.Fields[i]
		if given[i] {
			continue
		}
		var absent *document.Node
		switch {
		case field.Required:
			d.enterKey(&field.Key)
			d.find(n, wording.Missing(), "")
			d.leave()
			continue
		case field.Default != "":
			// The generator has checked that a default is what its schema allows.
			absent, _ = document.ParseValue("default", field.Default, document.Limits{})
		case field.Filled:
			absent = &document.Node{Kind: document.Object, Pos: n.Pos}
		default:
			continue
		}
		d.enterKey(&field.Key)
		field.Type.decode(d, absent, t.At(p, i))
		d.leave()
	}
}

// beside is what is kept of p; never nil.
func (t *Struct) beside(p any) *kept {
	if slot, ok := t.At(p, KeptField).(*Kept); ok && slot.kept != nil {
		return slot.kept
	}
	return &kept{}
}

func (t *Struct) encode(b []byte, p any) []byte {
	w := objectWriter{b: append(b, '{')}
	kept := t.beside(p)
	for i := range t.Fields {
		field := &t.Fields[i]
		v := t.At(p, i)
		switch {
		case field.Entries:
			if m := field.Type.(entries); m.set(v) {
				for _, key := range m.keys(v) {
					if w.written(key, len(t.Patterns)) { // two patterns match it
						continue
					}
					w.key(key)
					step := dispatch.Step{Field: dispatch.Entry, Key: key}
					w.b = m.at(step).encode(w.b, m.step(v, step))
				}
			}
		default:
			if text := t.keptText(kept, i, v); text != nil {
				w.key(field.Key)
				w.b = text.AppendJSON(w.b)
			} else if field.Required || field.Type.encoded(v) {
				w.key(field.Key)
				w.b = field.Type.encode(w.b, v)
			}
		}
	}
	for i := range kept.extra {
		w.key(kept.extra[i].Key)
		w.b = kept.extra[i].Value.AppendJSON(w.b)
	}
	return append(w.b, '}')
}

// keptText is the value of field i as it was written, if that still is its
// value; nil if it is not.
func (t *Struct) keptText(kept *kept, i int, v any) *document.Node {
	text, ok := kept.texts[i]
	if !ok || !t.Fields[i].Type.equal(v, text.value) {
		return nil
	}
	return text.node
}

type objectWriter struct {
	b       []byte
	some    bool
	entries map[string]bool
}

// written reports whether an entry of the name stands there already, which
// several patterns make possible.
func (w *objectWriter) written(key string, patterns int) bool {
	if patterns < 2 {
		return false
	}
	if w.entries == nil {
		w.entries = map[string]bool{}
	}
	was := w.entries[key]
	w.entries[key] = true
	return was
}

func (w *objectWriter) key(key string) {
	if w.some {
		w.b = append(w.b, ',')
	}
	w.some = true
	w.b = append(appendString(w.b, key), ':')
}

func (t *Struct) equal(a, b any) bool {
	for i := range t.Fields {
		if !t.Fields[i].Type.equal(t.At(a, i), t.At(b, i)) {
			return false
		}
	}
	return equalExtra(t.beside(a), t.beside(b))
}

func equalExtra(a, b *kept) bool {
	if len(a.extra) == 0 && len(b.extra) == 0 {
		return true
	}
	return document.Equal(&document.Node{Kind: document.Object, Members: a.extra},
		&document.Node{Kind: document.Object, Members: b.extra})
}

func (t *Struct) clone(dst, src any) {
	for i := range t.Fields {
		t.Fields[i].Type.clone(t.At(dst, i), t.At(src, i))
	}
	if from, ok := t.At(src, KeptField).(*Kept); ok {
		*t.At(dst, KeptField).(*Kept) = *from
	}
}

func (t *Struct) set(any) bool     { return true }
func (t *Struct) encoded(any) bool { return true }
func (t *Struct) ref(p any) any    { return p }

func (t *Struct) value(p any) any { return p }

func (t *Struct) diff(ds []dispatch.Delta, before, after any) ([]dispatch.Delta, bool) {
	from := len(ds)
	for i := range t.Fields {
		field, step := &t.Fields[i], dispatch.Step{Field: i, Key: t.Fields[i].Key}
		x, y := t.At(before, i), t.At(after, i)
		if !field.Entries {
			ds = appendDelta(ds, step, field.Type, x, y)
		} else if parts, differ := field.Type.diff(nil, x, y); differ {
			ds = append(ds, dispatch.Delta{Step: step, Kind: rt.Modified, Old: x, New: y, Parts: parts, Inline: true, Values: field.Type.value})
		}
	}
	ds = appendExtra(ds, t.beside(before), t.beside(after))
	return ds, len(ds) > from
}

// appendExtra appends what differs among the undeclared properties. No binding
// leads to them, so that only the hooks of the section hear of it.
func appendExtra(ds []dispatch.Delta, before, after *kept) []dispatch.Delta {
	was := &document.Node{Kind: document.Object, Members: before.extra}
	is := &document.Node{Kind: document.Object, Members: after.extra}
	for i := range was.Members {
		key := was.Members[i].Key
		if now := is.Get(key); now == nil || !document.Equal(was.Members[i].Value, now) {
			ds = append(ds, extraDelta(key, was.Members[i].Value, now))
		}
	}
	for i := range is.Members {
		if key := is.Members[i].Key; was.Get(key) == nil {
			ds = append(ds, extraDelta(key, nil, is.Members[i].Value))
		}
	}
	return ds
}

func extraDelta(key string, before, after *document.Node) dispatch.Delta {
	d := dispatch.Delta{Step: dispatch.Step{Field: dispatch.Undeclared, Key: key}, Kind: rt.Modified, Values: untyped}
	if before != nil {
		d.Old = before
	} else {
		d.Kind = rt.Added
	}
	if after != nil {
		d.New = after
	} else {
		d.Kind = rt.Removed
	}
	return d
}

func untyped(p any) any { return untypedValue(p.(*document.Node)) }

func (t *Struct) parts(ds []dispatch.Delta, kind rt.ChangeKind, p any) []dispatch.Delta {
	for i := range t.Fields {
		ds = appendPart(ds, dispatch.Step{Field: i, Key: t.Fields[i].Key}, t.Fields[i].Type, kind, t.At(p, i))
	}
	return ds
}

func (t *Struct) step(p any, s dispatch.Step) any { return t.At(p, s.Field) }
func (t *Struct) at(s dispatch.Step) Type         { return t.Fields[s.Field].Type }
