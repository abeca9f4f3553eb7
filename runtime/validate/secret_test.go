package validate_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/validate"
)

func parse(t *testing.T, name, text string) *document.Node {
	t.Helper()
	n, findings := document.Parse(name, []byte(text), document.Limits{Depth: 200})
	if n == nil {
		t.Fatalf("%s: %v", name, findings)
	}
	return n
}

func compile(t *testing.T, schema string) *validate.Schema {
	t.Helper()
	s, findings := validate.Load("s.yaml", []byte(schema), nil)
	if s == nil {
		t.Fatalf("%s: %v", schema, findings)
	}
	return s
}

// TestSecrets: a finding about a secret shows neither the value nor, in a secret object,
// the keys, and is marked so that its line is not shown.
func TestSecrets(t *testing.T) {
	t.Parallel()
	const old = `"$schema": "http://json-schema.org/draft-07/schema#", `
	for why, c := range map[string]struct{ schema, doc, want string }{
		"a value of a secret map": {
			`{properties: {v: {writeOnly: true, additionalProperties: {type: integer}}}}`, `{v: {KEYCANARY: CANARY}}`,
			`d.yaml:1:17: v: a value in it: found the string [secret], want a whole number`,
		},
		"an item of a secret list": {
			`{properties: {v: {type: array, writeOnly: true, items: {pattern: '^z'}}}}`, `{v: [CANARY]}`,
			`d.yaml:1:6: v: a value in it: the value does not match the pattern ^z`,
		},
		"the mark beside a reference": {
			`{properties: {v: {$ref: '#/$defs/n', writeOnly: true}}, $defs: {n: {type: integer}}}`, `{v: CANARY}`,
			`d.yaml:1:5: v: found the string [secret], want a whole number`,
		},
		"the mark beside a reference, in a draft where it means nothing for validation": {
			`{` + old + `properties: {v: {$ref: '#/definitions/n', writeOnly: true}}, definitions: {n: {type: integer}}}`, `{v: CANARY}`,
			`d.yaml:1:5: v: found the string [secret], want a whole number`,
		},
		"the mark through a reference, the fault before it": {
			`{properties: {v: {type: integer, $ref: '#/$defs/n'}}, $defs: {n: {format: password}}}`, `{v: CANARY}`,
			`d.yaml:1:5: v: found the string [secret], want a whole number`,
		},
		"the mark through an anchor in a part with its own address": {
			`{$id: 'https://example.com/a', properties: {v: {type: integer, $ref: 'b#here'}}, $defs: {b: {$id: b, $defs: {c: {$anchor: here, writeOnly: true}}}}}`,
			`{v: CANARY}`, `d.yaml:1:5: v: found the string [secret], want a whole number`,
		},
		"the mark in another branch": {
			`{properties: {v: {allOf: [{type: integer}, {writeOnly: true}]}}}`, `{v: CANARY}`,
			`d.yaml:1:5: v: found the string [secret], want a whole number`,
		},
		"alternatives in a secret": {
			`{properties: {v: {writeOnly: true, anyOf: [{pattern: '^a'}, {pattern: '^b'}]}}}`, `{v: CANARY}`,
			`d.yaml:1:5: v: the value does not match the pattern ^a`,
		},
		"a tag in a secret": {
			`{properties: {v: {writeOnly: true, oneOf: [{properties: {k: {const: a}}}, {properties: {k: {const: b}}}]}}}`, `{v: {k: CANARY}}`,
			`d.yaml:1:9: v: a value in it: the value is not one of a, b`,
		},
		"a tag that is a secret": {
			`{properties: {v: {oneOf: [{properties: {k: {const: a}}}, {properties: {k: {const: b, writeOnly: true}}}]}}}`, `{v: {k: CANARY}}`,
			`d.yaml:1:9: v: a value in it: the value is not one of a, b`,
		},
		"the name of a property without a type for its value": {
			`{propertyNames: {pattern: '^[a-z]+$'}, additionalProperties: {writeOnly: true}}`, `{"Bad": "CANARY"}`,
			`d.yaml:1:2: (document): contains a property name that is not allowed`,
		},
		"the keys of a secret object are secrets": {
			`{properties: {v: {writeOnly: true, propertyNames: {pattern: '^[a-z]+$'}}}}`, `{v: {"CANARY": 1}}`,
			`d.yaml:1:6: v: contains a property name that is not allowed`,
		},
		"names that are marked as secrets": {
			`{properties: {v: {propertyNames: {writeOnly: true, maxLength: 3}}}}`, `{v: {"CANARY": 1}}`,
			`d.yaml:1:6: v: contains a property name that is not allowed`,
		},
		"an unknown key in a secret object": {
			`{properties: {v: {writeOnly: true, properties: {CANARI: {}}, additionalProperties: false}}}`, `{v: {CANARY: 1}}`,
			`d.yaml:1:6: v: unknown property "[secret]"`,
		},
		"a missing key in a secret object": {
			`{properties: {v: {writeOnly: true, required: [a]}}}`, `{v: {CANARY: 1}}`,
			`d.yaml:1:5: v: a required property is missing`,
		},
		"one secret where a list of them is wanted": {
			`{properties: {v: {type: array, items: {writeOnly: true}}}}`, `{v: CANARY}`,
			`d.yaml:1:5: v: found the string [secret], want a list`,
		},
		"a value where a list of objects with secrets is wanted": {
			`{properties: {v: {type: array, items: {type: object, properties: {tok: {writeOnly: true}}}}}}`, `{v: [CANARY]}`,
			`d.yaml:1:6: v[0]: found the string [secret], want an object`,
		},
		"a value where an object is wanted that holds a secret deep below": {
			`{properties: {v: {type: object, properties: {a: {items: {additionalProperties: {$ref: '#/$defs/t'}}}}}}, $defs: {t: {allOf: [{properties: {tok: {format: password}}}]}}}`, `{v: CANARY}`,
			`d.yaml:1:5: v: found the string [secret], want an object`,
		},
		"a document that is a string": {
			`{type: object, properties: {tok: {writeOnly: true}}}`, `CANARY`,
			`d.yaml:1:1: (document): found the string [secret], want an object`,
		},
		"a list where an object with a secret is wanted": {
			`{properties: {v: {type: object, properties: {tok: {writeOnly: true}}}}}`, `{v: [CANARY]}`,
			`d.yaml:1:5: v: found a list, want an object`,
		},
		"neither of two alternatives, one with a secret": {
			`{properties: {v: {anyOf: [{type: boolean}, {type: object, properties: {tok: {writeOnly: true}}}]}}}`, `{v: CANARY}`,
			`d.yaml:1:5: v: found the string [secret], want true or false or an object`,
		},
		"an object with a secret, wanted beside its constants": {
			`{properties: {v: {allOf: [{enum: [{}]}, {type: object, properties: {tok: {writeOnly: true}}}]}}}`, `{v: CANARY}`,
			"d.yaml:1:5: v: found the string [secret], want an object",
		},
		"an object with a secret, wanted on a condition": {
			`{properties: {v: {if: {}, then: {type: object, properties: {tok: {writeOnly: true}}}}}}`, `{v: CANARY}`,
			`d.yaml:1:5: v: found the string [secret], want an object`,
		},
		"a value where a type is wanted that contains itself and a secret": {
			`{$ref: '#/$defs/t', $defs: {t: {type: object, properties: {next: {$ref: '#/$defs/t'}, tok: {writeOnly: true}}}}}`, `{next: {next: CANARY}}`,
			`d.yaml:1:15: next.next: found the string [secret], want an object`,
		},
		"a misspelled secret: the value is on its line": {
			`{properties: {password: {writeOnly: true}}, additionalProperties: false}`, `{pasword: CANARY}`,
			`d.yaml:1:2: pasword: unknown property "pasword" (did you mean password?)`,
		},
		"another value on the line of a secret": {
			`{properties: {v: {writeOnly: true}, n: {type: integer}}}`, `{v: CANARY, n: x}`,
			`d.yaml:1:16: n: found the string "x", want a whole number`,
		},
		"why a format does not fit quotes a character": {
			`{properties: {v: {writeOnly: true, format: uri}}}`, `{v: "https://CANARY^"}`,
			`d.yaml:1:5: v: the value is not a valid uri`,
		},
		"the replacement would reveal the value": {
			`{properties: {v: {writeOnly: true, type: boolean}}}`, `{v: yes}`,
			`d.yaml:1:5: v: found the string [secret], want true or false`,
		},
		"recursion": {
			`{$ref: '#/$defs/t', $defs: {t: {properties: {next: {$ref: '#/$defs/t'}, v: {writeOnly: true, type: integer}}}}}`, `{next: {next: {v: CANARY}}}`,
			`d.yaml:1:19: next.next.v: found the string [secret], want a whole number`,
		},
		"a condition": {
			`{if: {required: [v]}, then: {properties: {v: {writeOnly: true}}}, properties: {v: {type: integer}}}`, `{v: CANARY}`,
			`d.yaml:1:5: v: found the string [secret], want a whole number`,
		},
		"a place of a list": {
			`{prefixItems: [{}, {writeOnly: true, type: integer}], items: {type: integer}}`, `[1, CANARY]`,
			`d.yaml:1:5: (document): a value in it: found the string [secret], want a whole number`,
		},
		"keys by pattern": {
			`{patternProperties: {_key$: {writeOnly: true, type: integer}}}`, `{a_key: CANARY}`,
			`d.yaml:1:9: a_key: found the string [secret], want a whole number`,
		},
	} {
		found := compile(t, c.schema).Validate(parse(t, "d.yaml", c.doc))
		if got := found.String(); got != c.want || strings.Contains(got, "CANARY") {
			t.Errorf("%s: got\n%s\nwant\n%s", why, got, c.want)
		}
		if len(found) == 0 {
			t.Errorf("%s: nothing is found", why)
		}
		for _, f := range found {
			if !f.Secret {
				t.Errorf("%s: the line may be shown", why)
			}
		}
	}
}

// TestNoSecret: what only looks like a mark hides nothing.
func TestNoSecret(t *testing.T) {
	t.Parallel()
	for why, c := range map[string]struct{ schema, doc string }{
		"a property called writeOnly":    {`{properties: {writeOnly: {const: true}, v: {type: integer}}}`, `{v: plain}`},
		"a mark that is false":           {`{properties: {v: {type: integer, writeOnly: false}}}`, `{v: plain}`},
		"a mark in an example":           {`{properties: {v: {type: integer, examples: [{writeOnly: true}]}}}`, `{v: plain}`},
		"a secret beside":                {"{properties: {v: {type: integer}, p: {writeOnly: true}}}", "v: plain\np: x\n"},
		"a type that contains itself":    {`{$ref: '#/$defs/t', $defs: {t: {properties: {next: {$ref: '#/$defs/t'}, v: {type: integer}}}}}`, `{v: plain}`},
		"a definition inside of another": {`{properties: {v: {$ref: '#/$defs/a/$defs/b'}}, $defs: {a: {writeOnly: true, $defs: {b: {type: integer}}}}}`, `{v: plain}`},
	} {
		found := compile(t, c.schema).Validate(parse(t, "d.yaml", c.doc))
		if len(found) != 1 || found[0].Secret || found[0].Path != "v" || !strings.Contains(found[0].Message, "plain") {
			t.Errorf("%s: got %v", why, found)
		}
	}
}

// TestSecretKeys: the keys whose lines must not be shown.
func TestSecretKeys(t *testing.T) {
	t.Parallel()
	for why, c := range map[string]struct {
		schema string
		want   []string
	}{
		"marked itself":      {`{properties: {a: {writeOnly: true}, b: {format: password}, c: {}}}`, []string{"a", "b"}},
		"through references": {`{properties: {a: {$ref: '#/$defs/x'}}, $defs: {x: {allOf: [{$ref: '#/$defs/y'}]}, y: {x-secret: true}}}`, []string{"a"}},
		"inside a secret":    {`{properties: {a: {writeOnly: true, properties: {b: {properties: {c: {}}}}}}}`, []string{"a"}},
		"items of a list":    {`{properties: {a: {items: {writeOnly: true}}}}`, []string{"", "a"}},
		"values of a map":    {`{properties: {a: {additionalProperties: {writeOnly: true}}}}`, []string{"", "a"}},
		"a secret list":      {`{properties: {a: {writeOnly: true, items: {type: string}}}}`, []string{"a"}},
		"none":               {`{properties: {writeOnly: {const: true}, b: {enum: [{writeOnly: true}]}}}`, nil},
		"beside a reference in an old draft": {
			`{"$schema": "http://json-schema.org/draft-07/schema#", properties: {a: {$ref: '#/definitions/x', writeOnly: true}}, definitions: {x: {}}}`,
			[]string{"a"},
		},
	} {
		if got := compile(t, c.schema).SecretKeys(); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", why, got, c.want)
		}
	}
}
