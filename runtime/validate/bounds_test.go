package validate_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/validate"
)

// doubling is a schema of definitions each of which is twice the next.
func doubling(levels int, both string) string {
	var b strings.Builder
	b.WriteString(`{"$ref": "#/definitions/d0", "definitions": {`)
	for i := range levels {
		ref := fmt.Sprintf(`{"$ref": "#/definitions/d%d"}`, i+1)
		fmt.Fprintf(&b, `"d%d": {%s}, `, i, strings.ReplaceAll(both, "NEXT", ref))
	}
	fmt.Fprintf(&b, `"d%d": {"type": "integer"}}}`, levels)
	return b.String()
}

// TestRefused: a schema that would overflow in the reference validator or keep
// it busy is refused, at once and in our words.
func TestRefused(t *testing.T) {
	t.Parallel()
	const explodes = "s.json:1:1: #: the schema expands to more than 20,000 checks of one value"
	for why, c := range map[string]struct{ schema, want string }{
		"a count in scientific notation": {
			`{"properties": {"v": {"maxLength": 1e30}}}`,
			`s.json:1:36: #/properties/v/maxLength: 1e30 is more than the maximum 2147483647`,
		},
		"a count of 64 bits": {
			`{"items": {"minItems": 9223372036854775808}}`,
			`s.json:1:24: #/items/minItems: 9223372036854775808 is more than the maximum 2147483647`,
		},
		"a count that only a reference leads to": {
			`{"$ref": "#/x/y", "x": {"y": {"minProperties": 1e10}}}`,
			`s.json:1:48: #/x/y/minProperties: 1e10 is more than the maximum 2147483647`,
		},
		"a factor that no float64 can hold": {
			`{"multipleOf": 1e-400}`,
			`s.json:1:16: #/multipleOf: 1e-400 is out of range: 1e-308 to 1e308 is allowed`,
		},
		"every definition all of the next, twice": {doubling(20, `"allOf": [NEXT, NEXT]`), explodes},
		"any of":                      {doubling(20, `"anyOf": [NEXT, NEXT]`), explodes},
		"one of and not":              {doubling(20, `"oneOf": [NEXT], "not": NEXT`), explodes},
		"conditions":                  {doubling(20, `"if": NEXT, "then": NEXT, "else": NEXT`), explodes},
		"dependent schemas":           {doubling(20, `"dependentSchemas": {"a": NEXT, "b": NEXT}`), explodes},
		"a chain of references":       {doubling(5_000, `"allOf": [NEXT]`), "s.json:1:1: #: the schema leads through a chain of more than 1,000 references"},
		"an endless chain":            {`{"$ref": "#/$defs/a", "$defs": {"a": {"allOf": [{"$ref": "#/$defs/a"}]}}}`, "s.json:1:1: #: the schema cannot be used: it leads back to itself without end"},
		"a reference out of the file": {`{"$ref": "other.json"}`, `s.json:1:10: #/$ref: "other.json" is another file, and no other files are read here (copy the definition into this file, under $defs)`},
	} {
		n, findings := document.ParseJSON("s.json", []byte(c.schema), document.Limits{})
		if n == nil {
			t.Fatal(findings)
		}
		begin := time.Now()
		s, findings := validate.Compile(n, nil)
		if got := findings.String(); s != nil || got != c.want {
			t.Errorf("%s: got %q, want %q", why, got, c.want)
		}
		if took := time.Since(begin); took > time.Minute { // without a bound it is hours
			t.Errorf("%s: took %v", why, took)
		}
	}
}

// TestNotRefused: what looks large but is not, and recursion that reads a value
// on every turn.
func TestNotRefused(t *testing.T) {
	t.Parallel()
	chain := `"allOf": [NEXT]`
	for why, schema := range map[string]string{
		"the largest count":                    `{"maxLength": 2147483647}`,
		"properties called like keywords":      `{"properties": {"maxLength": {"const": {"maxLength": 1e30}}, "multipleOf": {"default": {"multipleOf": 1e-400}}}}`,
		"a tree":                               `{"properties": {"left": {"$ref": "#"}, "right": {"$ref": "#"}, "list": {"items": {"$ref": "#"}}}, "additionalProperties": {"$ref": "#"}}`,
		"doubling through properties":          doubling(30, `"properties": {"a": NEXT, "b": NEXT}`),
		"a chain through properties":           doubling(2_000, `"properties": {"a": NEXT}`),
		"a chain of some length":               doubling(450, chain),
		"doubling within bounds":               doubling(10, `"allOf": [NEXT, NEXT]`),
		"many alternatives":                    `{"oneOf": [` + strings.Repeat(`{"type": "object", "required": ["x"]},`, 5000) + `{"type": "null"}]}`,
		"doubling beside a reference, ignored": strings.Replace(doubling(20, `"$ref": "#/definitions/d20", "allOf": [NEXT, NEXT]`), "{", `{"$schema": "http://json-schema.org/draft-07/schema#", `, 1),
	} {
		n, findings := document.ParseJSON("s.json", []byte(schema), document.Limits{})
		if n == nil {
			t.Fatal(findings)
		}
		begin := time.Now()
		if s, findings := validate.Compile(n, nil); s == nil {
			t.Errorf("%s: refused: %v", why, findings)
		}
		if took := time.Since(begin); took > time.Minute { // without a bound it is hours
			t.Errorf("%s: took %v", why, took)
		}
	}
}

// TestWork: a schema that is small for every value may still multiply with the
// depth of the document. It is not tried.
func TestWork(t *testing.T) {
	t.Parallel()
	s := compile(t, `{"allOf": [{"properties": {"a": {"$ref": "#"}}}, {"properties": {"a": {"$ref": "#"}}}]}`)
	doc := parse(t, "d.yaml", strings.Repeat("{a: ", 60)+"1"+strings.Repeat("}", 60))
	if got, want := s.Validate(doc).String(), "d.yaml:1:1: (document): the schema asks for more than 20,000,000 checks of this document"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if found := s.Validate(parse(t, "d.yaml", "{a: {a: {a: 1}}}")); len(found) > 0 {
		t.Errorf("a shallow document: %v", found)
	}
}
