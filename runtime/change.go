package runtime

import (
	"encoding/json"
	"fmt"
	"strings"
)

// A Change is the change of one field or section. If the value is absent on a side (an
// optional field that is not set, a section or map entry that does not exist), that side
// is the zero T and its Set field is false.
type Change[T any] struct {
	Old, New       T
	OldSet, NewSet bool
}

// String returns old → new, with "absent" for a side without a value.
func (c Change[T]) String() string {
	return pair(side(c.Old, c.OldSet), side(c.New, c.NewSet))
}

// side returns v, or nil if it is absent.
func side(v any, set bool) any {
	if !set {
		return nil
	}
	return v
}

// An EntryChange is the change of one entry of a map, or of one item of a list with x-key.
// The entry was added if OldSet is false, and removed if NewSet is false.
type EntryChange[K comparable, V any] struct {
	Key            K
	Old, New       V
	OldSet, NewSet bool
}

// String returns key: old → new, with "absent" for a side without a value.
func (c EntryChange[K, V]) String() string {
	return fmt.Sprintf("%v: %s", c.Key, pair(side(c.Old, c.OldSet), side(c.New, c.NewSet)))
}

// A ChangeKind is the kind of a change.
type ChangeKind uint8

// The kinds of change.
const (
	Added ChangeKind = iota + 1
	Removed
	Modified
)

// String returns added, removed or modified.
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
	return fmt.Errorf("unknown kind of change %q: want added, removed or modified", text)
}

// A ValueChange is one path of [Changes]. Old and New are typed values: a section is a
// pointer, an absent value nil, null a null [Optional], and a secret a [Secret]. Kind is
// zero, and both sides are nil, only in the first call of [WithCurrent] if nothing
// matches.
type ValueChange struct {
	Path     string
	Kind     ChangeKind
	Old, New any
}

// String returns path: old → new.
func (c ValueChange) String() string {
	switch c.Kind {
	case Added:
		return fmt.Sprintf("%s: added %s", c.Path, brief(c.New))
	case Removed:
		return fmt.Sprintf("%s: removed %s", c.Path, brief(c.Old))
	}
	return c.Path + ": " + pair(c.Old, c.New)
}

// longestRecorded limits the JSON of a value in a record, in bytes.
const longestRecorded = 1000

// MarshalJSON writes path, kind, old and new, without the side of an absent value. JSON of
// more than 1,000 bytes is cut and written as a string, and the member shortened is true.
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

// UnmarshalJSON reads what MarshalJSON writes. Old and New have the types of encoding/json,
// and a secret is the string "[secret]".
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

// longestValue limits how much of a value a change shows, in characters, so that it fits
// on a line.
const longestValue = 80

// brief returns the beginning of a value.
func brief(v any) string { return cut([]rune(plain(v)), 0) }

// pair returns two values. Long ones begin shortly before the first difference, so that
// they never look the same.
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

// plain returns a value on one line.
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

// Changes lists the changes between two values, one per path, in the order of the schema,
// and by key for the entries of a map and the items of a list with x-key. A value that was
// added or removed is one change.
type Changes []ValueChange

// Empty reports whether there is no change.
func (c Changes) Empty() bool { return len(c) == 0 }

// String returns one line per change.
func (c Changes) String() string {
	lines := make([]string, len(c))
	for i := range c {
		lines[i] = c[i].String()
	}
	return strings.Join(lines, "\n")
}

// Summary returns a line such as "3 changes: 1 added, 2 modified", or "no change".
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

// A Diff holds all changes between two immutable snapshots of a configuration.
type Diff[T any] struct {
	Old, New *T
	Changes  Changes
}

// Empty reports whether there is no change.
func (d *Diff[T]) Empty() bool { return d.Changes.Empty() }

// Snapshots returns Old and New, untyped; a missing one is nil.
func (d *Diff[T]) Snapshots() (before, after any) {
	if d.Old != nil {
		before = d.Old
	}
	if d.New != nil {
		after = d.New
	}
	return before, after
}

// String returns one line per change.
func (d *Diff[T]) String() string { return d.Changes.String() }
