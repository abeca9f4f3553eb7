package runtime

import (
	"encoding/json"
	"fmt"
)

// An Optional is a value that a configuration may omit. The zero Optional is absent. If
// the schema allows null, null is a third state: it is not set, and it is encoded as
// null. Copies share the value, which must not be modified.
type Optional[T any] struct {
	_     [0]func() // forbids ==, which would compare addresses
	value *T
	null  bool
}

// Some returns an Optional that holds v.
func Some[T any](v T) Optional[T] { return Optional[T]{value: &v} }

// Null returns an Optional that is null.
func Null[T any]() Optional[T] { return Optional[T]{null: true} }

// Get returns the value and whether it is set.
func (o Optional[T]) Get() (v T, ok bool) {
	if o.value == nil {
		return v, false
	}
	return *o.value, true
}

// Or returns the value, or fallback if it is not set.
func (o Optional[T]) Or(fallback T) T {
	if o.value == nil {
		return fallback
	}
	return *o.value
}

// IsSet reports whether the value is set.
func (o Optional[T]) IsSet() bool { return o.value != nil }

// IsNull reports whether it is null.
func (o Optional[T]) IsNull() bool { return o.null }

// Equal reports whether both hold the same value, or both are absent, or both null.
func (o Optional[T]) Equal(other Optional[T]) bool {
	if o.value == nil || other.value == nil {
		return o.value == nil && other.value == nil && o.null == other.null
	}
	return equal(o.value, other.value)
}

// Ref returns a pointer to the value, or nil if it is not set. The value must not be
// modified.
func (o Optional[T]) Ref() *T { return o.value }

// String returns the value as fmt prints it, "null" or "absent".
func (o Optional[T]) String() string {
	switch {
	case o.value != nil:
		return fmt.Sprint(*o.value)
	case o.null:
		return "null"
	}
	return "absent"
}

// MarshalJSON writes the value, or null if it is not set.
func (o Optional[T]) MarshalJSON() ([]byte, error) {
	if o.value == nil {
		return []byte("null"), nil
	}
	return json.Marshal(*o.value)
}

// MarshalYAML returns the value, or nil if it is not set.
func (o Optional[T]) MarshalYAML() (any, error) {
	if o.value == nil {
		return nil, nil
	}
	return *o.value, nil
}
