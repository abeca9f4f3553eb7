package schema

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// show returns a schema in one line, as the tests below expect it. A schema that was
// shown before is named by its address.
func show(s *Schema) string { return (&shower{seen: map[*Schema]bool{}}).schema(s) }

type shower struct{ seen map[*Schema]bool }

func (w *shower) schema(s *Schema) string {
	switch {
	case s == nil:
		return "nil"
	case s.Always:
		return "true"
	case s.Never:
		return "false"
	case w.seen[s]:
		return s.Address()
	}
	w.seen[s] = true
	var parts []string
	add := func(name string, ts ...*Schema) {
		var list []string
		for _, t := range ts {
			if t != nil {
				list = append(list, w.schema(t))
			}
		}
		if len(list) > 0 {
			parts = append(parts, name+"("+strings.Join(list, " ")+")")
		}
	}
	if len(s.Types) > 0 {
		parts = append(parts, strings.Join(s.Types, "|"))
	}
	if s.EnumGiven {
		parts = append(parts, fmt.Sprintf("enum of %d", len(s.Enum)))
	}
	add("ref", s.Ref)
	add("to", s.DynamicTo)
	if s.Dynamic != nil {
		add("dynamic", s.Dynamic.Target)
		for _, c := range s.Dynamic.Candidates {
			parts = append(parts, fmt.Sprintf("or %s in %d", c.Schema.Address(), c.Resource))
		}
	}
	for _, p := range s.Properties {
		add(p.Key+":", p.Schema)
	}
	add("additional", s.AdditionalProperties)
	add("unevaluated", s.UnevaluatedProperties, s.UnevaluatedItems)
	add("prefix", s.Prefix...)
	add("items", s.Items)
	add("contains", s.Contains)
	for _, c := range []Count{s.MinContains, s.MaxContains} {
		if c.Given {
			parts = append(parts, fmt.Sprint(c.N))
		}
	}
	for _, n := range s.Needs {
		parts = append(parts, n.If+" needs "+n.Then)
	}
	for _, d := range s.DependentSchemas {
		add(d.Key+" then", d.Schema)
	}
	add("all", s.AllOf...)
	add("any", s.AnyOf...)
	add("one", s.OneOf...)
	add("not", s.Not)
	add("if", s.If)
	add("then", s.Then)
	add("else", s.Else)
	return "{" + strings.Join(parts, " ") + "}"
}

const (
	in4    = `"$schema": "http://json-schema.org/draft-04/schema#", `
	in6    = `"$schema": "http://json-schema.org/draft-06/schema#", `
	in7    = `"$schema": "http://json-schema.org/draft-07/schema#", `
	in2019 = `"$schema": "https://json-schema.org/draft/2019-09/schema", `
)

// TestRead: every keyword about values is read in each draft, in the form of that draft.
func TestRead(t *testing.T) {
	for _, c := range []struct{ why, schema, want string }{
		{"booleans are schemas", `{"properties": {"a": true, "b": false}}`, `{a:(true) b:(false)}`},
		{"composition keeps its order", `{"allOf": [{"type": "string"}, {}], "anyOf": [{}, false], "oneOf": [{}], "not": {"type": "null"}}`, `{all({string} true) any(true false) one(true) not({null})}`},
		{"a condition has two branches", `{"if": {"type": "null"}, "then": {"type": "string"}, "else": false}`, `{if({null}) then({string}) else(false)}`},
		{"a branch without a condition has no effect", `{"then": false, "else": false}`, `{}`},
		{"the first items and the rest, now", `{"prefixItems": [{"type": "string"}], "items": false}`, `{prefix({string}) items(false)}`},
		{"the first items and the rest, before", `{` + in2019 + `"additionalItems": false, "items": [{"type": "string"}]}`, `{prefix({string}) items(false)}`},
		{"the rest without first items has no effect", `{` + in7 + `"items": {"type": "null"}, "additionalItems": false}`, `{items({null})}`},
		{"contains", `{"contains": {"type": "null"}, "minContains": 0, "maxContains": 2}`, `{contains({null}) 0 2}`},
		{"unevaluated", `{"unevaluatedProperties": false, "unevaluatedItems": {"type": "null"}}`, `{unevaluated(false {null})}`},
		{"dependencies of a property", `{"dependentRequired": {"a": ["b", "c"]}, "dependentSchemas": {"a": false}}`, `{a needs b a needs c a then(false)}`},
		{"dependencies of a property, earlier", `{` + in4 + `"dependencies": {"a": ["b"], "c": {"type": "object"}}}`, `{a needs b c then({object})}`},
		{"dependencies of a property, with the old keyword", `{"dependencies": {"a": ["b"]}}`, `{a needs b}`},
		{"an empty enum allows nothing", `{"enum": []}`, `{enum of 0}`},
		{"a keyword of a later draft has no effect", `{` + in6 + `"if": {}, "then": false, "prefixItems": [false], "minContains": 2}`, `{}`},
		{"beside a reference, in an old draft, nothing counts", `{` + in7 + `"properties": {"a": {"$ref": "#/definitions/a", "type": "null"}}, "definitions": {"a": {"type": "string"}}}`, `{a:({ref({string})})}`},
		{"beside a reference, now, all counts", `{"properties": {"a": {"$ref": "#/$defs/a", "type": "string"}}, "$defs": {"a": {"minLength": 1}}}`, `{a:({string ref({})})}`},
		{"booleans that draft 4 does not allow", `{` + in4 + `"properties": {"a": false}, "additionalProperties": false}`, `{a:(false) additional(false)}`},
	} {
		doc, reported := read(t, c.schema, nil)
		if got := show(doc.Root); got != c.want {
			t.Errorf("%s: got %s, want %s; %s", c.why, got, c.want, reported)
		}
	}
}

// TestReferences: a reference leads to what it names in the draft, however it is written,
// and never to what only looks like that.
func TestReferences(t *testing.T) {
	for _, c := range []struct{ why, schema, want, reported string }{
		{"an escaped pointer", `{"properties": {"a": {"$ref": "#/$defs/x~1y~0z%25"}}, "$defs": {"x/y~z%": {"type": "null"}}}`, `{a:({ref({null})})}`, ""},
		{"a place under no keyword", `{"properties": {"a": {"$ref": "#/x/1"}}, "x": [0, {"$ref": "#/x/2"}, {"type": "null"}]}`, `{a:({ref({ref({null})})})}`, ""},
		{"an anchor", `{"properties": {"a": {"$ref": "#here"}}, "$defs": {"x": {"$anchor": "here", "type": "null"}}}`, `{a:({ref({null})})}`, ""},
		{"an anchor of old drafts", `{` + in7 + `"properties": {"a": {"$ref": "#here"}}, "definitions": {"x": {"$id": "#here", "type": "null"}}}`, `{a:({ref({null})})}`, ""},
		{"an anchor of draft 4", `{` + in4 + `"properties": {"a": {"$ref": "#here"}}, "definitions": {"x": {"id": "#here", "type": "null"}}}`, `{a:({ref({null})})}`, ""},
		{"the schema's own identifier", `{"$id": "https://example.com/s", "properties": {"a": {"$ref": "https://example.com/s#/$defs/x"}, "b": {"$ref": "s#/$defs/x"}}, "$defs": {"x": {"type": "null"}}}`, `{a:({ref({null})}) b:({ref(#/$defs/x)})}`, ""},
		{"an identifier inside, resolved", `{"$id": "https://example.com/a/s", "properties": {"a": {"$ref": "../b/x"}}, "$defs": {"x": {"$id": "/b/x", "type": "null"}}}`, `{a:({ref({null})})}`, ""},
		{"a name that is not an address", `{"properties": {"a": {"$ref": "urn:example:x#/$defs/y"}}, "$defs": {"x": {"$id": "urn:example:x", "$defs": {"y": {"type": "null"}}}}}`, `{a:({ref({null})})}`, ""},
		{"a pointer inside of an identified part starts there", `{"$defs": {"x": {"$id": "x", "properties": {"a": {"$ref": "#/$defs/y"}}, "$defs": {"y": {"type": "null"}}}, "y": {"type": "string"}}, "properties": {"v": {"$ref": "x"}}}`, `{v:({ref({a:({ref({null})})})})}`, ""},
		{"a pointer through an identified part", `{"$defs": {"x": {"$id": "x", "$defs": {"y": {"$ref": "#/$defs/z"}, "z": {"type": "null"}}}}, "properties": {"v": {"$ref": "#/$defs/x/$defs/y"}}}`, `{v:({ref({ref({null})})})}`, ""},
		{"a value that looks like an identifier", `{"$id": "https://example.com/s", "properties": {"a": {"enum": [{"$id": "https://example.com/x", "type": "string"}]}, "b": {"$ref": "x"}}, "$defs": {"x": {"$id": "x", "type": "null"}}}`, `{a:({enum of 1}) b:({ref({null})})}`, ""},
		{"an identifier beside a reference, in an old draft, is none", `{` + in7 + `"$id": "https://example.com/s", "properties": {"a": {"$ref": "x"}}, "definitions": {"o": {"$id": "https://example.com/x", "$ref": "#/definitions/p"}, "p": {"type": "string"}, "x": {"$id": "x", "type": "null"}}}`, `{a:({ref({null})})}`, `s.json:1:146: #/definitions/o/$id: warning: $id beside $ref is ignored in this draft (use draft 2019-09 or later, or move it into the definition)`},
		{"a property called $ref", `{"properties": {"$ref": {"type": "null"}}}`, `{$ref:({null})}`, ""},
		{"recursion", `{"properties": {"a": {"$ref": "#"}}}`, `{a:({ref(#)})}`, ""},
		{"a published meta-schema", `{"properties": {"a": {"$ref": "http://json-schema.org/draft-07/schema#/definitions/nonNegativeInteger"}}}`, `{a:({ref({integer})})}`, ""},
	} {
		doc, reported := read(t, c.schema, nil)
		if got := show(doc.Root); got != c.want || reported != c.reported {
			t.Errorf("%s: got %s, want %s; %s", c.why, got, c.want, reported)
		}
	}
}

// TestDynamic: a dynamic reference that can lead to only one schema is an ordinary one.
// Of the others, all targets are listed.
func TestDynamic(t *testing.T) {
	for _, c := range []struct{ why, schema, want string }{
		{"the only anchor of the name", `{"$dynamicAnchor": "n", "properties": {"a": {"$dynamicRef": "#n"}}}`, `{a:({to(#)})}`},
		{"a plain anchor", `{"properties": {"a": {"$dynamicRef": "#n"}}, "$defs": {"x": {"$anchor": "n", "type": "null"}, "y": {"$id": "y", "$dynamicAnchor": "n"}}}`, `{a:({to({null})})}`},
		{"a pointer", `{"$defs": {"x": {"$dynamicAnchor": "n", "type": "null"}}, "properties": {"a": {"$dynamicRef": "#/$defs/x"}}}`, `{a:({to({null})})}`},
		{
			"two resources", `{"$id": "https://example.com/s", "$dynamicAnchor": "n", "$ref": "t", "$defs": {"t": {"$id": "t", "$dynamicAnchor": "n", "properties": {"a": {"$dynamicRef": "#n"}}}}}`,
			`{ref({a:({dynamic(#/$defs/t) or # in 1 or #/$defs/t in 2})})}`,
		},
		{"a recursive reference to an unmarked schema", `{` + in2019 + `"properties": {"a": {"$recursiveRef": "#"}}}`, `{a:({to(#)})}`},
		{
			"a recursive reference", `{` + in2019 + `"$id": "https://example.com/s", "$recursiveAnchor": true, "$ref": "t", "$defs": {"t": {"$id": "t", "$recursiveAnchor": true, "properties": {"a": {"$recursiveRef": "#"}}}}}`,
			`{ref({a:({dynamic(#/$defs/t) or # in 1 or #/$defs/t in 2})})}`,
		},
	} {
		doc, reported := read(t, c.schema, nil)
		if got := show(doc.Root); got != c.want || reported != "" {
			t.Errorf("%s: got %s, want %s; %s", c.why, got, c.want, reported)
		}
	}
}

// TestFiles: a reference finds its file in the folder of the schema, by its path or its
// identifier.
func TestFiles(t *testing.T) {
	const null = `{"type": "null"}`
	for _, c := range []struct {
		why, schema string
		files       map[string]string
		want        string
	}{
		{"by its name", `{"$ref": "b.json"}`, map[string]string{"b.json": null}, `{ref({null})}`},
		{"without an extension", `{"$ref": "b"}`, map[string]string{"b.schema.json": null}, `{ref({null})}`},
		{"called schema", `{"$ref": "b.schema"}`, map[string]string{"b.schema": null}, `{ref({null})}`},
		{"in YAML", `{"$ref": "b#/$defs/x"}`, map[string]string{"b.yaml": "$defs:\n  x: {type: 'null'}\n"}, `{ref({null})}`},
		{"in a folder, which refers to its neighbor", `{"$ref": "d/b.json"}`, map[string]string{"d/b.json": `{"$ref": "c.json"}`, "d/c.json": `{"$ref": "../e.json"}`, "e.json": null}, `{ref({ref({ref({null})})})}`},
		{"by the address of the folder", `{"$id": "https://example.com/x/s.json", "$ref": "https://example.com/x/d/b"}`, map[string]string{"d/b.json": null}, `{ref({null})}`},
		{"by its identifier", `{"$ref": "https://example.com/b#"}`, map[string]string{"d/any.json": `{"$id": "https://example.com/b", "type": "null"}`}, `{ref({null})}`},
		{"by its identifier with an empty fragment", `{"$ref": "http://example.com/b"}`, map[string]string{"any.json": `{` + in4 + `"id": "http://example.com/b#", "type": "null"}`}, `{ref({null})}`},
		{"by an identifier in a file that is read", `{"properties": {"a": {"$ref": "b.json"}, "b": {"$ref": "urn:x"}}}`, map[string]string{"b.json": `{"$defs": {"x": {"$id": "urn:x", "type": "null"}}}`}, `{a:({ref({})}) b:({ref({null})})}`},
		{"back to the schema", `{"properties": {"a": {"$ref": "b.json"}}}`, map[string]string{"b.json": `{"properties": {"s": {"$ref": "s.json"}}}`}, `{a:({ref({s:({ref(#)})})})}`},
		{"in its own draft", `{"$ref": "b.json"}`, map[string]string{"b.json": `{` + in7 + `"items": [{"type": "null"}]}`}, `{ref({prefix({null})})}`},
		{"in the draft of the referring file", `{` + in7 + `"properties": {"a": {"$ref": "b.json"}}}`, map[string]string{"b.json": `{"items": [{"type": "null"}]}`}, `{a:({ref({prefix({null})})})}`},
	} {
		doc, reported := read(t, c.schema, c.files)
		if got := show(doc.Root); got != c.want || reported != "" {
			t.Errorf("%s: got %s, want %s; %s", c.why, got, c.want, reported)
		}
	}
}

// TestFilesRead: only files that are referred to are read, each once, and their
// definitions have names.
func TestFilesRead(t *testing.T) {
	doc, reported := read(t, `{"properties": {"a": {"$ref": "b.json"}, "b": {"$ref": "b.json#/$defs/x"}, "c": {"$ref": "d/c.schema.json"}}, "$defs": {"own": {"$defs": {"deep": {}}}, "other": {"$ref": "#/$defs/own/$defs/deep"}}}`,
		map[string]string{"b.json": `{"title": "The B", "$defs": {"x": {}, "unused": {}}}`, "d/c.schema.json": `{}`, "broken.json": `{`})
	if reported != "" {
		t.Error(reported)
	}
	var defs []string
	for _, d := range doc.Defs {
		defs = append(defs, d.DefName+" "+d.Address())
	}
	if want := []string{"b.json", "d/c.schema.json"}; !slices.Equal(doc.Files, want) {
		t.Errorf("got the files %q, want %q", doc.Files, want)
	}
	if want := []string{"own #/$defs/own", "other #/$defs/other", "The B b.json#", "x b.json#/$defs/x", "c d/c.schema.json#", "deep #/$defs/own/$defs/deep"}; !slices.Equal(defs, want) {
		t.Errorf("got the definitions %q, want %q", defs, want)
	}
}

// TestFileFindings: a finding about another file names that file, and one about a
// reference names the position of the reference.
func TestFileFindings(t *testing.T) {
	for _, c := range []struct {
		why, file, want string
	}{
		{"text that is not a document", "{\n", "b.json:2:1: (document): found the end of the file"},
		{"no schema", `[]`, "b.json:1:1: #: found a list"},
		{"a wrong keyword", `{"$defs": {"x": {"type": "text"}}}`, "b.json:1:18: #/$defs/x/type: "},
		{"an unknown draft", `{"$schema": "urn:x"}`, "b.json:1:13: #/$schema: "},
		{"a reference to nothing", `{"$ref": "#/$defs/x"}`, `b.json:1:2: #/$ref: "#/$defs/x" does not exist in b.json`},
	} {
		if _, reported := read(t, `{"$ref": "b.json"}`, map[string]string{"b.json": c.file}); !strings.Contains(reported, c.want) {
			t.Errorf("%s: got %s, want it to contain %s", c.why, reported, c.want)
		}
	}
	_, reported := read(t, `{"$ref": "b.json"}`, map[string]string{"b.json": "{"})
	if want := "s.json:1:2: #/$ref: the file b.json cannot be read as a schema"; !strings.Contains(reported, want) {
		t.Errorf("got %s, want it to contain %s", reported, want)
	}
}
