package lower

import (
	"slices"

	"github.com/hotbind/hotbind/internal/schema"
	"github.com/hotbind/hotbind/runtime/document"
)

// kinds is a set of the types that a value may have. A number is an integer or a
// fraction.
type kinds uint8

const (
	kindNull kinds = 1 << iota
	kindBool
	kindInteger
	kindFraction
	kindString
	kindList
	kindObject

	kindNumber = kindInteger | kindFraction
	anyKind    = kindObject<<1 - 1
)

// kindNames are the types of JSON Schema.
var kindNames = map[string]kinds{
	"null": kindNull, "boolean": kindBool, "integer": kindInteger, "number": kindNumber,
	"string": kindString, "array": kindList, "object": kindObject,
}

// A class is a set of kinds that one Go type holds.
var classes = []struct {
	kinds kinds
	name  string // as types are called after it
	label string // as messages name it
}{
	{kindBool, "boolean", "true or false"},
	{kindNumber, "number", "a number"},
	{kindString, "string", "a string"},
	{kindList, "array", "a list"},
	{kindObject, "object", "an object"},
}

// isOne reports whether all of k, null apart, are held by one Go type.
func (k kinds) isOne() bool { return len(k.classes()) == 1 }

// classes are those of k, as far as it goes into them.
func (k kinds) classes() (list []kinds) {
	for _, c := range classes {
		if in := k & c.kinds; in != 0 {
			list = append(list, in)
		}
	}
	return list
}

// name is what types of one class are called after.
func (k kinds) name() string {
	name, _ := k.words()
	return name
}

// label is what messages call values of one class.
func (k kinds) label() string {
	_, label := k.words()
	return label
}

func (k kinds) words() (name, label string) {
	if k == kindInteger {
		return "integer", "a whole number"
	}
	for _, c := range classes {
		if k&c.kinds != 0 {
			return c.name, c.label
		}
	}
	return "null", "null"
}

// kindOf is the kind of a value.
func kindOf(n *document.Node) kinds {
	switch n.Kind {
	case document.Bool:
		return kindBool
	case document.Number:
		if _, whole := document.IntegerText(n.Text); whole {
			return kindInteger
		}
		return kindFraction
	case document.String:
		return kindString
	case document.List:
		return kindList
	case document.Object:
		return kindObject
	}
	return kindNull
}

// kindsOf are the kinds that s allows by what it says of types, values and
// alternatives. What it says by other keywords (not, if) can only allow less.
func (l *lowerer) kindsOf(s *schema.Schema) kinds {
	if k, known := l.kinds[s]; known {
		return k
	}
	l.kinds[s] = anyKind // a loop is refused elsewhere
	k := ownKinds(s)
	for _, t := range inPlaceAll(s) {
		k &= l.kindsOf(t)
	}
	for _, group := range [][]*schema.Schema{s.AnyOf, s.OneOf} {
		if len(group) > 0 {
			k &= l.kindsOfAny(group)
		}
	}
	l.kinds[s] = k
	return k
}

func (l *lowerer) kindsOfAny(list []*schema.Schema) (k kinds) {
	for _, s := range list {
		k |= l.kindsOf(s)
	}
	return k
}

// ownKinds are the kinds that type, enum and const of s allow.
func ownKinds(s *schema.Schema) kinds {
	if s.Never {
		return 0
	}
	k := anyKind
	if len(s.Types) > 0 {
		k = 0
		for _, name := range s.Types {
			k |= kindNames[name]
		}
	}
	if s.EnumGiven || len(s.Enum) > 0 {
		k &= kindsOfValues(s.Enum)
	}
	if s.Const != nil {
		k &= kindOf(s.Const)
	}
	return k
}

func kindsOfValues(values []*document.Node) (k kinds) {
	for _, v := range values {
		k |= kindOf(v)
	}
	return k
}

// inPlaceAll are the schemas that every value of s must meet too.
func inPlaceAll(s *schema.Schema) []*schema.Schema {
	list := slices.Clone(s.AllOf)
	for _, t := range []*schema.Schema{s.Ref, s.DynamicTo} {
		if t != nil {
			list = append(list, t)
		}
	}
	return list
}

// spokenOf are the kinds that a keyword is about; 0: all of them.
func spokenOf(keyword string) kinds {
	switch schema.SpeaksOf(keyword) {
	case document.Object:
		return kindObject
	case document.List:
		return kindList
	case document.String:
		return kindString
	case document.Number:
		return kindNumber
	}
	return 0
}

// speaksOf are the kinds that the keywords of s, and of what stands in its place,
// say something about. Where no type is named it is what the schema is meant for.
func (l *lowerer) speaksOf(s *schema.Schema) kinds {
	if k, known := l.spoken[s]; known {
		return k
	}
	l.spoken[s] = 0
	var k kinds
	for _, keyword := range schema.Assertions() {
		if s.Has(keyword) && (keyword == "format" || !saysNothing(s, keyword)) {
			k |= spokenOf(keyword)
		}
	}
	if own := ownKinds(s); own != anyKind {
		k |= own
	}
	for _, list := range [][]*schema.Schema{inPlaceAll(s), s.AnyOf, s.OneOf} {
		for _, t := range list {
			k |= l.speaksOf(t)
		}
	}
	for _, t := range []*schema.Schema{s.Then, s.Else} {
		if t != nil {
			k |= l.speaksOf(t)
		}
	}
	l.spoken[s] = k
	return k
}

// saysNothing reports whether a keyword allows everything.
func saysNothing(s *schema.Schema, keyword string) bool {
	switch keyword {
	case "additionalProperties":
		return s.AdditionalProperties == nil || s.AdditionalProperties.Always
	case "unevaluatedProperties":
		return s.UnevaluatedProperties == nil || s.UnevaluatedProperties.Always
	case "items":
		return len(s.Prefix) == 0 && (s.Items == nil || s.Items.Always)
	case "format":
		return !isKnownFormat(s.Format)
	}
	return false
}
