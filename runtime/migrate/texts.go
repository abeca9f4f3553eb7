package migrate

import (
	"slices"
	"strconv"
	"strings"

	"github.com/hotbind/hotbind/runtime/document"
)

// split splits a text into several.
type split struct {
	path path
	by   string
	into []string
}

func (o *split) changes() []path {
	changes := []path{o.path}
	for _, key := range o.into {
		changes = append(changes, append(slices.Clone(o.path[:len(o.path)-1]), segment{key: key}))
	}
	return changes
}

func (o *split) apply(s *stage) {
	for _, p := range s.find(o.path) {
		if parts, ok := o.parts(s, p); ok {
			o.insert(s, p, parts)
		}
	}
}

// parts returns the values that replace the one at p. Null becomes nulls.
func (o *split) parts(s *stage, p place) ([]*document.Node, bool) {
	old := p.value()
	if old.Kind() != document.String && old.Kind() != document.Null {
		s.fail(old, p.path, "found "+old.Kind().Article()+", want text", "")
		return nil, false
	}
	texts := strings.Split(old.Text(), o.by)
	if old.Kind() == document.Null {
		texts = make([]string, len(o.into))
	}
	if len(texts) != len(o.into) {
		s.fail(old, p.path, "the text has "+strconv.Itoa(len(texts))+" parts between "+document.Quote(o.by)+", want "+strconv.Itoa(len(o.into)), "")
		return nil, false
	}
	parts := make([]*document.Node, len(texts))
	for i, text := range texts {
		parts[i] = derived(old, old.Kind(), text)
	}
	return parts, true
}

// insert replaces the value at p with parts.
func (o *split) insert(s *stage, p place, parts []*document.Node) {
	object, i := p.holder()
	old := object.Members()[i]
	for _, key := range o.into {
		if key != old.Key() && s.lookup(object, key) >= 0 {
			s.fail(old.Value(), p.path, "cannot be split into "+document.Quote(key)+": that key already exists", "remove one of them")
			return
		}
	}
	members := make([]document.Member, len(parts))
	for j, part := range parts {
		pos := s.step.pos
		if j == 0 {
			pos = old.Pos()
		}
		members[j] = document.NewMember(o.into[j], part, pos)
	}
	s.budget.nodes += len(parts)
	object.SetMembers(slices.Replace(object.Members(), i, i+1, members...))
	delete(s.keys, object)
	s.changed++
}

// joined joins several scalars into one text.
type joined struct {
	paths []path
	by    string
	to    path
}

func (o *joined) changes() []path { return append(slices.Clone(o.paths), o.to) }

func (o *joined) apply(s *stage) {
	first := o.paths[0]
	for _, p := range s.find(first) {
		parts := []place{p}
		for _, other := range o.paths[1:] {
			s.walk(place{nodes: []*document.Node{s.doc}}, other.bound(first, p.path), &parts)
		}
		if len(parts) < len(o.paths) {
			s.fail(p.value(), p.path, "other values to join are missing", "")
			continue
		}
		o.join(s, parts, o.to.bound(first, p.path))
	}
	o.orphans(s)
}

// orphans adds findings for values to join whose first part is missing.
func (o *joined) orphans(s *stage) {
	first := o.paths[0]
	for _, other := range o.paths[1:] {
		for _, p := range s.find(other) {
			var there []place
			s.walk(place{nodes: []*document.Node{s.doc}}, first.bound(other, p.path), &there)
			if len(there) == 0 && !equal(p.path, o.to.bound(other, p.path)) {
				s.fail(p.value(), p.path, first.bound(other, p.path).String()+", to be joined with it, is missing", "")
			}
		}
	}
}

func (o *joined) join(s *stage, parts []place, to path) {
	texts := make([]string, len(parts))
	nulls, hidden := 0, false
	for i, p := range parts {
		hidden = hidden || p.value().Hidden()
		switch n := p.value(); n.Kind() {
		case document.String, document.Number, document.Bool:
			texts[i] = n.Text()
		case document.Null:
			nulls++
		default:
			s.fail(n, p.path, "found "+n.Kind().Article()+", want text, a number or a boolean", "")
			return
		}
		s.budget.text += len(texts[i]) + len(o.by)
	}
	first := parts[0]
	if s.budget.text > maxText {
		s.fail(first.value(), first.path, "produces more than 4 MB of text", "")
		return
	}
	value := derived(first.value(), document.String, strings.Join(texts, o.by))
	if nulls == len(parts) {
		value = derived(first.value(), document.Null, "")
	} else if nulls > 0 {
		s.fail(first.value(), first.path, "some of the values to join are null", "")
		return
	}
	value.SetHidden(hidden)
	for _, p := range parts {
		s.take(p)
	}
	s.relocate(first, to, document.NewMember("", value, first.member().Pos()))
}
