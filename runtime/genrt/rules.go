package genrt

import "github.com/hotbind/hotbind/internal/rules"

// The types of package rules that the tables of generated code use.
type (
	// Rules are schemas that refer to each other by number. Rules[0] is unused: the
	// number 0 is no rule.
	Rules         = rules.Rules
	Rule          = rules.Rule
	ObjectRule    = rules.ObjectRule
	PropertyRule  = rules.PropertyRule
	PatternRule   = rules.PatternRule
	ArrayRule     = rules.ArrayRule
	Dynamic       = rules.Dynamic
	DynamicTarget = rules.DynamicTarget
	// Range bounds a number, Count how many there are of something, Text a string.
	Range   = rules.Range
	Count   = rules.Count
	Text    = rules.Text
	Pattern = rules.Pattern
	// A Need requires the property Then if the property If is present.
	Need = rules.Need
	// Kinds is a set of kinds of values.
	Kinds = rules.Kinds
)

// The kinds of values. A number is an integer or a fraction.
const (
	KindNull     = rules.KindNull
	KindBool     = rules.KindBool
	KindInteger  = rules.KindInteger
	KindFraction = rules.KindFraction
	KindNumber   = rules.KindNumber
	KindString   = rules.KindString
	KindList     = rules.KindList
	KindObject   = rules.KindObject
)
