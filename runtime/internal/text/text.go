// Package text converts named texts, environment variables and flags, to documents. The
// schema determines how each text is read.
package text

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
)

// A Value is a text and its place.
type Value struct {
	Text string
	Pos  document.Position
}

// Variables returns the document that environment variables with the prefix set.
func Variables(vars map[string]Value, prefix string, shape document.Shape, limits document.Limits) (*document.Node, document.Findings) {
	l := layer{
		texts: vars, limits: limits, joint: "_", name: variableName, noun: "variable", hidden: true,
		own: func(p document.Property) string { return p.Env }, hint: "set x-env on one of the two",
	}
	root := l.document(variableName(prefix), shape)
	l.unknown(variableName(prefix))
	l.findings.Sort()
	return root, l.findings
}

// variableName returns key as it appears in the name of a variable.
func variableName(key string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		}
		return '_'
	}, key)
}

// A Flag is a flag that was given.
type Flag struct{ Name, Text string }

// Flags returns the document that flags set.
func Flags(given []Flag, shape document.Shape, limits document.Limits) (*document.Node, document.Findings) {
	texts := map[string]Value{}
	for _, f := range given {
		pos := document.Position{File: "--" + f.Name}
		if other, taken := texts[flagName(f.Name)]; taken {
			return nil, document.Findings{{Pos: pos, Message: "the same flag as " + other.Pos.File + ": give only one"}}
		}
		texts[flagName(f.Name)] = Value{f.Text, pos}
	}
	l := layer{texts: texts, limits: limits, joint: "-", name: flagName, noun: "flag", hint: "rename one of the two fields"}
	root := l.document("", shape)
	l.findings.Sort()
	return root, l.findings
}

// flagName returns a name in lower case with dots and underscores as dashes.
func flagName(name string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if r == '.' || r == '_' {
			return '-'
		}
		return r
	}, name))
}

// A layer converts texts that are named after the fields they set, environment
// variables and flags, to a document.
type layer struct {
	texts  map[string]Value
	limits document.Limits
	joint  string                           // separates the words of a name
	name   func(key string) string          // a key as it appears in names
	own    func(p document.Property) string // the name that the schema gives a field; nil: none
	noun   string                           // variable, flag
	hint   string                           // how to resolve two fields of one name
	hidden bool                             // texts may be secrets

	fields   map[string]field        // by the name derived from the path
	used     map[string]string       // name → path of the field it sets
	open     map[document.Shape]bool // the enclosing types
	findings document.Findings
}

// A field is a field that a text may set.
type field struct {
	path, name string // name is the one that is read
	shape      document.Shape
}

// document returns what the texts with the prefix set, or nil if they set nothing.
func (l *layer) document(prefix string, shape document.Shape) *document.Node {
	l.fields, l.used, l.open = map[string]field{}, map[string]string{}, map[document.Shape]bool{}
	return l.object(prefix, "", shape)
}

// object collects the texts of the fields below one place. It returns nil if there are
// none.
func (l *layer) object(prefix, path string, shape document.Shape) *document.Node {
	// A recursive type has no end: inside it only fields that a name leads to are visited.
	if shape == nil || l.open[shape] && !l.leadsOn(prefix) {
		return nil
	}
	if !l.open[shape] {
		l.open[shape] = true
		defer delete(l.open, shape)
	}
	var members []document.Member
	for _, p := range shape.Properties() {
		below, at := l.below(prefix, p.Key), document.KeyPath(path, p.Key)
		l.fields[below] = field{at, l.nameOf(p, below), p.Shape}
		value := l.value(l.nameOf(p, below), at, p.Shape)
		if inner := l.object(below, at, p.Shape); inner != nil {
			value = document.Merge(value, inner, p.Shape)
		}
		if value != nil {
			members = append(members, document.NewMember(p.Key, value, value.Pos()))
		}
	}
	if len(members) == 0 {
		return nil
	}
	return document.NewObject(members, document.Position{File: members[0].Pos().File})
}

func (l *layer) below(prefix, key string) string {
	if prefix == "" {
		return l.name(key)
	}
	return prefix + l.joint + l.name(key)
}

func (l *layer) nameOf(p document.Property, below string) string {
	if l.own != nil && l.own(p) != "" {
		return l.own(p)
	}
	return below
}

// leadsOn reports whether a name leads to something below prefix.
func (l *layer) leadsOn(prefix string) bool {
	for name := range l.texts {
		if strings.HasPrefix(name, prefix+l.joint) {
			return true
		}
	}
	return false
}

// value reads the text of one field. It returns nil if the field is not set.
func (l *layer) value(name, path string, shape document.Shape) *document.Node {
	v, ok := l.texts[name]
	if !ok {
		return nil
	}
	if other, taken := l.used[name]; taken {
		l.find(v.Pos, path, fmt.Sprintf("the %s also sets %s", l.noun, other), l.hint)
		return nil
	}
	l.used[name] = path
	if !utf8.ValidString(v.Text) {
		l.find(v.Pos, path, "the text is not valid UTF-8", "")
		return nil
	}
	node, fault := parse(v, shape, l.limits)
	if fault != "" {
		hint := ""
		if shape != nil && shape.Kind() == document.Number && !shape.Secret() {
			hint = numberHint(v.Text)
		}
		l.find(v.Pos, path, l.found(v.Text, shape)+" not "+fault, hint)
		return nil
	}
	if l.hidden {
		hide(node)
	}
	return node
}

// found describes the text in a message, without a secret.
func (l *layer) found(text string, shape document.Shape) string {
	switch {
	case text == "":
		return "the " + l.noun + " is empty,"
	case l.hidden, shape != nil && shape.Secret():
		return "the text is"
	}
	return document.Quote(text) + " is"
}

// unknown warns of texts with the prefix that set nothing.
func (l *layer) unknown(prefix string) {
	if prefix == "" {
		return
	}
	for name, v := range l.texts {
		if _, ok := l.used[name]; !ok && strings.HasPrefix(name, prefix+l.joint) {
			f := l.misnamed(prefix, name)
			f.Pos, f.Severity = v.Pos, document.Warning
			l.findings = append(l.findings, f)
		}
	}
}

// misnamed returns the finding for a name that sets nothing, with a suggestion.
func (l *layer) misnamed(prefix, name string) document.Finding {
	if f, ok := l.fields[name]; ok {
		return document.Finding{Message: "the " + l.noun + " is not used: " + f.path + " is set by " + f.name}
	}
	around := name[:strings.LastIndex(name, l.joint)]
	for len(around) > len(prefix) && l.fields[around].name == "" {
		around = around[:strings.LastIndex(around, l.joint)]
	}
	var near []string // names without the part up to around
	for known := range l.fields {
		if rest, inside := strings.CutPrefix(known, around+l.joint); inside {
			near = append(near, rest)
		}
	}
	slices.Sort(near)
	none := document.Finding{Message: "the " + l.noun + " matches no field of the schema"}
	if meant := wording.Nearest(name[len(around)+len(l.joint):], near); meant != "" {
		none.Hint = "did you mean " + l.fields[around+l.joint+meant].name + "?"
		return none
	}
	f, ok := l.fields[around]
	if !ok || f.shape != nil && (len(f.shape.Properties()) > 0 || f.shape.Item() == nil && len(f.shape.Undeclared()) == 0) {
		return none
	}
	return document.Finding{
		Message: "the " + l.noun + " is not used: a value inside " + f.path + " cannot be set by itself",
		Hint:    "set " + f.name + ", as JSON",
	}
}

func (l *layer) find(pos document.Position, path, message, hint string) {
	l.findings = append(l.findings, document.Finding{Pos: pos, Path: path, Message: message, Hint: hint, Secret: l.hidden})
}

// parse converts text to the type that the schema requires, or returns what it wants.
// The fault does not contain the text.
func parse(v Value, shape document.Shape, limits document.Limits) (n *document.Node, fault string) {
	kind, nullable := document.Kind(0), true
	if shape != nil {
		kind, nullable = shape.Kind(), shape.AllowsNull()
	}
	if kind == document.String {
		return document.NewScalar(document.String, v.Text, v.Pos), ""
	}
	if v.Text == "null" && nullable {
		return document.NewScalar(document.Null, "", v.Pos), ""
	}
	node, findings := document.ParseValue(v.Pos, v.Text, limits)
	if len(findings.Errors()) == 0 && (kind == 0 || node.Kind() == kind) {
		return node, ""
	}
	if kind == 0 && v.Text != "" {
		return document.NewScalar(document.String, v.Text, v.Pos), ""
	}
	want := map[document.Kind]string{
		document.Bool: "true or false", document.Number: "a number", document.Null: "null",
		document.List: "a JSON list", document.Object: "a JSON object",
	}[kind]
	if want == "" {
		want = "a value of an allowed type"
	}
	return nil, want
}

// numberHint returns why a text that looks like a number is not a JSON number (RFC 8259,
// section 6); empty: it does not look like one.
func numberHint(text string) string {
	if _, err := strconv.ParseFloat(text, 64); err != nil {
		return ""
	}
	digits := strings.TrimPrefix(text, "-")
	switch {
	case strings.HasPrefix(digits, "+"):
		return "JSON numbers do not begin with +"
	case strings.HasPrefix(digits, "."):
		return "JSON numbers have a digit before the point"
	case strings.HasPrefix(digits, "0") && len(digits) > 1 && isDigit(digits[1]):
		return "JSON numbers do not begin with a needless 0"
	case strings.Contains(digits, "."):
		return "JSON numbers have a digit after the point"
	}
	return ""
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// hide marks n as a possible secret, so that no message contains it.
func hide(n *document.Node) {
	n.SetHidden(true)
	for _, item := range n.Items() {
		hide(item)
	}
	for i := range n.Members() {
		hide(n.Members()[i].Value())
	}
}
