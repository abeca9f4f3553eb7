package validate

import (
	"fmt"
	"strings"

	"github.com/hotbind/hotbind/runtime/document"
)

// The drafts that are read, in the order of drafts.
const (
	draft4 = iota
	draft6
	draft7
	draft2019
	draft2020
)

// A fact says what the value of keywords is, in the drafts from since to until.
type fact struct {
	keywords     string
	value        string // a key of values
	since, until int
}

// facts are all keywords with what may stand under them. The order is that in
// which somebody who describes a schema would name them.
var facts = []fact{
	{"$schema", "address", draft4, draft2020},
	{"id", "text", draft4, draft4},
	{"$id", "reference", draft6, draft7},
	{"$id", "identifier", draft2019, draft2020},
	{"$anchor", "old anchor", draft2019, draft2019},
	{"$anchor", "anchor", draft2020, draft2020},
	{"$dynamicAnchor", "anchor", draft2020, draft2020},
	{"$recursiveAnchor", "flag", draft2019, draft2019},
	{"$recursiveAnchor", "anchor", draft2020, draft2020}, // gone, but read as it would be now
	{"$ref", "text", draft4, draft4},
	{"$ref", "reference", draft6, draft2020},
	{"$dynamicRef", "reference", draft2020, draft2020},
	{"$recursiveRef", "reference", draft2019, draft2020},
	{"$vocabulary", "vocabularies", draft2019, draft2020},
	{"$comment", "text", draft7, draft2020},
	{"$defs", "schemas by name", draft2019, draft2020},
	{"definitions", "schemas by name", draft4, draft2020},

	{"title description", "text", draft4, draft2020},
	{"default", "anything", draft4, draft2020},
	{"examples", "values", draft6, draft2020},
	{"readOnly", "flag", draft7, draft2020},
	{"writeOnly", "flag", draft7, draft2020},
	{"deprecated", "flag", draft2019, draft2020},

	{"type", "types", draft4, draft2020},
	{"enum", "distinct values", draft4, draft6},
	{"enum", "values", draft7, draft2020},
	{"const", "anything", draft6, draft2020},

	{"multipleOf", "positive number", draft4, draft2020},
	{"minimum maximum", "number", draft4, draft2020},
	{"exclusiveMinimum exclusiveMaximum", "flag", draft4, draft4},
	{"exclusiveMinimum exclusiveMaximum", "number", draft6, draft2020},
	{"minLength maxLength minItems maxItems minProperties maxProperties", "count", draft4, draft2020},
	{"minContains maxContains", "count", draft2019, draft2020},
	{"pattern", "pattern", draft4, draft2020},
	{"format", "text", draft4, draft2020},
	{"contentMediaType contentEncoding", "text", draft7, draft2020},
	{"contentSchema", "schema", draft2019, draft2020},

	{"items", "schema or schemas", draft4, draft2019},
	{"items", "schema", draft2020, draft2020},
	{"prefixItems", "schemas", draft2020, draft2020},
	{"additionalItems additionalProperties", "schema or flag", draft4, draft4},
	{"additionalItems", "schema", draft6, draft2019},
	{"additionalProperties", "schema", draft6, draft2020},
	{"unevaluatedItems unevaluatedProperties", "schema", draft2019, draft2020},
	{"contains propertyNames", "schema", draft6, draft2020},
	{"uniqueItems", "flag", draft4, draft2020},

	{"properties", "schemas by name", draft4, draft2020},
	{"patternProperties", "schemas by name", draft4, draft4},
	{"patternProperties", "schemas by pattern", draft6, draft2020},
	{"required", "names", draft4, draft2020},
	{"dependencies", "schemas or names by name", draft4, draft2020},
	{"dependentRequired", "names by name", draft2019, draft2020},
	{"dependentSchemas", "schemas by name", draft2019, draft2020},

	{"allOf anyOf oneOf", "schemas", draft4, draft2020},
	{"not", "schema", draft4, draft2020},
	{"if then else", "schema", draft7, draft2020},
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
	since, until int
}

var definitions = []definition{
	{"positiveInteger", `{"type": "integer", "minimum": 0}`, draft4, draft4},
	{"positiveIntegerDefault0", `{"allOf": [{"$ref": "#/DEFS/positiveInteger"}], "default": 0}`, draft4, draft4},
	{"nonNegativeInteger", `{"type": "integer", "minimum": 0}`, draft6, draft2020},
	{"nonNegativeIntegerDefault0", `{"allOf": [{"$ref": "#/DEFS/nonNegativeInteger"}], "default": 0}`, draft6, draft2020},
	{"simpleTypes", `{"enum": ["array", "boolean", "integer", "null", "number", "object", "string"]}`, draft4, draft2020},
	{"stringArray", `{"type": "array", "items": {"type": "string"}, "minItems": 1, "uniqueItems": true}`, draft4, draft4},
	{"stringArray", `{"type": "array", "items": {"type": "string"}, "uniqueItems": true}`, draft6, draft2020},
	{"schemaArray", `{"type": "array", "minItems": 1, "items": SCHEMA}`, draft4, draft2020},
	{"anchorString", `{"type": "string", "pattern": "^[A-Za-z_][-A-Za-z0-9._]*$"}`, draft2020, draft2020},
	{"uriString", `{"type": "string", "format": "uri"}`, draft2020, draft2020},
	{"uriReferenceString", `{"type": "string", "format": "uri-reference"}`, draft2020, draft2020},
}

// A draftForm is how a draft writes what it says of itself.
type draftForm struct {
	address string // official
	head    string // its identifier, and what recursion needs
	title   string
	types   string
	schema  string // SCHEMA
}

var forms = []draftForm{
	{"http://json-schema.org/draft-04/schema", `"id": "ADDRESS#"`, "Draft 4 schema", `"object"`, `{"$ref": "#"}`},
	{"http://json-schema.org/draft-06/schema", `"$id": "ADDRESS#"`, "Draft 6 schema", `["object", "boolean"]`, `{"$ref": "#"}`},
	{"http://json-schema.org/draft-07/schema", `"$id": "ADDRESS#"`, "Draft 7 schema", `["object", "boolean"]`, `{"$ref": "#"}`},
	{"https://json-schema.org/draft/2019-09/schema", `"$id": "ADDRESS", "$recursiveAnchor": true`, "Draft 2019-09 schema", `["object", "boolean"]`, `{"$recursiveRef": "#"}`},
	{latest, `"$id": "ADDRESS", "$dynamicAnchor": "meta"`, "Draft 2020-12 schema", `["object", "boolean"]`, `{"$dynamicRef": "#meta"}`},
}

// metaschema describes the schemas of a draft, as one resource with the official
// address. Schemas refer to it as to any other file.
func metaschema(draft int) string {
	form := forms[draft]
	defs, count, any, bounds := "$defs", "nonNegativeInteger", "true", ""
	if draft < draft2019 {
		defs = "definitions"
	}
	if draft == draft4 {
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
	return strings.NewReplacer("SCHEMA", form.schema, "ADDRESS", form.address, "DEFS", defs, "COUNT", count, "ANY", any).Replace(text)
}

// metaschema is the description of a draft that has the address, or nil.
func (f *Folder) metaschema(address string) *File {
	for draft, known := range drafts {
		if strings.Replace(address, "http://", "https://", 1) != known {
			continue
		}
		official := forms[draft].address
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
	return nil
}
