package metaschema_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/hotbind/hotbind/internal/metaschema"
	"github.com/hotbind/hotbind/internal/schema"
	"github.com/hotbind/hotbind/runtime/document"
)

// judge reads a schema, and checks it as a document.
func judge(t *testing.T, draft schema.Draft, text string) (read, checked document.Findings) {
	t.Helper()
	var diags schema.Reporter
	schema.Parse("s.json", []byte(text), schema.Files{}, &diags)
	root, findings := schema.ParseText("s.json", []byte(text))
	if root == nil {
		t.Fatal(text, findings)
	}
	return diags.Findings(), metaschema.Check(root, draft)
}

// TestCheck: a fault is found at its position, among alternatives in the one that was
// meant. What only the library refuses is allowed.
func TestCheck(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		draft      schema.Draft
		text, want string
	}{
		{schema.Draft2020, `{"properties": {"a": {"type": "text"}}}`, `s.json:1:31: #/properties/a/type: found "text", which draft 2020-12 does not allow under type`},
		{schema.Draft7, `{"items": [{}, {"minItems": -1}]}`, `s.json:1:29: #/items/1/minItems: found -1, which draft 7 does not allow under minItems`},
		{schema.Draft4, `{"items": {"required": []}}`, `s.json:1:24: #/items/required: found a list, which draft 4 does not allow under required`},
		{schema.Draft2020, `{"items": []}`, `s.json:1:11: #/items: found a list, which draft 2020-12 does not allow under items`},
		{schema.Draft7, `{"pattern": "^(?!a)b"}`, ``},
		{schema.Draft7, `{"items": {"pattern": "^(?!a)b"}}`, ``},
		{schema.Draft7, `{"items": {"patternProperties": {"^(?!a)b": {}}}}`, ``},
		{schema.Draft4, `{"patternProperties": {"^(?!a)b": {}}}`, ``},
		{schema.Draft7, `{"items": {"pattern": "a("}}`, `s.json:1:23: #/items/pattern: found "a(", which draft 7 does not allow under pattern`},
		{schema.Draft7, `{"patternProperties": {"a(": {}}}`, `s.json:1:30: #/patternProperties/a(: found an object, which draft 7 does not allow under patternProperties`},
		{schema.Draft7, `{"enum": [1, 1], "$ref": "#/definitions/Map<a, b>"}`, ``},
		{schema.Draft2020, `{"$defs": {"a": {"$id": "a", "$schema": "http://json-schema.org/draft-07/schema#", "items": [{}]}}}`, ``},
	} {
		if _, got := judge(t, c.draft, c.text); got.String() != c.want {
			t.Errorf("draft %s: %s: got %s, want %s", c.draft, c.text, got, c.want)
		}
	}
}

// harmless holds the rules of warnings about faults that the meta-schema refuses but
// nothing depends on: an annotation of the wrong kind, an unused definition that is not a
// schema, true and false as schemas of draft 4, and keywords that a draft describes
// although it no longer has them.
var harmless = []string{"bad-annotation", "not-a-schema", "foreign-keyword"}

// TestF214_Mutations: everything that the official meta-schema of a draft refuses, the
// reader refuses too.
func TestF214_Mutations(t *testing.T) {
	t.Parallel()
	const seed, schemas = 214, 3_000
	for draft := schema.Draft4; draft <= schema.Newest; draft++ {
		m := mutator{rand.New(rand.NewPCG(seed, uint64(draft)))}
		refused := 0
		for range schemas {
			text := m.schema(draft)
			read, checked := judge(t, draft, text)
			if len(checked) == 0 {
				continue
			}
			refused++
			if len(read.Errors()) == 0 && slices.ContainsFunc(checked, func(f document.Finding) bool { return !isHarmless(f, read) }) {
				t.Errorf("draft %s: %s is read with the findings %q, but: %s", draft, text, read.String(), checked)
			}
		}
		if refused < schemas/4 {
			t.Errorf("draft %s: only %d of %d schemas are malformed", draft, refused, schemas)
		}
	}
}

// isHarmless reports whether the reader has a harmless warning about the subject of f or
// about what encloses it.
func isHarmless(f document.Finding, read document.Findings) bool {
	return slices.ContainsFunc(read, func(reported document.Finding) bool {
		return slices.Contains(harmless, reported.Rule) && strings.HasPrefix(f.Path+"/", reported.Path+"/")
	})
}

// A mutator writes schemas in which one keyword has an arbitrary value.
type mutator struct{ *rand.Rand }

// around holds schemas that contain another one, for X, by the draft that has the
// keyword.
var around = map[schema.Draft][]string{
	schema.Draft4: {
		`{"properties": {"a": X}}`, `{"patternProperties": {"^a": X}}`, `{"additionalProperties": X}`, `{"items": X}`, `{"items": [X]}`, `{"allOf": [{}, X]}`,
		`{"anyOf": [X]}`, `{"oneOf": [X, {"type": "null"}]}`, `{"not": X}`, `{"definitions": {"a": X}}`, `{"dependencies": {"a": X}}`,
	},
	schema.Draft6:    {`{"contains": X}`, `{"propertyNames": X}`},
	schema.Draft7:    {`{"if": X, "then": X, "else": X}`},
	schema.Draft2019: {`{"$defs": {"a": X}}`, `{"dependentSchemas": {"a": X}}`, `{"unevaluatedItems": X}`, `{"unevaluatedProperties": X}`, `{"contentSchema": X}`},
	schema.Draft2020: {`{"prefixItems": [X]}`},
}

var (
	scalars = []string{`null`, `true`, `false`, `0`, `1`, `-1`, `1.5`, `1e3`, `""`, `"a"`, `"_a"`, `"^a"`, `"("`, `"#a"`, `"#/a"`, `"a#"`, `"string"`, `"urn:a"`, `"a b"`}
	keys    = []string{"a", "b", "^a", "(", "$id", "type", "required", "items"}
)

func (m mutator) schema(draft schema.Draft) string {
	var outer []string
	for d := schema.Draft4; d <= draft; d++ {
		outer = append(outer, around[d]...)
	}
	all := schema.Keywords()
	k := all[m.IntN(len(all))]
	text := fmt.Sprintf(`{"other": 1, %q: %s}`, k.Name, m.value(3))
	outside := m.IntN(3)
	if k.Name == "$schema" { // which the schema around it has
		outside++
	}
	for range outside {
		text = strings.ReplaceAll(pick(m, outer), "X", text)
	}
	return fmt.Sprintf(`{"$schema": %q, `, draft.Address()) + text[1:]
}

// value returns an arbitrary value with at most so many levels.
func (m mutator) value(levels int) string {
	kind := m.IntN(3)
	if levels == 0 || kind == 0 {
		return pick(m, scalars)
	}
	var parts []string
	for i := range m.IntN(3) {
		part := m.value(levels - 1)
		if kind == 1 {
			part = fmt.Sprintf("%q: %s", keys[(i+m.IntN(len(keys)))%len(keys)], part)
			if slices.ContainsFunc(parts, func(other string) bool { return other[:3] == part[:3] }) {
				continue // a key may occur only once
			}
		}
		parts = append(parts, part)
	}
	if kind == 1 {
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

func pick(m mutator, list []string) string { return list[m.IntN(len(list))] }
