package genrt

import (
	"strconv"

	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"

	rt "github.com/hotbind/hotbind/runtime"
)

// A decoder collects what is wrong while one document is read.
type decoder struct {
	path     []segment
	findings document.Findings
	secret   int // how many secrets enclose the value
	open     int // how many segments of path may be shown: those up to the outermost secret
	steps    int // values looked at, to bound the work that unions can multiply
	// ruleSteps is the same for rules, of which there are several for a value.
	ruleSteps int
	// always are findings that hold however the value is read in the end: even
	// as a branch that is given up.
	always document.Findings
	late   []*Pattern // those that took too long
	// attempts are what unions made of nodes: of one that is reached on several
	// ways, through alternatives within alternatives, once.
	attempts map[attemptKey]attempt
}

// An attemptKey is a node read as one branch of a union, at one place: a YAML
// alias makes a node stand in several.
type attemptKey struct {
	node   *document.Node
	branch *Branch
	path   string
}

// A segment is one step of the path to the value being read: a key, or an index
// where key is nil. Paths are written out only for findings.
type segment struct {
	key   *string
	index int
}

// maxSteps bounds the objects looked at in one document. Without nested unions
// it is their number, which document.Limits keeps below.
const maxSteps = 5_000_000

// maxDepth bounds how deep values stand in one another. What is read cannot
// stand that deep; what defaults add to it could.
const maxDepth = 10_000

func (d *decoder) tooDeep(n *document.Node) bool {
	if len(d.path) < maxDepth {
		return false
	}
	path := d.path
	d.path = path[:1]
	d.find(n, "the defaults inside it have no end", "")
	d.path = path
	return true
}

// enterSecret marks all that is read until leave is called as secret.
func (d *decoder) enterSecret() (leave func()) {
	if d.secret++; d.secret == 1 {
		d.open = len(d.path)
	}
	return func() { d.secret-- }
}

// shown is a key as messages may repeat it.
func (d *decoder) shown(key string) string {
	if d.secret > 0 {
		return wording.Redacted
	}
	return key
}

// why is the reason for refusing n, unless it could tell what n is.
func (d *decoder) why(n *document.Node, err error) string {
	if d.hides(n) {
		return ""
	}
	return err.Error()
}

func (d *decoder) enterKey(key *string) { d.path = append(d.path, segment{key: key}) }
func (d *decoder) enterIndex(index int) { d.path = append(d.path, segment{index: index}) }
func (d *decoder) leave()               { d.path = d.path[:len(d.path)-1] }

func (d *decoder) pathText() string {
	path, shown := "", d.path
	if d.secret > 0 { // the keys inside a secret are part of it
		shown = d.path[:min(d.open, len(d.path))]
	}
	for _, s := range shown {
		if s.key != nil {
			path = document.KeyPath(path, shorten(*s.key))
		} else {
			path = document.IndexPath(path, s.index)
		}
	}
	return path
}

// hides reports whether the value must not be repeated: it is a secret, or it
// comes from an environment variable, which is where secrets live.
func (d *decoder) hides(n *document.Node) bool {
	return d.secret > 0 || n.Hidden
}

// longestKey is how much of a key a path shows, in characters.
const longestKey = 60

func shorten(key string) string {
	if len(key) <= longestKey {
		return key
	}
	if r := []rune(key); len(r) > longestKey {
		return string(r[:longestKey-1]) + "…"
	}
	return key
}

// place tells the place being read from every other one.
func (d *decoder) place() string {
	var b []byte
	for _, s := range d.path {
		if s.key != nil {
			b = strconv.AppendQuote(b, *s.key)
		} else {
			b = strconv.AppendInt(b, int64(s.index), 10)
		}
	}
	return string(b)
}

// find reports message about n.
func (d *decoder) find(n *document.Node, message, hint string) {
	d.findAt(n.Pos, message, hint)
	if last := &d.findings[len(d.findings)-1]; n.Hidden {
		last.Secret = true
	}
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

// unknown reports a property that may not be there.
func (d *decoder) unknown(member *document.Member, declared []string) {
	if d.secret > 0 {
		message, _ := wording.Unknown(rt.Redacted, nil)
		d.findAt(member.Pos, message, "")
		return
	}
	message, hint := wording.Unknown(member.Key, declared)
	d.enterKey(&member.Key)
	d.findAt(member.Pos, message, hint)
	d.leave()
}

// missing reports a property of n that must be there, and the one, if any, that
// requires it. Inside of a secret neither is named.
func (d *decoder) missing(n *document.Node, key *string, because string) {
	if d.secret > 0 {
		d.find(n, wording.MissingInside(), "")
		return
	}
	if because != "" {
		because = "because " + wording.Name(because) + " is given"
	}
	pos := n.Pos
	if null := n.Removed.Get(*key); null != nil {
		pos, because = null.Pos, "null removes what weaker layers say"
	}
	d.enterKey(key)
	d.findAt(pos, wording.Missing(), because)
	d.leave()
}

// wrongOuter reports a value of another kind than values of t, which hold others:
// where secrets are among those, the value may be one that stands too high.
func (d *decoder) wrongOuter(t Type, n *document.Node, want string) {
	message, hint := wording.Type(n, d.hides(n) || holdsSecret(t, map[Type]bool{}), want)
	d.find(n, message, hint)
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
