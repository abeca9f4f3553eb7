package validate_test

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/validate"
)

func load(t *testing.T, schema string, files map[string]string) (*validate.Schema, string) {
	t.Helper()
	folder := fstest.MapFS{}
	for name, text := range files {
		folder[name] = &fstest.MapFile{Data: []byte(text)}
	}
	s, findings := validate.Load("schemas/s.yaml", []byte(schema), folder)
	return s, findings.String()
}

// TestFiles: a schema of several files validates like one, with the same messages, and
// hides what any of them marks as secret.
func TestFiles(t *testing.T) {
	t.Parallel()
	for why, c := range map[string]struct {
		schema string
		files  map[string]string
		doc    string
		want   string
	}{
		"a type": {
			`{properties: {v: {$ref: b.json}}}`, map[string]string{"b.json": `{"type": "integer"}`},
			`{v: x}`, `d.yaml:1:5: v: found the string "x", want a whole number`,
		},
		"values of an enum": {
			`{properties: {v: {$ref: 'b#/$defs/e'}}}`, map[string]string{"b.yaml": `{$defs: {e: {enum: [a, b]}}}`},
			`{v: x}`, `d.yaml:1:5: v: "x" is not one of a, b`,
		},
		"a secret": {
			`{properties: {v: {$ref: b.json}}}`, map[string]string{"b.json": `{"$ref": "c.json"}`, "c.json": `{"type": "integer", "writeOnly": true}`},
			`{v: CANARY}`, `d.yaml:1:5: v: found the string [secret], want a whole number`,
		},
		"an unknown property": {
			`{$ref: b.json}`, map[string]string{"b.json": `{"properties": {"port": {}}, "additionalProperties": false}`},
			`{prt: 1}`, `d.yaml:1:2: prt: unknown property "prt" (did you mean port?)`,
		},
		"another draft": {
			`{properties: {v: {$ref: b.json}}}`, map[string]string{"b.json": `{"$schema": "http://json-schema.org/draft-04/schema#", "minimum": 3, "exclusiveMinimum": true}`},
			`{v: 3}`, `d.yaml:1:5: v: 3 must be more than 3`,
		},
		"a published meta-schema": {
			`{properties: {v: {$ref: 'https://json-schema.org/draft/2020-12/schema'}}}`, nil,
			`{v: {properties: {a: {type: txt}}}}`, `d.yaml:1:29: v.properties.a.type: "txt" is not one of array, boolean, integer, "null", number, object, string`,
		},
		"back to the beginning": {
			`{properties: {v: {$ref: b.json}, n: {type: integer}}}`, map[string]string{"b.json": `{"additionalProperties": {"$ref": "s.yaml"}}`},
			`{v: {a: {n: x}}}`, `d.yaml:1:13: v.a.n: found the string "x", want a whole number`,
		},
		"a copy of a server": {
			`{properties: {v: {$ref: 'https://example.com:80/a/b#/$defs/x'}}}`,
			map[string]string{"example.com/a/b.json": `{"$id": "urn:b", "$defs": {"x": {"$ref": "https://Example.com/c"}}}`, "example.com/c.yaml": `$ref: a/d.json`, "example.com/a/d.json": `{"type": "integer"}`},
			`{v: x}`, `d.yaml:1:5: v: found the string "x", want a whole number`,
		},
		"a part with an identifier": {
			`{$id: 'https://example.com/s', properties: {v: {$ref: x}}, $defs: {x: {$id: x, properties: {w: {$ref: '#/$defs/y'}}, $defs: {y: {type: integer}}}}}`, nil,
			`{v: {w: x}}`, `d.yaml:1:9: v.w: found the string "x", want a whole number`,
		},
	} {
		s, reported := load(t, c.schema, c.files)
		if s == nil {
			t.Errorf("%s: %s", why, reported)
			continue
		}
		if got := s.Validate(parse(t, "d.yaml", c.doc)).String(); got != c.want {
			t.Errorf("%s: got %s, want %s", why, got, c.want)
		}
	}
}

// TestFileFindings: a finding about a schema names the file that it is in.
func TestFileFindings(t *testing.T) {
	t.Parallel()
	for why, c := range map[string]struct {
		schema string
		files  map[string]string
		want   string
	}{
		"missing":       {`{$ref: b.json}`, nil, `schemas/s.yaml:1:2: #/$ref: "b.json" is neither a file below the schema's folder nor an identifier in one`},
		"fetched":       {`{$ref: 'https://example.com/b'}`, nil, `schemas/s.yaml:1:2: #/$ref: "https://example.com/b" is never fetched (put the file below the schema's folder, or name it with --reference URL=FILE)`},
		"outside":       {`{$ref: ../b.json}`, nil, `schemas/s.yaml:1:2: #/$ref: "../b.json" is outside the schema's folder (put the file below the schema's folder, or name a folder above both with --schema-root DIR)`},
		"another host":  {`{$ref: 'https://example.com/b'}`, map[string]string{"example.org/b.json": "{}", "b.json": "{}"}, "is never fetched"},
		"with a query":  {`{$ref: 'https://example.com/b?v=2'}`, map[string]string{"example.com/b.json": "{}"}, "is never fetched"},
		"with dots":     {`{$ref: 'https://example.com/%2e%2e/b'}`, map[string]string{"b.json": "{}"}, "is never fetched"},
		"no schema":     {`{$ref: b.json}`, map[string]string{"b.json": `{"$defs": {"x": {"type": 1}}}`}, "schemas/b.json:1:18: #/$defs/x/type: "},
		"a bad bound":   {`{$ref: b.json}`, map[string]string{"b.json": `{"maxLength": 1e30}`}, "schemas/b.json:1:2: #/maxLength: "},
		"a bad pattern": {`{$ref: b.json}`, map[string]string{"b.json": `{"pattern": "a("}`}, "schemas/b.json:1:2: #/pattern: invalid pattern a(: "},
	} {
		s, reported := load(t, c.schema, c.files)
		if s != nil || !strings.Contains(reported, c.want) {
			t.Errorf("%s: got %s, want it to contain %s", why, reported, c.want)
		}
	}
}

// TestValidateAt: a part of the schema is selected by its address, in any file.
func TestValidateAt(t *testing.T) {
	t.Parallel()
	s, reported := load(t, `{properties: {"a/b%": {type: integer}, v: {$ref: 'd/b.json'}}}`, map[string]string{"d/b.json": `{"$id": "urn:b", "$defs": {"x": {"$id": "urn:x", "items": {"type": "integer"}}}}`})
	if s == nil {
		t.Fatal(reported)
	}
	for _, address := range []string{"#/properties/a~1b%", "d/b.json#/$defs/x/items"} {
		found, err := s.ValidateAt(address, parse(t, "d.yaml", "x"))
		if err != nil || found.String() != `d.yaml:1:1: (document): found the string "x", want a whole number` {
			t.Errorf("%s: got %v, %v", address, found, err)
		}
	}
	if _, err := s.ValidateAt("c.json#", parse(t, "d.yaml", "x")); err == nil {
		t.Error("a missing file is no error")
	}
}

// TestF043_EmptyEnum: an empty enum allows no value, in the drafts that permit it.
func TestF043_EmptyEnum(t *testing.T) {
	t.Parallel()
	for _, schema := range []string{`{properties: {v: {enum: []}}}`, `{"$schema": "http://json-schema.org/draft-07/schema#", properties: {v: {enum: []}}}`} {
		s := compile(t, schema)
		if found := s.Validate(parse(t, "d.yaml", "{v: x}")); len(found) != 1 || found[0].Path != "v" {
			t.Errorf("%s: got %v", schema, found)
		}
		if found := s.Validate(parse(t, "d.yaml", "{w: x}")); len(found) != 0 {
			t.Errorf("%s: got %v", schema, found)
		}
	}
}

// TestPatterns: patterns follow ECMA-262, also those that Go's regexp does not support,
// and the keywords beside patternProperties still apply.
func TestPatterns(t *testing.T) {
	t.Parallel()
	for why, c := range map[string]struct{ schema, doc, want string }{
		"lookahead":               {`{properties: {v: {pattern: '^(?!x)'}}}`, `{v: xa}`, `d.yaml:1:5: v: "xa" does not match the pattern ^(?!x)`},
		"lookahead, satisfied":    {`{properties: {v: {pattern: '^(?!x)'}}}`, `{v: ax}`, ``},
		"a value that is none":    {`{properties: {v: {pattern: '^(?!x)'}}}`, `{v: 1}`, `d.yaml:1:5: v: warning: found the number 1, want a string (the schema allows it, but the Go field cannot hold it)`},
		"a space of ECMA-262":     {`{properties: {v: {pattern: '^\s$'}}}`, `{v: "\u00a0"}`, ``},
		"keys by lookahead":       {`{patternProperties: {'^(?!x)': {type: integer}}}`, `{a: b, xa: b}`, `d.yaml:1:5: a: found the string "b", want a whole number`},
		"others are forbidden":    {`{properties: {p: {}}, patternProperties: {'^(?!x)': {}}, additionalProperties: false}`, `{a: b, xa: b}`, `d.yaml:1:8: xa: unknown property "xa" (allowed: p)`},
		"others are of a type":    {`{properties: {xp: {}}, patternProperties: {'^(?!x)': {}}, additionalProperties: {type: integer}}`, `{a: b, xp: b, xa: b}`, `d.yaml:1:19: xa: found the string "b", want a whole number`},
		"unevaluated ones":        {`{patternProperties: {'^(?!x)': {}}, unevaluatedProperties: false}`, `{a: b, xa: b}`, `d.yaml:1:8: xa: unknown property "xa" (no properties are allowed here)`},
		"all others are known":    {`{allOf: [{patternProperties: {'^a': {}}, additionalProperties: true}], unevaluatedProperties: false}`, `{a: b, xa: b}`, ``},
		"the empty key":           {`{patternProperties: {'^$': {type: integer}}}`, `{"": b}`, `d.yaml:1:6: [""]: found the string "b", want a whole number`},
		"a key that is escaped":   {`{patternProperties: {'/%': {type: integer}}}`, `{"/%": b}`, `d.yaml:1:8: /%: found the string "b", want a whole number`},
		"a reference to one":      {`{patternProperties: {'^a/': {type: integer}}, properties: {v: {$ref: '#/patternProperties/^a~1'}}}`, `{v: b}`, `d.yaml:1:5: v: found the string "b", want a whole number`},
		"a secret under one":      {`{patternProperties: {'^(?!x)': {type: integer, writeOnly: true}}}`, `{a: CANARY}`, `d.yaml:1:5: a: found the string [secret], want a whole number`},
		"a property called as it": {`{properties: {pattern: {type: integer}, patternProperties: {type: integer}}}`, `{pattern: 1, patternProperties: x}`, `d.yaml:1:33: patternProperties: found the string "x", want a whole number`},
	} {
		if got := compile(t, c.schema).Validate(parse(t, "d.yaml", c.doc)).String(); got != c.want {
			t.Errorf("%s: got %s, want %s", why, got, c.want)
		}
	}
}

// TestF048_Backtracking: a pattern that needs backtracking cannot delay a reload beyond
// its time limit.
func TestF048_Backtracking(t *testing.T) {
	t.Parallel()
	s := compile(t, `{properties: {v: {pattern: '^(?!x)(a|aa)+$'}}}`)
	doc, findings := document.ParseYAML("d.yaml", []byte("v: "+strings.Repeat("a", 50_000)+"!"), document.Limits{})
	if doc == nil {
		t.Fatal(findings)
	}
	begin := time.Now()
	got := s.Validate(doc).String()
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
	if want := "d.yaml:1:4: v: the pattern ^(?!x)(a|aa)+$ took too long to match"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestF044_FormatsInEveryDraft: formats are checked in every draft. From 2019-09 on, the
// validator alone would treat them as annotations.
func TestF044_FormatsInEveryDraft(t *testing.T) {
	t.Parallel()
	for _, draft := range []string{
		"http://json-schema.org/draft-04/schema#", "http://json-schema.org/draft-06/schema#", "http://json-schema.org/draft-07/schema#",
		"https://json-schema.org/draft/2019-09/schema", "https://json-schema.org/draft/2020-12/schema",
	} {
		s, findings := validate.Load("s.json", []byte(`{"$schema": "`+draft+`", "format": "email"}`), nil)
		if s == nil {
			t.Fatal(findings)
		}
		for text, valid := range map[string]bool{`"a@example.com"`: true, `"no address"`: false, `7`: true} {
			doc, _ := document.ParseJSON("d.json", []byte(text), document.Limits{})
			if found := s.Validate(doc); (len(found) == 0) != valid {
				t.Errorf("%s: %s: %v", draft, text, found)
			}
		}
	}
}
