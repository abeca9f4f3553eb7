package genrt

import "github.com/hotbind/hotbind/runtime/document"

// What the tables say as [document.Shape], beside Kind and AllowsNull.

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

// Properties lists the declared properties.
func (t *Struct) Properties() []document.Property {
	t.prepare()
	return t.properties
}

// Member follows what reading does: declared, by pattern, undeclared.
func (t *Struct) Member(key string) (document.Shape, bool) {
	if i, declared := t.lookup(key); declared {
		return t.Fields[i].Type, true
	}
	for i := range t.Patterns {
		if matched, err := t.Patterns[i].Pattern.match(key); matched && err == nil {
			return t.Fields[t.Patterns[i].Field].Type.Member(key)
		}
	}
	if t.Extra > 0 {
		return t.Fields[t.Extra-1].Type.Member(key)
	}
	return nil, !t.Closed
}

// Undeclared are the shapes of the entries that patterns and Extra take.
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

func (t *Struct) Item() document.Shape     { return nil }
func (t *Struct) Lists() document.ListRule { return document.ListRule{} }
func (t *Struct) Secret() bool             { return false }

func (t *Map[M, T]) Properties() []document.Property { return nil }

// Member is the shape of an entry; a key that matches none of the patterns is none.
func (t *Map[M, T]) Member(key string) (document.Shape, bool) {
	if len(t.Patterns) == 0 {
		return t.Elem, true
	}
	for _, p := range t.Patterns {
		if matched, err := p.match(key); matched && err == nil {
			return t.Elem, true
		}
	}
	return nil, false
}

func (t *Map[M, T]) Undeclared() []document.Shape { return []document.Shape{t.Elem} }

func (t *Map[M, T]) Item() document.Shape     { return nil }
func (t *Map[M, T]) Lists() document.ListRule { return document.ListRule{} }
func (t *Map[M, T]) Secret() bool             { return false }

func (t *Tuple) Properties() []document.Property      { return nil }
func (t *Tuple) Member(string) (document.Shape, bool) { return nil, false }
func (t *Tuple) Undeclared() []document.Shape         { return nil }
func (t *Tuple) Item() document.Shape                 { return nil }
func (t *Tuple) Lists() document.ListRule             { return document.ListRule{} }
func (t *Tuple) Secret() bool                         { return holdsSecret(t, map[Type]bool{}) }

// A union does not say which of its types a value is.
func (t *Union) Properties() []document.Property      { return nil }
func (t *Union) Member(string) (document.Shape, bool) { return nil, true }
func (t *Union) Undeclared() []document.Shape         { return []document.Shape{nil} }
func (t *Union) Item() document.Shape                 { return nil }
func (t *Union) Lists() document.ListRule             { return document.ListRule{} }
func (t *Union) Secret() bool                         { return holdsSecret(t, map[Type]bool{}) }

func (t *Optional) Properties() []document.Property        { return t.Elem.Properties() }
func (t *Optional) Member(k string) (document.Shape, bool) { return t.Elem.Member(k) }
func (t *Optional) Undeclared() []document.Shape           { return t.Elem.Undeclared() }
func (t *Optional) Item() document.Shape                   { return t.Elem.Item() }
func (t *Optional) Lists() document.ListRule               { return t.Elem.Lists() }
func (t *Optional) Secret() bool                           { return t.Elem.Secret() }
