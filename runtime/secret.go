package runtime

import (
	"fmt"
	"io"
	"log/slog"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/sealed"
)

// Redacted is what stands wherever a secret would be printed.
const Redacted = document.Redacted

// A Secret holds a value that must not be shown. Every formatter of fmt, every
// log handler and every encoder writes [Redacted] in its place; [Secret.Reveal]
// is the only way to the value.
type Secret[T any] struct {
	_ [0]func() // == would compare where the value is, not what it is
	// Sealed, because fmt prints unexported fields of other types, and go-cmp all
	// fields of values that print alike, without asking this type.
	value sealed.Box[T]
}

// NewSecret returns a Secret that holds v.
func NewSecret[T any](v T) Secret[T] { return Secret[T]{value: sealed.New(&v)} }

// Reveal returns the value; of the zero Secret it is the zero T.
func (s Secret[T]) Reveal() T { return *s.Ref() }

// Ref returns a pointer to the value, which must not be written.
func (s Secret[T]) Ref() *T {
	if v := s.value.Get(); v != nil {
		return v
	}
	return new(T)
}

// Equal reports whether both hold the same value.
func (s Secret[T]) Equal(other Secret[T]) bool { return equal(s.Ref(), other.Ref()) }

// String is [Redacted].
func (s Secret[T]) String() string { return Redacted }

// Format writes [Redacted] for every verb and flag.
func (s Secret[T]) Format(f fmt.State, _ rune) { io.WriteString(f, Redacted) }

// LogValue is [Redacted].
func (s Secret[T]) LogValue() slog.Value { return slog.StringValue(Redacted) }

// MarshalText writes [Redacted], so that a secret can also be a map key.
func (s Secret[T]) MarshalText() ([]byte, error) { return []byte(Redacted), nil }

// MarshalJSON writes [Redacted] as a JSON string.
func (s Secret[T]) MarshalJSON() ([]byte, error) { return []byte(`"` + Redacted + `"`), nil }

// MarshalYAML returns [Redacted], for a YAML package.
func (s Secret[T]) MarshalYAML() (any, error) { return Redacted, nil }
