package edits_test

import (
	"fmt"
	goruntime "runtime"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/edits"
	"github.com/hotbind/hotbind/runtime/internal/seam"

	rt "github.com/hotbind/hotbind/runtime"
)

// Edits take effect one after the other, although they are merged first: a later edit of
// an enclosing value discards an earlier one, and an edit inside a value that was just
// set changes that value.
func TestApply(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		before string
		edits  []rt.Edit
		want   string
	}{
		{`{}`, nil, `{}`},
		{`{"a": 1}`, []rt.Edit{rt.Set("b", 2), rt.Set("a", 3)}, `{"a":3,"b":2}`},
		{`{"a": {"b": 1}}`, []rt.Edit{rt.Set("a.c", 2), rt.Set("a", map[string]int{"d": 3})}, `{"a":{"d":3}}`},
		{`{}`, []rt.Edit{rt.Set("a", map[string]int{"d": 3}), rt.Set("a.e", 4), rt.Unset("a.d")}, `{"a":{"e":4}}`},
		{`{"a": 1}`, []rt.Edit{rt.Set("a.b", 2)}, `{"a":{"b":2}}`},
		{`{"a": {"b": 1}, "c": 2}`, []rt.Edit{rt.Unset("a.b")}, `{"c":2}`},
		{`{"a": {"b": 1}}`, []rt.Edit{rt.Unset("a.b"), rt.Unset("x.y")}, ``},
		{`{"a": 1}`, []rt.Edit{rt.Unset(""), rt.Set("b", 2)}, `{"b":2}`},
		{`{"a": 1}`, []rt.Edit{rt.Set("b", 2), rt.Unset("")}, ``},
		{`{"a": 1, "b": 2, "c": 3}`, []rt.Edit{rt.Set("c", 4), rt.Set("z", 6), rt.Set("y", 5), rt.Unset("b")}, `{"a":1,"c":4,"z":6,"y":5}`},
	} {
		before, _ := document.ParseJSON("before", []byte(c.before), document.Limits{})
		got := ""
		if after := edits.Apply(before, resolved(c.edits)); after != nil {
			got = string(after.AppendJSON(nil))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.before, diff)
		}
		if again := string(before.AppendJSON(nil)); again != compact(c.before) {
			t.Errorf("%s: the document before is %s now", c.before, again)
		}
	}
}

func resolved(list []rt.Edit) []seam.Edit { return seam.Resolve[seam.Request](list).Edits }

func compact(text string) string {
	doc, _ := document.ParseJSON("text", []byte(text), document.Limits{})
	return string(doc.AppendJSON(nil))
}

// Thousands of edits copy each object once. The test measures memory: one copy for each
// edit would make it quadratic.
func TestManyEdits(t *testing.T) {
	allocated := func(n int) float64 {
		requested := make([]rt.Edit, n)
		for i := range requested {
			requested[i] = rt.Set(fmt.Sprintf("section.k%d", i), i)
		}
		var before, after goruntime.MemStats
		goruntime.ReadMemStats(&before)
		if got := edits.Apply(nil, resolved(requested)); len(got.Get("section").Members()) != n {
			t.Error("edits were lost")
		}
		goruntime.ReadMemStats(&after)
		return float64(after.TotalAlloc - before.TotalAlloc)
	}
	if few, many := allocated(100), allocated(3200); many > 64*few {
		t.Errorf("32 times the edits take %.0f times the memory, want about 32", many/few)
	}
}
