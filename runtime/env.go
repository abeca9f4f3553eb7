package runtime

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/hotbind/hotbind/runtime/document"
)

// Env is a source that reads environment variables.
//
// The variable of a field is the prefix and the keys on the way to it, in
// capitals and joined by underscores, every character that a variable cannot
// have written as an underscore too: with the prefix SHOP, database.pool-size is
// SHOP_DATABASE_POOL_SIZE. A field whose schema names a variable with x-env is
// read from that one instead. Only fields that the schema declares can be set;
// an unknown variable that begins with the prefix is a warning.
//
// The text becomes what the schema asks for at that place. A list or an object
// is written as JSON; where several kinds are allowed, text that is JSON is
// read as such and any other is a string. A variable that is set to nothing
// sets a string to "" and is refused for everything else. What is inside a oneOf
// or a list is set with the whole. Findings name the variable and never repeat
// its value, because variables are where secrets live.
func Env(prefix string) Source { return envSource{prefix} }

type envSource struct{ prefix string }

func (s envSource) Name() string { return "environment" }

// Read returns the whole environment: which variables matter only the schema
// tells. Its order is settled, so that the same environment is the same content.
func (s envSource) Read(context.Context) ([]byte, error) {
	env := os.Environ()
	slices.Sort(env)
	return []byte(strings.Join(env, "\x00")), nil
}

func (s envSource) Document(content []byte, shape document.Shape, limits document.Limits) (*document.Node, document.Findings) {
	vars := map[string]variable{}
	for _, entry := range strings.Split(string(content), "\x00") {
		if name, text, ok := strings.Cut(entry, "="); ok {
			vars[name] = variable{text, document.Position{File: "$" + name}}
		}
	}
	return variables(vars, s.prefix, shape, limits)
}

// A variable is a text and where it was set.
type variable struct {
	text string
	pos  document.Position
}

// variables is the document that variables make.
func variables(vars map[string]variable, prefix string, shape document.Shape, limits document.Limits) (*document.Node, document.Findings) {
	e := envLayer{limits: limits, vars: vars, used: map[string]string{}, open: map[document.Shape]bool{}}
	name := envName(prefix)
	root := e.object(name, "", shape)
	e.unknown(name)
	e.findings.Sort()
	return root, e.findings
}

type envLayer struct {
	limits   document.Limits
	vars     map[string]variable
	used     map[string]string       // variable → path of the field it sets
	open     map[document.Shape]bool // the types around the place that is looked at
	findings document.Findings
}

// object collects the variables of the fields below one place; nil is none.
func (e *envLayer) object(prefix, path string, shape document.Shape) *document.Node {
	// A type that contains itself has no end: inside it only what a variable
	// leads to is looked at.
	if shape == nil || e.open[shape] && !e.leadsOn(prefix) {
		return nil
	}
	if !e.open[shape] {
		e.open[shape] = true
		defer delete(e.open, shape)
	}
	obj := &document.Node{Kind: document.Object, Pos: document.Position{File: "environment"}}
	for _, p := range shape.Properties() {
		name, fieldPath := p.Env, document.KeyPath(path, p.Key)
		below := prefix
		if below != "" {
			below += "_"
		}
		below += envName(p.Key)
		if name == "" {
			name = below
		}
		value := e.value(name, fieldPath, p.Shape)
		if inner := e.object(below, fieldPath, p.Shape); inner != nil {
			value = document.Merge(value, inner, p.Shape)
		}
		if value != nil {
			obj.Members = append(obj.Members, document.Member{Key: p.Key, Pos: value.Pos, Value: value})
		}
	}
	if len(obj.Members) == 0 {
		return nil
	}
	return obj
}

// leadsOn reports whether a variable names something below prefix.
func (e *envLayer) leadsOn(prefix string) bool {
	for name := range e.vars {
		if strings.HasPrefix(name, prefix+"_") {
			return true
		}
	}
	return false
}

// value reads the variable of one field; nil is a variable that is not set.
func (e *envLayer) value(name, path string, shape document.Shape) *document.Node {
	v, ok := e.vars[name]
	if !ok {
		return nil
	}
	if other, taken := e.used[name]; taken {
		e.find(v.pos, path, fmt.Sprintf("the variable also names %s", other), "set x-env on one of the two")
		return nil
	}
	e.used[name] = path
	node, fault := textValue(v.text, shape, e.limits)
	if fault != "" {
		found := "the text"
		if v.text == "" {
			found = "the variable is empty,"
			fault = strings.TrimPrefix(fault, "is ")
		}
		e.find(v.pos, path, found+" "+fault, "")
		return nil
	}
	document.Place(node, v.pos)
	hide(node)
	return node
}

// hide notes that n came from where secrets live, so that no message repeats it.
func hide(n *document.Node) {
	n.Hidden = true
	for _, item := range n.Items {
		hide(item)
	}
	for i := range n.Members {
		hide(n.Members[i].Value)
	}
}

// textValue turns text into what a schema asks for at its place, or says what it is
// not. The text stays out of that.
func textValue(text string, shape document.Shape, limits document.Limits) (n *document.Node, fault string) {
	kind, nullable := document.Kind(0), true
	if shape != nil {
		kind, nullable = shape.Kind(), shape.AllowsNull()
	}
	if kind == document.String {
		return &document.Node{Kind: document.String, Text: text}, ""
	}
	if text == "null" && nullable {
		return &document.Node{Kind: document.Null}, ""
	}
	node, findings := document.ParseValue("(text)", text, limits)
	if len(findings.Errors()) == 0 && (kind == 0 || node.Kind == kind) {
		return node, ""
	}
	if kind == 0 && text != "" {
		return &document.Node{Kind: document.String, Text: text}, ""
	}
	want := map[document.Kind]string{
		document.Bool: "true or false", document.Number: "a number", document.Null: "null",
		document.List: "a list written as JSON", document.Object: "an object written as JSON",
	}[kind]
	if want == "" {
		want = "a value of the kinds allowed"
	}
	return nil, "is not " + want
}

// unknown warns of variables that begin with the prefix and set nothing.
func (e *envLayer) unknown(prefix string) {
	if prefix == "" {
		return
	}
	for name, v := range e.vars {
		if _, ok := e.used[name]; !ok && strings.HasPrefix(name, prefix+"_") {
			e.findings = append(e.findings, document.Finding{
				Pos: v.pos, Severity: document.Warning,
				Message: "the variable names no field of the schema",
			})
		}
	}
}

func (e *envLayer) find(pos document.Position, path, message, hint string) {
	e.findings = append(e.findings, document.Finding{Pos: pos, Path: path, Message: message, Hint: hint})
}

// envName is key as it stands in the name of a variable.
func envName(key string) string {
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
