// Package address parses paths and patterns written by people and checks them against the
// schema. A path or pattern that can never match is an error, which suggests the name
// that was probably meant.
package address

import (
	"fmt"
	"slices"

	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
)

// Path parses a path. It fails if the path is invalid, or if no document of the schema
// can have a value there.
func Path(shape document.Shape, path string) ([]document.Step, error) {
	steps, err := document.ParsePath(path)
	if err != nil {
		return nil, err
	}
	pattern := make(document.Pattern, len(steps))
	for i, step := range steps {
		pattern[i] = document.PatternStep{Step: step}
	}
	return steps, possible(shape, pattern, path, "the schema has no such path")
}

// Pattern parses a pattern and checks it as Path checks a path.
func Pattern(shape document.Shape, pattern string) (document.Pattern, error) {
	p, err := document.ParsePattern(pattern)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(p, func(s document.PatternStep) bool { return s.Wildcard != 0 }) {
		_, err := Path(shape, pattern)
		return p, err
	}
	return p, possible(shape, p, pattern, "it matches nothing in the schema")
}

// possible follows a pattern through all the shapes that it can lead to.
func possible(shape document.Shape, p document.Pattern, text, complaint string) error {
	shapes := []document.Shape{shape}
	for i, step := range p {
		next, limited := follow(shapes, step)
		if limited {
			return nil
		}
		if len(next) == 0 {
			return fmt.Errorf("%s: %s%s", text, complaint, hint(shapes, p, i))
		}
		shapes = next
	}
	return nil
}

// mostShapes bounds the shapes that a pattern is followed through, because shapes may be
// made on demand, without end. A pattern beyond the bound counts as possible.
const mostShapes = 10_000

// follow returns the shapes that a step leads to from any of shapes. Limited reports that
// not all were checked, or that the schema does not restrict them.
func follow(shapes []document.Shape, step document.PatternStep) (next []document.Shape, limited bool) {
	if step.Wildcard == document.AnyDepth {
		return closure(shapes)
	}
	for _, s := range shapes {
		if s == nil {
			return nil, true
		}
		if step.Wildcard == document.AnyOne {
			next = append(next, children(s, nil)...)
		} else if step.Wildcard == document.AnyKey {
			next = append(next, children(s, step.Glob)...)
		} else if below, allowed := document.ShapeAt(s, []document.Step{step.Step}); allowed {
			next = append(next, below)
		}
	}
	return next, len(next) > mostShapes
}

// children returns the shapes one step below s, with nil for values that the schema does
// not restrict. With keys, it returns only those of matching keys.
func children(s document.Shape, keys *document.KeyGlob) (list []document.Shape) {
	for _, p := range s.Properties() {
		if keys == nil || keys.Match(p.Key) {
			list = append(list, p.Shape)
		}
	}
	list = append(list, s.Undeclared()...)
	if s.Kind() == document.List && (keys == nil || s.Lists().Key != "") || s.Kind() == 0 {
		list = append(list, s.Item())
	}
	return list
}

// closure returns shapes and all shapes below them.
func closure(shapes []document.Shape) (all []document.Shape, limited bool) {
	seen := map[document.Shape]bool{}
	for next := slices.Clone(shapes); len(next) > 0; {
		s := next[0]
		next = next[1:]
		if s == nil || len(all) > mostShapes {
			return nil, true
		}
		if seen[s] {
			continue
		}
		seen[s] = true
		all = append(all, s)
		next = append(next, children(s, nil)...)
	}
	return all, false
}

// hint returns a suggestion for the key of step i: the name that was probably meant, or
// the allowed names.
func hint(shapes []document.Shape, p document.Pattern, i int) string {
	var names []string
	for _, s := range shapes {
		for _, p := range s.Properties() {
			names = append(names, p.Key)
		}
	}
	key, glob := p[i].Step.Key, p[i].Wildcard == document.AnyKey
	if key == nil && !glob || len(names) == 0 {
		return ""
	}
	if !glob {
		if meant := wording.Nearest(*key, names); meant != "" {
			corrected := slices.Clone(p)
			corrected[i].Step = document.Step{Key: &meant}
			return fmt.Sprintf(" (did you mean %s?)", corrected)
		}
	}
	if i == 0 {
		return " (allowed: " + wording.Names(names) + ")"
	}
	return fmt.Sprintf(" (allowed in %s: %s)", p[:i], wording.Names(names))
}
