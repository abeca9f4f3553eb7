package runtime

import (
	"encoding/json"
	"fmt"
	"strings"
)

// A Change is what a hook is told of one field or section: its value before and
// after. A side on which the value is absent (an optional field not given, a
// section or map entry that does not exist) holds the zero T and reports false.
type Change[T any] struct {
	Old, New       T
	OldSet, NewSet bool
}

// String is old → new, "absent" on a side without a value.
func (c Change[T]) String() string {
	return pair(side(c.Old, c.OldSet), side(c.New, c.NewSet))
}

// side is v, or nil where it is absent.
func side(v any, set bool) any {
	if !set {
		return nil
	}
	return v
}

// An EntryChange is what a hook is told of one entry of a map, or one item of a
// list with x-key: added when
// OldSet is false, removed when NewSet is false.
type EntryChange[K comparable, V any] struct {
	Key            K
	Old, New       V
	OldSet, NewSet bool
}

// String is key: old → new, "absent" on a side without a value.
func (c EntryChange[K, V]) String() string {
	return fmt.Sprintf("%v: %s", c.Key, pair(side(c.Old, c.OldSet), side(c.New, c.NewSet)))
}

// A ChangeKind says what became of a value.
type ChangeKind uint8

// The kinds of change.
const (
	Added ChangeKind = iota + 1
	Removed
	Modified
)

// String is added, removed or modified.
func (k ChangeKind) String() string {
	if k < Added || k > Modified {
		return "unknown"
	}
	return [...]string{"", "added", "removed", "modified"}[k]
}

// MarshalText writes what String returns.
func (k ChangeKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (k *ChangeKind) UnmarshalText(text []byte) error {
	for _, kind := range []ChangeKind{Added, Removed, Modified} {
		if kind.String() == string(text) {
			*k = kind
			return nil
		}
	}
	return fmt.Errorf("%q is no kind of change", text)
}

// A ValueChange is one path of [Changes]. Old and New are the typed values, a
// section as a pointer; the side on which the value is absent is nil, one that is
// null is a null rt.Optional, and secrets print as [Redacted]. Kind is zero, and both
// sides are nil, only in the first call of [WithCurrent] where nothing matches.
type ValueChange struct {
	Path     string
	Kind     ChangeKind
	Old, New any
}

// String is path: old → new.
func (c ValueChange) String() string {
	switch c.Kind {
	case Added:
		return fmt.Sprintf("%s: added %s", c.Path, brief(c.New))
	case Removed:
		return fmt.Sprintf("%s: removed %s", c.Path, brief(c.Old))
	}
	return c.Path + ": " + pair(c.Old, c.New)
}

// longestRecorded is how long the JSON of a value may be in a record, in bytes.
const longestRecorded = 1000

// MarshalJSON writes path, kind, old and new; a side without a value is left out. Of
// a value whose JSON is longer than 1,000 bytes only the beginning of that is
// written, as a string, and shortened says so.
func (c ValueChange) MarshalJSON() ([]byte, error) {
	record := struct {
		Path      string          `json:"path"`
		Kind      ChangeKind      `json:"kind"`
		Old       json.RawMessage `json:"old,omitempty"`
		New       json.RawMessage `json:"new,omitempty"`
		Shortened bool            `json:"shortened,omitempty"`
	}{Path: c.Path, Kind: c.Kind}
	for _, side := range []struct {
		value any
		text  *json.RawMessage
	}{{c.Old, &record.Old}, {c.New, &record.New}} {
		if side.value == nil {
			continue
		}
		text, err := json.Marshal(side.value)
		if err != nil {
			return nil, err
		}
		if len(text) > longestRecorded {
			record.Shortened = true
			text, _ = json.Marshal(strings.ToValidUTF8(string(text[:longestRecorded]), "") + "…")
		}
		*side.text = text
	}
	return json.Marshal(record)
}

// UnmarshalJSON reads what MarshalJSON writes. Old and New are what encoding/json makes
// of their JSON then, and a secret is the text [Redacted].
func (c *ValueChange) UnmarshalJSON(text []byte) error {
	var record struct {
		Path     string     `json:"path"`
		Kind     ChangeKind `json:"kind"`
		Old, New any
	}
	if err := json.Unmarshal(text, &record); err != nil {
		return err
	}
	*c = ValueChange{record.Path, record.Kind, record.Old, record.New}
	return nil
}

// longestValue is how much of a value a change shows, in characters: one change
// stays on one line and within reach of the eye.
const longestValue = 80

// brief is the beginning of a value as a change shows it.
func brief(v any) string { return cut([]rune(plain(v)), 0) }

// pair is two values as a change shows them: of long ones the part from shortly
// before they differ, so that they never look the same.
func pair(before, after any) string {
	a, b := []rune(plain(before)), []rune(plain(after))
	from := 0
	if len(a) > longestValue || len(b) > longestValue {
		for from < len(a) && from < len(b) && a[from] == b[from] {
			from++
		}
		from = max(0, from-longestValue/4)
	}
	return cut(a, from) + " → " + cut(b, from)
}

func cut(text []rune, from int) string {
	head, tail := "", ""
	if from > 0 {
		head = "…"
	}
	if len(text)-from > longestValue {
		tail, text = "…", text[:from+longestValue-1]
	}
	return head + string(text[min(from, len(text)):]) + tail
}

// plain is a value on one line.
func plain(v any) string {
	if v == nil {
		return "absent"
	}
	text := fmt.Sprintf("%v", v)
	if s, ok := v.(fmt.Stringer); ok {
		text = s.String()
	} else if encoded, err := json.Marshal(v); err == nil {
		text = string(encoded)
	}
	return strings.Join(strings.Fields(text), " ")
}

// Changes lists what differs between two values, path by path, in the order of
// the schema; entries of a map, and items of a list with x-key, by key. A value that appeared or went is one
// change.
type Changes []ValueChange

// Empty reports whether nothing differs.
func (c Changes) Empty() bool { return len(c) == 0 }

// String is one line a change.
func (c Changes) String() string {
	lines := make([]string, len(c))
	for i := range c {
		lines[i] = c[i].String()
	}
	return strings.Join(lines, "\n")
}

// Summary is the list on one line: no change, or 3 changes: 1 added, 2 modified.
func (c Changes) Summary() string {
	if len(c) == 0 {
		return "no change"
	}
	var counts [Modified + 1]int
	for i := range c {
		counts[c[i].Kind]++
	}
	var parts []string
	for _, kind := range []ChangeKind{Added, Removed, Modified} {
		if n := counts[kind]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %v", n, kind))
		}
	}
	noun := "changes"
	if len(c) == 1 {
		noun = "change"
	}
	return fmt.Sprintf("%d %s: %s", len(c), noun, strings.Join(parts, ", "))
}

// A Diff is everything that differs between two snapshots of a configuration,
// both of which are immutable.
type Diff[T any] struct {
	Old, New *T
	Changes  Changes
}

// Empty reports whether nothing differs.
func (d *Diff[T]) Empty() bool { return d.Changes.Empty() }

// Snapshots returns Old and New untyped, nil where there is none.
func (d *Diff[T]) Snapshots() (before, after any) {
	if d.Old != nil {
		before = d.Old
	}
	if d.New != nil {
		after = d.New
	}
	return before, after
}

// String is one line a change.
func (d *Diff[T]) String() string { return d.Changes.String() }
