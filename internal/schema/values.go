package schema

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/hotbind/hotbind/internal/pattern"
	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
)

// A value is what may stand under a keyword.
type value uint8

const (
	anyValue value = iota
	textValue
	addressValue
	referenceValue
	identifierValue
	anchorValue
	oldAnchorValue
	vocabulariesValue
	flagValue
	numberValue
	factorValue
	countValue
	patternValue
	typesValue
	valuesValue
	oldEnumValue
	namesValue
	oldNamesValue
	namesByNameValue
	schemaValue
	schemaOrFlagValue
	schemaListValue
	schemaOrListValue
	schemasByNameValue
	schemasByPatternValue
	oldSchemasByPatternValue
	dependenciesValue
	oldDependenciesValue
	nameValue
	reloadValue
	mergeValue
)

// Where schemas stand in a value: they are the value, the items of a list, or the
// members of an object.
const (
	isSchema = 1 << iota
	inList
	byKey
)

// values are the rows of the values: the schema by which the official meta-schemas
// describe one, where the schemas in it stand, and the check. In a description SCHEMA
// stands for a schema of the draft, DEFS for the keyword that holds definitions, COUNT
// for the name of the one of counts, and ANY for a schema that allows everything.
var values = [...]struct {
	described string
	holds     uint8
	check     check // of all but the schemas in it; nil: everything is well formed
}{
	anyValue:                 {described: `ANY`},
	textValue:                {described: `{"type": "string"}`, check: isText},
	addressValue:             {described: `{"type": "string", "format": "uri"}`, check: isText},
	referenceValue:           {described: `{"type": "string", "format": "uri-reference"}`, check: isText},
	identifierValue:          {described: `{"type": "string", "format": "uri-reference", "pattern": "^[^#]*#?$"}`, check: isIdentifier},
	anchorValue:              {described: `{"type": "string", "pattern": "^[A-Za-z_][-A-Za-z0-9._]*$"}`, check: isAnchor},
	oldAnchorValue:           {described: `{"type": "string", "pattern": "^[A-Za-z][-A-Za-z0-9.:_]*$"}`, check: isOldAnchor},
	vocabulariesValue:        {described: `{"type": "object", "propertyNames": {"type": "string", "format": "uri"}, "additionalProperties": {"type": "boolean"}}`, check: isFlags},
	flagValue:                {described: `{"type": "boolean"}`, check: isFlag},
	numberValue:              {described: `{"type": "number"}`, check: isNumber},
	factorValue:              {described: `{"type": "number", "minimum": 0, "not": {"enum": [0]}}`, check: isFactor},
	countValue:               {described: `{"$ref": "#/DEFS/COUNT"}`, check: isCount},
	patternValue:             {described: `{"type": "string", "format": "regex"}`, check: isPattern},
	typesValue:               {described: `{"anyOf": [{"$ref": "#/DEFS/simpleTypes"}, {"type": "array", "items": {"$ref": "#/DEFS/simpleTypes"}, "minItems": 1, "uniqueItems": true}]}`, check: isTypes},
	valuesValue:              {described: `{"type": "array"}`, check: isList},
	oldEnumValue:             {described: `{"type": "array", "minItems": 1, "uniqueItems": true}`, check: isOldEnum},
	namesValue:               {described: `{"$ref": "#/DEFS/stringArray"}`, check: isNames},
	oldNamesValue:            {described: `{"$ref": "#/DEFS/stringArray"}`, check: isOldNames},
	namesByNameValue:         {described: `{"type": "object", "additionalProperties": {"$ref": "#/DEFS/stringArray"}}`, check: isNamesByName},
	schemaValue:              {described: `SCHEMA`, holds: isSchema, check: isSchemaOrFlag},
	schemaOrFlagValue:        {described: `{"anyOf": [{"type": "boolean"}, SCHEMA]}`, holds: isSchema, check: isSchemaOrFlag},
	schemaListValue:          {described: `{"$ref": "#/DEFS/schemaArray"}`, holds: inList, check: isSchemaList},
	schemaOrListValue:        {described: `{"anyOf": [SCHEMA, {"$ref": "#/DEFS/schemaArray"}]}`, holds: isSchema | inList, check: isSchemaOrList},
	schemasByNameValue:       {described: `{"type": "object", "additionalProperties": SCHEMA}`, holds: byKey, check: isSchemas},
	schemasByPatternValue:    {described: `{"type": "object", "additionalProperties": SCHEMA, "propertyNames": {"type": "string", "format": "regex"}}`, holds: byKey, check: isSchemasByPattern},
	oldSchemasByPatternValue: {described: `{"type": "object", "additionalProperties": SCHEMA}`, holds: byKey, check: isSchemasByPattern},
	dependenciesValue:        {described: `{"type": "object", "additionalProperties": {"anyOf": [SCHEMA, {"$ref": "#/DEFS/stringArray"}]}}`, holds: byKey, check: isDependencies},
	oldDependenciesValue:     {described: `{"type": "object", "additionalProperties": {"anyOf": [SCHEMA, {"$ref": "#/DEFS/stringArray"}]}}`, holds: byKey, check: isOldDependencies},
	nameValue:                {check: isName},
	reloadValue:              {check: isReload},
	mergeValue:               {check: isMerge},
}

// A check returns what is wrong with a value, in the order of the file.
type check func(n *document.Node, at Place) []fault

// A fault is one thing that is wrong with a value.
type fault struct {
	at                  Place
	rule, message, hint string
}

// faults returns what is wrong with n as the value, but for the schemas in it.
func (v value) faults(n *document.Node, at Place) []fault {
	if check := values[v].check; check != nil {
		return check(n, at)
	}
	return nil
}

// bad is the only fault of a value.
func bad(at Place, message, hint string) []fault {
	return []fault{{at, "bad-keyword", message, hint}}
}

// want is the fault of a value of the wrong kind.
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

func isText(n *document.Node, at Place) []fault {
	if n.Kind() != document.String {
		return want(n, at, "a string")
	}
	return nil
}

func isFlag(n *document.Node, at Place) []fault {
	if n.Kind() != document.Bool {
		return want(n, at, "true or false")
	}
	return nil
}

func isNumber(n *document.Node, at Place) []fault {
	if n.Kind() != document.Number {
		return want(n, at, "a number")
	}
	return nil
}

func isList(n *document.Node, at Place) []fault {
	if n.Kind() != document.List {
		return want(n, at, "a list")
	}
	return nil
}

// isIdentifier is the check of an $id that cannot name a part of a schema.
func isIdentifier(n *document.Node, at Place) []fault {
	if n.Kind() != document.String {
		return want(n, at, "a string")
	}
	if _, fragment, _ := strings.Cut(n.Text(), "#"); fragment != "" {
		return bad(at, wording.Quote(n.Text())+" has a fragment, which is not allowed in the identifier of a schema", "")
	}
	return nil
}

var (
	anchorShape    = regexp.MustCompile(`^[A-Za-z_][-A-Za-z0-9._]*$`)
	oldAnchorShape = regexp.MustCompile(`^[A-Za-z][-A-Za-z0-9.:_]*$`)
)

func isAnchor(n *document.Node, at Place) []fault {
	return anchored(n, at, anchorShape, "letters, digits, -, . and _, a letter or _ first")
}

func isOldAnchor(n *document.Node, at Place) []fault {
	return anchored(n, at, oldAnchorShape, "letters, digits, -, ., : and _, a letter first")
}

func anchored(n *document.Node, at Place, shape *regexp.Regexp, allowed string) []fault {
	switch {
	case n.Kind() != document.String:
		return want(n, at, "a string")
	case !shape.MatchString(n.Text()):
		return bad(at, wording.Quote(n.Text())+" is not a valid anchor: allowed are "+allowed, "")
	}
	return nil
}

func isFlags(n *document.Node, at Place) []fault {
	return eachMember(n, at, "an object of true and false", isFlag)
}

// The factors that everybody can compute with.
const leastFactor, mostFactor = "1e-308", "1e308"

func isFactor(n *document.Node, at Place) []fault {
	switch {
	case n.Kind() != document.Number:
		return want(n, at, "a number")
	case document.CompareNumbers(n.Text(), leastFactor) < 0 || document.CompareNumbers(n.Text(), mostFactor) > 0:
		return outOfRange(n, at, "a number from "+leastFactor+" to "+mostFactor)
	}
	return nil
}

func isCount(n *document.Node, at Place) []fault {
	const allowed = "a whole number from 0 to 2147483647"
	if n.Kind() != document.Number {
		return want(n, at, allowed)
	}
	if _, ok := countOf(n); !ok {
		return outOfRange(n, at, allowed)
	}
	return nil
}

func outOfRange(n *document.Node, at Place, allowed string) []fault {
	return []fault{{at, "out-of-range", wording.Name(n.Text()) + " is out of range: " + allowed + " is allowed", ""}}
}

// countOf is n as a count.
func countOf(n *document.Node) (int, bool) {
	digits, whole := document.IntegerText(n.Text())
	i, err := strconv.ParseInt(digits, 10, 32)
	return int(i), whole && err == nil && i >= 0
}

func isPattern(n *document.Node, at Place) []fault {
	if n.Kind() != document.String {
		return want(n, at, "a string")
	}
	return compiles(n.Text(), at)
}

// compiles is the check of a regular expression.
func compiles(source string, at Place) []fault {
	if _, err := pattern.Compile(source); err != nil {
		return []fault{{at, "unsupported-pattern", wording.Line("the pattern " + wording.Name(source) + " cannot be used: " + err.Error()), ""}}
	}
	return nil
}

var typeNames = []string{"array", "boolean", "integer", "null", "number", "object", "string"}

func isTypes(n *document.Node, at Place) []fault {
	switch {
	case n.Kind() == document.String:
		return isType(n, at)
	case n.Kind() != document.List:
		return want(n, at, "a type or a list of types: "+wording.Or(typeNames))
	case len(n.Items()) == 0:
		return bad(at, "the list of types is empty", "leave type out where every type is allowed")
	}
	return append(eachItem(n, at, isType), distinct(n, at)...)
}

func isType(n *document.Node, at Place) []fault {
	if n.Kind() != document.String {
		return want(n, at, "a type: "+wording.Or(typeNames))
	}
	if slices.Contains(typeNames, n.Text()) {
		return nil
	}
	f := wording.NotAllowed(n, false, typeNames)
	if n.Text() == "any" {
		f.Hint = "leave type out where every type is allowed"
	}
	return bad(at, f.Message, f.Hint)
}

// distinct is the fault of a list that repeats an item.
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

// isOldEnum is the check of an enum before draft 7.
func isOldEnum(n *document.Node, at Place) []fault {
	switch {
	case n.Kind() != document.List:
		return want(n, at, "a list")
	case len(n.Items()) == 0:
		return bad(at, "the list of values is empty", "")
	}
	return distinct(n, at)
}

func isNames(n *document.Node, at Place) []fault {
	if n.Kind() != document.List {
		faults := want(n, at, "a list of names")
		if n.Kind() == document.Bool { // as draft 3 has it
			faults[0].hint = "list the name under required of the object that has the property"
		}
		return faults
	}
	return append(eachItem(n, at, isText), distinct(n, at)...)
}

// isOldNames is the check of names in draft 4.
func isOldNames(n *document.Node, at Place) []fault {
	if n.Kind() == document.List && len(n.Items()) == 0 {
		return bad(at, "the list of names is empty", "leave it out")
	}
	return isNames(n, at)
}

func isNamesByName(n *document.Node, at Place) []fault {
	return eachMember(n, at, "an object of lists of names", isNames)
}

// isSchemaOrFlag is also the check of a schema in draft 4, which has true and false in
// two places only: what they mean is clear elsewhere too.
func isSchemaOrFlag(n *document.Node, at Place) []fault {
	if n.Kind() != document.Object && n.Kind() != document.Bool {
		at.Pos = n.Pos()
		return []fault{{at, "not-a-schema", "found " + a(n) + ", want a schema: an object, true or false", ""}}
	}
	return nil
}

func isSchemaList(n *document.Node, at Place) []fault {
	switch {
	case n.Kind() != document.List:
		return want(n, at, "a list of schemas")
	case len(n.Items()) == 0:
		return bad(at, "the list of schemas is empty", "")
	}
	return nil
}

func isSchemaOrList(n *document.Node, at Place) []fault {
	if n.Kind() == document.List {
		return isSchemaList(n, at)
	}
	return isSchemaOrFlag(n, at)
}

func isSchemas(n *document.Node, at Place) []fault {
	return eachMember(n, at, "an object of schemas", nil)
}

func isSchemasByPattern(n *document.Node, at Place) (faults []fault) {
	faults = isSchemas(n, at)
	for i := range n.Members() {
		faults = append(faults, compiles(n.Members()[i].Key(), under(at, &n.Members()[i]))...)
	}
	return faults
}

func isDependencies(n *document.Node, at Place) []fault { return dependent(n, at, isNames) }

func isOldDependencies(n *document.Node, at Place) []fault { return dependent(n, at, isOldNames) }

func dependent(n *document.Node, at Place, names check) []fault {
	return eachMember(n, at, "an object of schemas or lists of names", func(n *document.Node, at Place) []fault {
		if n.Kind() != document.List {
			return nil // a schema
		}
		return names(n, at)
	})
}

func isName(n *document.Node, at Place) []fault {
	switch {
	case n.Kind() != document.String:
		return want(n, at, "a string")
	case n.Text() == "":
		return bad(at, "it names no property", "")
	}
	return nil
}

func isReload(n *document.Node, at Place) []fault { return oneOf(n, at, "restart") }

func isMerge(n *document.Node, at Place) []fault { return oneOf(n, at, "replace", "append", "key") }

func oneOf(n *document.Node, at Place, words ...string) []fault {
	switch {
	case n.Kind() != document.String:
		return want(n, at, "a string")
	case slices.Contains(words, n.Text()):
		return nil
	}
	f := wording.NotAllowed(n, false, words)
	return bad(at, f.Message, f.Hint)
}

// eachMember checks that n is an object, and its members.
func eachMember(n *document.Node, at Place, what string, check check) (faults []fault) {
	if n.Kind() != document.Object {
		return want(n, at, what)
	}
	for i := range n.Members() {
		if check != nil {
			faults = append(faults, check(n.Members()[i].Value(), under(at, &n.Members()[i]))...)
		}
	}
	return faults
}

// eachItem checks the items of n.
func eachItem(n *document.Node, at Place, check check) (faults []fault) {
	for i := range n.Items() {
		faults = append(faults, check(n.Items()[i], item(at, n, i))...)
	}
	return faults
}

// item is the place of an item of the list n, which stands at at.
func item(at Place, n *document.Node, i int) Place {
	return Place{Pos: n.Items()[i].Pos(), Pointer: at.Pointer + "/" + strconv.Itoa(i)}
}
