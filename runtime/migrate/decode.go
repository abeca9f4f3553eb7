package migrate

import (
	"strconv"
	"strings"

	"github.com/hotbind/hotbind/runtime/document"
)

// maxSteps limits the steps of one migration, and so the depth of the documents that it
// can create.
const maxSteps = 1000

// decode reads a migration file. It implements schemas/migration.schema.json by hand, so
// that applications do not link a validator.
func decode(name string, text []byte) (m Migration, versionAt string, findings document.Findings) {
	doc, findings := document.Parse(name, text, document.Limits{})
	if doc == nil {
		return m, "", findings
	}
	d := &decoder{findings: findings}
	top := d.object(doc, "", "from", "to", "steps", "version_at?", "description?", "$schema?")
	m = Migration{file: name, pos: doc.Pos()}
	m.From = d.version(top.Get("from"), "from")
	m.To = d.version(top.Get("to"), "to")
	if m.From != "" && m.From == m.To {
		d.fault(top.Get("to"), "to", "leads from version "+m.From+" to itself", "")
	}
	versionAt = defaultVersionAt
	if n := top.Get("version_at"); n != nil {
		versionAt = d.versionAt(n)
	}
	d.text(top.Get("description"), "description")
	d.text(top.Get("$schema"), "$schema")
	m.steps = d.steps(top.Get("steps"))
	d.findings.Sort()
	return m, versionAt, d.findings
}

// A decoder reads parts of a migration file. Its methods accept nil for a missing part,
// which has a finding already or needs none.
type decoder struct {
	findings document.Findings
}

func (d *decoder) fault(n *document.Node, at, message, hint string) {
	d.findings = append(d.findings, document.Finding{Pos: n.Pos(), Path: at, Message: message, Hint: hint})
}

// object checks that n has all keys and no others; keys that end with ? are optional. It
// returns nil if n is not an object.
func (d *decoder) object(n *document.Node, at string, keys ...string) *document.Node {
	if n == nil {
		return nil
	}
	if n.Kind() != document.Object {
		d.fault(n, at, "found "+n.Kind().Article()+", want an object", "")
		return nil
	}
	known := map[string]bool{}
	for i, key := range keys {
		optional := strings.HasSuffix(key, "?")
		key = strings.TrimSuffix(key, "?")
		keys[i], known[key] = key, true
		if n.Get(key) == nil && !optional {
			d.fault(n, document.KeyPath(at, key), "is required but missing", "")
		}
	}
	for _, m := range n.Members() {
		if !known[m.Key()] {
			d.findings = append(d.findings, document.Finding{
				Pos: m.Pos(), Path: document.KeyPath(at, m.Key()), Message: "unknown key " + document.Quote(m.Key()), Hint: "allowed are " + strings.Join(keys, ", "),
			})
		}
	}
	return n
}

// items returns the items of a list with at least the given number of items.
func (d *decoder) items(n *document.Node, at string, least int) []*document.Node {
	if n == nil {
		return nil
	}
	if n.Kind() != document.List {
		d.fault(n, at, "found "+n.Kind().Article()+", want a list", "")
		return nil
	}
	if len(n.Items()) < least {
		d.fault(n, at, "has "+strconv.Itoa(len(n.Items()))+" items, want at least "+strconv.Itoa(least), "")
	}
	if i, j, found := document.Duplicate(n.Items()); found && least > 0 {
		d.fault(n.Items()[j], document.IndexPath(at, j), "is the same as item "+strconv.Itoa(i), "")
	}
	return n.Items()
}

func (d *decoder) text(n *document.Node, at string) string {
	if n == nil {
		return ""
	}
	if n.Kind() != document.String {
		d.fault(n, at, "found "+n.Kind().Article()+", want text", "")
		return ""
	}
	return n.Text()
}

// filled returns a text that must not be empty.
func (d *decoder) filled(n *document.Node, at string) string {
	text := d.text(n, at)
	if n != nil && n.Kind() == document.String && text == "" {
		d.fault(n, at, "is empty", "")
	}
	return text
}

// choice returns one of words.
func (d *decoder) choice(n *document.Node, at string, words ...string) string {
	text := d.text(n, at)
	if n == nil || n.Kind() != document.String {
		return ""
	}
	for _, w := range words {
		if text == w {
			return text
		}
	}
	d.fault(n, at, document.Quote(text)+" is not one of "+strings.Join(words, ", "), "")
	return ""
}

func (d *decoder) version(n *document.Node, at string) string {
	if n == nil {
		return ""
	}
	text, ok := versionText(n)
	if !ok {
		d.fault(n, at, "want an integer or text that is not empty", "")
	}
	return text
}

func (d *decoder) path(n *document.Node, at string) path {
	text := d.text(n, at)
	if n == nil || n.Kind() != document.String {
		return nil
	}
	p, fault := parsePath(text)
	if fault != "" {
		d.fault(n, at, fault, "")
	}
	return p
}

// keyed returns a path that must end with a key.
func (d *decoder) keyed(n *document.Node, at string) path {
	p := d.path(n, at)
	if p != nil && p[len(p)-1].kind != keySegment {
		d.fault(n, at, "must end with a key", "")
		return nil
	}
	return p
}

// versionAt returns a path that must consist of keys.
func (d *decoder) versionAt(n *document.Node) string {
	p := d.path(n, "version_at")
	for _, s := range p {
		if s.kind != keySegment {
			d.fault(n, "version_at", "must be a path of keys, without indices and wildcards", "")
			return defaultVersionAt
		}
	}
	return p.String()
}

// target returns the destination of a value found at from.
func (d *decoder) target(n *document.Node, at string, from path) path {
	to := d.path(n, at)
	if to == nil || from == nil {
		return to
	}
	if stars := from.stars(); !equal(to.stars(), stars) {
		d.fault(n, at, "must have the same wildcards as "+from.String()+", in the same order", "")
		return nil
	}
	if to[len(to)-1].kind == indexSegment || to[len(to)-1].kind == everyItem {
		d.fault(n, at, "must end with a key", "a value cannot be inserted into a list")
		return nil
	}
	return to
}

func equal(p, q path) bool { return len(p) == len(q) && p.shared(q) == len(p) }

func (d *decoder) steps(n *document.Node) []*step {
	items := d.items(n, "steps", 0)
	if len(items) > maxSteps {
		d.fault(n, "steps", "has more than "+strconv.Itoa(maxSteps)+" steps", "split it into several migrations")
		return nil
	}
	var steps []*step
	for i, item := range items {
		if s := d.step(item, document.IndexPath("steps", i)); s != nil {
			s.number = i + 1
			steps = append(steps, s)
		}
	}
	return steps
}
