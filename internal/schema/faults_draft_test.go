package schema

import (
	"fmt"
	"strings"
	"testing"
)

// TestF184_NewestAddress: the address without a version names the newest draft.
func TestF184_NewestAddress(t *testing.T) {
	for _, address := range []string{"http://json-schema.org/schema#", "http://json-schema.org/schema", "https://json-schema.org/schema#", "https://json-schema.org/schema"} {
		doc, reported := read(t, fmt.Sprintf(`{"$schema": %q, "prefixItems": [{"type": "null"}]}`, address), nil)
		if reported != "" || doc.Root.Draft != Newest || show(doc.Root) != "{prefix({null})}" {
			t.Errorf("%s: draft %s: %s; %s", address, doc.Root.Draft, show(doc.Root), reported)
		}
	}
}

// TestF210_ChosenDraft: a schema that names no draft has the newest one in which all of
// it is well formed, and a note says why that is not the newest of all.
func TestF210_ChosenDraft(t *testing.T) {
	const note = "warning: no $schema: read as draft "
	for _, c := range []struct {
		why, schema    string
		draft          Draft
		want, reported string
	}{
		{"nothing old", `{"type": "object", "definitions": {"a": {}}, "dependencies": {"a": ["b"]}}`, Draft2020, `{object a needs b}`, ""},
		{"a list under items", `{"properties": {"a": {"items": [{"type": "null"}], "additionalItems": false}}}`, Draft2019, `{a:({prefix({null}) items(false)})}`,
			`s.json:1:23: #/properties/a/items: ` + note + `2019-09, the newest that allows this value of items (name the intended draft in $schema)`},
		{"an anchor in $id", `{"properties": {"a": {"$ref": "#item"}}, "definitions": {"x": {"$id": "#item", "type": "null"}}}`, Draft7, `{a:({ref({null})})}`,
			`s.json:1:64: #/definitions/x/$id: ` + note + `7, the newest that allows this value of $id (name the intended draft in $schema)`},
		{"a flag for a bound", `{"not": {"minimum": 1, "exclusiveMinimum": true}}`, Draft4, `{not({})}`,
			`s.json:1:24: #/not/exclusiveMinimum: ` + note + `4, the newest that allows this value of exclusiveMinimum (name the intended draft in $schema)`},
		{"id", `{"id": "https://example.com/s", "properties": {"a": {"$ref": "s#/definitions/x"}}, "definitions": {"x": {"type": "null"}}}`, Draft4, `{a:({ref({null})})}`,
			`s.json:1:2: #/id: ` + note + `4, the newest with the keyword id (name the intended draft in $schema)`},
		{"a keyword that is gone", `{"items": {"type": "null"}, "additionalItems": false}`, Draft2019, `{items({null})}`, note + `2019-09, the newest with the keyword additionalItems`},
		{"an old and a less old one", `{"allOf": [{"items": [{}]}, {"$id": "#a"}]}`, Draft7, `{all({prefix(true)} {})}`, `#/allOf/1/$id: ` + note + `7, the newest that allows this value of $id`},
		{"an old and a new one", `{"prefixItems": [{}], "not": {"items": [{}]}}`, Draft2020, `{prefix(true) not({})}`, `s.json:1:40: #/not/items: found a list, want a schema: an object, true or false (write prefixItems)`},
		{"not allowed in any draft", `{"type": "strin", "items": [{}]}`, Draft2019, `{prefix(true)}`, `#/type: "strin" is not one of `},
		{"not a keyword", `{"properties": {"id": {"enum": [{"id": "a", "items": [1]}]}}, "default": {"id": 1}}`, Draft2020, `{id:({enum of 1})}`, ""},
		{"an annotation of a later draft", `{"$comment": "c", "id": "https://example.com/s", "deprecated": true, "readOnly": true}`, Draft4, `{}`, note + "4, "},
		{"a boolean that draft 4 does not allow", `{"properties": {"a": true}, "minimum": 1, "exclusiveMinimum": true}`, Draft2020, `{a:(true)}`, "found true, want a number (draft 4 allows it; name the draft in $schema)"},
	} {
		doc, reported := read(t, c.schema, nil)
		if got := show(doc.Root); got != c.want || doc.Root.Draft != c.draft {
			t.Errorf("%s: draft %s: got %s, want draft %s: %s; %s", c.why, doc.Root.Draft, got, c.draft, c.want, reported)
		}
		if !strings.Contains(reported, c.reported) || c.reported == "" && reported != "" {
			t.Errorf("%s: got %s, want %s", c.why, reported, c.reported)
		}
	}
}

// TestF210_OtherFiles: another file without $schema has the draft of the file that refers
// to it, if that names one. Otherwise its draft is chosen separately.
func TestF210_OtherFiles(t *testing.T) {
	files := map[string]string{
		"tuple.json": `{"items": [{"type": "null"}]}`, "bound.json": `{"minimum": 1, "exclusiveMinimum": true}`,
		"named.json": `{` + in7 + `"$ref": "tuple.json"}`, "new.json": `{"prefixItems": [{}]}`,
	}
	for _, c := range []struct {
		why, schema string
		drafts      string // of the files, in the order of their first use
		reported    string
	}{
		{"each separately", `{"allOf": [{"$ref": "tuple.json"}, {"$ref": "bound.json"}, {"$ref": "new.json"}]}`, "tuple.json 2019-09, bound.json 4, new.json 2020-12", "read as draft 2019-09"},
		{"as in the schema", `{` + in7 + `"allOf": [{"$ref": "tuple.json"}, {"$ref": "new.json"}]}`, "tuple.json 7, new.json 7", "#/prefixItems: warning: prefixItems is not a keyword of this draft"},
		{"as in the file between", `{"$ref": "named.json"}`, "named.json 7, tuple.json 7", ""},
	} {
		doc, reported := read(t, c.schema, files)
		var drafts []string
		for _, f := range doc.Folder.Others() {
			drafts = append(drafts, f.Name+" "+f.Draft.String())
		}
		if got := strings.Join(drafts, ", "); got != c.drafts || !strings.Contains(reported, c.reported) || c.reported == "" && reported != "" {
			t.Errorf("%s: got %s, want %s; %s", c.why, got, c.drafts, reported)
		}
	}
}
