package validate

import (
	"slices"

	"github.com/hotbind/hotbind/runtime/document"
)

// ours begins the keywords that the compiler is to leave to us.
const ours = "hotbind-"

// text is the schema of a resource as the compiler is to read it: references lead
// straight to where their target stands, whatever it is called by; resources in
// it are apart; and what the compiler cannot do is under keywords of ours. Values
// keep their places.
func (x *index) text(r *resource) []byte {
	root := x.rewrite(r.root, r)
	if root.Kind == document.Object {
		draft := &document.Node{Kind: document.String, Text: r.dialect.Draft.Address()}
		root.Members = append([]document.Member{{Key: "$schema", Value: draft}}, root.Members...)
	}
	return root.AppendJSON(nil)
}

// rewrite copies n, which stands in the resource in.
func (x *index) rewrite(n *document.Node, in *resource) *document.Node {
	h, schema := x.homes[n]
	if schema && h.in != in {
		return object("$ref", h.in.url)
	}
	c := *n
	c.Items, c.Members = make([]*document.Node, len(n.Items)), nil
	for i, item := range n.Items {
		c.Items[i] = x.rewrite(item, in)
	}
	if schema {
		x.rewriteSchema(&c, n, in)
		return &c
	}
	for _, m := range n.Members {
		m.Value = x.rewrite(m.Value, in)
		c.Members = append(c.Members, m)
	}
	return &c
}

func object(key, text string) *document.Node {
	value := &document.Node{Kind: document.String, Text: text}
	return &document.Node{Kind: document.Object, Members: []document.Member{{Key: key, Value: value}}}
}

func (x *index) rewriteSchema(c, n *document.Node, in *resource) {
	if n.Kind == document.Bool && in.id() == "id" { // draft 4 has only objects
		*c = document.Node{Kind: document.Object}
		if n.Text == "false" {
			c.Members = []document.Member{{Key: "not", Value: &document.Node{Kind: document.Object}}}
		}
		return
	}
	t := x.targets[n]
	for _, m := range n.Members {
		key := m.Key
		m.Key = compiled(n, &m)
		switch key {
		case "$id", "id", "$anchor", "$schema", "$vocabulary":
			continue
		case "regexProperties", "contentMediaType", "contentEncoding": // which the library checks in some drafts, and nobody else does
			continue
		case "$ref":
			if t.ref == "" && len(t.sure) == 0 { // it leads nowhere but back
				continue
			}
			m.Value = replaced(m.Value, t.ref)
		case "$dynamicRef", "$recursiveRef":
			if !in.has(m.Key) {
				continue
			}
			if m.Key == "$dynamicRef" || !recursive(t.dynamic, in) {
				m.Value = replaced(m.Value, t.dynamic)
			}
		case "enum", "required", "type": // which some drafts do not want to repeat
			m.Value = distinct(m.Value)
		case "const", "default", "examples": // values are no schemas
		case "$defs", "definitions":
			m.Value = x.rewrite(onlySchemas(m.Value), in)
		case "additionalProperties", "additionalItems":
			if m.Value.Kind != document.Bool { // which draft 4 has here
				m.Value = x.rewrite(m.Value, in)
			}
		default:
			m.Value = x.rewrite(m.Value, in)
		}
		c.Members = append(c.Members, m)
	}
}

// annotations are the keywords that say nothing of what is valid, and what their
// values are. One that is something else does no harm.
var annotations = map[string]document.Kind{
	"title": document.String, "description": document.String, "$comment": document.String, "examples": document.List,
	"readOnly": document.Bool, "writeOnly": document.Bool, "deprecated": document.Bool,
}

// compiled is the keyword under which the compiler reads a member of the schema s.
// What has the wrong type for ours it is to refuse itself.
func compiled(s *document.Node, m *document.Member) string {
	kind, left := annotations[m.Key]
	left = left && m.Value.Kind != kind
	switch m.Key {
	case "pattern":
		left = m.Value.Kind == document.String
	case "patternProperties":
		left = m.Value.Kind == document.Object
	case "additionalProperties":
		named := s.Get("patternProperties")
		left = named != nil && named.Kind == document.Object
	case "enum", "required": // which some drafts do not want to be empty
		left = m.Value.Kind == document.List && len(m.Value.Items) == 0
	}
	if left {
		return ours + m.Key
	}
	return m.Key
}

// distinct is a list without what is equal to an earlier item.
func distinct(n *document.Node) *document.Node {
	if _, _, found := document.Duplicate(n.Items); !found {
		return n
	}
	c := *n
	c.Items = nil
	for _, item := range n.Items {
		if !slices.ContainsFunc(c.Items, func(other *document.Node) bool { return document.Equal(item, other) }) {
			c.Items = append(c.Items, item)
		}
	}
	return &c
}

// onlySchemas is an object without the members that are no schemas, which do no
// harm as long as nobody refers to them.
func onlySchemas(n *document.Node) *document.Node {
	c := *n
	c.Members = nil
	for _, m := range n.Members {
		if isSchema(m.Value) {
			c.Members = append(c.Members, m)
		}
	}
	return &c
}

// isSchema reports whether n can be a schema.
func isSchema(n *document.Node) bool { return n.Kind == document.Object || n.Kind == document.Bool }

// recursive reports whether a $recursiveRef in the resource may stay as it is.
func recursive(target string, in *resource) bool { return target == in.url+"#" }

// replaced is a reference with another text, if there is one.
func replaced(n *document.Node, text string) *document.Node {
	if text == "" {
		return n
	}
	c := *n
	c.Text = text
	return &c
}
