package schema

import (
	"fmt"
	"strings"

	"github.com/hotbind/hotbind/runtime/document"
)

// A fact says what the value of keywords is, in the drafts from since to until.
type fact struct {
	keywords     string
	value        string // a key of values
	since, until Draft
}

// facts are all keywords with what may stand under them. The order is that in
// which somebody who describes a schema would name them.
var facts = []fact{
	{"$schema", "address", Draft4, Draft2020},
	{"id", "text", Draft4, Draft4},
	{"$id", "reference", Draft6, Draft7},
	{"$id", "identifier", Draft2019, Draft2020},
	{"$anchor", "old anchor", Draft2019, Draft2019},
	{"$anchor", "anchor", Draft2020, Draft2020},
	{"$dynamicAnchor", "anchor", Draft2020, Draft2020},
	{"$recursiveAnchor", "flag", Draft2019, Draft2019},
	{"$recursiveAnchor", "anchor", Draft2020, Draft2020}, // gone, but read as it would be now
	{"$ref", "text", Draft4, Draft4},
	{"$ref", "reference", Draft6, Draft2020},
	{"$dynamicRef", "reference", Draft2020, Draft2020},
	{"$recursiveRef", "reference", Draft2019, Draft2020},
	{"$vocabulary", "vocabularies", Draft2019, Draft2020},
	{"$comment", "text", Draft7, Draft2020},
	{"$defs", "schemas by name", Draft2019, Draft2020},
	{"definitions", "schemas by name", Draft4, Draft2020},

	{"title description", "text", Draft4, Draft2020},
	{"default", "anything", Draft4, Draft2020},
	{"examples", "values", Draft6, Draft2020},
	{"readOnly", "flag", Draft7, Draft2020},
	{"writeOnly", "flag", Draft7, Draft2020},
	{"deprecated", "flag", Draft2019, Draft2020},

	{"type", "types", Draft4, Draft2020},
	{"enum", "distinct values", Draft4, Draft6},
	{"enum", "values", Draft7, Draft2020},
	{"const", "anything", Draft6, Draft2020},

	{"multipleOf", "positive number", Draft4, Draft2020},
	{"minimum maximum", "number", Draft4, Draft2020},
	{"exclusiveMinimum exclusiveMaximum", "flag", Draft4, Draft4},
	{"exclusiveMinimum exclusiveMaximum", "number", Draft6, Draft2020},
	{"minLength maxLength minItems maxItems minProperties maxProperties", "count", Draft4, Draft2020},
	{"minContains maxContains", "count", Draft2019, Draft2020},
	{"pattern", "pattern", Draft4, Draft2020},
	{"format", "text", Draft4, Draft2020},
	{"contentMediaType contentEncoding", "text", Draft7, Draft2020},
	{"contentSchema", "schema", Draft2019, Draft2020},

	{"items", "schema or schemas", Draft4, Draft2019},
	{"items", "schema", Draft2020, Draft2020},
	{"prefixItems", "schemas", Draft2020, Draft2020},
	{"additionalItems additionalProperties", "schema or flag", Draft4, Draft4},
	{"additionalItems", "schema", Draft6, Draft2019},
	{"additionalProperties", "schema", Draft6, Draft2020},
	{"unevaluatedItems unevaluatedProperties", "schema", Draft2019, Draft2020},
	{"contains propertyNames", "schema", Draft6, Draft2020},
	{"uniqueItems", "flag", Draft4, Draft2020},

	{"properties", "schemas by name", Draft4, Draft2020},
	{"patternProperties", "schemas by name", Draft4, Draft4},
	{"patternProperties", "schemas by pattern", Draft6, Draft2020},
	{"required", "names", Draft4, Draft2020},
	{"dependencies", "schemas or names by name", Draft4, Draft2020},
	{"dependentRequired", "names by name", Draft2019, Draft2020},
	{"dependentSchemas", "schemas by name", Draft2019, Draft2020},

	{"allOf anyOf oneOf", "schemas", Draft4, Draft2020},
	{"not", "schema", Draft4, Draft2020},
	{"if then else", "schema", Draft7, Draft2020},
}

// values are the schemas of what stands under keywords. SCHEMA stands for a
// schema of the draft, DEFS for the keyword that holds definitions, COUNT for the
// name of the one of counts, and ANY for a schema that allows everything.
var values = map[string]string{
	"anything":                 `ANY`,
	"text":                     `{"type": "string"}`,
	"pattern":                  `{"type": "string", "format": "regex"}`,
	"address":                  `{"type": "string", "format": "uri"}`,
	"reference":                `{"type": "string", "format": "uri-reference"}`,
	"identifier":               `{"type": "string", "format": "uri-reference", "pattern": "^[^#]*#?$"}`,
	"anchor":                   `{"type": "string", "pattern": "^[A-Za-z_][-A-Za-z0-9._]*$"}`,
	"old anchor":               `{"type": "string", "pattern": "^[A-Za-z][-A-Za-z0-9.:_]*$"}`,
	"vocabularies":             `{"type": "object", "propertyNames": {"type": "string", "format": "uri"}, "additionalProperties": {"type": "boolean"}}`,
	"flag":                     `{"type": "boolean"}`,
	"number":                   `{"type": "number"}`,
	"positive number":          `{"type": "number", "minimum": 0, "not": {"enum": [0]}}`,
	"count":                    `{"$ref": "#/DEFS/COUNT"}`,
	"types":                    `{"anyOf": [{"$ref": "#/DEFS/simpleTypes"}, {"type": "array", "items": {"$ref": "#/DEFS/simpleTypes"}, "minItems": 1, "uniqueItems": true}]}`,
	"values":                   `{"type": "array"}`,
	"distinct values":          `{"type": "array", "minItems": 1, "uniqueItems": true}`,
	"names":                    `{"$ref": "#/DEFS/stringArray"}`,
	"names by name":            `{"type": "object", "additionalProperties": {"$ref": "#/DEFS/stringArray"}}`,
	"schema":                   `SCHEMA`,
	"schema or flag":           `{"anyOf": [{"type": "boolean"}, SCHEMA]}`,
	"schemas":                  `{"$ref": "#/DEFS/schemaArray"}`,
	"schema or schemas":        `{"anyOf": [SCHEMA, {"$ref": "#/DEFS/schemaArray"}]}`,
	"schemas by name":          `{"type": "object", "additionalProperties": SCHEMA}`,
	"schemas by pattern":       `{"type": "object", "additionalProperties": SCHEMA, "propertyNames": {"type": "string", "format": "regex"}}`,
	"schemas or names by name": `{"type": "object", "additionalProperties": {"anyOf": [SCHEMA, {"$ref": "#/DEFS/stringArray"}]}}`,
}

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
	var shared, keywords []string
	for _, d := range definitions {
		if d.since <= draft && draft <= d.until {
			shared = append(shared, fmt.Sprintf("%q: %s", d.name, d.schema))
		}
	}
	for _, f := range facts {
		if f.since <= draft && draft <= f.until {
			for _, key := range strings.Fields(f.keywords) {
				keywords = append(keywords, fmt.Sprintf("%q: %s", key, values[f.value]))
			}
		}
	}
	text := fmt.Sprintf(`{%s, "$schema": "ADDRESS#", "title": %q, "type": %s, "properties": {%s}, "DEFS": {%s}%s}`,
		form.head, form.title, form.types, strings.Join(keywords, ", "), strings.Join(shared, ", "), bounds)
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
