// Package sealed hides values behind the pointers of a struct from code that prints or
// compares by reflection, such as go-cmp and the dumpers of test libraries.
package sealed

// A Box holds a pointer behind a function, which reflection cannot look into. The zero
// Box holds nil. Copies of a Box are deeply equal; two boxes are not, whatever they
// hold.
type Box[T any] struct{ inner *inner[T] }

// inner is behind a pointer because functions are never deeply equal, not even to
// themselves, and pointers are.
type inner[T any] struct{ get func() *T }

// New returns a Box that holds v.
func New[T any](v *T) Box[T] { return Box[T]{&inner[T]{func() *T { return v }}} }

// Get returns the pointer in b.
func (b Box[T]) Get() *T {
	if b.inner == nil {
		return nil
	}
	return b.inner.get()
}
