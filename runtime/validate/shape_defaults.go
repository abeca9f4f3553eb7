package validate

import (
	"slices"
	"sync"

	"github.com/hotbind/hotbind/runtime/document"
)

// fills is what is known of the defaults of a shape.
type fills struct {
	completing sync.Once
	asking     sync.Once
	filled     bool
}

// completed adds to the properties what the schemas of their values say, which asks
// the validator and is not needed to follow a path.
func (h *shape) completed() {
	h.fills.completing.Do(func() {
		for i := range h.properties {
			p := &h.properties[i]
			value := p.Shape.(*shape)
			if n := value.annotation("x-env"); n != nil && n.Kind == document.String {
				p.Env = n.Text
			}
			n := value.annotation("x-reload")
			p.Restart = n != nil && n.Text == "restart"
			if !p.conditional {
				p.Default = value.defaultText()
			}
			h.listed = append(h.listed, p.Property)
		}
	})
}

// defaultText is the default of the value as JSON. One that its own schemas do not
// allow is none.
func (h *shape) defaultText() string {
	n := h.annotation("default")
	if n == nil {
		return ""
	}
	for _, s := range h.all {
		if s.Kind == document.Object && !h.schema.accepts(s, n) {
			return ""
		}
	}
	return string(n.AppendJSON(nil))
}

// Filled implements [Detail].
func (h *shape) Filled() bool {
	h.prepare()
	h.fills.asking.Do(func() { h.fills.filled = h.canFill() })
	return h.fills.filled
}

// canFill reports whether an empty object is allowed, on no condition, and has
// defaults in it. A section that contains itself is not filled in itself: nothing
// would end.
func (h *shape) canFill() bool {
	only := h.kinds&^kindObject == 0 || h.kinds == anyKind
	if !only || h.choice != nil || len(h.maybe) > 0 {
		return false
	}
	empty := &document.Node{Kind: document.Object}
	for _, s := range h.all {
		if s.Kind == document.Object && !h.schema.accepts(s, empty) {
			return false
		}
	}
	if h.isAround(h, map[*shape]bool{}) {
		return false
	}
	return slices.ContainsFunc(h.Properties(), func(p document.Property) bool {
		return p.Default != "" || p.Shape.(*shape).Filled()
	})
}

// isAround reports whether h is among the properties below a shape.
func (h *shape) isAround(below *shape, seen map[*shape]bool) bool {
	below.prepare()
	for i := range below.properties {
		p := below.properties[i].Shape.(*shape)
		if p == h {
			return true
		}
		if !seen[p] {
			seen[p] = true
			if h.isAround(p, seen) {
				return true
			}
		}
	}
	return false
}
