package validate_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/hotbind/hotbind/runtime/validate"
)

// metaschemas are the addresses under which schemas refer to the drafts.
var metaschemas = map[string]*jsonschema.Draft{
	"http://json-schema.org/draft-04/schema#":      jsonschema.Draft4,
	"http://json-schema.org/draft-06/schema#":      jsonschema.Draft6,
	"http://json-schema.org/draft-07/schema":       jsonschema.Draft7,
	"https://json-schema.org/draft/2019-09/schema": jsonschema.Draft2019,
	"https://json-schema.org/draft/2020-12/schema": jsonschema.Draft2020,
}

// anyKeywords are all keywords of all drafts.
var anyKeywords = []string{
	"$schema", "id", "$id", "$anchor", "$dynamicAnchor", "$recursiveAnchor", "$ref", "$dynamicRef", "$recursiveRef", "$vocabulary", "$comment", "$defs",
	"definitions", "title", "description", "default", "examples", "readOnly", "writeOnly", "deprecated", "type", "enum", "const", "multipleOf", "minimum",
	"maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "minContains",
	"maxContains", "pattern", "format", "contentMediaType", "contentEncoding", "contentSchema", "items", "prefixItems", "additionalItems",
	"additionalProperties", "unevaluatedItems", "unevaluatedProperties", "contains", "propertyNames", "uniqueItems", "properties", "patternProperties",
	"required", "dependencies", "dependentRequired", "dependentSchemas", "allOf", "anyOf", "oneOf", "not", "if", "then", "else", "other",
}

// anyValues tell the kinds of values of keywords from each other.
var anyValues = []string{
	`null`, `true`, `0`, `1`, `-1`, `1.5`, `""`, `"a"`, `"a:b"`, `"_a"`, `"#a"`, `"#"`, `"("`, `"string"`, `"urn:a"`,
	`[]`, `["a"]`, `["a", "a"]`, `["string"]`, `["string", "string"]`, `[1]`, `[1, 1]`, `[true]`, `[{}]`, `[{"type": 1}]`, `[[]]`,
	`{}`, `{"a": true}`, `{"a": 1}`, `{"a": {}}`, `{"a": {"type": 1}}`, `{"a": []}`, `{"a": ["b"]}`, `{"a": ["b", "b"]}`, `{"a": [1]}`, `{"(": {}}`,
	`{"urn:a": true}`, `{"type": 1}`, `{"not": {"type": 1}}`, `{"allOf": [{"properties": {"a": {"type": 1}}}]}`,
}

// differing are the keywords of which the library's descriptions of a draft are not
// the official ones.
var differing = map[string]string{
	"http://json-schema.org/draft-04/schema#": "patternProperties", // must be patterns there
	"http://json-schema.org/draft-06/schema#": "examples",          // may be anything there
	"http://json-schema.org/draft-07/schema":  "enum",              // must not be empty there
}

// TestMetaschemas: our descriptions of the drafts allow what the official ones
// allow, keyword by keyword.
func TestMetaschemas(t *testing.T) {
	t.Parallel()
	for address, draft := range metaschemas {
		c := jsonschema.NewCompiler()
		c.Draft, c.AssertFormat = draft, true
		official := c.MustCompile(address)
		ours := compile(t, fmt.Sprintf("{$ref: %q}", address))
		check := func(text string) {
			var v any
			if err := json.Unmarshal([]byte(text), &v); err != nil {
				t.Fatal(text, err)
			}
			want := official.Validate(v) == nil
			if got := len(ours.Validate(parse(t, "d.yaml", text))) == 0; got != want {
				t.Errorf("%s: %s is allowed: %v, want %v", address, text, got, want)
			}
		}
		for _, key := range anyKeywords {
			if key == differing[address] {
				continue
			}
			for _, value := range anyValues {
				check(fmt.Sprintf("{%q: %s}", key, value))
			}
		}
		for _, text := range []string{`true`, `1`, `[]`, `"a"`, `{"minimum": 1, "exclusiveMinimum": true}`, `{"minimum": 1, "exclusiveMinimum": 1}`} {
			check(text)
		}
	}
}

// TestMetaschemaParts: people refer to the definitions of the drafts.
func TestMetaschemaParts(t *testing.T) {
	t.Parallel()
	const of4, of7 = "http://json-schema.org/draft-04/schema#/definitions/", "http://json-schema.org/draft-07/schema#/definitions/"
	for _, c := range []struct{ ref, valid, invalid string }{
		{of4 + "positiveInteger", `0`, `-1`}, {of4 + "positiveIntegerDefault0", `0`, `-1`}, {of4 + "stringArray", `[a]`, `[]`},
		{of4 + "simpleTypes", `string`, `text`}, {of4 + "schemaArray", `[{}]`, `[true]`},
		{of7 + "nonNegativeInteger", `0`, `-1`}, {of7 + "nonNegativeIntegerDefault0", `0`, `-1`}, {of7 + "stringArray", `[]`, `[1]`},
		{of7 + "simpleTypes", `string`, `text`}, {of7 + "schemaArray", `[true]`, `[]`},
		{"http://json-schema.org/draft-07/schema#/properties/type", `[string]`, `[text]`},
	} {
		s := compile(t, fmt.Sprintf("{$ref: %q}", c.ref))
		if found := s.Validate(parse(t, "d.yaml", c.valid)); len(found) != 0 {
			t.Errorf("%s: %s: %v", c.ref, c.valid, found)
		}
		if found := s.Validate(parse(t, "d.yaml", c.invalid)); len(found) == 0 {
			t.Errorf("%s allows %s", c.ref, c.invalid)
		}
	}
	if s, _ := validate.Load("s.yaml", []byte(`{$ref: 'http://json-schema.org/draft-07/other#'}`), nil); s != nil {
		t.Error("an address that is none of theirs is found")
	}
}
