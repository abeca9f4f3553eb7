package migrate

import (
	"slices"
	"strconv"

	"github.com/hotbind/hotbind/runtime/document"
)

// A step is one entry of a migration file.
type step struct {
	name      string
	number    int // from 1
	pos       document.Position
	operation operation
}

// place returns the path of the step in its file.
func (s *step) place() string { return "steps[" + strconv.Itoa(s.number-1) + "]." + s.name }

// An operation changes the document of a stage at all matching places.
type operation interface {
	apply(s *stage)
	// changes returns the paths that the operation removes or changes.
	changes() []path
}

// A stage is one step applied to one document, which the stage owns.
type stage struct {
	budget    *budget
	migration Migration
	step      *step
	doc       *document.Node
	weaker    []*document.Node // the documents of weaker layers

	findings document.Findings
	changed  int
	emptied  map[*document.Node]bool           // nodes with members or items to drop
	keys     map[*document.Node]map[string]int // of large objects
}

// A budget limits the values and text that one call may create.
type budget struct{ nodes, text int }

const (
	maxNodes = 500_000
	maxText  = 4 << 20
	// maxFindings is the number of findings after which a step stops.
	maxFindings = 100
)

func newStage(b *budget, m Migration, st *step, doc *document.Node, weaker []*document.Node) *stage {
	return &stage{budget: b, migration: m, step: st, doc: doc, weaker: weaker, emptied: map[*document.Node]bool{}, keys: map[*document.Node]map[string]int{}}
}

// run applies the step.
func (s *stage) run() {
	s.step.operation.apply(s)
	for n := range s.emptied {
		compact(n)
	}
}

func (s *stage) full() bool { return len(s.findings) >= maxFindings }

// fail adds the finding that the step failed for the value n at p.
func (s *stage) fail(n *document.Node, p path, message, hint string) {
	if s.full() {
		return
	}
	s.findings = append(s.findings, document.Finding{
		Pos:     n.Pos(),
		Path:    p.String(),
		Message: "migration " + s.migration.Name() + ", step " + strconv.Itoa(s.step.number) + " (" + s.step.name + "): " + message,
		Hint:    hint,
	})
}

// spend takes the size of n from the budget and reports whether it was enough.
func (s *stage) spend(n *document.Node, p path) bool {
	s.budget.nodes += size(n, maxNodes+1-s.budget.nodes)
	if s.budget.nodes > maxNodes {
		s.fail(n, p, "produces too many values; the limit is 500,000", "")
		return false
	}
	return true
}

// size counts the values in n, up to limit.
func size(n *document.Node, limit int) int {
	count := 1
	for i := 0; i < len(n.Items()) && count < limit; i++ {
		count += size(n.Items()[i], limit-count)
	}
	for i := 0; i < len(n.Members()) && count < limit; i++ {
		if v := n.Members()[i].Value(); v != nil {
			count += size(v, limit-count)
		}
	}
	return count
}

// compact drops the members and items that a step has taken.
func compact(n *document.Node) {
	switch n.Kind() {
	case document.List:
		n.SetItems(slices.DeleteFunc(n.Items(), func(item *document.Node) bool { return item == nil }))
	case document.Object:
		n.SetMembers(slices.DeleteFunc(n.Members(), func(m document.Member) bool { return m.Value() == nil }))
	}
}
