package genrt

import (
	"github.com/hotbind/hotbind/internal/rules"
	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
)

// A decoder collects the findings of one document while it decodes it.
type decoder struct {
	rules.Report
	steps int // values looked at, to bound the work that unions can multiply
	// attempts caches the results of decoding nodes as branches of unions. Through
	// alternatives within alternatives, several paths may reach the same node.
	attempts map[attemptKey]attempt
	// unchecked holds the paths of values that only a Go type of the application could
	// check. Such types are unknown when a document is read by its schema alone.
	unchecked []string
	// hidden holds values that are secret in one alternative while they are decoded as
	// another.
	hidden map[*document.Node]bool
	// before is an earlier decoding, from which values are taken over; nil: there is none.
	before *memory
	next   earlier
	fresh  map[*document.Node]*fresh // of the nodes whose counterpart is followed
	noted  map[*document.Node]bool
}

// An attemptKey is a node decoded as one branch of a union, at one place. A YAML alias
// can put a node at several places.
type attemptKey struct {
	node   *document.Node
	branch *Branch
	path   string
}

// maxSteps bounds the objects visited in one document. Without nested unions it is the
// number of objects, which document.Limits keeps lower.
const maxSteps = 5_000_000

// maxDepth bounds how deeply values are nested. Documents cannot be that deep, but values
// with defaults can.
const maxDepth = 10_000

func (d *decoder) tooDeep(n *document.Node) bool {
	if d.Depth() < maxDepth {
		return false
	}
	d.AtTop(1, func() { d.Find(n, wording.Endless) })
	return true
}

// wrongOuter reports a value whose kind is not that of t, a type with parts. If t holds
// secrets, the value may be a secret at the wrong level.
func (d *decoder) wrongOuter(t Type, n *document.Node, want string) {
	d.WrongType(n, holdsSecret(t, map[Type]bool{}), want)
}

// try decodes n into p and returns the findings, without reporting them.
func (d *decoder) try(t Type, n *document.Node, p any) document.Findings {
	return d.Aside(func() { t.decode(d, n, p) })
}

// decodeAs decodes a value of type t to which a rule applies too. If the kind of the
// value is wrong for t, only that is reported, unless the field is loose: then the value
// may be valid.
func (d *decoder) decodeAs(t Type, all *Rules, rule int, n *document.Node, loose bool, decode func()) {
	if rule == 0 || !loose && isOfWrongKind(t, n) || isSecret(t) && n.Kind() == document.String && n.Text() == document.Redacted {
		decode()
		return
	}
	if isSecret(t) || isScalar(n) && holdsSecret(t, map[Type]bool{}) { // it may be the secret, standing too high
		defer d.EnterSecret()()
	}
	d.DecodeChecked(*all, rule, n, decode)
}

func isScalar(n *document.Node) bool { return n.Kind() != document.Object && n.Kind() != document.List }

func isOfWrongKind(t Type, n *document.Node) bool {
	kind := t.Kind()
	return kind != 0 && kind != n.Kind() && !(n.Kind() == document.Null && t.AllowsNull())
}
