package schema

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// libraryDrafts holds the drafts of the library that these tests compare with.
var libraryDrafts = map[Draft]*jsonschema.Draft{
	Draft4: jsonschema.Draft4, Draft6: jsonschema.Draft6, Draft7: jsonschema.Draft7, Draft2019: jsonschema.Draft2019, Draft2020: jsonschema.Draft2020,
}

// official returns the library's meta-schema of a draft; ours is made of the table of
// keywords.
func official(d Draft) *jsonschema.Schema { return compiler(d).MustCompile(d.Address()) }

func ours(t *testing.T, d Draft, pointer string) *jsonschema.Schema {
	t.Helper()
	const address = "test:///metaschema"
	c := compiler(d)
	text := strings.Replace(metaschema(d), d.Address(), address, 1)
	if err := c.AddResource(address, strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile(address + pointer)
	if err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return compiled
}

func compiler(d Draft) *jsonschema.Compiler {
	c := jsonschema.NewCompiler()
	c.Draft, c.AssertFormat = libraryDrafts[d], true
	return c
}

// allows reports whether a schema of the library allows the JSON text.
func allows(t *testing.T, s *jsonschema.Schema, text string) bool {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(text, err)
	}
	return s.Validate(v) == nil
}

// anyValues holds examples of each kind of value.
var anyValues = []string{
	`null`, `true`, `0`, `1`, `-1`, `1.5`, `""`, `"a"`, `"a:b"`, `"_a"`, `"#a"`, `"#"`, `"("`, `"string"`, `"urn:a"`,
	`[]`, `["a"]`, `["a", "a"]`, `["string"]`, `["string", "string"]`, `[1]`, `[1, 1]`, `[true]`, `[{}]`, `[{"type": 1}]`, `[[]]`,
	`{}`, `{"a": true}`, `{"a": 1}`, `{"a": {}}`, `{"a": {"type": 1}}`, `{"a": []}`, `{"a": ["b"]}`, `{"a": ["b", "b"]}`, `{"a": [1]}`, `{"(": {}}`,
	`{"urn:a": true}`, `{"type": 1}`, `{"not": {"type": 1}}`, `{"allOf": [{"properties": {"a": {"type": 1}}}]}`,
}

// differing holds the keywords for which the library differs from the official
// meta-schemas.
var differing = map[Draft]string{
	Draft4: "patternProperties", // must be patterns there
	Draft6: "examples",          // may be anything there
	Draft7: "enum",              // must not be empty there
}

// TestMetaschemas: the meta-schemas made of the table of keywords allow the same as the
// official ones, keyword by keyword.
func TestMetaschemas(t *testing.T) {
	t.Parallel()
	for d := Draft4; d <= Newest; d++ {
		theirs, ours := official(d), ours(t, d, "")
		compare := func(text string) {
			want := allows(t, theirs, text)
			if got := allows(t, ours, text); got != want {
				t.Errorf("draft %s: %s is allowed: %v, want %v", d, text, got, want)
			}
		}
		for _, k := range append(Keywords(), Keyword{Name: "other"}) {
			if k.Name == differing[d] {
				continue
			}
			for _, value := range anyValues {
				compare(fmt.Sprintf("{%q: %s}", k.Name, value))
			}
		}
		for _, text := range []string{`true`, `1`, `[]`, `"a"`, `{"minimum": 1, "exclusiveMinimum": true}`, `{"minimum": 1, "exclusiveMinimum": 1}`} {
			compare(text)
		}
	}
}

// TestMetaschemaParts: people refer to the definitions of the drafts.
func TestMetaschemaParts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		draft               Draft
		ref, valid, invalid string
	}{
		{Draft4, "#/definitions/positiveInteger", `0`, `-1`}, {Draft4, "#/definitions/positiveIntegerDefault0", `0`, `-1`}, {Draft4, "#/definitions/stringArray", `["a"]`, `[]`},
		{Draft4, "#/definitions/simpleTypes", `"string"`, `"text"`}, {Draft4, "#/definitions/schemaArray", `[{}]`, `[true]`},
		{Draft7, "#/definitions/nonNegativeInteger", `0`, `-1`}, {Draft7, "#/definitions/nonNegativeIntegerDefault0", `0`, `-1`}, {Draft7, "#/definitions/stringArray", `[]`, `[1]`},
		{Draft7, "#/definitions/simpleTypes", `"string"`, `"text"`}, {Draft7, "#/definitions/schemaArray", `[true]`, `[]`},
		{Draft7, "#/properties/type", `["string"]`, `["text"]`},
	} {
		s := ours(t, c.draft, c.ref)
		if !allows(t, s, c.valid) {
			t.Errorf("draft %s: %s does not allow %s", c.draft, c.ref, c.valid)
		}
		if allows(t, s, c.invalid) {
			t.Errorf("draft %s: %s allows %s", c.draft, c.ref, c.invalid)
		}
	}
	if _, reported := read(t, `{"$ref": "http://json-schema.org/draft-07/other#"}`, nil); !strings.Contains(reported, "is never fetched") {
		t.Errorf("an unknown address is found: %s", reported)
	}
}
