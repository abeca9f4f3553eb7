package validate_test

import (
	"strings"
	"testing"
)

const vocab = "https://json-schema.org/draft/2020-12/vocab/"

// TestF058_Dialects: a schema whose $schema is a meta-schema in its folder has the draft
// of that meta-schema, without the keywords of the vocabularies that it omits.
func TestF058_Dialects(t *testing.T) {
	t.Parallel()
	meta := func(members string) map[string]string {
		return map[string]string{"meta.json": `{"$id": "https://example.com/meta", ` + members + `}`}
	}
	const in2020, in2019 = `"$schema": "https://json-schema.org/draft/2020-12/schema", `, `"$schema": "https://json-schema.org/draft/2019-09/schema#", `
	const named = `$schema: 'https://example.com/meta', `
	core := `"` + vocab + `core": true`
	for why, c := range map[string]struct {
		schema string
		files  map[string]string
		doc    string
		want   string
	}{
		"the keywords of its draft": {
			named + `items: [{type: integer}]`, meta(`"$schema": "http://json-schema.org/draft-07/schema#"`), `[x]`, `d.yaml:1:2: [0]: found the string "x", want a whole number`,
		},
		"without a draft, the newest": {named + `prefixItems: [{type: integer}]`, meta(`"title": "x"`), `[x]`, `d.yaml:1:2: [0]: found the string "x", want a whole number`},
		"over another": {
			named + `dependencies: {a: [b]}, minimum: 3, exclusiveMinimum: true`,
			map[string]string{"a.json": `{"$id": "https://example.com/meta", "$schema": "b.json"}`, "b.json": `{"$schema": "http://json-schema.org/draft-04/schema"}`},
			`3`, `d.yaml:1:1: (document): 3 must be more than 3`,
		},
		"by its path":                      {`$schema: meta.json, type: integer`, meta(in2020 + `"$vocabulary": {` + core + `}`), `x`, ""},
		"without validation":               {named + `properties: {a: {type: integer}, b: false}`, meta(in2020 + `"$vocabulary": {` + core + `, "` + vocab + `applicator": true}`), `{a: x, b: 1}`, `d.yaml:1:11: b: no value is allowed here`},
		"without applicator":               {named + `type: object, properties: {a: {type: integer}}`, meta(in2020 + `"$vocabulary": {` + core + `, "` + vocab + `validation": true}`), `{a: x}`, ""},
		"without unevaluated":              {named + `unevaluatedProperties: false`, meta(in2020 + `"$vocabulary": {` + core + `, "` + vocab + `applicator": true}`), `{a: x}`, ""},
		"unevaluated of applicator":        {named + `unevaluatedProperties: false`, meta(in2019 + `"$vocabulary": {"https://json-schema.org/draft/2019-09/vocab/applicator": true}`), `{a: x}`, `d.yaml:1:2: a: unknown property "a" (no properties are allowed here)`},
		"without format":                   {named + `format: ipv4`, meta(in2020 + `"$vocabulary": {` + core + `}`), `x`, ""},
		"format as an annotation":          {named + `format: ipv4`, meta(in2020 + `"$vocabulary": {"` + vocab + `format-annotation": true}`), `x`, `d.yaml:1:1: (document): "x" is not a valid ipv4: want an IPv4 address such as 192.0.2.1`},
		"references are always there":      {named + `$ref: '#/$defs/a', $defs: {a: false}`, meta(in2020 + `"$vocabulary": {}`), `x`, `d.yaml:1:1: (document): no value is allowed here`},
		"a vocabulary that may be unknown": {named + `type: integer`, meta(in2020 + `"$vocabulary": {"` + vocab + `validation": true, "urn:x": false}`), `x`, `d.yaml:1:1: (document): found the string "x", want a whole number`},
		"of another file":                  {`$ref: other.json, type: integer`, map[string]string{"meta.json": `{"$vocabulary": {}}`, "other.json": `{"$schema": "meta.json", "type": "string"}`}, `x`, `d.yaml:1:1: (document): found the string "x", want a whole number`},
		"of a part": {
			`$defs: {a: {$id: a, $schema: meta.json, type: string}}, $ref: a`, map[string]string{"meta.json": `{"$vocabulary": {}}`}, `1`, "",
		},
	} {
		s, reported := load(t, "{"+c.schema+"}", c.files)
		if s == nil {
			t.Errorf("%s: %s", why, reported)
			continue
		}
		if got := s.Validate(parse(t, "d.yaml", c.doc)).String(); got != c.want && (c.want == "" || !strings.HasPrefix(got, c.want)) {
			t.Errorf("%s: got %s, want %s", why, got, c.want)
		}
	}
}

// TestF058_NoDialect: a meta-schema that is missing, leads to no draft or requires an
// unknown vocabulary makes its schemas unusable.
func TestF058_NoDialect(t *testing.T) {
	t.Parallel()
	const none = `schemas/s.yaml:1:11: #/$schema: "m.json" is neither a known draft of JSON Schema nor a meta-schema below the schema's folder`
	for why, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"none":         {nil, none},
		"itself":       {map[string]string{"m.json": `{"$schema": "m.json"}`}, none},
		"no text":      {map[string]string{"m.json": `{"$schema": 1}`}, none},
		"a long way":   {map[string]string{"m.json": `{"$schema": "1.json"}`, "1.json": `{"$schema": "2.json"}`, "2.json": `{"$schema": "3.json"}`, "3.json": `{"$schema": "4.json"}`, "4.json": `{"$schema": "5.json"}`, "5.json": `{}`}, none},
		"torn":         {map[string]string{"m.json": `{`}, "schemas/m.json:1:2: "},
		"a vocabulary": {map[string]string{"m.json": `{"$vocabulary": {"urn:x": true}}`}, `schemas/s.yaml:1:11: #/$schema: the meta-schema requires the unknown vocabulary "urn:x" (set it to false in $vocabulary if its keywords may be ignored)`},
	} {
		if s, reported := load(t, `{$schema: m.json}`, c.files); s != nil || !strings.Contains(reported, c.want) {
			t.Errorf("%s: got %s, want it to contain %s", why, reported, c.want)
		}
	}
}
