package untyped_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/source"
	"github.com/hotbind/hotbind/runtime/untyped"
	"github.com/hotbind/hotbind/runtime/validate"
	"github.com/hotbind/hotbind/testdata/compile/service"

	rt "github.com/hotbind/hotbind/runtime"
)

// The names of the tests in this file begin with the ids of their faults.

func schemaOf(t testing.TB, text string) *validate.Schema {
	t.Helper()
	schema, findings := validate.Load("schema.yaml", []byte(text), nil)
	if schema == nil {
		t.Fatal(findings)
	}
	return schema
}

// TestF173_KeyTwiceInOneLayer: if items merge by their keys, a key that occurs twice in
// one layer would merge twice, and the last item would silently win.
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
	const want = `twice.yaml:3:12: servers[1].name: "a" is also the name of the item on line 2; keys must be unique`
	for why, layers := range map[string][]source.Source{
		"alone":           {twice},
		"above another":   {good, twice},
		"below another":   {twice, good},
		"between two":     {good, twice, good},
		"below and above": {twice, good, good},
		"above no such":   {rt.Bytes("empty.yaml", []byte("{}")), twice},
	} {
		if _, err := untyped.Load(t.Context(), schema, rt.From(layers...)); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", why, err, want)
		}
	}
	t.Setenv("APP_SERVERS", `[{"name": "b"}, {"name": "b"}]`)
	_, err := untyped.Load(t.Context(), schema, rt.From(good, rt.Env("APP")))
	if err == nil || !strings.Contains(err.Error(), "APP_SERVERS") || !strings.Contains(err.Error(), "servers[1].name: the value is also the name of another item") {
		t.Errorf("a variable: got %v", err)
	}
}

// TestF187_EveryDoor: whichever way a document enters, it is judged alike with the same
// messages, and is the same configuration, with defaults, when it is read, explained or
// compared.
func TestF187_EveryDoor(t *testing.T) {
	t.Parallel()
	schema := serviceSchema(t)
	quiet := rt.WithLogger(slog.New(slog.DiscardHandler))
	for _, text := range documents {
		if strings.Contains(text, "---") {
			continue // several layers, which not every way accepts
		}
		src := rt.Bytes("a.yaml", []byte(text))
		want, refused := service.Parse("a.yaml", []byte(text))
		loaded, failed := service.Load(t.Context(), rt.From(src))
		live, unopened := service.Open(t.Context(), rt.From(src), quiet)
		bare, unread := untyped.Load(t.Context(), schema, rt.From(src))
		open, shut := untyped.Open(t.Context(), schema, rt.From(src), quiet)
		doc, findings := document.Parse("a.yaml", []byte(text), document.Limits{})
		if len(findings.Errors()) == 0 {
			findings = schema.Validate(doc)
		}
		verdicts := map[string]string{"validate": findings.Errors().String()}
		for door, err := range map[string]error{"Parse": refused, "Load": failed, "Open": unopened, "untyped.Load": unread, "untyped.Open": shut} {
			verdicts[door] = ""
			if err != nil {
				verdicts[door] = err.Error()
			}
		}
		for door, verdict := range verdicts {
			if verdict != verdicts["Parse"] {
				t.Errorf("%s: Parse returns %q, but %s %q", text, verdicts["Parse"], door, verdict)
			}
		}
		if refused != nil || t.Failed() {
			continue
		}
		for door, c := range map[string]fmt.Stringer{"Load": loaded, "Open": live.Current()} {
			if c.String() != want.String() {
				t.Errorf("%s: Parse reads %s, and %s %s", text, want, door, c)
			}
		}
		written, _ := json.Marshal(bare)
		if changes := bare.Diff(open.Current()); len(changes) > 0 || !document.Equal(parsed(t, written), parsed(t, []byte(want.String()))) {
			t.Errorf("%s: Parse reads %s, the schema alone reads %s, and the opened configuration differs by %v", text, want, written, changes)
		}
		for _, m := range parsed(t, []byte(want.String())).Members() {
			for door, manager := range map[string]rt.Manager{"Open": live.Manager(), "untyped.Open": open.Manager()} {
				explained, err := manager.Explain(document.KeyPath("", m.Key()))
				if err != nil || !document.Equal(parsed(t, []byte(explained.Value)), m.Value()) {
					t.Errorf("%s: %s is %s, and %s explains %s, %v", text, m.Key(), m.Value().AppendJSON(nil), door, explained.Value, err)
				}
			}
		}
		live.Close()
		open.Close()
	}
}

// TestF190_TextOfVariables: a text that is not a JSON number, or not a string, is refused
// with the reason and the name of the variable.
func TestF190_TextOfVariables(t *testing.T) {
	schema := schemaOf(t, `properties: {n: {type: number}, i: {type: integer}, s: {type: string}, any: {}}`)
	for text, want := range map[string]string{
		"N .5":       `$APP_N: n: the text is not a number (JSON numbers have a digit before the point)`,
		"N -.5":      `$APP_N: n: the text is not a number (JSON numbers have a digit before the point)`,
		"N +5":       `$APP_N: n: the text is not a number (JSON numbers do not begin with +)`,
		"N 5.":       `$APP_N: n: the text is not a number (JSON numbers have a digit after the point)`,
		"I 05":       `$APP_I: i: the text is not a number (JSON numbers do not begin with a needless 0)`,
		"I five":     `$APP_I: i: the text is not a number`,
		"S a\xffb":   `$APP_S: s: the text is not valid UTF-8`,
		"ANY a\xffb": `$APP_ANY: any: the text is not valid UTF-8`,
		"N \xff":     `$APP_N: n: the text is not valid UTF-8`,
	} {
		name, value, _ := strings.Cut(text, " ")
		t.Run(text, func(t *testing.T) {
			t.Setenv("APP_"+name, value)
			_, err := untyped.Load(t.Context(), schema, rt.From(rt.Env("APP")))
			if err == nil || err.Error() != want {
				t.Errorf("got %v, want %s", err, want)
			}
		})
	}
}

// TestF202_DefaultsOfThen: an object that only a then describes gets the same defaults as
// a field of it, or none, wherever a configuration is shown.
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
		t.Errorf("got %v, want one change: a property in a then is not a field and has no default", changes)
	}
}
