package schema

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/hotbind/hotbind/internal/ecma"
	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
)

// A value describes the allowed values of a keyword.
type value struct {
	// described is the value's description in the official meta-schemas. SCHEMA stands
	// for a schema of the draft, DEFS for the keyword that holds definitions, COUNT for
	// the name of the definition of counts, and ANY for a schema that allows
	// everything.
	described string
	holds     uint8 // where schemas are in it
	check     check // checks all but the schemas in it; nil: everything is well formed
}

// Where schemas are in a value: they are the value, the items of a list, or the members
// of an object.
const (
	isSchema = 1 << iota
	inList
	byKey
)

// The values.
var (
	anyValue                 = &value{described: `ANY`}
	textValue                = &value{described: `{"type": "string"}`, check: isText}
	addressValue             = &value{described: `{"type": "string", "format": "uri"}`, check: isText}
	referenceValue           = &value{described: `{"type": "string", "format": "uri-reference"}`, check: isText}
	identifierValue          = &value{described: `{"type": "string", "format": "uri-reference", "pattern": "^[^#]*#?$"}`, check: kind(document.String, "a string", hasNoFragment)}
	anchorValue              = &value{described: `{"type": "string", "pattern": "^[A-Za-z_][-A-Za-z0-9._]*$"}`, check: anchor(`^[A-Za-z_][-A-Za-z0-9._]*$`, "letters, digits, -, . and _, a letter or _ first")}
	oldAnchorValue           = &value{described: `{"type": "string", "pattern": "^[A-Za-z][-A-Za-z0-9.:_]*$"}`, check: anchor(`^[A-Za-z][-A-Za-z0-9.:_]*$`, "letters, digits, -, ., : and _, a letter first")}
	vocabulariesValue        = &value{described: `{"type": "object", "propertyNames": {"type": "string", "format": "uri"}, "additionalProperties": {"type": "boolean"}}`, check: kind(document.Object, "an object of true and false", eachMember(isFlag))}
	flagValue                = &value{described: `{"type": "boolean"}`, check: isFlag}
	numberValue              = &value{described: `{"type": "number"}`, check: kind(document.Number, "a number")}
	factorValue              = &value{described: `{"type": "number", "minimum": 0, "not": {"enum": [0]}}`, check: kind(document.Number, "a number", isComputable)}
	countValue               = &value{described: `{"$ref": "#/DEFS/COUNT"}`, check: kind(document.Number, wholeNumber, fits)}
	patternValue             = &value{described: `{"type": "string", "format": "regex"}`, check: kind(document.String, "a string", compiles)}
	typesValue               = &value{described: `{"anyOf": [{"$ref": "#/DEFS/simpleTypes"}, {"type": "array", "items": {"$ref": "#/DEFS/simpleTypes"}, "minItems": 1, "uniqueItems": true}]}`, check: isTypes}
	valuesValue              = &value{described: `{"type": "array"}`, check: kind(document.List, "a list")}
	oldEnumValue             = &value{described: `{"type": "array", "minItems": 1, "uniqueItems": true}`, check: kind(document.List, "a list", notEmpty("the list of values is empty", ""), distinct)}
	namesValue               = &value{described: `{"$ref": "#/DEFS/stringArray"}`, check: isNames}
	oldNamesValue            = &value{described: `{"$ref": "#/DEFS/stringArray"}`, check: isOldNames}
	namesByNameValue         = &value{described: `{"type": "object", "additionalProperties": {"$ref": "#/DEFS/stringArray"}}`, check: kind(document.Object, "an object of lists of names", eachMember(isNames))}
	schemaValue              = &value{described: `SCHEMA`, holds: isSchema, check: isSchemaOrFlag}
	schemaOrFlagValue        = &value{described: `{"anyOf": [{"type": "boolean"}, SCHEMA]}`, holds: isSchema, check: isSchemaOrFlag}
	schemaListValue          = &value{described: `{"$ref": "#/DEFS/schemaArray"}`, holds: inList, check: isSchemaList}
	schemaOrListValue        = &value{described: `{"anyOf": [SCHEMA, {"$ref": "#/DEFS/schemaArray"}]}`, holds: isSchema | inList, check: isSchemaOrList}
	schemasByNameValue       = &value{described: `{"type": "object", "additionalProperties": SCHEMA}`, holds: byKey, check: isSchemas}
	schemasByPatternValue    = &value{described: `{"type": "object", "additionalProperties": SCHEMA, "propertyNames": {"type": "string", "format": "regex"}}`, holds: byKey, check: all(isSchemas, keysCompile)}
	oldSchemasByPatternValue = &value{described: `{"type": "object", "additionalProperties": SCHEMA}`, holds: byKey, check: all(isSchemas, keysCompile)}
	dependenciesValue        = &value{described: `{"type": "object", "additionalProperties": {"anyOf": [SCHEMA, {"$ref": "#/DEFS/stringArray"}]}}`, holds: byKey, check: dependencies(isNames)}
	oldDependenciesValue     = &value{described: `{"type": "object", "additionalProperties": {"anyOf": [SCHEMA, {"$ref": "#/DEFS/stringArray"}]}}`, holds: byKey, check: dependencies(isOldNames)}
	nameValue                = &value{check: kind(document.String, "a string", notEmpty("must not be empty", ""))}
	reloadValue              = &value{check: kind(document.String, "a string", oneOf("restart"))}
	mergeValue               = &value{check: kind(document.String, "a string", oneOf("replace", "append", "key"))}
)

// A check returns the faults of a value, in the order of the file.
type check func(n *document.Node, at Place) []fault

// A fault is one thing that is wrong with a value.
type fault struct {
	at                  Place
	rule, message, hint string
}

// faults returns what is wrong with n, except for the schemas in it.
func (v *value) faults(n *document.Node, at Place) []fault {
	if v.check == nil {
		return nil
	}
	return v.check(n, at)
}

// bad returns a single fault.
func bad(at Place, message, hint string) []fault {
	return []fault{{at, "bad-keyword", message, hint}}
}

// want returns the fault of a value of the wrong kind.
func want(n *document.Node, at Place, what string) []fault {
	return bad(at, "found "+a(n)+", want "+what, "")
}

// a names the kind of a value with its article.
func a(n *document.Node) string {
	if n.Kind() == document.Bool {
		return n.Text()
	}
	return n.Kind().Article()
}

// all combines checks.
func all(checks ...check) check {
	return func(n *document.Node, at Place) (faults []fault) {
		for _, check := range checks {
			faults = append(faults, check(n, at)...)
		}
		return faults
	}
}

// kind returns the check that a value has the kind k, which what names. The other
// checks run only on values of that kind.
func kind(k document.Kind, what string, checks ...check) check {
	rest := all(checks...)
	return func(n *document.Node, at Place) []fault {
		if n.Kind() != k {
			return want(n, at, what)
		}
		return rest(n, at)
	}
}

var (
	isText = kind(document.String, "a string")
	isFlag = kind(document.Bool, "true or false")
)

// hasNoFragment checks an $id that cannot name a part of a schema.
func hasNoFragment(n *document.Node, at Place) []fault {
	if _, fragment, _ := strings.Cut(n.Text(), "#"); fragment != "" {
		return bad(at, wording.Quote(n.Text())+" has a fragment, which a schema identifier may not have", "")
	}
	return nil
}

// anchor returns the check of an anchor of that shape.
func anchor(shape, allowed string) check {
	matching := regexp.MustCompile(shape)
	return kind(document.String, "a string", func(n *document.Node, at Place) []fault {
		if matching.MatchString(n.Text()) {
			return nil
		}
		return bad(at, wording.Quote(n.Text())+" is not a valid anchor, want "+allowed, "")
	})
}

// isComputable checks that a factor is in the range that every validator can compute
// with.
func isComputable(n *document.Node, at Place) []fault {
	const least, most = "1e-308", "1e308"
	if document.CompareNumbers(n.Text(), least) < 0 || document.CompareNumbers(n.Text(), most) > 0 {
		return outOfRange(n, at, "a number from "+least+" to "+most)
	}
	return nil
}

const wholeNumber = "a whole number from 0 to 2147483647"

func fits(n *document.Node, at Place) []fault {
	if _, ok := countOf(n); !ok {
		return outOfRange(n, at, wholeNumber)
	}
	return nil
}

func outOfRange(n *document.Node, at Place, allowed string) []fault {
	return []fault{{at, "out-of-range", wording.Name(n.Text()) + " is out of range, want " + allowed, ""}}
}

// countOf returns n as a count.
func countOf(n *document.Node) (int, bool) {
	digits, whole := document.IntegerText(n.Text())
	i, err := strconv.ParseInt(digits, 10, 32)
	return int(i), whole && err == nil && i >= 0
}

func compiles(n *document.Node, at Place) []fault { return unsupported(n.Text(), at) }

func keysCompile(n *document.Node, at Place) (faults []fault) {
	for at, m := range members(n, at) {
		faults = append(faults, unsupported(m.Key(), at)...)
	}
	return faults
}

// unsupported returns the fault of a regular expression that does not compile.
func unsupported(source string, at Place) []fault {
	if _, err := ecma.Compile(source); err != nil {
		return []fault{{at, "unsupported-pattern", wording.Line("invalid pattern " + wording.Name(source) + ": " + err.Error()), ""}}
	}
	return nil
}

var typeNames = []string{"array", "boolean", "integer", "null", "number", "object", "string"}

const noType = "leave type out to allow every type"

var (
	isTypeName = kind(document.String, "a type: "+wording.Or(typeNames), oneOf(typeNames...))
	isTypeList = kind(document.List, "a type or a list of types: "+wording.Or(typeNames), notEmpty("the list of types is empty", noType), eachItem(isType), distinct)
)

func isTypes(n *document.Node, at Place) []fault {
	if n.Kind() == document.String {
		return isType(n, at)
	}
	return isTypeList(n, at)
}

func isType(n *document.Node, at Place) []fault {
	faults := isTypeName(n, at)
	if n.Kind() == document.String && n.Text() == "any" {
		faults[0].hint = noType
	}
	return faults
}

// oneOf returns the check that a string is one of words.
func oneOf(words ...string) check {
	return func(n *document.Node, at Place) []fault {
		if slices.Contains(words, n.Text()) {
			return nil
		}
		f := wording.NotAllowed(n, false, words)
		return bad(at, f.Message, f.Hint)
	}
}

// notEmpty returns the check that a list or string is not empty.
func notEmpty(message, hint string) check {
	return func(n *document.Node, at Place) []fault {
		if len(n.Items()) > 0 || n.Text() != "" {
			return nil
		}
		return bad(at, message, hint)
	}
}

// distinct checks that no item is repeated.
func distinct(n *document.Node, at Place) []fault {
	_, j, found := document.Duplicate(n.Items())
	if !found {
		return nil
	}
	what := a(n.Items()[j])
	if n.Items()[j].Kind() == document.String {
		what = wording.Quote(n.Items()[j].Text())
	}
	return bad(item(at, n, j), what+" is listed twice", "remove one of them")
}

var isNameList = kind(document.List, "a list of names", eachItem(isText), distinct)

func isNames(n *document.Node, at Place) []fault {
	faults := isNameList(n, at)
	if n.Kind() == document.Bool { // as in draft 3
		faults[0].hint = "list the name under required of the object that has the property"
	}
	return faults
}

// isOldNames checks names in draft 4.
func isOldNames(n *document.Node, at Place) []fault {
	if n.Kind() == document.List && len(n.Items()) == 0 {
		return bad(at, "the list of names is empty", "leave it out")
	}
	return isNames(n, at)
}

// isSchemaOrFlag checks a schema. Draft 4 allows true and false in two places only;
// they are allowed everywhere because their meaning is clear.
func isSchemaOrFlag(n *document.Node, at Place) []fault {
	if n.Kind() != document.Object && n.Kind() != document.Bool {
		at.Pos = n.Pos()
		return []fault{{at, "not-a-schema", "found " + a(n) + ", want a schema: an object, true or false", ""}}
	}
	return nil
}

var (
	isSchemas    = kind(document.Object, "an object of schemas")
	isSchemaList = kind(document.List, "a list of schemas", notEmpty("the list of schemas is empty", ""))
)

func isSchemaOrList(n *document.Node, at Place) []fault {
	if n.Kind() == document.List {
		return isSchemaList(n, at)
	}
	return isSchemaOrFlag(n, at)
}

// dependencies returns the check of an object whose members are schemas or lists of
// names.
func dependencies(names check) check {
	return kind(document.Object, "an object of schemas or lists of names", eachMember(func(n *document.Node, at Place) []fault {
		if n.Kind() != document.List {
			return nil // a schema
		}
		return names(n, at)
	}))
}

// eachMember returns the check that every member of an object passes check.
func eachMember(check check) check {
	return func(n *document.Node, at Place) (faults []fault) {
		for at, m := range members(n, at) {
			faults = append(faults, check(m.Value(), at)...)
		}
		return faults
	}
}

// eachItem returns the check that every item of a list passes check.
func eachItem(check check) check {
	return func(n *document.Node, at Place) (faults []fault) {
		for at, item := range items(n, at) {
			faults = append(faults, check(item, at)...)
		}
		return faults
	}
}
