package genrt

import (
	"reflect"
	"slices"

	"github.com/hotbind/hotbind/internal/rules"
	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
)

// A Union is the table of a sealed interface: a value that is one of several
// types. The nil interface is an absent value.
type Union struct {
	leaf
	Branches []Branch
	// One refuses a value that matches more than one branch (oneOf); otherwise
	// the first that matches best is taken (anyOf).
	One bool
	// Tag, if set, is the property whose value identifies every branch.
	Tag string
}

// A Branch is one of the types of a union.
type Branch struct {
	Name string // as messages name it
	Type Type
	Of   any    // a nil pointer to its Go type, or an arm
	Tag  string // the value of the union's Tag for this branch
}

// make returns a pointer to a new zero value of the branch.
func (b *Branch) make() any {
	if arm, ok := b.Of.(arm); ok {
		return arm.Zero()
	}
	return reflect.New(reflect.TypeOf(b.Of).Elem()).Interface()
}

// get returns a pointer to a copy of the value in the interface that p points to; nil if
// it has another type. It uses reflection, because one function for each branch of each
// union would make large packages slow to build.
func (b *Branch) get(p any) any {
	if arm, ok := b.Of.(arm); ok {
		return arm.Get(p)
	}
	held, pointer := reflect.ValueOf(p).Elem().Elem(), reflect.TypeOf(b.Of)
	switch {
	case !held.IsValid():
	case held.Type() == pointer.Elem():
		v := reflect.New(pointer.Elem())
		v.Elem().Set(held)
		return v.Interface()
	case held.Type() == pointer && !held.IsNil():
		return held.Interface() // it has the methods too, so that the compiler lets one in
	}
	return nil
}

// set makes the interface that p points to hold the value that value points to.
func (b *Branch) set(p, value any) {
	if arm, ok := b.Of.(arm); ok {
		arm.Set(p, value)
		return
	}
	reflect.ValueOf(p).Elem().Set(reflect.ValueOf(value).Elem())
}

// get returns which branch the interface that p points to holds, and a pointer
// to a copy of its value; -1 is none.
func (t *Union) get(p any) (branch int, value any) {
	for i := range t.Branches {
		if v := t.Branches[i].get(p); v != nil {
			return i, v
		}
	}
	return -1, nil
}

func (t *Union) Kind() document.Kind { return 0 }
func (t *Union) set(p any) bool      { b, _ := t.get(p); return b >= 0 }
func (t *Union) encoded(p any) bool  { return t.set(p) }

// alternatives returns the names of the branches of t; nil if it is not a union.
func alternatives(t Type) (names []string) {
	if u, ok := innermost(t).(*Union); ok {
		for i := range u.Branches {
			names = append(names, u.Branches[i].Name)
		}
	}
	return names
}

// An attempt is the result of decoding a value as one branch.
type attempt struct {
	branch   int
	value    any
	findings document.Findings
}

func (t *Union) decode(d *decoder, n *document.Node, p any) {
	if d.steps++; d.steps > maxSteps {
		return
	}
	d.next = earlier{} // it is of the union, not of a branch
	t.hideIn(d, n)
	if t.decodeTagged(d, n, p) {
		return
	}
	attempts := t.attempts(d, n)
	if len(attempts) == 0 {
		if n.Kind() == document.Null && n.Pos().File == valueName { // a nil interface
			d.Find(n, wording.Missing("", alternatives(t)))
			return
		}
		d.wrongOuter(t, n, t.wanted())
		return
	}
	var matches []attempt
	for _, a := range attempts {
		if len(a.findings.Errors()) == 0 {
			matches = append(matches, a)
		}
	}
	switch {
	case len(matches) == 0:
		t.reportNearest(d, n, attempts)
		return
	case len(matches) > 1 && t.One:
		names := make([]string, len(matches))
		for i, m := range matches {
			names[i] = t.Branches[m.branch].Name
		}
		d.Find(n, wording.Several(names))
		return
	}
	best := slices.MinFunc(matches, func(a, b attempt) int {
		return t.undeclared(a, n) - t.undeclared(b, n)
	})
	d.Findings = append(d.Findings, best.findings...)
	t.Branches[best.branch].set(p, best.value)
}

// hideIn hides the properties of n that a branch calls secret from all of them.
func (t *Union) hideIn(d *decoder, n *document.Node) {
	if n.Kind() != document.Object {
		return
	}
	for i := range t.Branches {
		s, ok := innermost(t.Branches[i].Type).(*Struct)
		if !ok {
			continue
		}
		for j := range n.Members() {
			if f, declared := s.lookup(n.Members()[j].Key()); declared && isSecret(s.Fields[f].Type) {
				if d.hidden == nil {
					d.hidden = map[*document.Node]bool{}
				}
				d.hidden[n.Members()[j].Value()] = true
			}
		}
	}
}

// tagged returns the tag of n, nil if it has none, and the branch that it names.
func (t *Union) tagged(n *document.Node) (tag *document.Node, branch *Branch) {
	if tag = n.Get(t.Tag); t.Tag == "" || tag == nil || tag.Kind() != document.String {
		return nil, nil
	}
	if i := slices.IndexFunc(t.Branches, func(b Branch) bool { return b.Tag == tag.Text() }); i >= 0 {
		branch = &t.Branches[i]
	}
	return tag, branch
}

// decodeTagged reads n as the branch that its tag names and reports whether it
// has one: the other branches could not match, whatever else is in it.
func (t *Union) decodeTagged(d *decoder, n *document.Node, p any) bool {
	tag, b := t.tagged(n)
	if tag == nil {
		return false
	}
	if b != nil {
		v := b.make()
		b.Type.decode(d, n, v)
		b.set(p, v)
		return true
	}
	tags := make([]string, len(t.Branches))
	for i := range t.Branches {
		tags[i] = string(document.NewScalar(document.String, t.Branches[i].Tag, document.Position{}).AppendJSON(nil))
	}
	if d.hidden[tag] {
		defer d.EnterSecret()()
	}
	d.EnterKey(t.Tag)
	d.Find(tag, wording.NotAllowed(tag, d.Hides(tag), tags))
	d.Leave()
	return true
}

// attempts reads n as each branch whose kind it can be.
func (t *Union) attempts(d *decoder, n *document.Node) []attempt {
	var list []attempt
	for i := range t.Branches {
		b := &t.Branches[i]
		if kind := b.Type.Kind(); kind != 0 && kind != n.Kind() {
			continue
		}
		list = append(list, d.attempt(i, b, n))
	}
	return list
}

// attempt reads n as branch i, once for each node and branch: alternatives
// within alternatives would otherwise multiply.
func (d *decoder) attempt(i int, b *Branch, n *document.Node) attempt {
	key := attemptKey{n, b, d.Place()}
	if a, ok := d.attempts[key]; ok {
		return a
	}
	v := b.make()
	a := attempt{i, v, d.try(b.Type, n, v)}
	if d.attempts == nil {
		d.attempts = map[attemptKey]attempt{}
	}
	d.attempts[key] = a
	return a
}

// notHeld is worse than any number of undeclared members: a loose struct that
// allows a value and cannot hold it.
const notHeld = 1 << 30

// undeclared counts the members of n that branch a keeps without declaring them: of
// several branches that match, the one that declares most is chosen.
func (t *Union) undeclared(a attempt, n *document.Node) int {
	s, ok := innermost(t.Branches[a.branch].Type).(*Struct)
	if !ok {
		return 0
	}
	if n.Kind() != document.Object {
		return notHeld
	}
	count := 0
	for i := range n.Members() {
		if _, declared := s.lookup(n.Members()[i].Key()); !declared {
			count++
		}
	}
	return count
}

// reportNearest reports the errors of n as the branch that it resembles most.
func (t *Union) reportNearest(d *decoder, n *document.Node, attempts []attempt) {
	readings := make([]rules.Reading, len(attempts))
	for i, a := range attempts {
		r := rules.Reading{Name: t.Branches[a.branch].Name, Findings: a.findings}
		if _, ok := innermost(t.Branches[a.branch].Type).(*Struct); ok {
			r.Undeclared = t.undeclared(a, n)
			r.Declared = len(n.Members()) - min(r.Undeclared, len(n.Members()))
		}
		readings[i] = r
	}
	d.Nearest(readings)
}

// wanted lists the kinds of value that a branch accepts.
func (t *Union) wanted() string {
	var kinds []document.Kind
	for i := range t.Branches {
		if k := t.Branches[i].Type.Kind(); !slices.Contains(kinds, k) {
			kinds = append(kinds, k)
		}
	}
	return wording.Kinds(kinds...)
}

func (t *Union) encode(e *encoder, p any) {
	branch, v := t.get(p)
	if branch < 0 {
		e.raw("null")
		return
	}
	t.Branches[branch].Type.encode(e, v)
}

func (t *Union) equal(a, b any) bool {
	i, x := t.get(a)
	j, y := t.get(b)
	return i == j && (i < 0 || t.Branches[i].Type.equal(x, y))
}

func (t *Union) clone(dst, src any) {
	branch, v := t.get(src)
	if branch < 0 {
		return
	}
	w := t.Branches[branch].make()
	t.Branches[branch].Type.clone(w, v)
	t.Branches[branch].set(dst, w)
}

func (t *Union) ref(p any) any {
	if !t.set(p) {
		return nil
	}
	return p
}

func (t *Union) value(p any) any {
	branch, v := t.get(p)
	if branch < 0 {
		return nil
	}
	return t.Branches[branch].Type.value(v)
}
