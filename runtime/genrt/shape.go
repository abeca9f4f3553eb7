package genrt

import (
	"slices"

	"github.com/hotbind/hotbind/runtime/document"
)

// The methods by which tables implement [document.Shape], except Kind and AllowsNull:

func (leaf) Properties() []document.Property                { return nil }
func (leaf) Member(string) (document.Shape, bool)           { return nil, false }
func (leaf) Undeclared() []document.Shape                   { return nil }
func (leaf) Item() document.Shape                           { return nil }
func (leaf) Lists() document.ListRule                       { return document.ListRule{} }
func (leaf) Secret() bool                                   { return false }
func (*Any) Member(string) (document.Shape, bool)           { return nil, true }
func (*Any) Undeclared() []document.Shape                   { return []document.Shape{nil} }
func (t *List[S, T]) Item() document.Shape                  { return t.Elem }
func (t *List[S, T]) Lists() document.ListRule              { return document.ListRule{Merge: t.Merge} }
func (*Secret[T]) Secret() bool                             { return true }
func (t *Secret[T]) Member(k string) (document.Shape, bool) { return t.Elem.Member(k) }
func (t *Secret[T]) Undeclared() []document.Shape           { return t.Elem.Undeclared() }
func (t *Secret[T]) Item() document.Shape                   { return t.Elem.Item() }
func (t *Secret[T]) Lists() document.ListRule               { return t.Elem.Lists() }

func (leaf) Alternative(*document.Node) (*document.Node, document.Shape) { return nil, nil }

// Alternative returns the secret itself, which stays a secret whatever it contains.
func (t *Secret[T]) Alternative(n *document.Node) (*document.Node, document.Shape) {
	tag, _ := t.Elem.Alternative(n)
	return tag, t
}

// Properties lists the declared properties.
func (t *Struct) Properties() []document.Property {
	t.prepare()
	return t.properties
}

// Member looks for a declared property, a pattern, then undeclared ones, as decoding
// does.
func (t *Struct) Member(key string) (document.Shape, bool) {
	if i, declared := t.lookup(key); declared {
		return t.Fields[i].Type, true
	}
	for i := range t.Patterns {
		if matched, err := t.Patterns[i].Pattern.Match(key); matched && err == nil {
			return t.Fields[t.Patterns[i].Field].Type.Member(key)
		}
	}
	if t.Extra > 0 {
		return t.Fields[t.Extra-1].Type.Member(key)
	}
	return nil, !t.Closed
}

// Undeclared returns the shapes of the entries that patterns and Extra take.
func (t *Struct) Undeclared() (shapes []document.Shape) {
	for i := range t.Patterns {
		shapes = append(shapes, t.Fields[t.Patterns[i].Field].Type.Undeclared()...)
	}
	switch {
	case t.Extra > 0:
		shapes = append(shapes, t.Fields[t.Extra-1].Type.Undeclared()...)
	case !t.Closed:
		shapes = append(shapes, nil)
	}
	return shapes
}

// Member returns the shape of an entry. It allows no key that matches none of the
// patterns.
func (t *Map[M, T]) Member(key string) (document.Shape, bool) {
	if len(t.Patterns) == 0 {
		return t.Elem, true
	}
	for _, p := range t.Patterns {
		if matched, err := p.Match(key); matched && err == nil {
			return t.Elem, true
		}
	}
	return nil, false
}

func (t *Map[M, T]) Undeclared() []document.Shape { return []document.Shape{t.Elem} }

func (t *Tuple) Item() document.Shape { return eitherOf(shapesOf(t.inside())) }
func (t *Tuple) Secret() bool         { return holdsSecret(t, map[Type]bool{}) }

// Alternative chooses a branch as decoding does: by the tag, whatever else n has.
func (t *Union) Alternative(n *document.Node) (*document.Node, document.Shape) {
	tag, b := t.tagged(n)
	if b == nil {
		return tag, nil
	}
	return tag, b.Type
}

// Member returns the member of any type of the union, as Undeclared and Item do, because
// only a value determines its type.
func (t *Union) Member(key string) (document.Shape, bool) { return t.either().Member(key) }
func (t *Union) Undeclared() []document.Shape             { return t.either().Undeclared() }
func (t *Union) Item() document.Shape                     { return t.either().Item() }
func (t *Union) either() *either                          { return &either{shapesOf(t.inside())} }
func (t *Union) Secret() bool                             { return holdsSecret(t, map[Type]bool{}) }

func (t *Optional) Properties() []document.Property        { return t.Elem.Properties() }
func (t *Optional) Member(k string) (document.Shape, bool) { return t.Elem.Member(k) }
func (t *Optional) Undeclared() []document.Shape           { return t.Elem.Undeclared() }
func (t *Optional) Item() document.Shape                   { return t.Elem.Item() }
func (t *Optional) Lists() document.ListRule               { return t.Elem.Lists() }
func (t *Optional) Secret() bool                           { return t.Elem.Secret() }

func (t *Optional) Alternative(n *document.Node) (*document.Node, document.Shape) {
	return t.Elem.Alternative(n)
}

// An either is the shape of a value that has one of several shapes, where it is unknown
// which.
type either struct{ shapes []document.Shape }

func shapesOf(types []Type) (shapes []document.Shape) {
	for _, t := range types {
		shapes = append(shapes, t)
	}
	return shapes
}

// eitherOf returns the shape of a value that has one of several shapes; nil if one of
// them is nil.
func eitherOf(shapes []document.Shape) document.Shape {
	if len(shapes) == 0 || slices.Contains(shapes, nil) {
		return nil
	}
	if len(shapes) == 1 {
		return shapes[0]
	}
	return &either{shapes}
}

// Kind returns the kind that all of them have, or 0.
func (e *either) Kind() document.Kind {
	kind := e.shapes[0].Kind()
	for _, s := range e.shapes {
		if s.Kind() != kind {
			return 0
		}
	}
	return kind
}

// Properties returns nil: nothing is declared before one of the shapes is chosen.
func (e *either) Properties() []document.Property { return nil }

func (e *either) Member(key string) (document.Shape, bool) {
	var below []document.Shape
	for _, s := range e.shapes {
		if m, allowed := s.Member(key); allowed {
			below = append(below, m)
		}
	}
	return eitherOf(below), len(below) > 0
}

// Undeclared returns all shapes that a member can have.
func (e *either) Undeclared() (shapes []document.Shape) {
	for _, s := range e.shapes {
		for _, p := range s.Properties() {
			shapes = append(shapes, p.Shape)
		}
		shapes = append(shapes, s.Undeclared()...)
	}
	return shapes
}

func (e *either) Item() document.Shape {
	var items []document.Shape
	for _, s := range e.shapes {
		if kind := s.Kind(); kind == document.List || kind == 0 {
			items = append(items, s.Item())
		}
	}
	return eitherOf(items)
}

func (e *either) AllowsNull() bool         { return slices.ContainsFunc(e.shapes, document.Shape.AllowsNull) }
func (e *either) Secret() bool             { return slices.ContainsFunc(e.shapes, document.Shape.Secret) }
func (e *either) Lists() document.ListRule { return document.ListRule{} }

func (*either) Alternative(*document.Node) (*document.Node, document.Shape) { return nil, nil }
