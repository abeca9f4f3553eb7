// Package metaschema checks a schema against the official meta-schema of its draft with
// an independent validator. It is the safety net behind the reader of schemas, whose
// findings have better messages.
package metaschema

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/hotbind/hotbind/internal/ecma"
	"github.com/hotbind/hotbind/internal/schema"
	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
)

// Check returns what the meta-schema of the draft does not allow in the schema file
// root, in the order of the file. Parts that name a draft of their own are left out.
//
// It differs from the meta-schema in three points. Regular expressions are those of
// package pattern. Every text is a reference, since people write invalid ones and
// validators read them. enum may repeat values from draft 7 on, which the specification
// allows and the library does not.
func Check(root *document.Node, draft schema.Draft) document.Findings {
	meta, err := jsonschema.NewCompiler().Compile(draft.Address())
	if err != nil {
		return document.Findings{{Pos: root.Pos(), Path: "#", Rule: "meta-schema", Message: wording.Line(err.Error())}}
	}
	var value any
	d := json.NewDecoder(bytes.NewReader(root.AppendJSON(nil)))
	d.UseNumber()
	var invalid *jsonschema.ValidationError
	if d.Decode(&value) != nil || !errors.As(meta.Validate(value), &invalid) {
		return nil
	}
	c := checker{root, draft}
	var findings document.Findings
	faults, _ := c.faults(invalid)
	for _, e := range faults {
		findings = append(findings, c.finding(e))
	}
	findings.Sort()
	return findings
}

type checker struct {
	root  *document.Node
	draft schema.Draft
}

// faults returns the errors at the leaves of e that count for us, and how deep in the
// schema they are. Of alternatives, one without errors is enough; otherwise the errors
// of the deepest are returned, which was probably meant.
func (c *checker) faults(e *jsonschema.ValidationError) (faults []*jsonschema.ValidationError, depth int) {
	if len(e.Causes) == 0 && !c.isAllowed(e) {
		return []*jsonschema.ValidationError{e}, strings.Count(e.InstanceLocation, "/")
	}
	choice := strings.HasSuffix(e.KeywordLocation, "/anyOf") || strings.HasSuffix(e.KeywordLocation, "/oneOf")
	for i, cause := range e.Causes {
		switch found, deep := c.faults(cause); {
		case !choice:
			faults, depth = append(faults, found...), max(depth, deep)
		case len(found) == 0:
			return nil, 0
		case i == 0 || deep > depth:
			faults, depth = found, deep
		}
	}
	return faults, depth
}

// isAllowed reports whether an error of the library is none for us.
func (c *checker) isAllowed(e *jsonschema.ValidationError) bool {
	at := c.find(e.InstanceLocation)
	switch {
	case at.foreign:
		return true
	case strings.HasSuffix(e.KeywordLocation, "/format"):
		source := at.n.Text()
		if strings.Contains(e.KeywordLocation, "/propertyNames/") {
			source = at.key
		}
		_, err := ecma.Compile(source)
		return err == nil || !strings.Contains(e.Message, "regex")
	case strings.HasSuffix(e.KeywordLocation, "/enum/uniqueItems"), strings.HasSuffix(e.KeywordLocation, "/enum/minItems"):
		return c.draft >= schema.Draft7
	}
	// Only the library requires patterns as keys in draft 4; its text names them.
	return strings.HasPrefix(e.Message, "patternProperty ")
}

// finding returns the finding for one error.
func (c *checker) finding(e *jsonschema.ValidationError) document.Finding {
	at, where := c.find(e.InstanceLocation), "here"
	if at.keyword != "" {
		where = "under " + at.keyword
	}
	return document.Finding{Pos: at.n.Pos(), Path: "#" + unescaped(e.InstanceLocation), Rule: "meta-schema",
		Message: fmt.Sprintf("found %s, which draft %s does not allow %s", wording.Show(at.n, false), c.draft, where)}
}

// A place is a value in a schema, its key, and the innermost keyword on the way to it.
type place struct {
	n            *document.Node
	key, keyword string
	foreign      bool // it is in a part that names a draft of its own
}

func (c *checker) find(location string) place {
	at := place{n: c.root}
	for _, token := range strings.Split(unescaped(location), "/")[1:] {
		at.key = schema.Unescape(token)
		next := schema.Step(at.n, token)
		if next == nil {
			break
		}
		if at.n.Kind() == document.Object && schema.Named(at.key) != nil {
			at.keyword = at.key
		}
		at.foreign = at.foreign || at.n != c.root && at.n.Get("$schema") != nil
		at.n = next
	}
	return at
}

// unescaped returns a location of the library as a JSON pointer: the library escapes as
// in URLs.
func unescaped(location string) string {
	text, _ := url.PathUnescape(location)
	return cmp.Or(text, location)
}
