package dynamic

import (
	"encoding/json"
	"sync/atomic"

	"github.com/hotbind/hotbind/runtime/genrt"
)

// A record is the value of a struct or a tuple without a Go type. A zero record gets its
// fields when they are first needed, because a type may contain itself.
type record struct {
	made atomic.Pointer[recordFields]
	kept genrt.Kept
}

// recordFields are pointers to the fields of a record, and its table.
type recordFields struct {
	table  genrt.Type
	values []any
}

// MarshalJSON implements json.Marshaler.
func (r *record) MarshalJSON() ([]byte, error) {
	if made := r.made.Load(); made != nil {
		return genrt.Marshal(made.table, r)
	}
	return []byte("null"), nil
}

// recordAt returns the At of a table t whose values are records; zeros make the fields.
func recordAt(t genrt.Type, zeros []func() any) func(p any, n int) any {
	return func(p any, n int) any {
		r := p.(*record)
		if n == genrt.KeptField {
			return &r.kept
		}
		made := r.made.Load()
		if made == nil {
			made = &recordFields{table: t, values: make([]any, len(zeros))}
			for i, zero := range zeros {
				made.values[i] = zero()
			}
			if !r.made.CompareAndSwap(nil, made) {
				made = r.made.Load()
			}
		}
		if n >= len(made.values) {
			return nil
		}
		return made.values[n]
	}
}

// An arm holds the value of a branch in a union of any.
type arm struct{ zero func() any }

// armed is the value of one arm.
type armed struct {
	arm   *arm
	value any
}

// MarshalJSON implements json.Marshaler.
func (a armed) MarshalJSON() ([]byte, error) { return json.Marshal(a.value) }

// Zero returns a pointer to a new zero value.
func (a *arm) Zero() any { return a.zero() }

// Get returns the pointer to the value of the branch in p, a *any; nil if there is none.
func (a *arm) Get(p any) any {
	if held, ok := (*p.(*any)).(armed); ok && held.arm == a {
		return held.value
	}
	return nil
}

// Set makes p, a *any, hold the value of the branch.
func (a *arm) Set(p, value any) { *p.(*any) = armed{a, value} }

// A word is a string of a fixed set, which changes show without quotes.
type word string

// String returns the word.
func (w word) String() string { return string(w) }
