package ecma_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/hotbind/hotbind/internal/ecma"
	"github.com/hotbind/hotbind/internal/pattern"
)

// TestFor: generated code links the engine if For returns it. So For must return it
// exactly if Go's regexp does not suffice, and an expression without its engine must fail
// with a message.
func TestFor(t *testing.T) {
	t.Parallel()
	for source, needed := range map[string]bool{
		"^[a-z]+$": false, `\p{L}`: false, "(?:a|b){2,5}?": false, "(": false,
		"(?=a)": true, "(?<!a)b": true, `(a)\1`: true, "(?:" + strings.Repeat("abc", 9000) + ")": true,
	} {
		if got := ecma.For(source) != nil; got != needed {
			t.Errorf("%.20s: got %v, want %v", source, got, needed)
		}
		_, err := pattern.Compile(source, ecma.For(source))
		if without := errors.Is(err, pattern.ErrEngine); without {
			t.Errorf("%.20s: %v", source, err)
		}
		if _, err = pattern.Compile(source, nil); errors.Is(err, pattern.ErrEngine) != needed {
			t.Errorf("%.20s without an engine: %v", source, err)
		}
	}
}
