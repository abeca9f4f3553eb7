package ir

// A Rule is a schema, for values that no type checks. Numbers are those of other
// rules of the package; 0 is none.
type Rule struct {
	Never               bool
	Kinds               []string // as JSON Schema names types; empty: all
	Enum                []string // JSON texts
	Range               *Range
	Text                *Text
	Object              *ObjectRule
	Array               *ArrayRule
	All, Any, One       []int
	Not, If, Then, Else int
	Dynamic             *DynamicRule
	Resource            int
	Label               string
	Secret              bool
}

// An ObjectRule is what a rule says of objects.
type ObjectRule struct {
	Properties                     []PropertyRule
	Patterns                       []PatternRule
	Additional, Names, Unevaluated int
	Length                         Count
	Required                       []string
	Needs                          []Need
	Dependent                      []PropertyRule
}

// A PropertyRule is the rule for a property.
type PropertyRule struct {
	Key  string
	Rule int
}

// A PatternRule is the rule for properties whose names match.
type PatternRule struct {
	Pattern string
	Rule    int
}

// An ArrayRule is what a rule says of lists.
type ArrayRule struct {
	Prefix                       []int
	Items, Contains, Unevaluated int
	Contained                    Count
	NoneContained                bool
	ContainsEvaluates            bool
	Length                       Count
	Unique                       bool
}

// A DynamicRule is a reference to one of several rules, by the way on which it is
// reached.
type DynamicRule struct {
	Targets []DynamicTarget
	Rule    int
}

// A DynamicTarget is where a resource leads a dynamic reference.
type DynamicTarget struct{ Resource, Rule int }
