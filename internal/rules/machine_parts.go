package rules

import (
	"slices"

	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
)

func (m *machine) object(r *Rule, n *document.Node, own *seen) bool {
	o := r.Object
	ok := o.Length == (Count{}) || o.Length.Check(m.p, n, len(n.Members()), wording.Properties)
	for i := range n.Members() {
		if !m.p.wants(ok) {
			return false
		}
		ok = m.member(r, n, i, own) && ok
	}
	ok = m.p.wants(ok) && m.needed(o, n) && ok
	for i := range o.Dependent {
		if dependent := &o.Dependent[i]; m.p.wants(ok) && n.Get(dependent.Key) != nil {
			ok = m.eval(dependent.Rule, n, own) && ok
		}
	}
	return ok
}

// member evaluates property i of n.
func (m *machine) member(r *Rule, n *document.Node, i int, own *seen) bool {
	o := r.Object
	member := &n.Members()[i]
	ok := o.Names == 0 || m.name(o.Names, member)
	rule, bound := o.property(member.Key())
	if bound && m.p.wants(ok) {
		ok = m.part(rule, segment{member.Key(), -1}, member.Value()) && ok
	}
	for p := range o.Patterns {
		if !m.p.wants(ok) {
			return false
		}
		if m.p.Matches(o.Patterns[p].Pattern, member, member.Key()) {
			bound = true
			ok = m.part(o.Patterns[p].Rule, segment{member.Key(), -1}, member.Value()) && ok
		}
	}
	if !bound && o.Additional != 0 && m.p.wants(ok) {
		bound = true
		ok = m.additional(r, r.Object.Additional, "additionalProperties", r.Object.keys, member) && ok
	}
	if bound {
		own.mark(i, len(n.Members()))
	}
	return ok
}

// name evaluates the name of a property, as a string.
func (m *machine) name(rule int, member *document.Member) bool {
	ok := true
	m.p.Key(member, func(name *document.Node) { ok = m.eval(rule, name, nil) })
	return ok
}

// additional evaluates an undeclared property under keyword.
func (m *machine) additional(r *Rule, rule int, keyword string, declared func() []string, member *document.Member) bool {
	if m.p.quiet || !m.rules[rule].Never {
		return m.part(rule, segment{member.Key(), -1}, member.Value())
	}
	m.p.Unknown(member, keyword, declared(), func(key string) bool { return m.isSecretKey(r, key) })
	return false
}

// needed checks the required properties.
func (m *machine) needed(o *ObjectRule, n *document.Node) bool {
	ok := true
	for i := 0; i < len(o.Required) && m.p.wants(ok); i++ {
		if n.Get(o.Required[i]) != nil {
			continue
		}
		if ok = false; !m.p.quiet && !m.misspelled(o, n, o.Required[i]) {
			m.p.Missing(n, o.Required[i], "")
		}
	}
	for i := 0; i < len(o.Needs) && m.p.wants(ok); i++ {
		need := &o.Needs[i]
		if n.Get(need.If) == nil || n.Get(need.Then) != nil {
			continue
		}
		if ok = false; !m.p.quiet {
			m.p.Missing(n, need.Then, need.If)
		}
	}
	return ok
}

// misspelled reports whether a rejected property was probably meant to be key. A second
// finding that key is missing would only repeat that.
func (m *machine) misspelled(o *ObjectRule, n *document.Node, key string) bool {
	if o.Additional == 0 || !m.rules[o.Additional].Never {
		return false
	}
	names := o.keys()
	return slices.ContainsFunc(n.Members(), func(member document.Member) bool {
		return !slices.Contains(names, member.Key()) && wording.Nearest(member.Key(), names) == key
	})
}

func (o *ObjectRule) keys() []string {
	keys := make([]string, len(o.Properties))
	for i := range o.Properties {
		keys[i] = o.Properties[i].Key
	}
	return keys
}

// declared lists the properties that r and the rules in place declare.
func (m *machine) declared(r *Rule) []string {
	var names []string
	done := map[*Rule]bool{}
	var visit func(r *Rule)
	visit = func(r *Rule) {
		if done[r] {
			return
		}
		done[r] = true
		if r.Object != nil {
			for _, key := range r.Object.keys() {
				if !slices.Contains(names, key) {
					names = append(names, key)
				}
			}
		}
		r.inPlace(func(rule int) {
			if rule != r.Not {
				visit(&m.rules[rule])
			}
		})
	}
	visit(r)
	return names
}

func (m *machine) list(a *ArrayRule, n *document.Node, own *seen) bool {
	fits, differ := m.p.Items(n, &a.Length, a.Unique)
	ok := fits && differ
	if m.p.wants(ok) {
		ok = m.items(a, n, own) && ok
	}
	if a.Contains != 0 && m.p.wants(ok) {
		ok = m.contains(a, n, own) && ok
	}
	return ok
}

func (m *machine) items(a *ArrayRule, n *document.Node, own *seen) bool {
	if a.Items != 0 {
		own.markAll()
		if m.rules[a.Items].Never && len(n.Items()) > len(a.Prefix) && !m.p.quiet {
			m.p.Find(n, wording.Many(len(n.Items()), len(a.Prefix), wording.Items, m.p.Hides(n)))
			n = document.NewList(n.Items()[:len(a.Prefix)], n.Pos())
			m.prefix(a, n, own)
			return false
		}
	}
	return m.prefix(a, n, own)
}

// prefix evaluates items by position, and the rest by Items.
func (m *machine) prefix(a *ArrayRule, n *document.Node, own *seen) bool {
	ok := true
	for i, item := range n.Items() {
		rule := a.Items
		if i < len(a.Prefix) {
			rule = a.Prefix[i]
			own.mark(i, len(n.Items()))
		} else if rule == 0 {
			break
		}
		if ok = m.part(rule, segment{index: i}, item) && ok; !m.p.wants(ok) {
			return false
		}
	}
	return ok
}

// contains counts the items that Contains allows.
func (m *machine) contains(a *ArrayRule, n *document.Node, own *seen) bool {
	least, count := a.least(), 0
	for i, item := range n.Items() {
		if !m.quietly(a.Contains, item, nil) {
			continue
		}
		if count++; a.ContainsEvaluates {
			own.mark(i, len(n.Items()))
		}
	}
	label := m.rules[a.Contains].Label
	if count < least {
		return m.p.refuse(n, func() document.Finding { return wording.ContainsFew(count, least, label) })
	}
	if a.Contained.Capped && count > a.Contained.Max {
		return m.p.refuse(n, func() document.Finding { return wording.ContainsMany(count, a.Contained.Max, label) })
	}
	return true
}

// isSecretKey reports whether r or a rule in place declares key as a secret or as
// something that holds one.
func (m *machine) isSecretKey(r *Rule, key string) bool {
	return m.inAny(r, map[*Rule]bool{}, false, func(r *Rule) bool {
		if r.Object == nil {
			return false
		}
		rule, _ := r.Object.property(key)
		return rule != 0 && m.holdsSecret(rule)
	})
}

// holdsSecret reports whether a value under rule can be a secret or hold one.
func (m *machine) holdsSecret(rule int) bool {
	return m.inAny(&m.rules[rule], map[*Rule]bool{}, true, func(r *Rule) bool { return r.Secret })
}

// inAny reports whether is holds for r or a rule in place, and with deep also for the
// rules of the parts of the value.
func (m *machine) inAny(r *Rule, seen map[*Rule]bool, deep bool, is func(*Rule) bool) bool {
	if seen[r] {
		return false
	}
	seen[r] = true
	found := is(r)
	visit := func(rule int) { found = found || rule != 0 && m.inAny(&m.rules[rule], seen, deep, is) }
	r.inPlace(visit)
	if deep {
		r.inside(visit)
	}
	return found
}

// hide collects the values inside n that any rule marks secret, so that findings of
// other rules do not show them either.
func (m *machine) hide(rule int, n *document.Node) {
	if !slices.ContainsFunc(m.rules, func(r Rule) bool { return r.Secret }) {
		return
	}
	m.hidden = map[*document.Node]bool{}
	done := map[evaluation]bool{}
	var visit func(rule int, n *document.Node)
	visit = func(rule int, n *document.Node) {
		key := evaluation{rule: int32(rule), node: n}
		if rule == 0 || done[key] {
			return
		}
		done[key] = true
		r := &m.rules[rule]
		if r.Secret {
			m.hidden[n] = true
		}
		r.inPlace(func(rule int) { visit(rule, n) })
		m.reach(r, n, visit)
	}
	visit(rule, n)
}

// reach calls visit with the parts of n and each rule that r has for them.
func (m *machine) reach(r *Rule, n *document.Node, visit func(rule int, n *document.Node)) {
	if o := r.Object; o != nil {
		for i := range n.Members() {
			member := &n.Members()[i]
			rule, _ := o.property(member.Key())
			visit(rule, member.Value())
			for p := range o.Patterns {
				if m.p.Matches(o.Patterns[p].Pattern, member, member.Key()) {
					visit(o.Patterns[p].Rule, member.Value())
				}
			}
			visit(o.Additional, member.Value())
			visit(o.Unevaluated, member.Value())
		}
	}
	if a := r.Array; a != nil {
		for i, item := range n.Items() {
			if i < len(a.Prefix) {
				visit(a.Prefix[i], item)
			}
			visit(a.Items, item)
			visit(a.Contains, item)
			visit(a.Unevaluated, item)
		}
	}
}
