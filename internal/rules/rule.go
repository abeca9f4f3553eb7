package rules

import (
	"slices"
	"sync"
)

// Rules are schemas that refer to each other by number. Rules[0] is unused; 0 means no
// rule.
type Rules []Rule

// A Rule is one schema. All its parts must hold; a zero part allows everything.
type Rule struct {
	Never bool  // nothing is allowed
	Kinds Kinds // 0: all
	Enum  []string
	Range *Range // for numbers only
	Text  *Text  // for strings only; its Enum is not used
	// Object and Array are for objects and lists only.
	Object *ObjectRule
	Array  *ArrayRule
	// All, at least one of Any, and exactly one of One must allow the value. A
	// reference is one of All.
	All, Any, One []int
	// Not must not allow the value. Then must allow it if If does, and Else if not.
	Not, If, Then, Else int
	Dynamic             *Dynamic
	// Resource is the schema resource of the rule, used to resolve Dynamic; 0 if that
	// does not matter.
	Resource int
	// Label is the name of the rule as an alternative in messages.
	Label string
	// Secret hides the value in the findings of all rules.
	Secret bool
}

// An ObjectRule holds the keywords for objects.
type ObjectRule struct {
	Properties []PropertyRule
	Patterns   []PatternRule
	// Additional is for properties that neither of the two above covers, Unevaluated
	// for those that nothing in the schema or beside it covers, Names for the names of
	// all.
	Additional, Names, Unevaluated int
	Length                         Count
	Required                       []string
	Needs                          []Need
	// Dependent applies to the object if the property is present.
	Dependent []PropertyRule

	once  sync.Once
	index map[string]int
}

// A PropertyRule is the rule of a property.
type PropertyRule struct {
	Key  string
	Rule int
}

// A PatternRule is the rule of the properties whose names match.
type PatternRule struct {
	Pattern *Pattern
	Rule    int
}

// fewProperties is the most that are searched one by one.
const fewProperties = 8

// property returns the rule of the property named key, and reports whether it is
// declared.
func (o *ObjectRule) property(key string) (rule int, declared bool) {
	if len(o.Properties) <= fewProperties {
		for i := range o.Properties {
			if o.Properties[i].Key == key {
				return o.Properties[i].Rule, true
			}
		}
		return 0, false
	}
	o.once.Do(func() {
		o.index = make(map[string]int, len(o.Properties))
		for i := range o.Properties {
			o.index[o.Properties[i].Key] = o.Properties[i].Rule
		}
	})
	rule, declared = o.index[key]
	return rule, declared
}

// An ArrayRule holds the keywords for lists.
type ArrayRule struct {
	Prefix []int // by position
	// Items is for the items after Prefix, Unevaluated for those that nothing in the
	// schema or beside it covers.
	Items, Contains, Unevaluated int
	// Contained is how many items Contains must allow. Zero is at least one, or with
	// NoneContained at least none.
	Contained     Count
	NoneContained bool
	// ContainsEvaluates reports whether items that Contains allows count as evaluated,
	// as in 2020-12.
	ContainsEvaluates bool
	Length            Count
	Unique            bool
}

// least returns the minimum of items that Contains must allow.
func (a *ArrayRule) least() int {
	if a.Contained.Min == 0 && !a.NoneContained {
		return 1
	}
	return a.Contained.Min
}

// A Dynamic is a reference whose target depends on the way to it: the rule of the
// outermost resource on it that is in Targets, or else Rule.
type Dynamic struct {
	Targets []DynamicTarget
	Rule    int
}

// A DynamicTarget is the rule that a resource provides.
type DynamicTarget struct{ Resource, Rule int }

func (y *Dynamic) target(resource int) (int, bool) {
	i := slices.IndexFunc(y.Targets, func(t DynamicTarget) bool { return t.Resource == resource })
	if i < 0 {
		return 0, false
	}
	return y.Targets[i].Rule, true
}

// inPlace calls visit with every rule that r applies to its own value, also those that
// need not hold.
func (r *Rule) inPlace(visit func(rule int)) {
	for _, list := range [...][]int{r.All, r.Any, r.One, {r.Not, r.If, r.Then, r.Else}} {
		for _, rule := range list {
			visit(rule)
		}
	}
	if r.Object != nil {
		for i := range r.Object.Dependent {
			visit(r.Object.Dependent[i].Rule)
		}
	}
	if r.Dynamic != nil {
		visit(r.Dynamic.Rule)
		for _, t := range r.Dynamic.Targets {
			visit(t.Rule)
		}
	}
}

// A Need is a property, If, that requires another, Then.
type Need struct{ If, Then string }

// inside calls visit with every rule that r has for parts of its value.
func (r *Rule) inside(visit func(rule int)) {
	if o := r.Object; o != nil {
		for i := range o.Properties {
			visit(o.Properties[i].Rule)
		}
		for i := range o.Patterns {
			visit(o.Patterns[i].Rule)
		}
		visit(o.Additional)
		visit(o.Unevaluated)
		visit(o.Names)
	}
	if a := r.Array; a != nil {
		for _, rule := range a.Prefix {
			visit(rule)
		}
		visit(a.Items)
		visit(a.Contains)
		visit(a.Unevaluated)
	}
}

// IsEmpty reports whether the rule allows every object.
func (o *ObjectRule) IsEmpty() bool {
	return o.Length == (Count{}) && o.Additional+o.Names+o.Unevaluated == 0 &&
		len(o.Properties)+len(o.Patterns)+len(o.Required)+len(o.Needs)+len(o.Dependent) == 0
}

// IsEmpty reports whether the rule allows every list.
func (a *ArrayRule) IsEmpty() bool {
	return a.Length == (Count{}) && !a.Unique && len(a.Prefix) == 0 && a.Items+a.Contains+a.Unevaluated == 0
}
