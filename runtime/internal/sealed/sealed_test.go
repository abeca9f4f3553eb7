package sealed_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hotbind/hotbind/runtime/internal/sealed"
)

// TestBox: only Get leads to the value.
func TestBox(t *testing.T) {
	text := "hunter22"
	a, b := sealed.New(&text), sealed.New(&text)
	if *a.Get() != text || (sealed.Box[string]{}).Get() != nil {
		t.Error("Get returns another value")
	}
	exported := cmp.Exporter(func(reflect.Type) bool { return true })
	for _, shown := range []string{fmt.Sprintf("%v %+v %#v", a, a, a), cmp.Diff(a, b, exported)} {
		if strings.Contains(shown, text) || shown == "" {
			t.Errorf("shown: %s", shown)
		}
	}
	if c := a; !reflect.DeepEqual(a, c) {
		t.Error("a copy is not deeply equal")
	}
}
