package rules

import (
	"slices"

	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
)

// A machine evaluates rules on a value and its parts. The first pass is quiet: it stops
// at the first violation and builds no messages. Only an invalid value is evaluated
// again with messages. Branches of alternatives, conditions and negations are always
// evaluated quietly.
type machine struct {
	p     *Report
	rules Rules
	begun int // the steps of the report when it began
	tries int // the number of alternatives around what is evaluated

	// scope is the number of the list of resources entered on the way to the rule; see
	// inside.
	scope  int
	scopes []scope

	memo   map[evaluation]outcome
	found  map[evaluation]document.Findings // with messages
	places map[string]int32
	hidden map[*document.Node]bool // the values that some rule marks secret
	types  map[int]Kinds           // caches kinds
}

// A scope is a list of resources: that of outer and one more. Number 0 is the empty
// list; scopes[0] has number 1.
type scope struct{ outer, resource int }

// An evaluation is a rule on a value, reached through a scope. With messages it also
// has the number of a place, because a YAML alias puts a value in several places.
type evaluation struct {
	rule, scope, place int32
	node               *document.Node
}

// An outcome is whether a value is valid and, if requested, which parts of it were
// evaluated.
type outcome struct {
	allowed bool
	seen    *seen
}

const (
	// maxSteps bounds the rules evaluated for one document, which has at most 500,000
	// values by default.
	maxSteps = 20_000_000
	// Outcomes are remembered after this many steps for one value inside alternatives,
	// or anywhere. Few values need it, but without it nested alternatives and
	// references multiply the work.
	remembering      = 2000
	rememberingPlain = 200_000
	// mostRemembered is how many outcomes are kept before all are dropped.
	mostRemembered = 1 << 20
)

// Check judges n by a rule, adds a finding for each violation and reports whether n
// is valid.
func (p *Report) Check(rules Rules, rule int, n *document.Node) bool {
	if rule == 0 {
		return true
	}
	m := &machine{p: p, rules: rules, begun: p.steps}
	p.quiet = true
	allowed := m.eval(rule, n, nil)
	if p.quiet = false; allowed {
		return true
	}
	m.hide(rule, n)
	from := len(p.Findings)
	m.evalAloud(rule, n)
	if len(p.Findings[from:].Errors()) == 0 { // an invalid value always gets a finding
		p.Find(n, wording.Refused)
	}
	return false
}

// Allows reports whether a rule allows n.
func (r Rules) Allows(rule int, n *document.Node) bool {
	p := &Report{quiet: true}
	m := &machine{p: p, rules: r}
	return m.eval(rule, n, nil) && len(p.always) == 0
}

// DecodeChecked runs decode on a value that a rule also checks. It drops the errors
// that decode reports at a place where the rule has reported one: they are the same in
// other words.
func (p *Report) DecodeChecked(rules Rules, rule int, n *document.Node, decode func()) {
	from := len(p.Findings)
	if p.Check(rules, rule, n) {
		decode()
		return
	}
	obeyed := len(p.Findings)
	places := map[placeKey]bool{}
	for i := range p.Findings[from:] {
		places[placeOf(&p.Findings[from+i])] = true
	}
	decode()
	rest := slices.DeleteFunc(p.Findings[obeyed:], func(f document.Finding) bool {
		return places[placeOf(&f)] && (f.Severity == document.Error || f.Rule != wording.Deprecated.Rule)
	})
	p.Findings = p.Findings[:obeyed+len(rest)]
}

// eval reports whether rule allows n, and marks in into which parts it evaluates.
func (m *machine) eval(rule int, n *document.Node, into *seen) bool {
	if rule == 0 {
		return true
	}
	if m.p.steps++; m.p.steps > maxSteps {
		return true // reported once, by Finish
	}
	r := &m.rules[rule]
	outer := m.scope
	if r.Resource != 0 {
		m.scope = m.inside(r.Resource)
	}
	var allowed bool
	switch {
	case !m.p.quiet && m.isOfWrongKind(rule, n): // nothing else is worth reporting then
		into.leaveOpen()
	case !m.remembers() || !r.branches(n):
		allowed = m.check(r, n, into)
	default:
		allowed = m.remembered(rule, r, n, into)
	}
	m.scope = outer
	return allowed
}

// isOfWrongKind reports a value whose kind rule does not allow.
func (m *machine) isOfWrongKind(rule int, n *document.Node) bool {
	kinds := m.kinds(rule)
	if kinds == 0 || kinds.Allow(n) {
		return false
	}
	m.p.WrongType(n, m.holdsSecret(rule), kinds.String())
	return true
}

// remembers reports whether outcomes are remembered.
func (m *machine) remembers() bool {
	steps := m.p.steps - m.begun
	return steps > rememberingPlain || steps > remembering && m.tries > 0
}

// branches reports whether evaluating r on n can take long.
func (r *Rule) branches(n *document.Node) bool {
	return len(r.All)+len(r.Any)+len(r.One)+r.Not+r.If > 0 || r.Dynamic != nil ||
		r.Object != nil && n.Kind() == document.Object || r.Array != nil && n.Kind() == document.List
}

// remembered is check with a cache.
func (m *machine) remembered(rule int, r *Rule, n *document.Node, into *seen) bool {
	key, aloud := evaluation{int32(rule), int32(m.scope), 0, n}, !m.p.quiet
	if aloud {
		key.place = m.place()
	}
	o, known := m.memo[key]
	if !known || o.seen == nil && into != nil && (o.allowed || aloud) {
		if m.memo == nil || len(m.memo) > mostRemembered {
			m.memo, m.found = map[evaluation]outcome{}, map[evaluation]document.Findings{}
		}
		if into != nil {
			o.seen = &seen{}
		}
		if aloud {
			m.found[key] = m.aside(func() { o.allowed = m.check(r, n, o.seen) })
		} else {
			o.allowed = m.check(r, n, o.seen)
		}
		m.memo[key] = o
	}
	if aloud {
		m.p.Findings = append(m.p.Findings, m.found[key]...)
	}
	if o.allowed || aloud {
		into.merge(o.seen)
	}
	return o.allowed
}

// place returns the number of the value's place, from 1.
func (m *machine) place() int32 {
	if m.places == nil {
		m.places = map[string]int32{}
	}
	place := m.p.Place()
	if m.places[place] == 0 {
		m.places[place] = int32(len(m.places) + 1)
	}
	return m.places[place]
}

// aside returns the findings of evaluate, without duplicates, and adds none.
func (m *machine) aside(evaluate func()) document.Findings {
	m.tries++
	found := m.p.Aside(evaluate)
	m.tries--
	return once(found)
}

// quietly evaluates a rule without messages. If n is invalid, into is unchanged.
func (m *machine) quietly(rule int, n *document.Node, into *seen) bool {
	quiet := m.p.quiet
	m.p.quiet = true
	m.tries++
	var own *seen
	if into != nil {
		own = &seen{}
	}
	allowed := m.eval(rule, n, own)
	m.tries--
	m.p.quiet = quiet
	if allowed {
		into.merge(own)
	}
	return allowed
}

// inside returns the number of the current scope with resource added. A resource that
// is already in the scope adds nothing, because the outermost entry decides.
func (m *machine) inside(resource int) int {
	for at := m.scope; at != 0; at = m.scopes[at-1].outer {
		if m.scopes[at-1].resource == resource {
			return m.scope
		}
	}
	s := scope{m.scope, resource}
	if i := slices.Index(m.scopes, s); i >= 0 {
		return i + 1
	}
	m.scopes = append(m.scopes, s)
	return len(m.scopes)
}

// target returns the rule that a dynamic reference means here.
func (m *machine) target(y *Dynamic) int {
	rule := y.Rule
	for at := m.scope; at != 0; at = m.scopes[at-1].outer {
		if t, ok := y.target(m.scopes[at-1].resource); ok {
			rule = t // the last one found is the outermost
		}
	}
	return rule
}

// check evaluates r itself. With messages it continues after a violation.
func (m *machine) check(r *Rule, n *document.Node, into *seen) bool {
	if r.Never {
		into.leaveOpen()
		return m.p.refuse(n, func() document.Finding { return wording.Never })
	}
	if r.Kinds != 0 && !r.Kinds.Allow(n) {
		into.leaveOpen()
		if !m.p.quiet {
			m.p.WrongType(n, false, r.Kinds.String())
		}
		return false
	}
	own := into
	unevaluated := r.unevaluated(n)
	if unevaluated != 0 {
		own = &seen{}
	}
	ok := m.value(r, n)
	if m.p.wants(ok) {
		ok = m.inPlace(r, n, own) && ok
	}
	if m.p.wants(ok) {
		ok = m.inner(r, n, own) && ok
	}
	if unevaluated != 0 {
		if ok || !m.p.quiet && !own.unsure {
			ok = m.unevaluated(r, unevaluated, n, own) && ok
		}
		into.merge(own)
	}
	return ok
}

// value evaluates the keywords for a value as a whole.
func (m *machine) value(r *Rule, n *document.Node) bool {
	ok := len(r.Enum) == 0 || m.p.Enum(n, r.Enum)
	switch {
	case !m.p.wants(ok):
	case n.Kind() == document.Number && r.Range != nil:
		ok = r.Range.Check(m.p, n) && ok
	case n.Kind() == document.String && r.Text != nil:
		ok = r.Text.Check(m.p, n) && ok
	}
	return ok
}

// inPlace evaluates the rules that r applies to the same value.
func (m *machine) inPlace(r *Rule, n *document.Node, own *seen) bool {
	ok := true
	for _, rule := range r.All {
		if ok = m.eval(rule, n, own) && ok; !m.p.wants(ok) {
			return false
		}
	}
	if r.Dynamic != nil {
		ok = m.eval(m.target(r.Dynamic), n, own) && ok
	}
	ok = m.p.wants(ok) && (len(r.Any) == 0 || m.any(r, n, own)) && ok
	ok = m.p.wants(ok) && (len(r.One) == 0 || m.one(r, n, own)) && ok
	if r.Not != 0 && m.p.wants(ok) && m.quietly(r.Not, n, nil) {
		ok = m.p.refuse(n, func() document.Finding { return m.excluded(r.Not, n) })
	}
	if r.If != 0 && m.p.wants(ok) {
		then := r.Else
		if m.quietly(r.If, n, own) {
			then = r.Then
		}
		ok = m.eval(then, n, own) && ok
	}
	return ok
}

// inner evaluates the keywords for the parts of a value.
func (m *machine) inner(r *Rule, n *document.Node, own *seen) bool {
	switch {
	case n.Kind() == document.Object && r.Object != nil:
		return m.object(r, n, own)
	case n.Kind() == document.List && r.Array != nil:
		return m.list(r.Array, n, own)
	}
	return true
}

// unevaluated returns the rule for the parts of n that nothing else evaluates.
func (r *Rule) unevaluated(n *document.Node) int {
	switch {
	case n.Kind() == document.Object && r.Object != nil:
		return r.Object.Unevaluated
	case n.Kind() == document.List && r.Array != nil:
		return r.Array.Unevaluated
	}
	return 0
}

func (m *machine) unevaluated(r *Rule, rule int, n *document.Node, own *seen) bool {
	ok := true
	for i := range n.Members() {
		if !own.marked(i) && m.p.wants(ok) {
			ok = m.additional(r, rule, "unevaluatedProperties", func() []string { return m.declared(r) }, &n.Members()[i]) && ok
		}
	}
	for i, item := range n.Items() {
		if !own.marked(i) && m.p.wants(ok) {
			ok = m.part(rule, segment{index: i}, item) && ok
		}
	}
	own.markAll()
	return ok
}

// part evaluates the part of a value at step.
func (m *machine) part(rule int, step segment, n *document.Node) bool {
	if m.p.quiet {
		return m.eval(rule, n, nil)
	}
	m.p.path = append(m.p.path, step)
	ok := m.evalAloud(rule, n)
	m.p.Leave()
	return ok
}

// evalAloud evaluates with messages a value whose path is entered.
func (m *machine) evalAloud(rule int, n *document.Node) bool {
	if m.hidden[n] {
		defer m.p.EnterSecret()()
	}
	return m.eval(rule, n, nil)
}
