package schema

import "github.com/hotbind/hotbind/runtime/document"

// keywords is the table of all keywords, in the order in which one would describe a
// schema. The later drafts suggest to go on reading definitions and dependencies, and
// describe the recursive keywords although dynamic ones replace them.
var keywords = []Keyword{
	{Name: "$schema", Role: Identifies, forms: []form{{Draft4, addressValue}}},
	{Name: "id", Until: Draft4, Role: Identifies, forms: []form{{Draft4, textValue}}},
	{Name: "$id", Role: Identifies, forms: []form{{Draft6, referenceValue}, {Draft2019, identifierValue}}, instead: "$anchor"},
	{Name: "$anchor", Role: Identifies, forms: []form{{Draft2019, oldAnchorValue}, {Draft2020, anchorValue}}, read: anchorReader{}},
	{Name: "$dynamicAnchor", Role: Identifies, forms: []form{{Draft2020, anchorValue}}, read: dynamicAnchorReader{}},
	{Name: "$recursiveAnchor", Until: Draft2019, Role: Identifies, forms: []form{{Draft2019, flagValue}, {Draft2020, anchorValue}}, read: recursiveAnchorReader{}},
	{Name: "$ref", Role: Refers, InPlace: true, forms: []form{{Draft4, textValue}, {Draft6, referenceValue}}, read: referenceReader("$ref")},
	{Name: "$dynamicRef", Role: Refers, InPlace: true, forms: []form{{Draft2020, referenceValue}}, read: referenceReader("$dynamicRef")},
	{Name: "$recursiveRef", Until: Draft2019, Role: Refers, InPlace: true, forms: []form{{Draft2019, referenceValue}, {Draft2020, referenceValue}}, read: referenceReader("$recursiveRef")},
	{Name: "$vocabulary", Role: Annotates, forms: []form{{Draft2019, vocabulariesValue}}},
	{Name: "$comment", Role: Annotates, forms: []form{{Draft7, textValue}}},
	{Name: "$defs", Role: Defines, Under: Member, forms: []form{{Draft2019, schemasByNameValue}}, read: definitionsReader{}},
	{Name: "definitions", Role: Defines, Under: Member, forms: []form{{Draft4, schemasByNameValue}}, read: definitionsReader{}},

	{Name: "title", Role: Annotates, forms: []form{{Draft4, textValue}}, read: textReader(func(s *Schema) *string { return &s.Title })},
	{Name: "description", Role: Annotates, forms: []form{{Draft4, textValue}}, read: textReader(func(s *Schema) *string { return &s.Description })},
	{Name: "default", Role: Annotates, forms: []form{{Draft4, anyValue}}, read: valueReader(func(s *Schema) **document.Node { return &s.Default })},
	{Name: "examples", Role: Annotates, forms: []form{{Draft6, valuesValue}}, read: valuesReader(func(s *Schema) *[]*document.Node { return &s.Examples })},
	{Name: "readOnly", Role: Annotates, forms: []form{{Draft7, flagValue}}},
	{Name: "writeOnly", Role: Annotates, forms: []form{{Draft7, flagValue}}, read: flagReader(func(s *Schema) *bool { return &s.WriteOnly })},
	{Name: "deprecated", Role: Annotates, forms: []form{{Draft2019, flagValue}}, read: flagReader(func(s *Schema) *bool { return &s.Deprecated })},
	{Name: "contentMediaType", Role: Annotates, Kind: document.String, forms: []form{{Draft7, textValue}}},
	{Name: "contentEncoding", Role: Annotates, Kind: document.String, forms: []form{{Draft7, textValue}}},
	{Name: "contentSchema", Role: Annotates, Kind: document.String, forms: []form{{Draft2019, schemaValue}}, read: contentReader{}},

	{Name: "type", Vocabulary: Validation, Role: Asserts, forms: []form{{Draft4, typesValue}}, read: typeReader{}},
	{Name: "enum", Vocabulary: Validation, Role: Asserts, forms: []form{{Draft4, oldEnumValue}, {Draft7, valuesValue}}, read: enumReader{}},
	{Name: "const", Vocabulary: Validation, Role: Asserts, forms: []form{{Draft6, anyValue}}, read: valueReader(func(s *Schema) **document.Node { return &s.Const })},

	{Name: "multipleOf", Vocabulary: Validation, Role: Asserts, Kind: document.Number, forms: []form{{Draft4, factorValue}}, read: textReader(func(s *Schema) *string { return &s.MultipleOf })},
	{Name: "minimum", Vocabulary: Validation, Role: Asserts, Kind: document.Number, forms: []form{{Draft4, numberValue}}, read: textReader(func(s *Schema) *string { return &s.Minimum })},
	{Name: "maximum", Vocabulary: Validation, Role: Asserts, Kind: document.Number, forms: []form{{Draft4, numberValue}}, read: textReader(func(s *Schema) *string { return &s.Maximum })},
	{Name: "exclusiveMinimum", Vocabulary: Validation, Role: Asserts, Kind: document.Number, forms: []form{{Draft4, flagValue}, {Draft6, numberValue}}, read: exclusiveReader{"minimum", func(s *Schema) *string { return &s.Above }}},
	{Name: "exclusiveMaximum", Vocabulary: Validation, Role: Asserts, Kind: document.Number, forms: []form{{Draft4, flagValue}, {Draft6, numberValue}}, read: exclusiveReader{"maximum", func(s *Schema) *string { return &s.Below }}},

	{Name: "minLength", Vocabulary: Validation, Role: Asserts, Kind: document.String, forms: []form{{Draft4, countValue}}, read: countReader(func(s *Schema) *Count { return &s.MinLength })},
	{Name: "maxLength", Vocabulary: Validation, Role: Asserts, Kind: document.String, forms: []form{{Draft4, countValue}}, read: countReader(func(s *Schema) *Count { return &s.MaxLength })},
	{Name: "pattern", Vocabulary: Validation, Role: Asserts, Kind: document.String, forms: []form{{Draft4, patternValue}}, read: patternReader{}},
	{Name: "format", Vocabulary: Format, Role: Asserts, Kind: document.String, forms: []form{{Draft4, textValue}}, read: formatReader{}},

	{Name: "items", Vocabulary: Applicator, Role: Applies, Kind: document.List, Under: Items, forms: []form{{Draft4, schemaOrListValue}, {Draft2020, schemaValue}}, instead: "prefixItems", read: itemsReader{}},
	{Name: "prefixItems", Vocabulary: Applicator, Role: Applies, Kind: document.List, Under: Position, forms: []form{{Draft2020, schemaListValue}}, read: schemasReader(func(s *Schema) *[]*Schema { return &s.Prefix })},
	{Name: "additionalItems", Until: Draft2019, Vocabulary: Applicator, Role: Applies, Kind: document.List, forms: []form{{Draft4, schemaOrFlagValue}, {Draft6, schemaValue}}, read: additionalItemsReader{}},
	{Name: "unevaluatedItems", Vocabulary: Unevaluated, Role: Applies, Kind: document.List, forms: []form{{Draft2019, schemaValue}}, read: schemaReader(func(s *Schema) **Schema { return &s.UnevaluatedItems })},
	{Name: "contains", Vocabulary: Applicator, Role: Applies, Kind: document.List, forms: []form{{Draft6, schemaValue}}, read: schemaReader(func(s *Schema) **Schema { return &s.Contains })},
	{Name: "minContains", Vocabulary: Validation, Role: Asserts, Kind: document.List, Beside: "contains", forms: []form{{Draft2019, countValue}}, read: countReader(func(s *Schema) *Count { return &s.MinContains })},
	{Name: "maxContains", Vocabulary: Validation, Role: Asserts, Kind: document.List, Beside: "contains", forms: []form{{Draft2019, countValue}}, read: countReader(func(s *Schema) *Count { return &s.MaxContains })},
	{Name: "minItems", Vocabulary: Validation, Role: Asserts, Kind: document.List, forms: []form{{Draft4, countValue}}, read: countReader(func(s *Schema) *Count { return &s.MinItems })},
	{Name: "maxItems", Vocabulary: Validation, Role: Asserts, Kind: document.List, forms: []form{{Draft4, countValue}}, read: countReader(func(s *Schema) *Count { return &s.MaxItems })},
	{Name: "uniqueItems", Vocabulary: Validation, Role: Asserts, Kind: document.List, forms: []form{{Draft4, flagValue}}, read: flagReader(func(s *Schema) *bool { return &s.UniqueItems })},

	{Name: "properties", Vocabulary: Applicator, Role: Applies, Kind: document.Object, Under: Member, forms: []form{{Draft4, schemasByNameValue}}, read: propertiesReader(func(s *Schema) *[]Property { return &s.Properties })},
	{Name: "patternProperties", Vocabulary: Applicator, Role: Applies, Kind: document.Object, Under: Matching, forms: []form{{Draft4, oldSchemasByPatternValue}, {Draft6, schemasByPatternValue}}, read: patternsReader{}},
	{Name: "additionalProperties", Vocabulary: Applicator, Role: Applies, Kind: document.Object, Under: Others, forms: []form{{Draft4, schemaOrFlagValue}, {Draft6, schemaValue}}, read: schemaReader(func(s *Schema) **Schema { return &s.AdditionalProperties })},
	{Name: "unevaluatedProperties", Vocabulary: Unevaluated, Role: Applies, Kind: document.Object, forms: []form{{Draft2019, schemaValue}}, read: schemaReader(func(s *Schema) **Schema { return &s.UnevaluatedProperties })},
	{Name: "propertyNames", Vocabulary: Applicator, Role: Applies, Kind: document.Object, forms: []form{{Draft6, schemaValue}}, read: schemaReader(func(s *Schema) **Schema { return &s.PropertyNames })},
	{Name: "required", Vocabulary: Validation, Role: Asserts, Kind: document.Object, forms: []form{{Draft4, oldNamesValue}, {Draft6, namesValue}}, read: namesReader(func(s *Schema) *[]string { return &s.Required })},
	{Name: "minProperties", Vocabulary: Validation, Role: Asserts, Kind: document.Object, forms: []form{{Draft4, countValue}}, read: countReader(func(s *Schema) *Count { return &s.MinProperties })},
	{Name: "maxProperties", Vocabulary: Validation, Role: Asserts, Kind: document.Object, forms: []form{{Draft4, countValue}}, read: countReader(func(s *Schema) *Count { return &s.MaxProperties })},
	{Name: "dependencies", Vocabulary: Applicator, Role: Applies, Kind: document.Object, InPlace: true, forms: []form{{Draft4, oldDependenciesValue}, {Draft6, dependenciesValue}}, read: dependenciesReader{}},
	{Name: "dependentRequired", Vocabulary: Validation, Role: Asserts, Kind: document.Object, forms: []form{{Draft2019, namesByNameValue}}, read: needsReader{}},
	{Name: "dependentSchemas", Vocabulary: Applicator, Role: Applies, Kind: document.Object, InPlace: true, forms: []form{{Draft2019, schemasByNameValue}}, read: propertiesReader(func(s *Schema) *[]Property { return &s.DependentSchemas })},

	{Name: "allOf", Vocabulary: Applicator, Role: Applies, InPlace: true, forms: []form{{Draft4, schemaListValue}}, read: schemasReader(func(s *Schema) *[]*Schema { return &s.AllOf })},
	{Name: "anyOf", Vocabulary: Applicator, Role: Applies, InPlace: true, forms: []form{{Draft4, schemaListValue}}, read: schemasReader(func(s *Schema) *[]*Schema { return &s.AnyOf })},
	{Name: "oneOf", Vocabulary: Applicator, Role: Applies, InPlace: true, forms: []form{{Draft4, schemaListValue}}, read: schemasReader(func(s *Schema) *[]*Schema { return &s.OneOf })},
	{Name: "not", Vocabulary: Applicator, Role: Applies, InPlace: true, forms: []form{{Draft4, schemaValue}}, read: schemaReader(func(s *Schema) **Schema { return &s.Not })},
	{Name: "if", Vocabulary: Applicator, Role: Applies, InPlace: true, forms: []form{{Draft7, schemaValue}}, read: schemaReader(func(s *Schema) **Schema { return &s.If })},
	{Name: "then", Vocabulary: Applicator, Role: Applies, InPlace: true, Beside: "if", forms: []form{{Draft7, schemaValue}}, read: branchReader(func(s *Schema) **Schema { return &s.Then })},
	{Name: "else", Vocabulary: Applicator, Role: Applies, InPlace: true, Beside: "if", forms: []form{{Draft7, schemaValue}}, read: branchReader(func(s *Schema) **Schema { return &s.Else })},

	{Name: "x-go-name", Role: Configures, forms: []form{{Draft4, textValue}}, read: textReader(func(s *Schema) *string { return &s.GoName })},
	{Name: "x-go-type", Role: Configures, forms: []form{{Draft4, textValue}}, read: textReader(func(s *Schema) *string { return &s.GoType })},
	{Name: "x-one-of-name", Role: Configures, forms: []form{{Draft4, textValue}}, read: textReader(func(s *Schema) *string { return &s.OneName })},
	{Name: "x-env", Role: Configures, forms: []form{{Draft4, textValue}}, read: textReader(func(s *Schema) *string { return &s.Env })},
	{Name: "x-secret", Role: Configures, forms: []form{{Draft4, flagValue}}, read: flagReader(func(s *Schema) *bool { return &s.Secret })},
	{Name: "x-reload", Role: Configures, forms: []form{{Draft4, reloadValue}}, read: reloadReader{}},
	{Name: "x-merge", Role: Configures, Kind: document.List, forms: []form{{Draft4, mergeValue}}, read: textReader(func(s *Schema) *string { return &s.Merge })},
	{Name: "x-key", Role: Configures, Kind: document.List, forms: []form{{Draft4, nameValue}}, read: textReader(func(s *Schema) *string { return &s.Key })},
}
