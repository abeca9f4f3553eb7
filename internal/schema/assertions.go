package schema

// Assertions are the keywords that say what a value may be, those of schemas in its
// place apart.
func Assertions() []string { return assertions }

var assertions = []string{"type", "enum", "const", "oneOf", "anyOf", "not", "if", "properties", "required", "additionalProperties", "patternProperties",
	"propertyNames", "minProperties", "maxProperties", "dependentRequired", "dependentSchemas", "dependencies", "unevaluatedProperties",
	"items", "prefixItems", "additionalItems", "minItems", "maxItems", "uniqueItems", "contains", "unevaluatedItems",
	"pattern", "minLength", "maxLength", "format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}
