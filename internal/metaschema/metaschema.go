// Package metaschema judges a schema as a document: against the official meta-schema
// of its draft, by a validator that is not ours. The reader of schemas refuses what it
// finds with better words; this is the net below it.
package metaschema

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/hotbind/hotbind/internal/pattern"
	"github.com/hotbind/hotbind/internal/schema"
	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
)

// Check returns what the meta-schema of the draft does not allow in the schema file
// root, in the order of the file. Parts that name a draft of their own are left out.
//
// It differs from the meta-schema in three points: regular expressions are those of
// package pattern; every text is a reference, since people write what is none and
// validators read it; and enum may repeat values from draft 7 on, as the specification
// says and the library does not.
func Check(root *document.Node, draft schema.Draft) document.Findings {
	meta, err := jsonschema.NewCompiler().Compile(draft.Address())
	if err != nil {
		return document.Findings{{Pos: root.Pos(), Path: "#", Rule: "meta-schema", Message: wording.Line(err.Error())}}
	}
	var invalid *jsonschema.ValidationError
	if !errors.As(meta.Validate(value(root, true)), &invalid) {
		return nil
	}
	c := checker{root: root, draft: draft}
	c.add(invalid)
	c.findings.Sort()
	return c.findings
}

// value is n as the library takes it, without the parts that name a draft.
func value(n *document.Node, root bool) any {
	switch n.Kind() {
	case document.Bool:
		return n.Text() == "true"
	case document.String:
		return n.Text()
	case document.Number:
		return json.Number(n.Text())
	case document.List:
		list := make([]any, len(n.Items()))
		for i, item := range n.Items() {
			list[i] = value(item, false)
		}
		return list
	case document.Object:
		object := make(map[string]any, len(n.Members()))
		if !root && n.Get("$schema") != nil {
			return object
		}
		for i := range n.Members() {
			object[n.Members()[i].Key()] = value(n.Members()[i].Value(), false)
		}
		return object
	}
	return nil
}

type checker struct {
	root     *document.Node
	draft    schema.Draft
	findings document.Findings
}

// add reports e, unless nothing of it is a fault to us: of alternatives, one without a
// fault is enough.
func (c *checker) add(e *jsonschema.ValidationError) {
	if c.isFine(e) {
		return
	}
	if len(e.Causes) == 0 {
		c.report(e)
		return
	}
	if isChoice(e) {
		c.add(nearest(e))
		return
	}
	for _, cause := range e.Causes {
		c.add(cause)
	}
}

// isFine reports whether e is no fault to us.
func (c *checker) isFine(e *jsonschema.ValidationError) bool {
	if len(e.Causes) == 0 {
		return c.isAllowed(e)
	}
	for _, cause := range e.Causes {
		switch fine := c.isFine(cause); {
		case fine && isChoice(e):
			return true
		case !fine && !isChoice(e):
			return false
		}
	}
	return !isChoice(e)
}

// isChoice reports whether e is about alternatives.
func isChoice(e *jsonschema.ValidationError) bool {
	return strings.HasSuffix(e.KeywordLocation, "/anyOf") || strings.HasSuffix(e.KeywordLocation, "/oneOf")
}

// nearest is the alternative whose faults are the deepest in the schema: the author
// meant that one.
func nearest(e *jsonschema.ValidationError) *jsonschema.ValidationError {
	best := e.Causes[0]
	for _, cause := range e.Causes[1:] {
		if depth(cause) > depth(best) {
			best = cause
		}
	}
	return best
}

func depth(e *jsonschema.ValidationError) int {
	deepest := strings.Count(e.InstanceLocation, "/")
	for _, cause := range e.Causes {
		deepest = max(deepest, depth(cause))
	}
	return deepest
}

// isAllowed reports whether we allow what the library does not.
func (c *checker) isAllowed(e *jsonschema.ValidationError) bool {
	tokens := strings.Split(e.KeywordLocation, "/")
	switch tokens[len(tokens)-1] {
	case "format":
		return !strings.Contains(e.Message, "regex") || c.compiles(e)
	case "uniqueItems", "minItems":
		return c.draft >= schema.Draft7 && len(tokens) > 1 && tokens[len(tokens)-2] == "enum"
	}
	// Only the library asks for patterns as keys in draft 4, and names them in its text.
	return strings.HasPrefix(e.Message, "patternProperty ")
}

// compiles reports whether the value or key that e is about is a regular expression.
func (c *checker) compiles(e *jsonschema.ValidationError) bool {
	n, source, _ := c.at(e.InstanceLocation)
	if !strings.Contains(e.KeywordLocation, "/propertyNames/") {
		source = n.Text()
	}
	_, err := pattern.Compile(source)
	return err == nil
}

// report adds a finding about one value.
func (c *checker) report(e *jsonschema.ValidationError) {
	at, _, keyword := c.at(e.InstanceLocation)
	found := at.Kind().Article()
	switch at.Kind() {
	case document.Number, document.String, document.Bool:
		found = wording.Show(at, false)
	}
	message := fmt.Sprintf("found %s, which draft %s does not allow here", found, c.draft)
	if keyword != "" {
		message = fmt.Sprintf("found %s, which draft %s does not allow under %s", found, c.draft, keyword)
	}
	c.findings = append(c.findings, document.Finding{Pos: at.Pos(), Path: "#" + unescaped(e.InstanceLocation), Rule: "meta-schema", Message: message})
}

// at is the value at a place, its key, and the innermost keyword on the way to it.
func (c *checker) at(location string) (n *document.Node, key, keyword string) {
	n = c.root
	for _, token := range strings.Split(unescaped(location), "/")[1:] {
		key = strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
		next := n.Get(key)
		if i, err := strconv.Atoi(key); err == nil && n.Kind() == document.List && i >= 0 && i < len(n.Items()) {
			next = n.Items()[i]
		}
		if next == nil {
			return n, key, keyword
		}
		if n.Kind() == document.Object && schema.Named(key) != nil {
			keyword = key
		}
		n = next
	}
	return n, key, keyword
}

// unescaped is a place of the library as a JSON pointer: it escapes as URLs do.
func unescaped(location string) string {
	if text, err := url.PathUnescape(location); err == nil {
		return text
	}
	return location
}
