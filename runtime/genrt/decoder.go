package genrt

import (
	"github.com/hotbind/hotbind/internal/rules"
	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
)

// A decoder collects what is wrong while one document is read.
type decoder struct {
	rules.Report
	steps int // values looked at, to bound the work that unions can multiply
	// attempts are what unions made of nodes: of one that is reached on several
	// ways, through alternatives within alternatives, once.
	attempts map[attemptKey]attempt
	// unchecked are the paths of values that only a Go type of the application could
	// check, which is not known where a document is read by its schema alone.
	unchecked []string
	// hidden are values that one alternative calls secret, while they are read as
	// another.
	hidden map[*document.Node]bool
}

// An attemptKey is a node read as one branch of a union, at one place: a YAML
// alias makes a node stand in several.
type attemptKey struct {
	node   *document.Node
	branch *Branch
	path   string
}

// maxSteps bounds the objects looked at in one document. Without nested unions
// it is their number, which document.Limits keeps below.
const maxSteps = 5_000_000

// maxDepth bounds how deep values stand in one another. What is read cannot
// stand that deep; what defaults add to it could.
const maxDepth = 10_000

func (d *decoder) tooDeep(n *document.Node) bool {
	if d.Depth() < maxDepth {
		return false
	}
	d.AtTop(1, func() { d.Find(n, wording.Endless) })
	return true
}

// wrongOuter reports a value of another kind than values of t, which hold others:
// where secrets are among those, the value may be one that stands too high.
func (d *decoder) wrongOuter(t Type, n *document.Node, want string) {
	d.WrongType(n, holdsSecret(t, map[Type]bool{}), want)
}

// try reads n into p aside and returns what it found.
func (d *decoder) try(t Type, n *document.Node, p any) document.Findings {
	return d.Aside(func() { t.decode(d, n, p) })
}

// decodeAs reads a value of type t that a rule binds too. A value of another kind
// than t wants has only that to report, unless it is loose: then it may be one.
func (d *decoder) decodeAs(t Type, all *Rules, rule int, n *document.Node, loose bool, decode func()) {
	if rule == 0 || !loose && isOfWrongKind(t, n) || isSecret(t) && n.Kind() == document.String && n.Text() == document.Redacted {
		decode()
		return
	}
	if isSecret(t) || isScalar(n) && holdsSecret(t, map[Type]bool{}) { // it may be the secret, standing too high
		defer d.EnterSecret()()
	}
	d.DecodeObeying(*all, rule, n, decode)
}

func isScalar(n *document.Node) bool { return n.Kind() != document.Object && n.Kind() != document.List }

func isOfWrongKind(t Type, n *document.Node) bool {
	kind := t.Kind()
	return kind != 0 && kind != n.Kind() && !(n.Kind() == document.Null && t.AllowsNull())
}
