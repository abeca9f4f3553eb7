package untyped

import (
	"slices"
	"strings"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/validate"

	rt "github.com/hotbind/hotbind/runtime"
)

// complete is doc with the defaults of absent properties, and with its members in
// the order of the schema, others in that of their names.
func (p *program) complete(doc *document.Node) *document.Node { return complete(doc, p.shape) }

func complete(n *document.Node, shape document.Shape) *document.Node {
	if n == nil || shape == nil {
		return n
	}
	if detail, ok := shape.(validate.Detail); ok {
		shape, _ = detail.Choose(n)
	}
	switch n.Kind {
	case document.Object:
		return completeObject(n, shape)
	case document.List:
		return completeList(n, shape.Item())
	}
	return n
}

func completeList(n *document.Node, item document.Shape) *document.Node {
	if item == nil {
		return n
	}
	made := *n
	made.Items = make([]*document.Node, len(n.Items))
	for i := range n.Items {
		made.Items[i] = complete(n.Items[i], item)
	}
	return &made
}

func completeObject(n *document.Node, shape document.Shape) *document.Node {
	made := *n
	made.Members = make([]document.Member, 0, len(n.Members))
	declared := map[string]bool{}
	for _, p := range shape.Properties() {
		declared[p.Key] = true
		if value := completeProperty(n, p); value != nil {
			made.Members = append(made.Members, document.Member{Key: p.Key, Pos: value.Pos, Value: value})
		}
	}
	var others []document.Member
	for _, m := range n.Members {
		if !declared[m.Key] {
			below, _ := shape.Member(m.Key)
			m.Value = complete(m.Value, below)
			others = append(others, m)
		}
	}
	slices.SortStableFunc(others, func(a, b document.Member) int { return strings.Compare(a.Key, b.Key) })
	made.Members = append(made.Members, others...)
	return &made
}

// completeProperty is the value of a property, given or not; nil: none.
func completeProperty(object *document.Node, p document.Property) *document.Node {
	if given := object.Get(p.Key); given != nil {
		return complete(given, p.Shape)
	}
	if p.Default != "" {
		value, _ := document.ParseValue(rt.DefaultName, p.Default, document.Limits{})
		return complete(value, p.Shape)
	}
	if detail, ok := p.Shape.(validate.Detail); ok && detail.Filled() {
		return complete(&document.Node{Kind: document.Object, Pos: object.Pos}, p.Shape)
	}
	return nil
}
