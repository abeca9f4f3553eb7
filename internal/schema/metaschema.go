package schema

import (
	"fmt"
	"strings"

	"github.com/hotbind/hotbind/runtime/document"
)

// definitions are the shared schemas inside a meta-schema.
var definitions = []struct {
	name, schema string
	since, until Draft
}{
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

// forms holds the identifier of each draft, with the keywords for recursion, and the
// text for SCHEMA.
var forms = [...]struct{ head, schema string }{
	Draft4:    {`"id": "ADDRESS#"`, `{"$ref": "#"}`},
	Draft6:    {`"$id": "ADDRESS#"`, `{"$ref": "#"}`},
	Draft7:    {`"$id": "ADDRESS#"`, `{"$ref": "#"}`},
	Draft2019: {`"$id": "ADDRESS", "$recursiveAnchor": true`, `{"$recursiveRef": "#"}`},
	Draft2020: {`"$id": "ADDRESS", "$dynamicAnchor": "meta"`, `{"$dynamicRef": "#meta"}`},
}

// metaschema returns the meta-schema of a draft as one resource with the official
// address. Schemas refer to it like to any other file.
func metaschema(draft Draft) string {
	defs, types, count, any, bounds := "$defs", `["object", "boolean"]`, "nonNegativeInteger", "true", ""
	if draft < Draft2019 {
		defs = "definitions"
	}
	if draft == Draft4 {
		types, count, any, bounds = `"object"`, "positiveInteger", "{}", `, "dependencies": {"exclusiveMaximum": ["maximum"], "exclusiveMinimum": ["minimum"]}`
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
	text := fmt.Sprintf(`{%s, "$schema": "ADDRESS#", "title": "Draft %s schema", "type": %s, "properties": {%s}, "DEFS": {%s}%s}`,
		forms[draft].head, draft, types, strings.Join(described, ", "), strings.Join(shared, ", "), bounds)
	return strings.NewReplacer("SCHEMA", forms[draft].schema, "ADDRESS", draft.Address(), "DEFS", defs, "COUNT", count, "ANY", any).Replace(text)
}

// metaschema returns the meta-schema with the address, or nil.
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
