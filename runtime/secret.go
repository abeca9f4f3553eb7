package runtime

import (
	"fmt"
	"io"
	"log/slog"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/sealed"
)

// A Secret holds a value that must not be shown. Every verb of fmt, every log handler and
// every encoder writes [document.Redacted], "[secret]", in its place. Only [Secret.Reveal]
// and [Secret.Ref] return the value.
type Secret[T any] struct {
	_ [0]func() // forbids ==, which would compare addresses
	// Sealed, because fmt prints unexported fields of other types, and go-cmp all
	// fields of values that print alike, without asking this type.
	value sealed.Box[T]
}

// NewSecret returns a Secret that holds v.
func NewSecret[T any](v T) Secret[T] { return Secret[T]{value: sealed.New(&v)} }

// Reveal returns the value; the zero Secret holds the zero T.
func (s Secret[T]) Reveal() T { return *s.Ref() }

// Ref returns a pointer to the value, which must not be modified.
func (s Secret[T]) Ref() *T {
	if v := s.value.Get(); v != nil {
		return v
	}
	return new(T)
}

// Equal reports whether both hold the same value.
func (s Secret[T]) Equal(other Secret[T]) bool { return equal(s.Ref(), other.Ref()) }

// String returns "[secret]".
func (s Secret[T]) String() string { return document.Redacted }

// Format writes "[secret]" for every verb and flag.
func (s Secret[T]) Format(f fmt.State, _ rune) { io.WriteString(f, document.Redacted) }

// LogValue returns "[secret]".
func (s Secret[T]) LogValue() slog.Value { return slog.StringValue(document.Redacted) }

// MarshalText writes "[secret]", so that a secret can also be a map key.
func (s Secret[T]) MarshalText() ([]byte, error) { return []byte(document.Redacted), nil }

// MarshalJSON writes "[secret]" as a JSON string.
func (s Secret[T]) MarshalJSON() ([]byte, error) { return []byte(`"` + document.Redacted + `"`), nil }

// MarshalYAML returns "[secret]".
func (s Secret[T]) MarshalYAML() (any, error) { return document.Redacted, nil }
