package runtime

import (
	"encoding/json"
	"fmt"
)

// An Optional is a value that a configuration may leave out. The zero Optional
// is absent. Where the schema allows null, null is a third state: it is not
// set, and it is written back as null. Copies share the value, which must not
// be written; a type may contain an Optional of itself.
type Optional[T any] struct {
	_     [0]func() // == would compare where the value is, not what it is
	value *T
	null  bool
}

// Some returns an Optional that holds v.
func Some[T any](v T) Optional[T] { return Optional[T]{value: &v} }

// SomeOf returns an Optional that holds what v points to, which must not be
// written any more.
func SomeOf[T any](v *T) Optional[T] { return Optional[T]{value: v} }

// Null returns an Optional that was given as null.
func Null[T any]() Optional[T] { return Optional[T]{null: true} }

// Get returns the value and whether there is one.
func (o Optional[T]) Get() (v T, ok bool) {
	if o.value == nil {
		return v, false
	}
	return *o.value, true
}

// Or returns the value, or fallback where there is none.
func (o Optional[T]) Or(fallback T) T {
	if o.value == nil {
		return fallback
	}
	return *o.value
}

// IsSet reports whether there is a value.
func (o Optional[T]) IsSet() bool { return o.value != nil }

// IsNull reports whether null was given.
func (o Optional[T]) IsNull() bool { return o.null }

// Equal reports whether both hold the same value, or both are absent, or both null.
func (o Optional[T]) Equal(other Optional[T]) bool {
	if o.value == nil || other.value == nil {
		return o.value == nil && other.value == nil && o.null == other.null
	}
	return equal(o.value, other.value)
}

// RefTo returns a pointer to the value of o, or nil where there is none, without
// copying it. It must not be written through.
func RefTo[T any](o *Optional[T]) *T { return o.value }

// String is the value as fmt prints it, "null" or "absent".
func (o Optional[T]) String() string {
	switch {
	case o.value != nil:
		return fmt.Sprint(*o.value)
	case o.null:
		return "null"
	}
	return "absent"
}

// MarshalJSON writes the value, or null where there is none.
func (o Optional[T]) MarshalJSON() ([]byte, error) {
	if o.value == nil {
		return []byte("null"), nil
	}
	return json.Marshal(*o.value)
}

// MarshalYAML returns the value, or nil where there is none, for a YAML package.
func (o Optional[T]) MarshalYAML() (any, error) {
	if o.value == nil {
		return nil, nil
	}
	return *o.value, nil
}
