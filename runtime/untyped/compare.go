package untyped

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/hotbind/hotbind/runtime/document"

	rt "github.com/hotbind/hotbind/runtime"
)

// compare appends the changes between two documents at path; either may be nil. It
// compares objects member by member and everything else as a whole. hidden is set for a
// value that the schema does not allow, which may be a secret of an older schema.
func compare(list rt.Changes, path string, before, after *document.Node, shape document.Shape, hidden bool) rt.Changes {
	if document.Equal(before, after) {
		return list
	}
	hidden = hidden || shape != nil && shape.Secret()
	if before == nil || after == nil || before.Kind() != document.Object || after.Kind() != document.Object || hidden {
		c := rt.ValueChange{Path: path, Kind: rt.Modified, Old: valueOf(before, shape, hidden), New: valueOf(after, shape, hidden)}
		switch {
		case before == nil:
			c.Kind = rt.Added
		case after == nil:
			c.Kind = rt.Removed
		}
		return append(list, c)
	}
	keys := map[string]bool{}
	for _, object := range []*document.Node{before, after} {
		for _, m := range object.Members() {
			keys[m.Key()] = true
		}
	}
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		var below document.Shape
		allowed := true
		if shape != nil {
			below, allowed = shape.Member(key)
		}
		list = compare(list, document.KeyPath(path, key), before.Get(key), after.Get(key), below, !allowed)
	}
	return list
}

// valueOf returns the value of a node in a change.
func valueOf(n *document.Node, shape document.Shape, hidden bool) any {
	if n == nil {
		return nil
	}
	shown := document.Hide(n, shape, hidden)
	switch shown.Kind() {
	case document.Null:
		return rt.Null[any]()
	case document.Bool:
		return shown.Text() == "true"
	case document.Number:
		return json.Number(shown.Text())
	case document.String:
		if shown.Text() == document.Redacted {
			return rt.NewSecret(struct{}{})
		}
		return shown.Text()
	}
	return section{shown}
}

// A section is an object or a list with secrets hidden.
type section struct{ shown *document.Node }

// MarshalJSON implements json.Marshaler.
func (s section) MarshalJSON() ([]byte, error) { return s.shown.AppendJSON(nil), nil }
