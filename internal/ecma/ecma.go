// Package ecma links the engine for regular expressions that Go's regexp cannot match:
// those with lookaround or backreferences, and very large ones. Tools use it for every
// pattern, a generated package only if its schema has such a pattern.
package ecma

import (
	"errors"

	"github.com/dlclark/regexp2"

	"github.com/hotbind/hotbind/internal/pattern"
)

// Compile calls [pattern.Compile] with [Engine].
func Compile(source string) (*pattern.Pattern, error) { return pattern.Compile(source, Engine) }

// Engine implements [pattern.Engine].
func Engine(text string) (pattern.Matcher, error) {
	re, err := regexp2.Compile(text, regexp2.ECMAScript)
	if err != nil {
		return nil, errors.New("it cannot be compiled")
	}
	re.MatchTimeout = pattern.TimeLimit
	return re, nil
}

// For returns [Engine] if the expression needs it, and nil otherwise.
func For(source string) pattern.Engine {
	if _, err := pattern.Compile(source, nil); errors.Is(err, pattern.ErrEngine) {
		return Engine
	}
	return nil
}
