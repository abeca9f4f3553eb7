package genrt

import (
	"strings"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/wording"
)

// A decoder collects what is wrong while one document is read.
type decoder struct {
	path     []segment
	findings document.Findings
	secret   int // how many secrets enclose the value
	steps    int // values looked at, to bound the work that unions can multiply
}

// A segment is one step of the path to the value being read: a key, or an index
// where key is nil. Paths are written out only for findings.
type segment struct {
	key   *string
	index int
}

// maxSteps bounds the values looked at in one document. Without nested unions
// it is the number of nodes, which document.Limits keeps far below.
const maxSteps = 20_000_000

func (d *decoder) enterKey(key *string) { d.path = append(d.path, segment{key: key}) }
func (d *decoder) enterIndex(index int) { d.path = append(d.path, segment{index: index}) }
func (d *decoder) leave()               { d.path = d.path[:len(d.path)-1] }

func (d *decoder) pathText() string {
	path := ""
	for _, s := range d.path {
		if s.key != nil {
			path = document.KeyPath(path, *s.key)
		} else {
			path = document.IndexPath(path, s.index)
		}
	}
	return path
}

// hides reports whether the value must not be repeated: it is a secret, or it
// comes from an environment variable, which is where secrets live.
func (d *decoder) hides(n *document.Node) bool {
	return d.secret > 0 || strings.HasPrefix(n.Pos.File, "$")
}

// find reports message about n.
func (d *decoder) find(n *document.Node, message, hint string) {
	d.findAt(n.Pos, message, hint)
}

func (d *decoder) findAt(pos document.Position, message, hint string) {
	d.findings = append(d.findings, document.Finding{
		Pos: pos, Path: d.pathText(), Message: message, Hint: hint, Secret: d.secret > 0,
	})
}

func (d *decoder) warn(pos document.Position, message, hint string) {
	d.findAt(pos, message, hint)
	d.findings[len(d.findings)-1].Severity = document.Warning
}

// wrongType reports a value of another kind than want says.
func (d *decoder) wrongType(n *document.Node, want string) {
	message, hint := wording.Type(n, d.hides(n), want)
	d.find(n, message, hint)
}

// try reads n into p aside and returns what it found.
func (d *decoder) try(t Type, n *document.Node, p any) document.Findings {
	before := d.findings
	d.findings = nil
	t.decode(d, n, p)
	found := d.findings
	d.findings = before
	return found
}
