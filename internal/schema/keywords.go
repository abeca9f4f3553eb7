package schema

import "github.com/hotbind/hotbind/runtime/document"

// keywords is the table of all keywords, in the order in which one would describe a
// schema. Later drafts recommend reading definitions and dependencies, and describe the
// recursive keywords although dynamic ones replace them.
var keywords = []Keyword{
	{Name: "$schema", Role: Identifies, forms: []form{{Draft4, addressValue}}},
	{Name: "id", Until: Draft4, Role: Identifies, forms: []form{{Draft4, textValue}}},
	{Name: "$id", Role: Identifies, forms: []form{{Draft6, referenceValue}, {Draft2019, identifierValue}}, instead: "$anchor"},
	{Name: "$anchor", Role: Identifies, forms: []form{{Draft2019, oldAnchorValue}, {Draft2020, anchorValue}}, read: (*parser).anchor},
	{Name: "$dynamicAnchor", Role: Identifies, forms: []form{{Draft2020, anchorValue}}, read: (*parser).anchor},
	{Name: "$recursiveAnchor", Until: Draft2019, Role: Identifies, forms: []form{{Draft2019, flagValue}, {Draft2020, anchorValue}}, read: (*parser).recursiveAnchor},
	{Name: "$ref", Role: Refers, InPlace: true, forms: []form{{Draft4, textValue}, {Draft6, referenceValue}}, read: (*parser).reference},
	{Name: "$dynamicRef", Role: Refers, InPlace: true, forms: []form{{Draft2020, referenceValue}}, read: (*parser).reference},
	{Name: "$recursiveRef", Until: Draft2019, Role: Refers, InPlace: true, forms: []form{{Draft2019, referenceValue}, {Draft2020, referenceValue}}, read: (*parser).reference},
	{Name: "$vocabulary", Role: Annotates, forms: []form{{Draft2019, vocabulariesValue}}},
	{Name: "$comment", Role: Annotates, forms: []form{{Draft7, textValue}}},
	{Name: "$defs", Role: Defines, Under: Member, forms: []form{{Draft2019, schemasByNameValue}}, read: (*parser).definitions},
	{Name: "definitions", Role: Defines, Under: Member, forms: []form{{Draft4, schemasByNameValue}}, read: (*parser).definitions},

	{Name: "title", Role: Annotates, forms: []form{{Draft4, textValue}}, field: func(s *Schema) any { return &s.Title }},
	{Name: "description", Role: Annotates, forms: []form{{Draft4, textValue}}, field: func(s *Schema) any { return &s.Description }},
	{Name: "default", Role: Annotates, forms: []form{{Draft4, anyValue}}, field: func(s *Schema) any { return &s.Default }},
	{Name: "examples", Role: Annotates, forms: []form{{Draft6, valuesValue}}, field: func(s *Schema) any { return &s.Examples }},
	{Name: "readOnly", Role: Annotates, forms: []form{{Draft7, flagValue}}},
	{Name: "writeOnly", Role: Annotates, forms: []form{{Draft7, flagValue}}, field: func(s *Schema) any { return &s.WriteOnly }},
	{Name: "deprecated", Role: Annotates, forms: []form{{Draft2019, flagValue}}, field: func(s *Schema) any { return &s.Deprecated }},
	{Name: "contentMediaType", Role: Annotates, Kind: document.String, forms: []form{{Draft7, textValue}}},
	{Name: "contentEncoding", Role: Annotates, Kind: document.String, forms: []form{{Draft7, textValue}}},
	{Name: "contentSchema", Role: Annotates, Kind: document.String, forms: []form{{Draft2019, schemaValue}}, read: (*parser).content},

	{Name: "type", Vocabulary: Validation, Role: Asserts, forms: []form{{Draft4, typesValue}}, field: func(s *Schema) any { return &s.Types }},
	{Name: "enum", Vocabulary: Validation, Role: Asserts, forms: []form{{Draft4, oldEnumValue}, {Draft7, valuesValue}}, field: func(s *Schema) any { return &s.Enum }, read: (*parser).enum},
	{Name: "const", Vocabulary: Validation, Role: Asserts, forms: []form{{Draft6, anyValue}}, field: func(s *Schema) any { return &s.Const }},

	{Name: "multipleOf", Vocabulary: Validation, Role: Asserts, Kind: document.Number, forms: []form{{Draft4, factorValue}}, field: func(s *Schema) any { return &s.MultipleOf }},
	{Name: "minimum", Vocabulary: Validation, Role: Asserts, Kind: document.Number, forms: []form{{Draft4, numberValue}}, field: func(s *Schema) any { return &s.Minimum }},
	{Name: "maximum", Vocabulary: Validation, Role: Asserts, Kind: document.Number, forms: []form{{Draft4, numberValue}}, field: func(s *Schema) any { return &s.Maximum }},
	{Name: "exclusiveMinimum", Vocabulary: Validation, Role: Asserts, Kind: document.Number, forms: []form{{Draft4, flagValue}, {Draft6, numberValue}}, field: func(s *Schema) any { return &s.Above }},
	{Name: "exclusiveMaximum", Vocabulary: Validation, Role: Asserts, Kind: document.Number, forms: []form{{Draft4, flagValue}, {Draft6, numberValue}}, field: func(s *Schema) any { return &s.Below }},

	{Name: "minLength", Vocabulary: Validation, Role: Asserts, Kind: document.String, forms: []form{{Draft4, countValue}}, field: func(s *Schema) any { return &s.MinLength }},
	{Name: "maxLength", Vocabulary: Validation, Role: Asserts, Kind: document.String, forms: []form{{Draft4, countValue}}, field: func(s *Schema) any { return &s.MaxLength }},
	{Name: "pattern", Vocabulary: Validation, Role: Asserts, Kind: document.String, forms: []form{{Draft4, patternValue}}, field: func(s *Schema) any { return &s.Pattern }, read: (*parser).pattern},
	{Name: "format", Vocabulary: Format, Role: Asserts, Kind: document.String, forms: []form{{Draft4, textValue}}, field: func(s *Schema) any { return &s.Format }, read: (*parser).format},

	{Name: "items", Vocabulary: Applicator, Role: Applies, Kind: document.List, Under: Items, forms: []form{{Draft4, schemaOrListValue}, {Draft2020, schemaValue}}, instead: "prefixItems", read: (*parser).items},
	{Name: "prefixItems", Vocabulary: Applicator, Role: Applies, Kind: document.List, Under: Position, forms: []form{{Draft2020, schemaListValue}}, field: func(s *Schema) any { return &s.Prefix }},
	{Name: "additionalItems", Until: Draft2019, Vocabulary: Applicator, Role: Applies, Kind: document.List, forms: []form{{Draft4, schemaOrFlagValue}, {Draft6, schemaValue}}, read: (*parser).additionalItems},
	{Name: "unevaluatedItems", Vocabulary: Unevaluated, Role: Applies, Kind: document.List, forms: []form{{Draft2019, schemaValue}}, field: func(s *Schema) any { return &s.UnevaluatedItems }},
	{Name: "contains", Vocabulary: Applicator, Role: Applies, Kind: document.List, forms: []form{{Draft6, schemaValue}}, field: func(s *Schema) any { return &s.Contains }},
	{Name: "minContains", Vocabulary: Validation, Role: Asserts, Kind: document.List, Beside: "contains", forms: []form{{Draft2019, countValue}}, field: func(s *Schema) any { return &s.MinContains }},
	{Name: "maxContains", Vocabulary: Validation, Role: Asserts, Kind: document.List, Beside: "contains", forms: []form{{Draft2019, countValue}}, field: func(s *Schema) any { return &s.MaxContains }},
	{Name: "minItems", Vocabulary: Validation, Role: Asserts, Kind: document.List, forms: []form{{Draft4, countValue}}, field: func(s *Schema) any { return &s.MinItems }},
	{Name: "maxItems", Vocabulary: Validation, Role: Asserts, Kind: document.List, forms: []form{{Draft4, countValue}}, field: func(s *Schema) any { return &s.MaxItems }},
	{Name: "uniqueItems", Vocabulary: Validation, Role: Asserts, Kind: document.List, forms: []form{{Draft4, flagValue}}, field: func(s *Schema) any { return &s.UniqueItems }},

	{Name: "properties", Vocabulary: Applicator, Role: Applies, Kind: document.Object, Under: Member, forms: []form{{Draft4, schemasByNameValue}}, field: func(s *Schema) any { return &s.Properties }},
	{Name: "patternProperties", Vocabulary: Applicator, Role: Applies, Kind: document.Object, Under: Matching, forms: []form{{Draft4, oldSchemasByPatternValue}, {Draft6, schemasByPatternValue}}, read: (*parser).patterns},
	{Name: "additionalProperties", Vocabulary: Applicator, Role: Applies, Kind: document.Object, Under: Others, forms: []form{{Draft4, schemaOrFlagValue}, {Draft6, schemaValue}}, field: func(s *Schema) any { return &s.AdditionalProperties }},
	{Name: "unevaluatedProperties", Vocabulary: Unevaluated, Role: Applies, Kind: document.Object, forms: []form{{Draft2019, schemaValue}}, field: func(s *Schema) any { return &s.UnevaluatedProperties }},
	{Name: "propertyNames", Vocabulary: Applicator, Role: Applies, Kind: document.Object, forms: []form{{Draft6, schemaValue}}, field: func(s *Schema) any { return &s.PropertyNames }},
	{Name: "required", Vocabulary: Validation, Role: Asserts, Kind: document.Object, forms: []form{{Draft4, oldNamesValue}, {Draft6, namesValue}}, field: func(s *Schema) any { return &s.Required }},
	{Name: "minProperties", Vocabulary: Validation, Role: Asserts, Kind: document.Object, forms: []form{{Draft4, countValue}}, field: func(s *Schema) any { return &s.MinProperties }},
	{Name: "maxProperties", Vocabulary: Validation, Role: Asserts, Kind: document.Object, forms: []form{{Draft4, countValue}}, field: func(s *Schema) any { return &s.MaxProperties }},
	{Name: "dependencies", Vocabulary: Applicator, Role: Applies, Kind: document.Object, InPlace: true, forms: []form{{Draft4, oldDependenciesValue}, {Draft6, dependenciesValue}}, read: (*parser).dependencies},
	{Name: "dependentRequired", Vocabulary: Validation, Role: Asserts, Kind: document.Object, forms: []form{{Draft2019, namesByNameValue}}, read: (*parser).dependencies},
	{Name: "dependentSchemas", Vocabulary: Applicator, Role: Applies, Kind: document.Object, InPlace: true, forms: []form{{Draft2019, schemasByNameValue}}, field: func(s *Schema) any { return &s.DependentSchemas }},

	{Name: "allOf", Vocabulary: Applicator, Role: Applies, InPlace: true, forms: []form{{Draft4, schemaListValue}}, field: func(s *Schema) any { return &s.AllOf }},
	{Name: "anyOf", Vocabulary: Applicator, Role: Applies, InPlace: true, forms: []form{{Draft4, schemaListValue}}, field: func(s *Schema) any { return &s.AnyOf }},
	{Name: "oneOf", Vocabulary: Applicator, Role: Applies, InPlace: true, forms: []form{{Draft4, schemaListValue}}, field: func(s *Schema) any { return &s.OneOf }},
	{Name: "not", Vocabulary: Applicator, Role: Applies, InPlace: true, forms: []form{{Draft4, schemaValue}}, field: func(s *Schema) any { return &s.Not }},
	{Name: "if", Vocabulary: Applicator, Role: Applies, InPlace: true, forms: []form{{Draft7, schemaValue}}, field: func(s *Schema) any { return &s.If }},
	{Name: "then", Vocabulary: Applicator, Role: Applies, InPlace: true, Beside: "if", forms: []form{{Draft7, schemaValue}}, field: func(s *Schema) any { return &s.Then }, read: (*parser).branch},
	{Name: "else", Vocabulary: Applicator, Role: Applies, InPlace: true, Beside: "if", forms: []form{{Draft7, schemaValue}}, field: func(s *Schema) any { return &s.Else }, read: (*parser).branch},

	{Name: "x-go-name", Role: Configures, forms: []form{{Draft4, textValue}}, field: func(s *Schema) any { return &s.GoName }},
	{Name: "x-go-type", Role: Configures, forms: []form{{Draft4, textValue}}, field: func(s *Schema) any { return &s.GoType }},
	{Name: "x-one-of-name", Role: Configures, forms: []form{{Draft4, textValue}}, field: func(s *Schema) any { return &s.OneName }},
	{Name: "x-env", Role: Configures, forms: []form{{Draft4, textValue}}, field: func(s *Schema) any { return &s.Env }},
	{Name: "x-secret", Role: Configures, forms: []form{{Draft4, flagValue}}, field: func(s *Schema) any { return &s.Secret }},
	{Name: "x-reload", Role: Configures, forms: []form{{Draft4, reloadValue}}, field: func(s *Schema) any { return &s.Restart }},
	{Name: "x-merge", Role: Configures, Kind: document.List, forms: []form{{Draft4, mergeValue}}, field: func(s *Schema) any { return &s.Merge }},
	{Name: "x-key", Role: Configures, Kind: document.List, forms: []form{{Draft4, nameValue}}, field: func(s *Schema) any { return &s.Key }},
}
