package genrt

import (
	"sync"

	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/dispatch"

	rt "github.com/hotbind/hotbind/runtime"
)

// A Struct is the table of a struct: an object whose properties the schema declares.
type Struct struct {
	leaf
	Fields []Field
	// At returns the pointer to field n of the struct that p points to, and for
	// [KeptField] the pointer to its Kept.
	At func(p any, n int) any
	// Extra is the number of the field for properties that are neither declared nor
	// matched by a pattern, plus one; 0 is none.
	Extra int
	// Closed refuses such properties; otherwise, without Extra, they are kept.
	Closed bool
	// Patterns maps properties whose names match to fields of their own.
	Patterns []PatternField
	Length   Count
	Keys     *Text
	// Needs lists properties that the presence of another one requires.
	Needs []Need
	// Required lists required properties that have no field.
	Required []string
	// Loose allows values that are not objects. They are kept whole.
	Loose bool
	// Rules are the rules that the Rule numbers of fields refer to.
	Rules *Rules

	once       sync.Once
	index      map[string]int
	names      []string
	properties []document.Property
	defaults   defaults
}

// A PatternField maps properties whose names match to a field.
type PatternField struct {
	Pattern *Pattern
	Field   int
}

func (t *Struct) Kind() document.Kind {
	if t.Loose {
		return 0
	}
	return document.Object
}

func (t *Struct) lookup(key string) (int, bool) {
	t.prepare()
	i, ok := t.index[key]
	return i, ok
}

// lookupAfter is lookup for a key that probably belongs to the field after another one:
// most files have their keys in the order of the schema.
func (t *Struct) lookupAfter(f int, key string) (int, bool) {
	if f++; f < len(t.Fields) && t.Fields[f].Key == key && !t.Fields[f].Entries {
		return f, true
	}
	return t.lookup(key)
}

// prepare builds the indexes by key, once.
func (t *Struct) prepare() {
	t.once.Do(func() {
		t.index = make(map[string]int, len(t.Fields))
		for i := range t.Fields {
			if f := &t.Fields[i]; !f.Entries {
				t.index[f.Key] = i
				t.names = append(t.names, f.Key)
				t.properties = append(t.properties, document.Property{Key: f.Key, Env: f.Env, Shape: f.Type, Restart: f.Restart, Default: f.Default})
			}
		}
	})
}

func (t *Struct) decode(d *decoder, n *document.Node, p any) {
	made(p, t.At)
	if n.Kind() != document.Object {
		if !t.Loose {
			d.wrongOuter(t, n, "an object")
			return
		}
		d.Warn(n.Pos(), wording.NotHeld("an object"))
		(&kept{other: n}).keep(t.At, p)
		return
	}
	if d.steps++; d.steps > maxSteps || d.tooDeep(n) {
		return // the caller that started the decoder reports exceeded steps
	}
	if t.Length != (Count{}) {
		t.Length.Check(&d.Report, n, len(n.Members()), wording.Properties)
	}
	// Given properties, and properties that a misspelled name was meant for: they need
	// not be reported as missing too.
	var few [32]bool // most objects need none on the heap
	given := few[:]
	if len(t.Fields) > len(few) {
		given = make([]bool, len(t.Fields))
	}
	var beside kept
	was, value, decoded := d.counterpart(n, p)
	f, ok := -1, false
	for i := range n.Members() {
		member := &n.Members()[i]
		from := len(d.Findings)
		f, ok = t.lookupAfter(f, member.Key())
		if ok {
			given[f] = true
			if was != nil && t.takeOverField(d, f, member, was.Counterpart(i, member), p, value, &beside) {
				continue
			}
		}
		checkKey(d, t.Keys, member)
		if ok {
			t.decodeField(d, f, member, p, &beside)
		} else if !t.decodeMatched(d, member, p, &beside) {
			if meant := t.decodeUndeclared(d, member, p, &beside); meant >= 0 {
				given[meant] = true
			}
		}
		d.note(member.Value(), from)
		if ok {
			decoded.add(d, dispatch.Step{Field: f}, member.Value())
		}
	}
	t.checkNeeds(d, n)
	t.fillAbsent(d, n, p, given, &beside)
	t.addAbsent(d, given, decoded)
	if !beside.empty() {
		k := beside // a copy, so that most objects need none on the heap
		k.keep(t.At, p)
	}
}

// takeOverField takes over field f from value, the earlier one, if was, the earlier node of
// the member, is shared. Otherwise the decoding of the member follows was.
func (t *Struct) takeOverField(d *decoder, f int, member *document.Member, was *document.Node, p, value any, beside *kept) bool {
	now, then := t.At(p, f), t.At(value, f)
	if !d.sharesValue(was, member.Value()) {
		d.follow(member.Value(), was, then)
		return false
	}
	takeOver(now, then)
	if text, ok := keptOf(t.At, value).texts[f]; ok {
		if beside.texts == nil {
			beside.texts = map[int]keptText{}
		}
		beside.texts[f] = text
	}
	return true
}

// addAbsent adds the fields that no member is named for: absent ones, and maps of
// undeclared properties.
func (t *Struct) addAbsent(d *decoder, given []bool, decoded *fresh) {
	for i := range t.Fields {
		if !given[i] {
			decoded.add(d, dispatch.Step{Field: i}, nil)
		}
	}
}

func (t *Struct) decodeField(d *decoder, f int, member *document.Member, p any, kept *kept) {
	field := &t.Fields[f]
	d.EnterKey(member.Key())
	defer d.Leave()
	if d.hidden[member.Value()] {
		defer d.EnterSecret()()
	}
	field.read(d, t.Rules, f, member, member.Value(), t.At(p, f), kept)
	t.checkPatterns(d, field, member)
}

// checkPatterns checks a declared property by the patterns that its name matches. Both
// schemas apply to it, and it is a secret if either marks it.
func (t *Struct) checkPatterns(d *decoder, field *Field, member *document.Member) {
	if len(t.Patterns) == 0 {
		return
	}
	if isSecret(field.Type) {
		defer d.EnterSecret()()
	}
	for i := range t.Patterns {
		pf := &t.Patterns[i]
		if !d.Matches(pf.Pattern, member, member.Key()) {
			continue
		}
		pattern := &t.Fields[pf.Field]
		m := entriesOf(pattern.Type)
		d.decodeAs(m.at(dispatch.Step{}), t.Rules, pattern.Rule, member.Value(), pattern.Loose, func() {
			if !pattern.Loose {
				m.check(d, member.Value())
			}
		})
	}
}

// decodeMatched decodes a property into the fields of the patterns that its name matches.
// It reports whether there are any.
func (t *Struct) decodeMatched(d *decoder, member *document.Member, p any, kept *kept) bool {
	matched, held := false, false
	for i := range t.Patterns {
		if pf := &t.Patterns[i]; d.Matches(pf.Pattern, member, member.Key()) {
			matched = true
			if t.decodeEntry(d, pf.Field, member, p) {
				held = true
			} else {
				kept.hide(t.Fields[pf.Field].Type, member.Value())
			}
		}
	}
	if matched && !held {
		kept.extra = append(kept.extra, *member)
	}
	return matched
}

// decodeEntry decodes a property into the map that is field f, and reports whether the
// map holds it.
func (t *Struct) decodeEntry(d *decoder, f int, member *document.Member, p any) (held bool) {
	field := &t.Fields[f]
	m := entriesOf(field.Type)
	v := t.At(p, f)
	d.EnterKey(member.Key())
	defer d.Leave()
	d.decodeAs(m.at(dispatch.Step{}), t.Rules, field.Rule, member.Value(), field.Loose, func() {
		held = d.decodeLoosely(field.Loose, func() { m.add(d, v, member) })
	})
	if !held {
		m.drop(v, member.Key())
	}
	return held
}

// decodeUndeclared keeps or refuses a property that nothing declares. For a refused
// property, it returns the number of the field that was probably meant, or -1.
func (t *Struct) decodeUndeclared(d *decoder, member *document.Member, p any, kept *kept) (meant int) {
	switch {
	case t.Extra > 0:
		if !t.decodeEntry(d, t.Extra-1, member, p) {
			kept.hide(t.Fields[t.Extra-1].Type, member.Value())
			kept.extra = append(kept.extra, *member)
		}
	case t.Closed:
		d.Unknown(member, "additionalProperties", t.names, t.isSecretKey)
		if f, ok := t.index[wording.Nearest(member.Key(), t.names)]; ok && !d.InSecret() {
			return f
		}
	default:
		kept.extra = append(kept.extra, *member)
	}
	return -1
}

// isSecretKey reports whether a declared property is a secret or holds one.
func (t *Struct) isSecretKey(key string) bool {
	i, declared := t.lookup(key)
	return declared && holdsSecret(t.Fields[i].Type, map[Type]bool{})
}

func (t *Struct) checkNeeds(d *decoder, n *document.Node) {
	for i := range t.Required {
		if n.Get(t.Required[i]) == nil {
			d.Missing(n, t.Required[i], "")
		}
	}
	for i := range t.Needs {
		if need := &t.Needs[i]; n.Get(need.If) != nil && n.Get(need.Then) == nil {
			d.Missing(n, need.Then, need.If)
		}
	}
}

// fillAbsent reports the required properties that are absent and fills in the defaults of
// the others.
func (t *Struct) fillAbsent(d *decoder, n *document.Node, p any, given []bool, kept *kept) {
	for i := range t.Fields {
		field := &t.Fields[i]
		if given[i] {
			continue
		}
		if field.Required {
			d.Missing(n, field.Key, "", alternatives(field.Type)...)
		} else if absent := t.defaults.absent(t.Fields, i, n); absent != nil {
			d.EnterKey(field.Key)
			if v := t.At(p, i); !field.decode(d, t.Rules, absent, v) {
				kept.stray(i, field, absent, v)
			}
			d.Leave()
		}
	}
}

func (t *Struct) beside(p any) *kept { return keptOf(t.At, p) }

func (t *Struct) encode(e *encoder, p any) {
	kept := t.beside(p)
	if kept.other != nil {
		e.node(kept.other)
		return
	}
	w := objectWriter{encoder: e}
	e.raw("{")
	for i := range t.Fields {
		field := &t.Fields[i]
		v := t.At(p, i)
		switch {
		case field.Entries:
			if m := entriesOf(field.Type); m.set(v) {
				for _, key := range m.keys(v) {
					if w.written(key, len(t.Patterns)) { // two patterns match it
						continue
					}
					w.key(key)
					step := dispatch.Step{Field: dispatch.Entry, Key: key}
					m.at(step).encode(e, m.step(v, step))
				}
			}
		default:
			if text := kept.text(e, i, field, v); text != nil {
				w.key(field.Key)
				kept.encode(e, text)
			} else if field.Type.encoded(v) || field.Required && (field.Type.AllowsNull() || alternatives(field.Type) == nil) {
				w.key(field.Key)
				field.Type.encode(e, v)
			}
		}
	}
	for i := range kept.extra {
		w.key(kept.extra[i].Key())
		kept.encode(e, kept.extra[i].Value())
	}
	e.raw("}")
}

type objectWriter struct {
	*encoder
	some    bool
	entries map[string]bool
}

// written reports whether an entry of the name was written already, which is possible if
// several patterns match.
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
		w.raw(",")
	}
	w.some = true
	w.text(key)
	w.raw(":")
}

func (t *Struct) equal(a, b any) bool { return equalFields(t.Fields, t.At, a, b) }
func (t *Struct) clone(dst, src any)  { cloneFields(t.Fields, t.At, dst, src) }

func (t *Struct) value(p any) any { return made(p, t.At) }

// made returns p after the first use of at, which makes the fields of a value without a
// Go type.
func made(p any, at func(p any, n int) any) any {
	at(p, 0)
	return p
}

func (t *Struct) diff(before, after any, decoded *fresh) (ds []dispatch.Delta, differ bool) {
	was, is := t.beside(before), t.beside(after)
	if was.other != nil || is.other != nil {
		return nil, !t.equal(before, after)
	}
	if decoded == nil {
		for i := range t.Fields {
			ds = t.appendField(ds, i, before, after, nil)
		}
	} else {
		for _, part := range decoded.inOrder() {
			ds = t.appendField(ds, part.step.Field, before, after, part.below)
		}
	}
	ds = t.appendStrays(ds, was, is)
	ds = appendExtra(ds, was, is)
	return ds, len(ds) > 0
}

// appendField appends the differences of field i.
func (t *Struct) appendField(ds []dispatch.Delta, i int, before, after any, decoded *fresh) []dispatch.Delta {
	field, step := &t.Fields[i], dispatch.Step{Field: i, Key: t.Fields[i].Key}
	x, y := t.At(before, i), t.At(after, i)
	if !field.Entries {
		return appendDelta(ds, step, field.Type, x, y, decoded)
	}
	if parts, differ := entriesOf(field.Type).diff(x, y, decoded); differ {
		ds = append(ds, dispatch.Delta{Step: step, Kind: rt.Modified, Old: x, New: y, Parts: parts, Inline: true, Values: field.Type.value})
	}
	return ds
}

// appendStrays appends the differences between the values that the fields do not hold.
func (t *Struct) appendStrays(ds []dispatch.Delta, before, after *kept) []dispatch.Delta {
	if len(before.strays)+len(after.strays) == 0 {
		return ds
	}
	for i := range t.Fields {
		was, is := before.strays[i].node, after.strays[i].node
		if !document.Equal(was, is) {
			ds = append(ds, extraDelta(t.Fields[i].Key, was, is, before.hidden[was] || after.hidden[is]))
		}
	}
	return ds
}

// appendExtra appends the differences between the undeclared properties. No binding leads
// to them, so only the hooks of the section are called.
func appendExtra(ds []dispatch.Delta, before, after *kept) []dispatch.Delta {
	was, is := before.undeclared(), after.undeclared()
	for i := range was.Members() {
		key := was.Members()[i].Key()
		if now := is.Get(key); now == nil || !document.Equal(was.Members()[i].Value(), now) {
			ds = append(ds, extraDelta(key, was.Members()[i].Value(), now, before.hidden[was.Members()[i].Value()] || after.hidden[now]))
		}
	}
	for i := range is.Members() {
		if key := is.Members()[i].Key(); was.Get(key) == nil {
			ds = append(ds, extraDelta(key, nil, is.Members()[i].Value(), after.hidden[is.Members()[i].Value()]))
		}
	}
	return ds
}

// extraDelta returns a change of a value that no field holds. Hidden values are secrets.
func extraDelta(key string, before, after *document.Node, hidden bool) dispatch.Delta {
	d := dispatch.Delta{Step: dispatch.Step{Field: dispatch.Undeclared, Key: key}, Kind: rt.Modified, Values: untyped}
	if hidden {
		d.Values = func(p any) any { return rt.NewSecret(untyped(p)) }
	} else {
		d.Inside = insideUntyped
	}
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

func untyped(p any) any {
	if v := untypedValue(p.(*document.Node)); v != nil {
		return v
	}
	return rt.Null[any]()
}

func (t *Struct) parts(kind rt.ChangeKind, p any) (ds []dispatch.Delta) {
	if t.beside(p).other != nil {
		return nil
	}
	for i := range t.Fields {
		from := len(ds)
		ds = appendPart(ds, dispatch.Step{Field: i, Key: t.Fields[i].Key}, t.Fields[i].Type, kind, t.At(p, i))
		if len(ds) > from {
			ds[from].Inline = t.Fields[i].Entries
		}
	}
	was, is := t.beside(p), &nothing
	if kind == rt.Added {
		was, is = is, was
	}
	return appendExtra(t.appendStrays(ds, was, is), was, is)
}

func (t *Struct) step(p any, s dispatch.Step) any { return t.At(p, s.Field) }
func (t *Struct) at(s dispatch.Step) Type         { return t.Fields[s.Field].Type }
