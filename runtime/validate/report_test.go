package validate_test

import (
	"strings"
	"testing"
)

// TestNames: a finding about the name of a property is about the name.
func TestNames(t *testing.T) {
	t.Parallel()
	for why, c := range map[string]struct{ schema, doc, want string }{
		"too short": {`{propertyNames: {minLength: 5}}`, `{abcd: 1}`, `d.yaml:1:2: abcd: is 4 characters long, want at least 5`},
		"a pattern": {`{propertyNames: {pattern: '^z'}}`, `{abcd: 1}`, `d.yaml:1:2: abcd: "abcd" does not match the pattern ^z`},
		"no name":   {`{propertyNames: {type: integer}}`, `{abcd: 1}`, `d.yaml:1:2: abcd: found the string "abcd", want a whole number`},
		"through a reference": {
			`{properties: {m: {propertyNames: {$ref: '#/$defs/n'}}}, $defs: {n: {allOf: [{enum: [a, b]}]}}}`, `{m: {abcd: 1}}`,
			`d.yaml:1:6: m.abcd: "abcd" is not one of a, b`,
		},
		"a property of that name": {`{properties: {propertyNames: {type: integer}}}`, `{propertyNames: abcd}`, `d.yaml:1:17: propertyNames: found the string "abcd", want a whole number`},
		"none may be":             {`{propertyNames: false}`, `{abcd: 1}`, `d.yaml:1:2: abcd: no value is allowed here`},
	} {
		if got := compile(t, c.schema).Validate(parse(t, "d.yaml", c.doc)).String(); got != c.want {
			t.Errorf("%s: got %s, want %s", why, got, c.want)
		}
	}
}

// TestOneLine: text of a schema or a document can neither break the line of a finding nor
// fill the screen.
func TestOneLine(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 5000)
	for why, c := range map[string]struct{ schema, doc string }{
		"an enum":            {`{properties: {v: {enum: ["a\nb", "c\u2028` + long + `"]}}}`, `{v: "q\nr"}`},
		"a constant":         {`{properties: {v: {const: "a\nb` + long + `"}}}`, `{v: 1}`},
		"a pattern":          {`{properties: {v: {pattern: "^a\nb` + long[:900] + `"}}}`, `{v: "\u2029"}`},
		"a property":         {`{properties: {"a\nb": {}}, additionalProperties: false}`, `{"v\nw": 1}`},
		"a format":           {`{properties: {v: {format: uri}}}`, `{v: "https://h/\n` + long + `"}`},
		"an unknown keyword": {`{properties: {v: {not: {}}}}`, `{v: 1}`},
		"a dependency":       {`{dependentRequired: {"a\nb": [c]}}`, `{"a\nb": 1}`},
	} {
		found := compile(t, c.schema).Validate(parse(t, "d.yaml", c.doc))
		if len(found) != 1 {
			t.Errorf("%s: got %v", why, found)
			continue
		}
		if got := found.String(); strings.ContainsAny(got, "\n\u2028\u2029") || len(got) > 1000 {
			t.Errorf("%s: got %q", why, got)
		}
	}
}

// TestKeywords: findings that are about no single value of a schema.
func TestKeywords(t *testing.T) {
	t.Parallel()
	for why, c := range map[string]struct{ schema, doc, want string }{
		"a property that another needs":         {`{dependentRequired: {a: [b]}}`, `{a: 1}`, `d.yaml:1:1: b: is required but missing (because a is set)`},
		"a dependency of an old draft":          {`{"$schema": "http://json-schema.org/draft-07/schema#", dependencies: {a: [b]}}`, `{a: 1}`, `d.yaml:1:1: b: is required but missing (because a is set)`},
		"a forbidden property named as keyword": {`{properties: {type: false}}`, `{type: 1}`, `d.yaml:1:8: type: no value is allowed here`},
		"the same fault twice":                  {`{allOf: [{$ref: '#/$defs/n'}, {$ref: '#/$defs/n'}], $defs: {n: {type: object}}}`, `[]`, `d.yaml:1:1: (document): found a list, want an object`},
	} {
		if got := compile(t, c.schema).Validate(parse(t, "d.yaml", c.doc)).String(); got != c.want {
			t.Errorf("%s: got %s, want %s", why, got, c.want)
		}
	}
}
