package schema

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// The names of the tests in this file begin with the ids of their faults.

// read reads a schema with the files beside it, and returns the findings.
func read(t *testing.T, text string, files map[string]string) (*Document, string) {
	t.Helper()
	folder := fstest.MapFS{}
	for name, content := range files {
		folder[name] = &fstest.MapFile{Data: []byte(content)}
	}
	var diags Reporter
	doc := Parse("s.json", []byte(text), Files{FS: folder}, &diags)
	return doc, diags.Findings().String()
}

// refused reads a schema that must be refused, in time, with each of the reasons.
func refused(t *testing.T, why, text string, wants ...string) {
	t.Helper()
	begin := time.Now()
	_, reported := read(t, text, nil)
	if took := time.Since(begin); took > time.Minute { // takes less than 1 s on its own
		t.Errorf("%s: took %v", why, took)
	}
	for _, want := range wants {
		if !strings.Contains(reported, want) {
			t.Errorf("%s: got %q, want it to contain %q", why, reported, want)
		}
	}
}

// TestF050_Loops: a schema that leads back to itself for the same value has no verdict,
// and code that follows it would never end.
func TestF050_Loops(t *testing.T) {
	const loop = "the reference leads back to itself: "
	for why, c := range map[string]struct{ schema, want string }{
		"itself":       {`{"$ref": "#"}`, "s.json:1:2: #/$ref: " + loop + "# → #"},
		"a to b to a":  {`{"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}`, loop + "#/$defs/a → #/$defs/b → #/$defs/a"},
		"allOf":        {`{"allOf": [{"$ref": "#"}]}`, "#/allOf/0/$ref: " + loop + "# → #/allOf/0 → #"},
		"anyOf":        {`{"anyOf": [{"$ref": "#"}, {"type": "null"}]}`, loop},
		"oneOf":        {`{"oneOf": [{"type": "null"}, {"$ref": "#"}]}`, loop},
		"not":          {`{"not": {"$ref": "#"}}`, loop},
		"if":           {`{"if": {"$ref": "#"}}`, loop},
		"then":         {`{"if": {}, "then": {"$ref": "#"}}`, loop},
		"dependent":    {`{"dependentSchemas": {"a": {"$ref": "#"}}}`, loop},
		"dynamic":      {`{"$dynamicAnchor": "x", "$dynamicRef": "#x"}`, "#/$dynamicRef: " + loop},
		"recursive":    {`{"$schema": "https://json-schema.org/draft/2019-09/schema", "$recursiveAnchor": true, "$recursiveRef": "#"}`, loop},
		"an old draft": {`{"$schema": "http://json-schema.org/draft-04/schema#", "allOf": [{"$ref": "#"}]}`, loop},
	} {
		doc, reported := read(t, c.schema, nil)
		if !strings.Contains(reported, c.want) {
			t.Errorf("%s: got %q, want it to contain %q", why, reported, c.want)
		}
		again := &parser{diags: &Reporter{}, order: []*Schema{doc.Root}}
		if again.refuseLoops(); again.diags.Failed() {
			t.Errorf("%s: the loop is still there: %s", why, again.diags.Findings())
		}
	}
}

// TestF050_LoopThroughFiles: the chain names the files.
func TestF050_LoopThroughFiles(t *testing.T) {
	_, reported := read(t, `{"$ref": "b.json"}`, map[string]string{"b.json": `{"allOf": [{"$ref": "s.json"}]}`})
	if want := "b.json:1:13: #/allOf/0/$ref: the reference leads back to itself: # → b.json# → b.json#/allOf/0 → #"; reported != want {
		t.Errorf("got %s, want %s", reported, want)
	}
}

// TestF050_NoLoop: recursion that goes into the value on every turn ends with it, and
// using one schema twice is no loop.
func TestF050_NoLoop(t *testing.T) {
	for why, schema := range map[string]string{
		"a tree":     `{"properties": {"left": {"$ref": "#"}}, "items": {"$ref": "#"}, "additionalProperties": {"anyOf": [{"$ref": "#"}, {"type": "null"}]}}`,
		"a contains": `{"contains": {"$ref": "#"}, "prefixItems": [{"$ref": "#"}], "propertyNames": {"$ref": "#"}}`,
		"the same value, along two branches (infinite-loop-detection of the public suite)": `{"$defs": {"int": {"type": "integer"}},
			"allOf": [{"properties": {"foo": {"$ref": "#/$defs/int"}}}, {"additionalProperties": {"$ref": "#/$defs/int"}}]}`,
		"twice":             `{"allOf": [{"$ref": "#/$defs/a"}, {"$ref": "#/$defs/a"}], "$defs": {"a": {"type": "object"}}}`,
		"an unused dynamic": `{"$dynamicAnchor": "x", "properties": {"a": {"$dynamicRef": "#x"}}}`,
	} {
		if _, reported := read(t, schema, nil); reported != "" {
			t.Errorf("%s: %s", why, reported)
		}
	}
}

// TestF052_Depth: long chains and deep nesting overflow the stack of some programs, or
// keep the reference validator busy for minutes.
func TestF052_Depth(t *testing.T) {
	var chain strings.Builder
	chain.WriteString(`{"$ref": "#/$defs/d0", "$defs": {`)
	for i := range 9_000 {
		fmt.Fprintf(&chain, `"d%d": {"$ref": "#/$defs/d%d"}, `, i, i+1)
	}
	chain.WriteString(`"d9000": {}}}`)
	refused(t, "a chain of references", chain.String(), "s.json:1:1: #: more than 100 references in a row")
	refused(t, "allOf", strings.Repeat(`{"allOf": [`, 3_000)+"{}"+strings.Repeat("]}", 3_000), "s.json:1:", "allOf", "nested more than 200 levels deep")
	refused(t, "properties", strings.Repeat(`{"properties": {"a": `, 4_900)+"{}"+strings.Repeat("}}", 4_900), "s.json:1:", "properties", "nested more than 200 levels deep")
}

// TestF053_Size: a large schema is read, a huge one is refused.
func TestF053_Size(t *testing.T) {
	properties := func(n int) string {
		var b strings.Builder
		b.WriteString(`{"properties": {"p": {}`)
		for i := range n {
			fmt.Fprintf(&b, `, "p%d": {"type": "string"}`, i)
		}
		return b.String() + "}}"
	}
	begin := time.Now()
	if doc, reported := read(t, properties(10_000), nil); reported != "" || len(doc.Root.Properties) != 10_001 {
		t.Errorf("10,000 properties: %s", reported)
	}
	if took := time.Since(begin); took > time.Minute {
		t.Errorf("10,000 properties take %v", took)
	}
	refused(t, "100,000 properties", properties(100_000), "there are more than 20000 schemas in it")
}

// TestF054_Doubling: definitions, each of which is twice the next, are short but would
// never finish.
func TestF054_Doubling(t *testing.T) {
	doubling := func(levels int, both string) string {
		var b strings.Builder
		b.WriteString(`{"$ref": "#/$defs/d0", "$defs": {`)
		for i := range levels {
			fmt.Fprintf(&b, `"d%d": {%s}, `, i, strings.ReplaceAll(both, "NEXT", fmt.Sprintf(`{"$ref": "#/$defs/d%d"}`, i+1)))
		}
		fmt.Fprintf(&b, `"d%d": {}}}`, levels)
		return b.String()
	}
	const want = "s.json:1:1: #: more than 20000 schemas apply to one value"
	refused(t, "allOf", doubling(22, `"allOf": [NEXT, NEXT]`), want)
	refused(t, "anyOf", doubling(22, `"anyOf": [NEXT, NEXT]`), want)
	refused(t, "if and then", doubling(22, `"if": NEXT, "then": NEXT`), want)
	for why, schema := range map[string]string{
		"a few levels":       doubling(10, `"allOf": [NEXT, NEXT]`),
		"through properties": doubling(22, `"properties": {"a": NEXT, "b": NEXT}`),
	} {
		if _, reported := read(t, schema, nil); reported != "" {
			t.Errorf("%s: %s", why, reported)
		}
	}
}

// TestF055_NothingIsFetched: references to the network are not fetched; the finding says
// what to do instead.
func TestF055_NothingIsFetched(t *testing.T) {
	for ref, want := range map[string]string{
		"https://example.com/b.json":     `"https://example.com/b.json" is never fetched (put the file below the schema's folder, or name it with --reference URL=FILE)`,
		"http://127.0.0.1:1/b.json#/x":   `"http://127.0.0.1:1/b.json" is never fetched`,
		"//example.com/b.json":           `"//example.com/b.json" is outside the schema's folder`,
		"ftp://example.com/b.json":       "is neither a file below the schema's folder",
		"https://json-schema.org/other":  "is never fetched",
		"urn:example:b":                  "is neither a file below the schema's folder nor an identifier in one",
		"https://example.com/%zz/b.json": "is never fetched",
	} {
		schema := fmt.Sprintf(`{"properties": {"a": {"$ref": %q}}}`, ref)
		refused(t, ref, schema, "s.json:1:23: #/properties/a/$ref: ", want)
	}
	refused(t, "a relative reference where the schema has an identifier", `{"$id": "https://example.com/s", "$ref": "b"}`,
		`"b" ("https://example.com/b") is never fetched`)
}

// TestF056_Outside: no file outside the schema's folder is read, whatever its name in the
// reference, and nothing of it is repeated.
func TestF056_Outside(t *testing.T) {
	outer := t.TempDir()
	folder := filepath.Join(outer, "schemas")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	secret := filepath.Join(outer, "secret.json")
	if err := os.WriteFile(secret, []byte(`{"const": "CANARY", "$id": "urn:secret"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(secret, filepath.Join(folder, "link.json")); err != nil {
		t.Skipf("needs symbolic links, which this user or file system does not have: %v", err)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	for ref, want := range map[string]string{
		"file://" + filepath.ToSlash(secret): "is outside the schema's folder",
		filepath.ToSlash(secret):             "is outside the schema's folder",
		"../secret.json":                     "is outside the schema's folder",
		"x/../../secret.json":                "is outside the schema's folder",
		"%2e%2e/secret.json":                 "outside the schema's folder",
		"link.json":                          "link.json is a link to a place outside the schema's folder",
		"link":                               "link.json is a link to a place outside the schema's folder",
		"urn:secret":                         "is neither a file below the schema's folder",
		"hotbind:///../secret.json":          "outside the schema's folder",
	} {
		for _, id := range []string{"", `"$id": "https://example.com/schemas/s.json", `, `"$id": "file:///app/schemas/s.json", `} {
			text, _ := json.Marshal(ref)
			var diags Reporter
			Parse(filepath.Join(folder, "s.json"), []byte(fmt.Sprintf(`{%s"$ref": %s}`, id, text)), Files{FS: root.FS()}, &diags)
			reported := diags.Findings().String()
			if !diags.Failed() || strings.Contains(reported, "CANARY") || id == "" && !strings.Contains(reported, want) {
				t.Errorf("%s%s: got %q, want it to contain %q", id, ref, reported, want)
			}
		}
	}
}

// TestF057_OutOfRange: numbers that overflow in validators would change their meaning.
func TestF057_OutOfRange(t *testing.T) {
	for keyword, number := range map[string]string{
		"maxLength": "1e30", "minItems": "9223372036854775808", "multipleOf": "1e-400", "minContains": "2147483648", "maxProperties": "-1", "minLength": "1.5",
	} {
		refused(t, keyword, fmt.Sprintf(`{"properties": {"a": {%q: %s}}}`, keyword, number),
			fmt.Sprintf("s.json:1:23: #/properties/a/%s: %s is out of range, want ", keyword, number))
	}
	for keyword, number := range map[string]string{"maxLength": "2.0", "minItems": "2147483647", "multipleOf": "1e-308", "maxItems": "1e2"} {
		if _, reported := read(t, fmt.Sprintf(`{%q: %s}`, keyword, number), nil); reported != "" {
			t.Errorf("%s: %s", keyword, reported)
		}
	}
}

// TestF058_Typos: a misspelled keyword and an unknown draft are reported, and a schema
// that names none is read as one of a known draft.
func TestF058_Typos(t *testing.T) {
	for schema, want := range map[string]string{
		`{"requird": ["a"], "type": "object"}`:                                       `s.json:1:2: #/requird: warning: "requird" is an unknown keyword and is ignored (did you mean required?)`,
		`{"type": "string", "x-secre": true}`:                                        `warning: "x-secre" is an unknown keyword and is ignored (did you mean x-secret?)`,
		`{"type": "string", "x-relaod": "restart"}`:                                  "(did you mean x-reload?)",
		`{"type": "string", "x-go-nmae": "A"}`:                                       "(did you mean x-go-name?)",
		`{"type": "string", "x-foo": 1, "x-kubernetes-map-type": "atomic"}`:          "", // of other tools
		`{"$schema": "http://json-schema.org/draft-03/schema#"}`:                     "#/$schema: ",
		`{"$schema": "https://example.com/dialect"}`:                                 "#/$schema: ",
		`{"$defs": {"a": {"$id": "a", "$schema": "urn:x", "type": "string"}}}`:       "#/$defs/a/$schema: ",
		`{"prefixItems": [{}], "items": false, "dependentRequired": {"a": []}}`:      "", // of 2020-12
		`{"$schema": "http://json-schema.org/draft-07/schema", "prefixItems": [{}]}`: "#/prefixItems: warning: ",
	} {
		if _, reported := read(t, schema, nil); !strings.Contains(reported, want) || want == "" && reported != "" {
			t.Errorf("%s: got %q, want %q", schema, reported, want)
		}
	}
	const core = "https://json-schema.org/draft/2020-12/vocab/core"
	files := map[string]string{"m.json": `{"$vocabulary": {"` + core + `": true}}`, "d.json": `{"$schema": "http://json-schema.org/draft-06/schema"}`, "x.json": `{"$vocabulary": {"urn:x": true}}`}
	for schema, want := range map[string]string{
		`{"$schema": "m.json", "type": "string"}`:                        "s.json:1:23: #/type: warning: type is in no vocabulary of the meta-schema and is ignored (list its vocabulary in $vocabulary of the meta-schema)",
		`{"$schema": "m.json", "title": "T", "x-secret": true}`:          "",
		`{"$schema": "d.json", "items": [{}]}`:                           "",
		`{"$schema": "d.json", "if": {}}`:                                "#/if: warning: if is not a keyword of this draft and is ignored",
		`{"$schema": "x.json", "type": "string"}`:                        `s.json:1:13: #/$schema: the meta-schema requires the unknown vocabulary "urn:x"`,
		`{"$defs": {"a": {"$id": "a", "$schema": "m.json", "not": {}}}}`: "#/$defs/a/not: warning: not is in no vocabulary",
	} {
		if _, reported := read(t, schema, files); !strings.Contains(reported, want) || want == "" && reported != "" {
			t.Errorf("%s: got %q, want %q", schema, reported, want)
		}
	}
	if doc, _ := read(t, `{"type": "object"}`, nil); doc.Root.Draft != Draft2020 {
		t.Errorf("got draft %d for a schema that names none", doc.Root.Draft)
	}
}

// TestHarmless: an error that does not concern values is reported and skipped; one that
// matters is refused.
func TestHarmless(t *testing.T) {
	const in = "s.json:1:2: #/"
	for schema, want := range map[string]string{
		`{"description": null}`:                          in + "description: warning: found null, want a string; it is ignored",
		`{"title": ["a"]}`:                               in + "title: warning: found a list, want a string; it is ignored",
		`{"$comment": 1}`:                                in + "$comment: warning: found a number, want a string; it is ignored",
		`{"examples": {"a": 1}}`:                         in + "examples: warning: found an object, want a list; it is ignored",
		`{"deprecated": "yes"}`:                          in + "deprecated: warning: found a string, want true or false; it is ignored",
		`{"readOnly": 1, "default": null}`:               in + "readOnly: warning: found a number, want true or false; it is ignored",
		`{"$defs": {"about": "text", "x": {}}}`:          "s.json:1:12: #/$defs/about: warning: found a string, want a schema; it is ignored",
		`{"$ref": "#/$defs/x", "$defs": {"x": "y"}}`:     "s.json:1:38: #/$defs/x: found a string, want a schema: an object, true or false",
		`{"properties": {"a": null}}`:                    "s.json:1:22: #/properties/a: found null, want a schema: an object, true or false",
		`{"properties": {"description": {"items": {}}}}`: "",
	} {
		_, reported := read(t, schema, nil)
		if !strings.Contains(reported, want) || want == "" && reported != "" {
			t.Errorf("%s: got %q, want %q", schema, reported, want)
		}
	}
}

// TestF177_OtherDialects: keywords of other dialects have no effect, and a warning shows
// the equivalent in JSON Schema.
func TestF177_OtherDialects(t *testing.T) {
	const in, ignored = "s.json:1:23: #/properties/a/", ", not of JSON Schema, and is ignored "
	for schema, want := range map[string]string{
		`{"nullable": true, "type": "string"}`:                     in + `nullable: warning: nullable is a keyword of OpenAPI 3.0` + ignored + `(write "type": ["string", "null"])`,
		`{"nullable": true, "type": ["string", "integer"]}`:        `(write "type": ["string", "integer", "null"])`,
		`{"nullable": true, "$ref": "#/$defs/x"}`:                  `(write "anyOf" with {"type": "null"} as an alternative)`,
		`{"x-nullable": true, "enum": [1]}`:                        in + `x-nullable: warning: x-nullable is a keyword of OpenAPI 2.0`,
		`{"nullable": false}`:                                      ``,
		`{"discriminator": {"propertyName": "kind"}, "oneOf": []}`: in + `discriminator: warning: discriminator is a keyword of OpenAPI` + ignored + `(require "kind" in each alternative, with a const of its own)`,
		`{"discriminator": "kind"}`:                                `(require the property in each alternative, with a const of its own)`,
		`{"example": 80}`:                                          in + `example: warning: example is a keyword of OpenAPI` + ignored + `(write it as an item of "examples")`,
		`{"x-kubernetes-int-or-string": true}`:                     in + `x-kubernetes-int-or-string: warning: x-kubernetes-int-or-string is a keyword of Kubernetes` + ignored + `(write "type": ["integer", "string"])`,
		`{"x-kubernetes-int-or-string": false}`:                    ``,
		`{"x-kubernetes-preserve-unknown-fields": true}`:           `(write "additionalProperties": true)`,
		`{"x-kubernetes-list-type": "set", "externalDocs": {}}`:    ``,
		`{"enum": [{"nullable": true, "example": 1}]}`:             ``,
	} {
		_, reported := read(t, `{"properties": {"a": `+schema+`}, "$defs": {"x": {}}}`, nil)
		if !strings.Contains(reported, want) || want == "" && reported != "" {
			t.Errorf("%s: got %q, want %q", schema, reported, want)
		}
	}
}
