package untyped_test

import (
	"strings"
	"testing"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/untyped"
	"github.com/hotbind/hotbind/runtime/validate"

	rt "github.com/hotbind/hotbind/runtime"
)

// The tests of this file carry the ids of the faults they make.

func schemaOf(t testing.TB, text string) *validate.Schema {
	t.Helper()
	schema, findings := validate.Load("schema.yaml", []byte(text), nil)
	if schema == nil {
		t.Fatal(findings)
	}
	return schema
}

// TestF173_KeyTwiceInOneLayer: where items merge by their keys, a key that one layer
// has twice would merge twice, so that the last item won without a word.
func TestF173_KeyTwiceInOneLayer(t *testing.T) {
	schema := schemaOf(t, `
properties:
  servers:
    type: array
    x-merge: key
    x-key: name
    items: {type: object, required: [name], properties: {name: {type: string}, port: {type: integer}, host: {type: string}}}
`)
	good := rt.Bytes("good.yaml", []byte("servers: [{name: a, host: x}, {name: b}]"))
	twice := rt.Bytes("twice.yaml", []byte("servers:\n  - {name: a, port: 1}\n  - {name: a, port: 2}\n"))
	const want = `twice.yaml:3:12: servers[1].name: "a" is the name of another item too, on line 2; items need keys of their own`
	for why, layers := range map[string][]rt.Source{
		"alone":           {twice},
		"above another":   {good, twice},
		"below another":   {twice, good},
		"between two":     {good, twice, good},
		"below and above": {twice, good, good},
		"above no such":   {rt.Bytes("empty.yaml", []byte("{}")), twice},
	} {
		if _, err := untyped.Load(t.Context(), schema, layers...); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", why, err, want)
		}
	}
	t.Setenv("APP_SERVERS", `[{"name": "b"}, {"name": "b"}]`)
	_, err := untyped.Load(t.Context(), schema, good, rt.Env("APP"))
	if err == nil || !strings.Contains(err.Error(), "APP_SERVERS") || !strings.Contains(err.Error(), "servers[1].name: [secret] is the name of another item too") {
		t.Errorf("a variable: got %v", err)
	}
}

// TestF190_TextOfVariables: text that is no number of JSON, and text that is no text,
// are refused with what is wrong, naming the variable.
func TestF190_TextOfVariables(t *testing.T) {
	schema := schemaOf(t, `properties: {n: {type: number}, i: {type: integer}, s: {type: string}, any: {}}`)
	for text, want := range map[string]string{
		"N .5":       `$APP_N: n: the text is not a number (numbers have a digit in front of the point)`,
		"N -.5":      `$APP_N: n: the text is not a number (numbers have a digit in front of the point)`,
		"N +5":       `$APP_N: n: the text is not a number (numbers have no + in front)`,
		"N 5.":       `$APP_N: n: the text is not a number (numbers have a digit behind the point)`,
		"I 05":       `$APP_I: i: the text is not a number (numbers have no needless 0 in front)`,
		"I five":     `$APP_I: i: the text is not a number`,
		"S a\xffb":   `$APP_S: s: the text is not valid UTF-8`,
		"ANY a\xffb": `$APP_ANY: any: the text is not valid UTF-8`,
		"N \xff":     `$APP_N: n: the text is not valid UTF-8`,
	} {
		name, value, _ := strings.Cut(text, " ")
		t.Run(text, func(t *testing.T) {
			t.Setenv("APP_"+name, value)
			_, err := untyped.Load(t.Context(), schema, rt.Env("APP"))
			if err == nil || err.Error() != want {
				t.Errorf("got %v, want %s", err, want)
			}
		})
	}
}

// TestF202_DefaultsOfThen: an object that only a then describes gets the defaults that
// a field of it would get, or none at all, alike wherever a configuration is shown.
func TestF202_DefaultsOfThen(t *testing.T) {
	schema := schemaOf(t, `
properties: {kind: {type: string}, o: {type: object, properties: {a: {type: integer, default: 1}}}}
if: {properties: {kind: {const: x}}}
then: {properties: {o: {type: object, properties: {b: {type: integer, default: 2}}}}}
`)
	parse := func(text string) *untyped.Config {
		doc, findings := document.Parse("c.yaml", []byte(text), document.Limits{})
		if len(findings) > 0 {
			t.Fatal(findings)
		}
		return untyped.Of(schema, doc)
	}
	if changes := parse("{kind: x, o: {}}").Diff(parse("{kind: x, o: {a: 1}}")); len(changes) > 0 {
		t.Errorf("a default written out is a change: %v", changes)
	}
	if changes := parse("{kind: x, o: {a: 1}}").Diff(parse("{kind: x, o: {a: 1, b: 2}}")); len(changes) != 1 {
		t.Errorf("got %v, want one change: what then says is no field and has no default", changes)
	}
}
