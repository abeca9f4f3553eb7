package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/hotbind/hotbind/bench/hand"
	"github.com/hotbind/hotbind/bench/shapes"

	rt "github.com/hotbind/hotbind/runtime"
)

// A shape is a document of another shape than Service, in YAML.
type shape struct {
	name string
	text string
}

// handShapes is what a careful author would write for shapes.schema.yaml.
type handShapes struct {
	Rules []struct {
		Name     string   `yaml:"name" json:"name"`
		Match    []string `yaml:"match" json:"match"`
		Action   string   `yaml:"action" json:"action"`
		Priority int      `yaml:"priority" json:"priority"`
		Note     string   `yaml:"note" json:"note"`
	} `yaml:"rules" json:"rules,omitempty"`
	Trees  []*handTree    `yaml:"trees" json:"trees,omitempty"`
	Quotas map[string]int `yaml:"quotas" json:"quotas,omitempty"`
}

type handTree struct {
	Name   string    `yaml:"name" json:"name"`
	Weight int       `yaml:"weight" json:"weight"`
	Child  *handTree `yaml:"child" json:"child,omitempty"`
}

// newShapes returns the documents, or parts of a fraction of them.
func newShapes(fraction int) []shape {
	return []shape{
		{"10,000 objects in a list", list(10_000 / fraction)},
		{"300 objects of 30 levels", deep(300/fraction, 30)},
		{"50,000 keys in one map", wide(50_000 / fraction)},
	}
}

// list returns objects as people write them: with comments, quoted keys, lists of both
// styles and block scalars.
func list(n int) string {
	var b strings.Builder
	b.WriteString("# Rules, in the order in which they apply.\nrules:\n")
	for i := range n {
		if i%5 == 0 {
			fmt.Fprintf(&b, "\n  # Ticket %d: see the handbook.\n", 1000+i)
		}
		fmt.Fprintf(&b, "  - \"name\": rule-%d\n", i)
		if i%2 == 0 {
			fmt.Fprintf(&b, "    match: [10.0.%d.0/24, \"*.example.com\"]\n", i%256)
		} else {
			fmt.Fprintf(&b, "    match:\n      - 10.1.%d.0/24\n      - 'host %d'   # moved\n", i%256, i)
		}
		fmt.Fprintf(&b, "    action: %s\n    'priority': %d\n", []string{"allow", "deny", "log"}[i%3], i%101)
		fmt.Fprintf(&b, "    note: %s\n      Rule %d applies\n      until the migration ends.\n", []string{"|", ">-"}[i%2], i)
	}
	return b.String()
}

// deep returns chains of objects.
func deep(n, levels int) string {
	var b strings.Builder
	b.WriteString("trees:\n")
	for i := range n {
		fmt.Fprintf(&b, "  - name: tree-%d\n    weight: %d\n", i, i)
		indent := "    "
		for level := range levels - 1 {
			b.WriteString(indent + "child:\n")
			indent += "  "
			fmt.Fprintf(&b, "%sname: level-%d\n%sweight: %d\n", indent, level, indent, level)
		}
	}
	return b.String()
}

// wide returns a map.
func wide(n int) string {
	var b strings.Builder
	b.WriteString("quotas:\n")
	for i := range n {
		fmt.Fprintf(&b, "  customer-%d: %d\n", i, i*7)
	}
	return b.String()
}

// shapeContestants are those that load shapes; the first is what the other is compared with.
func shapeContestants() ([]contestant, error) {
	schema, err := hand.Compile("shapes.schema.yaml", shapes.Schema())
	if err != nil {
		return nil, err
	}
	return []contestant{
		{name: "hand-written", load: func(path string) (any, error) { return hand.Load[handShapes](schema, path) }},
		{name: "hotbind", load: func(path string) (any, error) {
			return shapes.Load(context.Background(), rt.From(rt.File(path)))
		}},
	}, nil
}
