package runtime

import (
	"fmt"
	"io"
	"log/slog"
)

// Redacted is what stands wherever a secret would be printed.
const Redacted = "[secret]"

// A Secret holds a value that must not be shown. Every formatter of fmt, every
// log handler and every encoder writes [Redacted] in its place; [Secret.Reveal]
// is the only way to the value.
type Secret[T any] struct{ value T }

// NewSecret returns a Secret that holds v.
func NewSecret[T any](v T) Secret[T] { return Secret[T]{v} }

// Reveal returns the value.
func (s Secret[T]) Reveal() T { return s.value }

// Ref returns a pointer to the value inside s, which in a snapshot must not be
// written.
func (s *Secret[T]) Ref() *T { return &s.value }

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
