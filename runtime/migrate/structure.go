package migrate

import (
	"slices"

	"github.com/hotbind/hotbind/runtime/document"
)

// rename gives a member a new key, in its place.
type rename struct {
	path path
	to   string
}

func (o *rename) changes() []path {
	return []path{o.path, append(slices.Clone(o.path[:len(o.path)-1]), segment{key: o.to})}
}

func (o *rename) apply(s *stage) {
	for _, p := range s.find(o.path) {
		object, i := p.holder()
		if object.Members()[i].Key() == o.to {
			continue
		}
		if s.lookup(object, o.to) >= 0 {
			s.fail(p.value(), p.path, "cannot be renamed to "+document.Quote(o.to)+": that key already exists", "remove one of them")
			continue
		}
		object.SetMember(i, document.NewMember(o.to, p.value(), object.Members()[i].Pos()))
		delete(s.keys, object)
		s.changed++
	}
}

// move moves values to another path.
type move struct{ path, to path }

func (o *move) changes() []path { return []path{o.path, o.to} }

func (o *move) apply(s *stage) {
	for _, p := range s.find(o.path) {
		to := o.to.bound(o.path, p.path)
		if equal(to, p.path) {
			continue
		}
		pos := s.step.pos
		if m := p.member(); m != nil {
			pos = m.Pos()
		}
		s.relocate(p, to, document.NewMember("", p.value(), pos))
	}
}

// relocate takes the value at p and adds member at to, or adds a finding.
func (s *stage) relocate(p place, to path, member document.Member) {
	if p.path.covers(to) && len(to) > len(p.path) {
		// Into itself: the object that will contain the value replaces it.
		s.take(p)
	}
	k := to.shared(p.path)
	k = min(k, len(p.path)-1)
	object, missing, o := s.reach(p.nodes[k], to[:k], to[k:])
	switch {
	case o != nil:
		s.fail(p.value(), p.path, "cannot be moved to "+to.String()+": "+o.message, "")
		return
	case missing == nil:
		s.fail(p.value(), p.path, "cannot be moved to "+to.String()+": it already exists", "remove one of them")
		return
	}
	s.take(p)
	s.build(object, missing, member, &p)
	s.changed++
}

// copied copies values to another path.
type copied struct{ path, to path }

func (o *copied) changes() []path { return []path{o.to} }

func (o *copied) apply(s *stage) {
	for _, p := range s.find(o.path) {
		to := o.to.bound(o.path, p.path)
		k := min(to.shared(p.path), len(p.path)-1)
		object, missing, obstacle := s.reach(p.nodes[k], to[:k], to[k:])
		switch {
		case obstacle != nil:
			s.fail(p.value(), p.path, "cannot be copied to "+to.String()+": "+obstacle.message, "")
			continue
		case missing == nil:
			s.fail(p.value(), p.path, "cannot be copied to "+to.String()+": it already exists", "remove one of them")
			continue
		}
		if !s.spend(p.value(), p.path) {
			return
		}
		s.build(object, missing, document.NewMember("", document.Clone(p.value()), s.step.pos), nil)
		s.changed++
	}
}

// remove deletes values.
type remove struct{ path path }

func (o *remove) changes() []path { return []path{o.path} }

func (o *remove) apply(s *stage) {
	for _, p := range s.find(o.path) {
		s.take(p)
		s.changed++
	}
}

// set sets a value everywhere, or only where it is absent.
//
// It creates missing objects below the last star of its path. It adds a value only where
// no weaker layer has the parent: otherwise every layer would contain the value and hide
// those of weaker layers.
type set struct {
	path       path
	value      *document.Node
	onlyAbsent bool
}

func (o *set) changes() []path {
	if o.onlyAbsent {
		return nil
	}
	return []path{o.path}
}

func (o *set) apply(s *stage) {
	split := len(o.path)
	for split > 0 && !o.path[split-1].star() {
		split--
	}
	for _, p := range s.find(o.path[:split]) {
		o.put(s, p, o.path[split:])
		if s.full() || s.budget.nodes > maxNodes {
			return
		}
	}
}

func (o *set) put(s *stage, p place, rest path) {
	var there []place
	s.walk(p, rest, &there)
	if len(there) > 0 {
		if !o.onlyAbsent {
			o.replace(s, there[0])
		}
		return
	}
	if s.inWeaker(p.path) {
		return
	}
	full := append(slices.Clone(p.path), rest...)
	object, missing, obstacle := s.reach(p.value(), p.path, rest)
	if obstacle != nil || missing == nil {
		message := "there is no place for it"
		if obstacle != nil {
			message = obstacle.message
		}
		s.fail(p.value(), p.path, full.String()+" cannot be set: "+message, "")
		return
	}
	if !s.spend(o.value, full) {
		return
	}
	s.build(object, missing, document.NewMember("", document.Clone(o.value), s.step.pos), nil)
	s.changed++
}

// replace overwrites an existing value.
func (o *set) replace(s *stage, p place) {
	if document.Equal(p.value(), o.value) || !s.spend(o.value, p.path) {
		return
	}
	s.put(p, document.Clone(o.value))
}

// put replaces the value at p.
func (s *stage) put(p place, value *document.Node) {
	n, i := p.holder()
	if n.Kind() == document.Object {
		n.SetMember(i, n.Members()[i].With(value))
	} else {
		n.SetItem(i, value)
	}
	s.changed++
}

// inWeaker reports whether a weaker layer has a value at p. Lists replace one another, so
// a value in a list is in one layer only.
func (s *stage) inWeaker(p path) bool {
	for _, seg := range p {
		if seg.kind != keySegment {
			return false
		}
	}
	for _, doc := range s.weaker {
		n := doc
		for _, seg := range p {
			n = child(n, seg)
		}
		if n != nil && n.Kind() == document.Object {
			return true
		}
	}
	return false
}
