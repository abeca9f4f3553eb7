package genrt

import (
	"slices"

	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
)

// A machine evaluates rules on one value and what is inside. It does so quietly
// first, which stops at the first fault and builds no messages; a value that is
// refused is evaluated once more aloud. What is only tried (the branches of
// alternatives, conditions, negations) is always evaluated quietly.
type machine struct {
	d     *decoder
	rules Rules
	loud  bool
	begun int // the steps of the decoder when it began
	tries int // how many alternatives enclose what is evaluated

	// The resources that were entered on the way to the rule, as a number of
	// scopes; see inside.
	scope  int
	scopes []scope

	memo   map[evaluation]outcome
	told   map[telling]told
	hidden map[*document.Node]bool // the values that some rule calls secret
	types  map[int]Kinds           // what kinds has found out
}

// A scope is a list of resources: those of outer, and one more. Number 0 is the
// empty list; scopes[0] has number 1.
type scope struct{ outer, resource int }

// An evaluation is a rule on a value, reached through a scope.
type evaluation struct {
	rule, scope int
	node        *document.Node
}

// An outcome is whether a value was allowed, and what was evaluated of it where
// that was asked for.
type outcome struct {
	allowed bool
	seen    *seen
}

// A telling is an evaluation aloud at one place: an alias of YAML makes a value
// stand in several.
type telling struct {
	evaluation
	place string
}

// A told is an outcome aloud.
type told struct {
	outcome
	findings document.Findings
}

const (
	// maxRuleSteps bounds the rules evaluated for one document, which has at most
	// 500,000 values unless the application raises that.
	maxRuleSteps = 20_000_000
	// remembering begins after so many steps for one value inside of alternatives,
	// and after so many anywhere: few values need it, but without it alternatives
	// inside of alternatives multiply, and so may references.
	remembering      = 2000
	rememberingPlain = 200_000
	// mostRemembered is how many outcomes are remembered before all are forgotten.
	mostRemembered = 1 << 20
)

// obey reports what rule finds wrong with n, and whether it found nothing.
func (d *decoder) obey(rules *Rules, rule int, n *document.Node) bool {
	if rules == nil || rule == 0 {
		return true
	}
	m := &machine{d: d, rules: *rules, begun: d.ruleSteps}
	if m.eval(rule, n, nil) {
		return true
	}
	m.loud = true
	m.hide(rule, n)
	from := len(d.findings)
	m.at(n, func() { m.eval(rule, n, nil) })
	if len(d.findings[from:].Errors()) == 0 { // what is refused quietly is never let pass
		d.find(n, wording.Refused(), "")
	}
	return false
}

// decodeObeying reads a value that rule binds too. Of what decode finds at a
// place where the rule found fault already nothing is told: it is the same fault
// in other words.
func (d *decoder) decodeObeying(rules *Rules, rule int, n *document.Node, decode func()) {
	from := len(d.findings)
	if d.obey(rules, rule, n) {
		decode()
		return
	}
	told := len(d.findings)
	places := map[placeKey]bool{}
	for i := range d.findings[from:] {
		places[placeOf(&d.findings[from+i])] = true
	}
	decode()
	rest := slices.DeleteFunc(d.findings[told:], func(f document.Finding) bool {
		return f.Severity == document.Error && places[placeOf(&f)]
	})
	d.findings = d.findings[:told+len(rest)]
}

type placeKey struct {
	pos  document.Position
	path string
}

func placeOf(f *document.Finding) placeKey { return placeKey{f.Pos, f.Path} }

// eval reports whether rule allows n, and marks in into what it evaluates of it.
func (m *machine) eval(rule int, n *document.Node, into *seen) bool {
	if rule == 0 {
		return true
	}
	if m.d.ruleSteps++; m.d.ruleSteps > maxRuleSteps {
		return true // reported once, by whoever started the decoder
	}
	r := &m.rules[rule]
	outer := m.scope
	if r.Resource != 0 {
		m.scope = m.inside(r.Resource)
	}
	var allowed bool
	switch {
	case !m.remembers() || !r.branches(n):
		allowed = m.check(r, n, into)
	case m.loud:
		allowed = m.retold(rule, r, n, into)
	default:
		allowed = m.remembered(rule, r, n, into)
	}
	m.scope = outer
	return allowed
}

// remembers reports whether outcomes are remembered by now.
func (m *machine) remembers() bool {
	steps := m.d.ruleSteps - m.begun
	return steps > rememberingPlain || steps > remembering && m.tries > 0
}

// branches reports whether evaluating r on n can take long.
func (r *Rule) branches(n *document.Node) bool {
	return len(r.All)+len(r.Any)+len(r.One)+r.Not+r.If > 0 || r.Dynamic != nil ||
		r.Object != nil && n.Kind == document.Object || r.Array != nil && n.Kind == document.List
}

// remembered is check, done once for each rule, value and scope.
func (m *machine) remembered(rule int, r *Rule, n *document.Node, into *seen) bool {
	key := evaluation{rule, m.scope, n}
	o, known := m.memo[key]
	if !known || o.allowed && o.seen == nil && into != nil {
		if into != nil {
			o.seen = &seen{}
		}
		o.allowed = m.check(r, n, o.seen)
		if m.memo == nil || len(m.memo) > mostRemembered {
			m.memo = map[evaluation]outcome{}
		}
		m.memo[key] = o
	}
	if o.allowed {
		into.merge(o.seen)
	}
	return o.allowed
}

// retold is check aloud, done once for each rule, value, scope and place.
func (m *machine) retold(rule int, r *Rule, n *document.Node, into *seen) bool {
	key := telling{evaluation{rule, m.scope, n}, m.d.place()}
	o, known := m.told[key]
	if !known || o.seen == nil && into != nil {
		if into != nil {
			o.seen = &seen{}
		}
		o.findings = m.aside(func() { o.allowed = m.check(r, n, o.seen) })
		if m.told == nil || len(m.told) > mostRemembered {
			m.told = map[telling]told{}
		}
		m.told[key] = o
	}
	m.d.findings = append(m.d.findings, o.findings...)
	into.merge(o.seen)
	return o.allowed
}

// aside is what evaluate finds, each fault once.
func (m *machine) aside(evaluate func()) document.Findings {
	before := m.d.findings
	m.d.findings = nil
	m.tries++
	evaluate()
	m.tries--
	found := once(m.d.findings)
	m.d.findings = before
	return found
}

// quietly evaluates a rule whose outcome is all that matters. What a value that
// it does not allow has evaluated does not count.
func (m *machine) quietly(rule int, n *document.Node, into *seen) bool {
	loud := m.loud
	m.loud = false
	m.tries++
	var own *seen
	if into != nil {
		own = &seen{}
	}
	allowed := m.eval(rule, n, own)
	m.tries--
	m.loud = loud
	if allowed {
		into.merge(own)
	}
	return allowed
}

// inside is the number of the present scope with resource added. The outermost
// of several entries decides, so that a second one adds nothing.
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

// target is the rule that a dynamic reference means here.
func (m *machine) target(y *Dynamic) int {
	rule := y.Rule
	for at := m.scope; at != 0; at = m.scopes[at-1].outer {
		if t, ok := y.target(m.scopes[at-1].resource); ok {
			rule = t // the last one found is the outermost
		}
	}
	return rule
}

// refuse reports a fault, where faults are told, and returns that there is one.
func (m *machine) refuse(n *document.Node, message string) bool {
	if m.loud {
		m.d.find(n, message, "")
	}
	return false
}

// check evaluates r itself. Aloud it goes on behind a fault.
func (m *machine) check(r *Rule, n *document.Node, into *seen) bool {
	if r.Never {
		into.doubt()
		return m.refuse(n, wording.Never())
	}
	if !r.Kinds.allow(n) {
		into.doubt()
		if m.loud {
			m.d.wrongType(n, r.Kinds.String())
		}
		return false
	}
	own := into
	unevaluated := r.unevaluated(n)
	if unevaluated != 0 {
		own = &seen{}
	}
	ok := m.value(r, n)
	if ok || m.loud {
		ok = m.inPlace(r, n, own) && ok
	}
	if ok || m.loud {
		ok = m.inner(r, n, own) && ok
	}
	if unevaluated != 0 && (ok || m.loud && !own.unsure) {
		ok = m.unevaluated(r, unevaluated, n, own) && ok
	}
	if unevaluated != 0 {
		into.merge(own)
	}
	return ok
}

// value evaluates what binds a value as a whole.
func (m *machine) value(r *Rule, n *document.Node) bool {
	if m.loud {
		before := len(m.d.findings)
		m.d.enum(n, r.Enum)
		switch {
		case n.Kind == document.Number && r.Range != nil:
			r.Range.check(m.d, n)
		case n.Kind == document.String && r.Text != nil:
			r.Text.check(m.d, n)
		}
		return len(m.d.findings) == before
	}
	return allowedBy(r.Enum, n) &&
		(r.Range == nil || n.Kind != document.Number || r.Range.allows(n.Text)) &&
		(r.Text == nil || n.Kind != document.String || r.Text.allows(m.d, n))
}

// inPlace evaluates the rules that r applies to the same value.
func (m *machine) inPlace(r *Rule, n *document.Node, own *seen) bool {
	ok := true
	for _, rule := range r.All {
		if ok = m.eval(rule, n, own) && ok; !ok && !m.loud {
			return false
		}
	}
	if r.Dynamic != nil {
		ok = m.eval(m.target(r.Dynamic), n, own) && ok
	}
	if len(r.Any) > 0 && (ok || m.loud) {
		ok = m.any(r, n, own) && ok
	}
	if len(r.One) > 0 && (ok || m.loud) {
		ok = m.one(r, n, own) && ok
	}
	if r.Not != 0 && (ok || m.loud) && m.quietly(r.Not, n, nil) {
		ok = m.refuseExcluded(r.Not, n)
	}
	if r.If != 0 && (ok || m.loud) {
		then := r.Else
		if m.quietly(r.If, n, own) {
			then = r.Then
		}
		ok = m.eval(then, n, own) && ok
	}
	return ok
}

// inner evaluates what binds the parts of a value.
func (m *machine) inner(r *Rule, n *document.Node, own *seen) bool {
	switch {
	case n.Kind == document.Object && r.Object != nil:
		return m.object(r.Object, n, own)
	case n.Kind == document.List && r.Array != nil:
		return m.list(r.Array, n, own)
	}
	return true
}

// unevaluated is the rule for the parts of n that nothing else evaluates.
func (r *Rule) unevaluated(n *document.Node) int {
	switch {
	case n.Kind == document.Object && r.Object != nil:
		return r.Object.Unevaluated
	case n.Kind == document.List && r.Array != nil:
		return r.Array.Unevaluated
	}
	return 0
}

func (m *machine) unevaluated(r *Rule, rule int, n *document.Node, own *seen) bool {
	ok := true
	for i := range n.Members {
		if !own.marked(i) && (ok || m.loud) {
			ok = m.additional(rule, func() []string { return m.declared(r) }, &n.Members[i]) && ok
		}
	}
	for i, item := range n.Items {
		if !own.marked(i) && (ok || m.loud) {
			ok = m.item(rule, i, item) && ok
		}
	}
	own.markAll()
	return ok
}

// at evaluates aloud what stands at n; call it where n's path is entered.
func (m *machine) at(n *document.Node, evaluate func()) {
	if m.hidden[n] {
		defer m.d.enterSecret()()
	}
	evaluate()
}
