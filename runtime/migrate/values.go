package migrate

import (
	"strconv"
	"strings"

	"github.com/hotbind/hotbind/runtime/document"
)

// mapped replaces values by others.
type mapped struct {
	path   path
	values *document.Node
	strict bool // a value that is not among values is an error
}

func (o *mapped) changes() []path { return []path{o.path} }

func (o *mapped) apply(s *stage) {
	for _, p := range s.find(o.path) {
		old := p.value()
		if old.Kind() == document.Null {
			continue
		}
		m := o.match(old)
		switch {
		case m != nil:
			if !s.spend(m.Value(), p.path) {
				return
			}
			value := document.Clone(m.Value())
			value.SetHidden(old.Hidden())
			if len(value.Members())+len(value.Items()) == 0 {
				// The position of the old value is where the author can change it.
				value.SetPos(old.Pos())
			}
			s.put(p, value)
		case o.strict:
			s.fail(old, p.path, "the value is not one of "+o.known(), "")
		}
	}
}

// match returns the entry for a value: text matches as it is, numbers and booleans by
// their notation.
func (o *mapped) match(n *document.Node) *document.Member {
	for i, m := range o.values.Members() {
		switch n.Kind() {
		case document.String, document.Bool:
			if m.Key() == n.Text() {
				return &o.values.Members()[i]
			}
		case document.Number:
			if document.IsNumber(m.Key()) && document.CompareNumbers(m.Key(), n.Text()) == 0 {
				return &o.values.Members()[i]
			}
		}
	}
	return nil
}

func (o *mapped) known() string {
	const most = 10
	var keys []string
	for i, m := range o.values.Members() {
		if i == most {
			return strings.Join(keys, ", ") + " and " + strconv.Itoa(len(o.values.Members())-most) + " more"
		}
		keys = append(keys, m.Key())
	}
	return strings.Join(keys, ", ")
}

// scale multiplies numbers, exactly.
type scale struct {
	path path
	by   string
}

func (o *scale) changes() []path { return []path{o.path} }

func (o *scale) apply(s *stage) {
	for _, p := range s.find(o.path) {
		old := p.value()
		switch old.Kind() {
		case document.Null:
			continue
		case document.Number:
		default:
			s.fail(old, p.path, "found "+old.Kind().Article()+", want a number", "")
			continue
		}
		text, ok := product(old.Text(), o.by)
		if !ok {
			s.fail(old, p.path, "the result is too large", "")
			continue
		}
		s.put(p, derived(old, document.Number, text))
	}
}

// wrap wraps a value in a list, or in an object with one key.
type wrap struct {
	path path
	list bool
	key  string
}

func (o *wrap) changes() []path { return []path{o.path} }

func (o *wrap) apply(s *stage) {
	for _, p := range s.find(o.path) {
		old := p.value()
		if old.Kind() == document.Null {
			continue
		}
		wrapped := document.NewObject([]document.Member{document.NewMember(o.key, old, s.step.pos)}, old.Pos())
		if o.list {
			wrapped = document.NewList([]*document.Node{old}, old.Pos())
		}
		wrapped.SetHidden(old.Hidden())
		s.budget.nodes++
		s.put(p, wrapped)
	}
}

// cast converts scalars to another type.
type cast struct {
	path path
	to   string
}

func (o *cast) changes() []path { return []path{o.path} }

func (o *cast) apply(s *stage) {
	for _, p := range s.find(o.path) {
		old := p.value()
		if old.Kind() == document.Null {
			continue
		}
		kind, text, ok := o.converted(old)
		if !ok {
			s.fail(old, p.path, "found "+old.Kind().Article()+" that cannot be converted to "+o.to, "")
			continue
		}
		if kind != old.Kind() || text != old.Text() {
			s.put(p, derived(old, kind, text))
		}
	}
}

func (o *cast) converted(n *document.Node) (kind document.Kind, text string, ok bool) {
	scalar := n.Kind() == document.String || n.Kind() == document.Number || n.Kind() == document.Bool
	numeric := n.Kind() == document.Number || n.Kind() == document.String && document.IsNumber(n.Text())
	switch o.to {
	case "string":
		return document.String, n.Text(), scalar
	case "boolean":
		return document.Bool, n.Text(), n.Kind() != document.Number && (n.Text() == "true" || n.Text() == "false")
	case "integer":
		text, ok = document.IntegerText(n.Text())
		return document.Number, text, ok && numeric
	}
	return document.Number, n.Text(), numeric
}

// derived returns a new value with the position and secrecy of old.
func derived(old *document.Node, kind document.Kind, text string) *document.Node {
	n := document.NewScalar(kind, text, old.Pos())
	n.SetHidden(old.Hidden())
	return n
}
