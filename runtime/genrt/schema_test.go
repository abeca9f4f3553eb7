package genrt_test

import (
	"strconv"
	"strings"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/genrt"
)

// A compiler turns a schema into rules: just enough of one to run the public
// test suite. References lead inside the schema only.
type compiler struct {
	root    *document.Node
	old     bool // before 2019-09: nothing beside $ref counts
	rules   genrt.Rules
	numbers map[*document.Node]int
	strange string // what it cannot compile
}

func compile(schema string, old bool) (genrt.Rules, int, string) {
	root, _ := document.ParseValue("schema", schema, document.Limits{})
	c := &compiler{root: root, old: old, rules: make(genrt.Rules, 1), numbers: map[*document.Node]int{}}
	rule := c.compile(root)
	return c.rules, rule, c.strange
}

// compile returns the number of the rule for s; none is 0.
func (c *compiler) compile(s *document.Node) int {
	if s == nil {
		return 0
	}
	if n, ok := c.numbers[s]; ok {
		return n
	}
	number := len(c.rules)
	c.numbers[s] = number
	c.rules = append(c.rules, genrt.Rule{})
	var r genrt.Rule
	switch {
	case s.Kind == document.Bool:
		r.Never = s.Text == "false"
	case s.Get("$id") != nil || s.Get("$dynamicRef") != nil || s.Get("$recursiveRef") != nil:
		c.strange = "it names a resource"
	case c.old && s.Get("$ref") != nil:
		r.All = []int{c.compile(c.follow(s.Get("$ref").Text))}
	default:
		r = c.object(s)
	}
	c.rules[number] = r
	return number
}

func (c *compiler) follow(ref string) *document.Node {
	pointer, local := strings.CutPrefix(ref, "#")
	at := c.root
	for _, step := range strings.Split(pointer, "/")[1:] {
		if at == nil {
			break
		}
		step = strings.NewReplacer("~1", "/", "~0", "~", "%25", "%", "%22", `"`).Replace(step)
		if i, err := strconv.Atoi(step); err == nil && at.Kind == document.List {
			at = at.Items[i]
		} else {
			at = at.Get(step)
		}
	}
	if !local || at == nil || pointer != "" && pointer[0] != '/' {
		c.strange = "a reference to " + ref
	}
	return at
}

func (c *compiler) list(s *document.Node) (rules []int) {
	if s != nil {
		for _, item := range s.Items {
			rules = append(rules, c.compile(item))
		}
	}
	return rules
}

func (c *compiler) properties(s *document.Node) (list []genrt.PropertyRule) {
	if s != nil {
		for _, m := range s.Members {
			list = append(list, genrt.PropertyRule{Key: m.Key, Rule: c.compile(m.Value)})
		}
	}
	return list
}

func text(n *document.Node) string {
	if n == nil {
		return ""
	}
	return n.Text
}

func number(n *document.Node) int {
	digits, _ := document.IntegerText(text(n))
	i, _ := strconv.Atoi(digits)
	return i
}

func count(s *document.Node, least, most string) genrt.Count {
	return genrt.Count{Min: number(s.Get(least)), Max: number(s.Get(most)), Capped: s.Get(most) != nil}
}

func texts(n *document.Node) (list []string) {
	if n != nil {
		for _, item := range n.Items {
			list = append(list, item.Text)
		}
	}
	return list
}

var kinds = map[string]genrt.Kinds{
	"null": genrt.KindNull, "boolean": genrt.KindBool, "integer": genrt.KindInteger, "number": genrt.KindNumber,
	"string": genrt.KindString, "array": genrt.KindList, "object": genrt.KindObject,
}

func (c *compiler) object(s *document.Node) genrt.Rule {
	r := genrt.Rule{
		Kinds: kinds[text(s.Get("type"))],
		All:   c.list(s.Get("allOf")), Any: c.list(s.Get("anyOf")), One: c.list(s.Get("oneOf")),
		Not: c.compile(s.Get("not")), If: c.compile(s.Get("if")), Then: c.compile(s.Get("then")), Else: c.compile(s.Get("else")),
		Range: &genrt.Range{
			Min: text(s.Get("minimum")), Max: text(s.Get("maximum")), Above: text(s.Get("exclusiveMinimum")),
			Below: text(s.Get("exclusiveMaximum")), MultipleOf: text(s.Get("multipleOf")),
		},
		Text:   &genrt.Text{Length: count(s, "minLength", "maxLength")},
		Object: c.members(s),
		Array:  c.array(s),
	}
	for _, name := range texts(s.Get("type")) {
		r.Kinds |= kinds[name]
	}
	r.Text.Format = text(s.Get("x-format")) // the suite does not assert formats
	if p := s.Get("pattern"); p != nil {
		r.Text.Pattern = &genrt.Pattern{Source: p.Text}
	}
	if ref := s.Get("$ref"); ref != nil {
		r.All = append(r.All, c.compile(c.follow(ref.Text)))
	}
	r.Label, r.Secret = text(s.Get("title")), text(s.Get("writeOnly")) == "true"
	if e := s.Get("enum"); e != nil {
		r.Never = len(e.Items) == 0
		for _, v := range e.Items {
			r.Enum = append(r.Enum, string(v.AppendJSON(nil)))
		}
	}
	if v := s.Get("const"); v != nil {
		r.Enum = []string{string(v.AppendJSON(nil))}
	}
	return r
}

func (c *compiler) members(s *document.Node) *genrt.ObjectRule {
	o := &genrt.ObjectRule{
		Properties: c.properties(s.Get("properties")), Additional: c.compile(s.Get("additionalProperties")),
		Names: c.compile(s.Get("propertyNames")), Unevaluated: c.compile(s.Get("unevaluatedProperties")),
		Length: count(s, "minProperties", "maxProperties"), Required: texts(s.Get("required")),
		Dependent: c.properties(s.Get("dependentSchemas")),
	}
	if p := s.Get("patternProperties"); p != nil {
		for _, m := range p.Members {
			o.Patterns = append(o.Patterns, genrt.PatternRule{Pattern: &genrt.Pattern{Source: m.Key}, Rule: c.compile(m.Value)})
		}
	}
	for _, keyword := range []string{"dependentRequired", "dependencies"} {
		if d := s.Get(keyword); d != nil {
			for _, m := range d.Members {
				for _, then := range texts(m.Value) {
					o.Needs = append(o.Needs, genrt.Need{If: m.Key, Then: then})
				}
				if m.Value.Kind != document.List {
					o.Dependent = append(o.Dependent, genrt.PropertyRule{Key: m.Key, Rule: c.compile(m.Value)})
				}
			}
		}
	}
	return o
}

func (c *compiler) array(s *document.Node) *genrt.ArrayRule {
	a := &genrt.ArrayRule{
		Prefix: c.list(s.Get("prefixItems")), Items: c.compile(s.Get("items")), Contains: c.compile(s.Get("contains")),
		Unevaluated: c.compile(s.Get("unevaluatedItems")), Length: count(s, "minItems", "maxItems"),
		Contained: count(s, "minContains", "maxContains"), Unique: text(s.Get("uniqueItems")) == "true", ContainsEvaluates: true,
	}
	a.NoneContained = s.Get("minContains") != nil && a.Contained.Min == 0
	if items := s.Get("items"); c.old && items != nil && items.Kind == document.List {
		a.Prefix, a.Items = c.list(items), c.compile(s.Get("additionalItems"))
	}
	return a
}
