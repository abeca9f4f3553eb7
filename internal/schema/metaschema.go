package schema

import (
	"fmt"
	"strings"

	"github.com/hotbind/hotbind/runtime/document"
)

// A definition is what schemas refer to inside of a meta-schema.
type definition struct {
	name, schema string
	since, until Draft
}

var definitions = []definition{
	{"positiveInteger", `{"type": "integer", "minimum": 0}`, Draft4, Draft4},
	{"positiveIntegerDefault0", `{"allOf": [{"$ref": "#/DEFS/positiveInteger"}], "default": 0}`, Draft4, Draft4},
	{"nonNegativeInteger", `{"type": "integer", "minimum": 0}`, Draft6, Draft2020},
	{"nonNegativeIntegerDefault0", `{"allOf": [{"$ref": "#/DEFS/nonNegativeInteger"}], "default": 0}`, Draft6, Draft2020},
	{"simpleTypes", `{"enum": ["array", "boolean", "integer", "null", "number", "object", "string"]}`, Draft4, Draft2020},
	{"stringArray", `{"type": "array", "items": {"type": "string"}, "minItems": 1, "uniqueItems": true}`, Draft4, Draft4},
	{"stringArray", `{"type": "array", "items": {"type": "string"}, "uniqueItems": true}`, Draft6, Draft2020},
	{"schemaArray", `{"type": "array", "minItems": 1, "items": SCHEMA}`, Draft4, Draft2020},
	{"anchorString", `{"type": "string", "pattern": "^[A-Za-z_][-A-Za-z0-9._]*$"}`, Draft2020, Draft2020},
	{"uriString", `{"type": "string", "format": "uri"}`, Draft2020, Draft2020},
	{"uriReferenceString", `{"type": "string", "format": "uri-reference"}`, Draft2020, Draft2020},
}

// A draftForm is how a draft writes what it says of itself.
type draftForm struct {
	head   string // its identifier, and what recursion needs
	title  string
	types  string
	schema string // SCHEMA
}

var forms = [...]draftForm{
	Draft4:    {`"id": "ADDRESS#"`, "Draft 4 schema", `"object"`, `{"$ref": "#"}`},
	Draft6:    {`"$id": "ADDRESS#"`, "Draft 6 schema", `["object", "boolean"]`, `{"$ref": "#"}`},
	Draft7:    {`"$id": "ADDRESS#"`, "Draft 7 schema", `["object", "boolean"]`, `{"$ref": "#"}`},
	Draft2019: {`"$id": "ADDRESS", "$recursiveAnchor": true`, "Draft 2019-09 schema", `["object", "boolean"]`, `{"$recursiveRef": "#"}`},
	Draft2020: {`"$id": "ADDRESS", "$dynamicAnchor": "meta"`, "Draft 2020-12 schema", `["object", "boolean"]`, `{"$dynamicRef": "#meta"}`},
}

// metaschema describes the schemas of a draft, as one resource with the official
// address. Schemas refer to it as to any other file.
func metaschema(draft Draft) string {
	form := forms[draft]
	defs, count, any, bounds := "$defs", "nonNegativeInteger", "true", ""
	if draft < Draft2019 {
		defs = "definitions"
	}
	if draft == Draft4 {
		count, any, bounds = "positiveInteger", "{}", `, "dependencies": {"exclusiveMaximum": ["maximum"], "exclusiveMinimum": ["minimum"]}`
	}
	var shared, described []string
	for _, d := range definitions {
		if d.since <= draft && draft <= d.until {
			shared = append(shared, fmt.Sprintf("%q: %s", d.name, d.schema))
		}
	}
	for i := range keywords {
		if k := &keywords[i]; k.isDescribed(draft) {
			described = append(described, fmt.Sprintf("%q: %s", k.Name, k.value(draft).described))
		}
	}
	text := fmt.Sprintf(`{%s, "$schema": "ADDRESS#", "title": %q, "type": %s, "properties": {%s}, "DEFS": {%s}%s}`,
		form.head, form.title, form.types, strings.Join(described, ", "), strings.Join(shared, ", "), bounds)
	return strings.NewReplacer("SCHEMA", form.schema, "ADDRESS", draft.Address(), "DEFS", defs, "COUNT", count, "ANY", any).Replace(text)
}

// metaschema is the description of a draft that has the address, or nil.
func (f *Folder) metaschema(address string) *File {
	draft := draftAt(address)
	if draft == 0 {
		return nil
	}
	official := draft.Address()
	if file := f.byURI[official]; file != nil {
		return file
	}
	n, findings := document.ParseJSON(official, []byte(metaschema(draft)), document.Limits{})
	if n == nil {
		panic(findings) // it does not depend on the schema
	}
	file := f.add(official, official, n)
	f.others = append(f.others, file)
	return file
}
