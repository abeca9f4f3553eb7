package command

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/source"
	"github.com/hotbind/hotbind/runtime/untyped"
	"github.com/hotbind/hotbind/runtime/validate"

	rt "github.com/hotbind/hotbind/runtime"
)

func explainCommand(stdout, stderr io.Writer) *cobra.Command {
	var flags sourceFlags
	var paths []string
	var format string
	cmd := &cobra.Command{
		Use:   "explain --schema SCHEMA [--path PATH]... SOURCE...",
		Short: "Explain where the values of a configuration come from",
		Long: `Explain where the values of a configuration come from. For each path it prints the
value in force, then the value in each layer, strongest first, and last the default
of the schema. A * marks the layer that sets the value in force. Objects, and lists
merged by x-merge, have no mark because all layers contribute to them. Secrets are
hidden.

Paths have the form used in findings: database.pool_size, servers[0].host,
tenants["a.b"]. Without --path it explains every value that a layer sets.

` + sourcesHelp + `

The exit status is 0 on success, 1 if the configuration has findings, and 2 if the
schema does not allow a path or a file cannot be read.`,
		Example: `  hotbind explain --schema config.schema.yaml --path database.pool_size base.yaml production.yaml
  hotbind explain --schema config.schema.yaml --environment production --env-prefix SHOP config`,
		Args: someSources,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkFormat(format); err != nil {
				return err
			}
			schema, err := flags.load(stderr, args)
			if err != nil {
				return err
			}
			for _, path := range paths {
				if err := untyped.CheckPath(schema, path); err != nil {
					return err
				}
			}
			return explain(cmd.Context(), stdout, stderr, &flags, schema, args, paths, format)
		},
	}
	cmd.Flags().StringArrayVar(&paths, "path", nil, "`path` of a value to explain; may be repeated")
	flags.register(cmd)
	formatFlag(cmd, &format)
	return usage(cmd)
}

func explain(ctx context.Context, stdout, stderr io.Writer, flags *sourceFlags, schema *validate.Schema, args, paths []string, format string) error {
	live, sources, err := flags.open(ctx, stderr, schema, args)
	if err != nil {
		return err
	}
	defer live.Close()
	all := len(paths) == 0
	if all {
		paths = leafPaths(ctx, schema, live.Current(), sources)
	}
	var list []rt.Explanation
	for _, path := range paths {
		x, err := live.Manager().Explain(path)
		switch {
		case err != nil && all, all && !isSet(x): // a default, or removed by a migration
		case err != nil:
			return err
		default:
			list = append(list, x)
		}
	}
	if format == "json" {
		return printJSON(stdout, explainedAll(list))
	}
	p := newPainter(stdout)
	for i, x := range list {
		if i > 0 && !all {
			p.line("")
		}
		p.explanation(x, schema.Shape())
	}
	return nil
}

// isSet reports whether a layer other than the default sets the value.
func isSet(x rt.Explanation) bool {
	return slices.ContainsFunc(x.Layers, func(v rt.LayerValue) bool { return !v.IsDefault() })
}

// leafPaths returns the paths of all leaf values in force and of values that a layer
// removes with null.
func leafPaths(ctx context.Context, schema *validate.Schema, c *untyped.Config, sources []source.Source) (paths []string) {
	known := map[string]bool{}
	add := func(path string) {
		if !known[path] {
			known[path] = true
			paths = append(paths, path)
		}
	}
	leaves(c.Document(), "", func(path string, _ *document.Node) { add(path) })
	for _, s := range source.Flatten(sources) {
		content, err := s.Read(ctx)
		if err != nil {
			continue // removed since the configuration was opened
		}
		doc, _ := s.Document(content, schema.Shape(), document.Limits{})
		leaves(doc, "", func(path string, n *document.Node) {
			if n.Kind() == document.Null {
				add(path)
			}
		})
	}
	return paths
}

// leaves calls fn for each leaf value; a list counts as a leaf.
func leaves(n *document.Node, path string, fn func(path string, n *document.Node)) {
	if n == nil {
		return
	}
	if n.Kind() != document.Object || len(n.Members()) == 0 {
		if path != "" {
			fn(path, n)
		}
		return
	}
	for _, m := range n.Members() {
		leaves(m.Value(), document.KeyPath(path, m.Key()), fn)
	}
}

// explanation prints x, one line per layer.
func (p *painter) explanation(x rt.Explanation, shape document.Shape) {
	value := x.Value
	if value == "" {
		value = "absent"
	}
	p.line(p.bold(pathName(x.Path)) + ": " + visible(shortened(value)))
	places := make([]string, len(x.Layers))
	width := 0
	for i, s := range x.Layers {
		places[i] = s.Pos.String()
		if places[i] == "" {
			places[i] = s.Layer
		}
		places[i] = visible(places[i])
		width = max(width, len([]rune(places[i])))
	}
	for i, s := range x.Layers {
		mark := " "
		if i == 0 && !isMerged(x, shape) && (x.Value != "" || s.Value == "null") { // otherwise a layer replaces a parent of it
			mark = "*"
		}
		note := ""
		if s.Value == "null" && i == 0 && x.Value != "null" {
			note = " (removes it)"
		}
		text := fmt.Sprintf("  %s %s%s  %s%s", mark, places[i], strings.Repeat(" ", width-len([]rune(places[i]))), visible(shortened(s.Value)), note)
		if mark == " " {
			text = p.faint(text)
		}
		p.line(text)
	}
}

// isMerged reports whether all layers contribute to the value.
func isMerged(x rt.Explanation, shape document.Shape) bool {
	if strings.HasPrefix(x.Value, "{") {
		return true
	}
	steps, err := document.ParsePath(x.Path)
	if err != nil || !strings.HasPrefix(x.Value, "[") {
		return false
	}
	at, _ := document.ShapeAt(shape, steps)
	return at != nil && at.Lists().Merge != document.ReplaceList
}

// explained is the JSON form of an explanation.
type explained struct {
	Path   string          `json:"path"`
	Value  json.RawMessage `json:"value,omitempty"`
	Layers []layerValue    `json:"layers"`
}

type layerValue struct {
	Layer  string          `json:"layer"`
	File   string          `json:"file,omitempty"`
	Line   int             `json:"line,omitempty"`
	Column int             `json:"column,omitempty"`
	Value  json.RawMessage `json:"value"`
}

func explainedAll(list []rt.Explanation) []explained {
	all := []explained{}
	for _, x := range list {
		e := explained{Path: x.Path, Value: json.RawMessage(x.Value), Layers: []layerValue{}}
		for _, s := range x.Layers {
			e.Layers = append(e.Layers, layerValue{s.Layer, s.Pos.File, s.Pos.Line, s.Pos.Column, json.RawMessage(s.Value)})
		}
		all = append(all, e)
	}
	return all
}
