package engine

import (
	"maps"
	"slices"
	"testing"

	"github.com/hotbind/hotbind/runtime/document"

	rt "github.com/hotbind/hotbind/runtime"
)

// A fakeShape is a shape defined by a test: members, the shape of items, and marks.
type fakeShape struct {
	members map[string]*fakeShape
	item    *fakeShape
	lists   document.ListRule
	restart bool
	secret  bool
	preset  string
}

func (s *fakeShape) Kind() document.Kind {
	switch {
	case s.members != nil:
		return document.Object
	case s.item != nil:
		return document.List
	}
	return 0
}

func (s *fakeShape) AllowsNull() bool { return false }

func (s *fakeShape) Properties() (list []document.Property) {
	for _, key := range slices.Sorted(maps.Keys(s.members)) {
		m := s.members[key]
		list = append(list, document.Property{Key: key, Shape: m, Restart: m.restart, Default: m.preset})
	}
	return list
}

func (s *fakeShape) Member(key string) (document.Shape, bool) {
	if m, ok := s.members[key]; ok {
		return m, true
	}
	return nil, s.members == nil
}

func (s *fakeShape) Undeclared() []document.Shape {
	if s.members == nil {
		return []document.Shape{nil}
	}
	return nil
}

func (s *fakeShape) Item() document.Shape {
	if s.item == nil {
		return nil
	}
	return s.item
}

func (s *fakeShape) Lists() document.ListRule                                  { return s.lists }
func (s *fakeShape) Secret() bool                                              { return s.secret }
func (*fakeShape) Alternative(*document.Node) (*document.Node, document.Shape) { return nil, nil }

// shaped opens an engine on a JSON text with a shape.
func shaped(t testing.TB, shape document.Shape, text string, opts ...rt.Option) *rig {
	t.Helper()
	return riggedOn(t, &fakeProgram{shape: shape}, text, opts...)
}
