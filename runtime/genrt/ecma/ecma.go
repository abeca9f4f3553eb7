// Package ecma is imported by generated packages whose schemas have patterns that Go's
// regexp cannot match: those with lookaround or references back, and very large ones. No
// other program links the engine for them.
package ecma

import (
	"github.com/hotbind/hotbind/internal/ecma"
	"github.com/hotbind/hotbind/internal/pattern"
)

// Engine compiles such a pattern. It is for the tables of generated packages.
func Engine(text string) (pattern.Matcher, error) { return ecma.Engine(text) }
