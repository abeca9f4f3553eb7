// Package compile turns schemas into the rules that package rules evaluates.
package compile

import (
	"encoding/json"
	"slices"

	"github.com/hotbind/hotbind/internal/ecma"
	"github.com/hotbind/hotbind/internal/rules"
	"github.com/hotbind/hotbind/internal/schema"
	"github.com/hotbind/hotbind/runtime/document"
)

// A Compiler builds the rules of one schema document, each schema once. It is for one
// goroutine.
type Compiler struct {
	list     rules.Rules
	numbers  map[*schema.Schema]int
	patterns map[string]*rules.Pattern
	known    map[string]int // complete rules by their text
	always   int
	dynamic  bool // references depend on the way to them
	kinds    map[*schema.Schema]rules.Kinds
}

// New returns a compiler for the schemas of doc.
func New(doc *schema.Document) *Compiler {
	return &Compiler{
		list: make(rules.Rules, 1), numbers: map[*schema.Schema]int{}, patterns: map[string]*rules.Pattern{}, known: map[string]int{},
		dynamic: doc.HasDynamic, kinds: map[*schema.Schema]rules.Kinds{},
	}
}

// Rules returns all rules built so far.
func (c *Compiler) Rules() rules.Rules { return c.list }

// Allows reports whether s allows a value.
func (c *Compiler) Allows(s *schema.Schema, n *document.Node) bool {
	rule := c.Rule(s)
	return c.list.Allows(rule, n)
}

// Add returns the number of a rule. An equal rule is added once.
func (c *Compiler) Add(rule rules.Rule) int {
	text, err := json.Marshal(&rule)
	if n, known := c.known[string(text)]; known && err == nil {
		return n
	}
	c.list = append(c.list, rule)
	n := len(c.list) - 1
	c.known[string(text)] = n
	return n
}

// All returns a rule that combines the given ones with allOf, or 0 if there are none.
func (c *Compiler) All(numbers ...int) int {
	numbers = slices.DeleteFunc(numbers, func(n int) bool { return n == 0 })
	switch len(numbers) {
	case 0:
		return 0
	case 1:
		return numbers[0]
	}
	return c.Add(rules.Rule{All: numbers})
}

// Rule returns the number of the rule for s.
func (c *Compiler) Rule(s *schema.Schema) int {
	if s.Always {
		if c.always == 0 {
			c.always = c.Add(rules.Rule{})
		}
		return c.always
	}
	if t := Same(s); t != s && t.Resource == s.Resource {
		return c.Rule(t)
	}
	if n, known := c.numbers[s]; known {
		return n
	}
	// Reserve the number: the rule may lead back to itself.
	c.list = append(c.list, rules.Rule{})
	n := len(c.list) - 1
	c.numbers[s] = n
	rule := c.build(s, nil)
	c.list[n] = rule
	return n
}

// Part returns the number of the rule for the keywords of s that are in left.
func (c *Compiler) Part(s *schema.Schema, left map[string]bool) int { return c.Add(c.build(s, left)) }

// Same returns the target of s if s is only a reference, and s otherwise.
func Same(s *schema.Schema) *schema.Schema {
	for !SaysAnything(s) {
		also := s.Also()
		if len(also) != 1 {
			break
		}
		s = also[0]
	}
	return s
}

// SaysAnything reports whether s restricts its value by anything but references.
func SaysAnything(s *schema.Schema) bool {
	return s.Never || s.Dynamic != nil || slices.ContainsFunc(schema.Assertions(), s.Has)
}

func (c *Compiler) rulesOf(list []*schema.Schema) (numbers []int) {
	for _, s := range list {
		numbers = append(numbers, c.Rule(s))
	}
	return numbers
}

// Pattern returns the shared pattern with that source.
func (c *Compiler) Pattern(source string) *rules.Pattern {
	p := c.patterns[source]
	if p == nil {
		p = NewPattern(source)
		c.patterns[source] = p
	}
	return p
}

// NewPattern returns a pattern with the engine that it needs.
func NewPattern(source string) *rules.Pattern {
	return &rules.Pattern{Source: source, Engine: ecma.For(source)}
}

// Judge returns the findings of s about a value.
func (c *Compiler) Judge(s *schema.Schema, n *document.Node) document.Findings {
	rule := c.Rule(s)
	var p rules.Report
	p.Check(c.list, rule, n)
	return p.Finish(n, false)
}
