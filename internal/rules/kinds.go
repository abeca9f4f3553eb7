package rules

import (
	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
)

// Kinds is a set of kinds of values. A number is an integer or a fraction; 1.0 is
// an integer (JSON Schema 2020-12 validation, section 6.1.1).
type Kinds uint8

// The kinds of values.
const (
	KindNull Kinds = 1 << iota
	KindBool
	KindInteger
	KindFraction
	KindString
	KindList
	KindObject

	KindNumber = KindInteger | KindFraction
	AllKinds   = KindObject<<1 - 1
)

var kindOf = [...]Kinds{
	document.Null: KindNull, document.Bool: KindBool, document.Number: KindNumber, document.String: KindString,
	document.List: KindList, document.Object: KindObject,
}

// KindsOf returns the kinds of values that kind covers: both kinds of numbers for
// Number.
func KindsOf(kind document.Kind) Kinds { return kindOf[kind] }

// KindOf returns the kind of a value.
func KindOf(n *document.Node) Kinds {
	if n.Kind() != document.Number {
		return kindOf[n.Kind()]
	}
	if document.IsInteger(n.Text()) {
		return KindInteger
	}
	return KindFraction
}

// kindsOf returns the kinds of JSON texts. One number stands for all numbers.
func kindsOf(texts []string) (kinds Kinds) {
	for _, text := range texts {
		n, _ := document.ParseValue(document.Position{}, text, document.Limits{})
		if kinds |= KindOf(n); n.Kind() == document.Number {
			kinds |= KindNumber
		}
	}
	return kinds
}

// typeNames maps the types of JSON Schema to kinds.
var typeNames = map[string]Kinds{
	"null": KindNull, "boolean": KindBool, "integer": KindInteger, "number": KindNumber,
	"string": KindString, "array": KindList, "object": KindObject,
}

// KindsOfType returns the kinds of the named types of JSON Schema.
func KindsOfType(names ...string) (kinds Kinds) {
	for _, name := range names {
		kinds |= typeNames[name]
	}
	return kinds
}

// Allow reports whether the kind of n is in the set.
func (k Kinds) Allow(n *document.Node) bool {
	if n.Kind() == document.Number && k&KindNumber != KindInteger {
		return k&KindNumber != 0
	}
	return k&KindOf(n) != 0
}

var kindWords = [...]struct {
	kinds Kinds
	words string
}{
	{KindNull, "null"}, {KindBool, "true or false"}, {KindInteger, "a whole number"}, {KindNumber, "a number"},
	{KindString, "a string"}, {KindList, "a list"}, {KindObject, "an object"},
}

// String returns the set as messages name it: a string or null.
func (k Kinds) String() string {
	var names []string
	for _, w := range kindWords {
		if k&w.kinds == 0 || w.kinds == KindInteger && k&KindFraction != 0 || w.kinds == KindNumber && k&KindFraction == 0 {
			continue
		}
		names = append(names, w.words)
	}
	return wording.Or(names)
}

// classes are the sets of kinds that share a Go type.
var classes = [...]Kinds{KindBool, KindNumber, KindString, KindList, KindObject}

// Classes splits k into sets that share a Go type, without null.
func (k Kinds) Classes() (list []Kinds) {
	for _, c := range classes {
		if in := k & c; in != 0 {
			list = append(list, in)
		}
	}
	return list
}

// IsOne reports whether one Go type holds all of k, null aside.
func (k Kinds) IsOne() bool { return len(k.Classes()) == 1 }
