package runtime

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
)

// A variable is a text and where it was set.
type variable struct {
	text string
	pos  document.Position
}

// A textLayer makes a document of texts that are called by the fields they set:
// environment variables, and flags.
type textLayer struct {
	texts  map[string]variable
	limits document.Limits
	joint  string                           // between the words of a name
	name   func(key string) string          // a key as it stands in names
	own    func(p document.Property) string // the name that a field has of its own; nil: none has
	noun   string                           // variable, flag
	hint   string                           // what to do about two fields of one name
	hidden bool                             // texts are where secrets live

	fields   map[string]textField    // by the name that the way to a field makes
	used     map[string]string       // name → path of the field it sets
	open     map[document.Shape]bool // the types around the place that is looked at
	findings document.Findings
}

// A textField is a field that a text may set.
type textField struct {
	path, name string // the name is the one it is read by
	shape      document.Shape
}

// document is what the texts say whose names begin with prefix; nil is nothing.
func (l *textLayer) document(prefix string, shape document.Shape) *document.Node {
	l.fields, l.used, l.open = map[string]textField{}, map[string]string{}, map[document.Shape]bool{}
	return l.object(prefix, "", shape)
}

// object collects the texts of the fields below one place; nil is none.
func (l *textLayer) object(prefix, path string, shape document.Shape) *document.Node {
	// A type that contains itself has no end: inside it only what a name leads to
	// is looked at.
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
		l.fields[below] = textField{at, l.nameOf(p, below), p.Shape}
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

func (l *textLayer) below(prefix, key string) string {
	if prefix == "" {
		return l.name(key)
	}
	return prefix + l.joint + l.name(key)
}

func (l *textLayer) nameOf(p document.Property, below string) string {
	if l.own != nil && l.own(p) != "" {
		return l.own(p)
	}
	return below
}

// leadsOn reports whether a name leads to something below prefix.
func (l *textLayer) leadsOn(prefix string) bool {
	for name := range l.texts {
		if strings.HasPrefix(name, prefix+l.joint) {
			return true
		}
	}
	return false
}

// value reads the text of one field; nil is one that is not set.
func (l *textLayer) value(name, path string, shape document.Shape) *document.Node {
	v, ok := l.texts[name]
	if !ok {
		return nil
	}
	if other, taken := l.used[name]; taken {
		l.find(v.pos, path, fmt.Sprintf("the %s also names %s", l.noun, other), l.hint)
		return nil
	}
	l.used[name] = path
	if !utf8.ValidString(v.text) {
		l.find(v.pos, path, "the text is not valid UTF-8", "")
		return nil
	}
	node, fault := textValue(v.text, shape, l.limits)
	if fault != "" {
		hint := ""
		if shape != nil && shape.Kind() == document.Number && !shape.Secret() {
			hint = numberHint(v.text)
		}
		l.find(v.pos, path, l.found(v.text, shape)+" not "+fault, hint)
		return nil
	}
	document.Place(node, v.pos)
	if l.hidden {
		hide(node)
	}
	return node
}

// found says what was found, without what may be a secret.
func (l *textLayer) found(text string, shape document.Shape) string {
	switch {
	case text == "":
		return "the " + l.noun + " is empty,"
	case l.hidden, shape != nil && shape.Secret():
		return "the text is"
	}
	return document.Quote(text) + " is"
}

// unknown warns of texts whose names begin with the prefix and that set nothing.
func (l *textLayer) unknown(prefix string) {
	if prefix == "" {
		return
	}
	for name, v := range l.texts {
		if _, ok := l.used[name]; !ok && strings.HasPrefix(name, prefix+l.joint) {
			f := l.misnamed(prefix, name)
			f.Pos, f.Severity = v.pos, document.Warning
			l.findings = append(l.findings, f)
		}
	}
}

// misnamed is the finding about a name that sets nothing: what was perhaps meant, or
// how else the value is set.
func (l *textLayer) misnamed(prefix, name string) document.Finding {
	if f, ok := l.fields[name]; ok {
		return document.Finding{Message: "the " + l.noun + " is not read: " + f.path + " is read from " + f.name}
	}
	around := name[:strings.LastIndex(name, l.joint)]
	for len(around) > len(prefix) && l.fields[around].name == "" {
		around = around[:strings.LastIndex(around, l.joint)]
	}
	var near []string // as they go on behind around
	for known := range l.fields {
		if rest, inside := strings.CutPrefix(known, around+l.joint); inside {
			near = append(near, rest)
		}
	}
	slices.Sort(near)
	none := document.Finding{Message: "the " + l.noun + " names no field of the schema"}
	if meant := wording.Nearest(name[len(around)+len(l.joint):], near); meant != "" {
		none.Hint = "did you mean " + l.fields[around+l.joint+meant].name + "?"
		return none
	}
	f, ok := l.fields[around]
	if !ok || f.shape != nil && (len(f.shape.Properties()) > 0 || f.shape.Item() == nil && len(f.shape.Undeclared()) == 0) {
		return none
	}
	return document.Finding{
		Message: "the " + l.noun + " is not read: what is inside " + f.path + " cannot be set by a " + l.noun + " of its own",
		Hint:    "set " + f.name + ", as JSON",
	}
}

func (l *textLayer) find(pos document.Position, path, message, hint string) {
	l.findings = append(l.findings, document.Finding{Pos: pos, Path: path, Message: message, Hint: hint, Secret: l.hidden})
}

// textValue turns text into what a schema asks for at its place, or says what it is
// not. The text stays out of that.
func textValue(text string, shape document.Shape, limits document.Limits) (n *document.Node, fault string) {
	kind, nullable := document.Kind(0), true
	if shape != nil {
		kind, nullable = shape.Kind(), shape.AllowsNull()
	}
	if kind == document.String {
		return document.NewScalar(document.String, text, document.Position{}), ""
	}
	if text == "null" && nullable {
		return document.NewScalar(document.Null, "", document.Position{}), ""
	}
	node, findings := document.ParseValue("(text)", text, limits)
	if len(findings.Errors()) == 0 && (kind == 0 || node.Kind() == kind) {
		return node, ""
	}
	if kind == 0 && text != "" {
		return document.NewScalar(document.String, text, document.Position{}), ""
	}
	want := map[document.Kind]string{
		document.Bool: "true or false", document.Number: "a number", document.Null: "null",
		document.List: "a list written as JSON", document.Object: "an object written as JSON",
	}[kind]
	if want == "" {
		want = "a value of the kinds allowed"
	}
	return nil, want
}

// numberHint says why a text that people take for a number is none (RFC 8259, section
// 6); empty: it is not one to anybody.
func numberHint(text string) string {
	if _, err := strconv.ParseFloat(text, 64); err != nil {
		return ""
	}
	digits := strings.TrimPrefix(text, "-")
	switch {
	case strings.HasPrefix(digits, "+"):
		return "numbers have no + in front"
	case strings.HasPrefix(digits, "."):
		return "numbers have a digit in front of the point"
	case strings.HasPrefix(digits, "0") && len(digits) > 1 && isDigit(digits[1]):
		return "numbers have no needless 0 in front"
	case strings.Contains(digits, "."):
		return "numbers have a digit behind the point"
	}
	return ""
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// hide notes that n came from where secrets live, so that no message repeats it.
func hide(n *document.Node) {
	n.SetHidden(true)
	for _, item := range n.Items() {
		hide(item)
	}
	for i := range n.Members() {
		hide(n.Members()[i].Value())
	}
}
