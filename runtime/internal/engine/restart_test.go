package engine

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hotbind/hotbind/runtime/document"

	rt "github.com/hotbind/hotbind/runtime"
)

// Fields that need a restart keep the value in force, whatever else changes. Their
// pending changes are reported until the file has the value in force again.
func TestF109_Restart(t *testing.T) {
	shape := &fakeShape{members: map[string]*fakeShape{
		"port": {restart: true},
		"log":  {},
		"in":   {members: map[string]*fakeShape{"x": {restart: true}, "y": {}}},
		"keyed": {item: &fakeShape{members: map[string]*fakeShape{"k": {}, "v": {restart: true}}},
			lists: document.ListRule{Key: "k"}},
		"list": {item: &fakeShape{members: map[string]*fakeShape{"v": {restart: true}}}},
	}}
	r := shaped(t, shape, `{"port":1,"log":1,"in":{"x":1,"y":1},"keyed":[{"k":"a","v":1},{"k":"b","v":1}],"list":[{"v":1}]}`)
	defer r.Close()
	for _, c := range []struct{ text, want string }{
		{`{"port":2,"log":2,"in":{"x":1}}`, `{"port":1,"log":2,"in":{"x":1}}`},
		{`{"log":3,"in":{"x":1}}`, `{"log":3,"in":{"x":1},"port":1}`},
		{`{"port":2,"in":{"x":3,"y":3}}`, `{"port":1,"in":{"x":1,"y":3}}`},
		{`{"port":1,"in":{"x":1},"keyed":[{"k":"b","v":1},{"k":"a","v":1}],"list":[{"v":1}]}`, `{"port":1,"in":{"x":1},"keyed":[{"k":"b","v":1},{"k":"a","v":1}],"list":[{"v":1}]}`},
		{`{"port":1,"in":{"x":1},"keyed":[{"k":"c","v":9},{"k":"a","v":2}],"list":[{"v":2},{"v":2}]}`, `{"port":1,"in":{"x":1},"keyed":[{"k":"c","v":9},{"k":"a","v":1}],"list":[{"v":1},{"v":2}]}`},
	} {
		r.hold(c.text)
		result, err := r.Reload(t.Context())
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
		}
		if diff := cmp.Diff(c.want, *r.now().snapshot.(*string)); diff != "" {
			t.Error(diff)
		}
		if waits := c.text != c.want; waits != (len(result.PendingRestart) > 0) || waits != (len(r.Status().PendingRestart) > 0) {
			t.Errorf("%s: got pending %v and %v", c.text, result.PendingRestart, r.Status().PendingRestart)
		}
		if err := r.Status().LastError; err != nil {
			t.Error(err)
		}
	}
	r.hold(`{"port":1,"in":{"x":1}}`)
	r.Reload(t.Context())
	r.logged("no changes wait for a restart anymore", 2)
}

// F192: a change that needs a restart also waits if its section appears or disappears, at
// any depth. It waits together with the rest of the section if the section is invalid
// without it. An update that adds it is refused, as in an existing section.
func TestF192_SectionsThatAppearOrGo(t *testing.T) {
	x := &fakeShape{members: map[string]*fakeShape{"x": {restart: true}, "y": {}}}
	shape := &fakeShape{members: map[string]*fakeShape{"in": x, "deep": {members: map[string]*fakeShape{"in": x, "z": {}}}, "log": {}}}
	for _, c := range []struct {
		before, text, want, refuse string
		pending                    bool
	}{
		{`{"log":1}`, `{"log":2,"in":{"x":1}}`, `{"log":2}`, "", true},
		{`{"log":1}`, `{"in":{"x":1,"y":1}}`, `{"in":{"y":1}}`, "", true},
		{`{"log":1}`, `{"in":{"y":1}}`, `{"in":{"y":1}}`, "", false},
		{`{"log":1}`, `{"in":{}}`, `{"in":{}}`, "", false},
		{`{"log":1}`, `{"log":2,"in":{"x":1,"y":1}}`, `{"log":2}`, `{"log":2,"in":{"y":1}}`, true},
		{`{"log":1}`, `{"deep":{"in":{"x":1},"z":1}}`, `{"deep":{"z":1}}`, "", true},
		{`{"log":1}`, `{"deep":{"in":{"x":1}}}`, `{}`, "", true},
		{`{"in":{"x":1,"y":1}}`, `{"log":1}`, `{"log":1,"in":{"x":1}}`, "", true},
		{`{"in":{"x":1,"y":1}}`, `{"log":1}`, `{"log":1,"in":{"x":1,"y":1}}`, `{"log":1,"in":{"x":1}}`, true},
		{`{"in":{"y":1}}`, `{"log":1}`, `{"log":1}`, "", false},
		{`{"deep":{"in":{"x":1},"z":1}}`, `{}`, `{"deep":{"in":{"x":1}}}`, "", true},
		{`{"in":{"x":1}}`, `{"in":null}`, `{"in":{"x":1}}`, "", true},
	} {
		r := shaped(t, shape, c.before)
		r.program.refuse = c.refuse
		r.hold(c.text)
		result, err := r.Reload(t.Context())
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
		}
		if got := *r.now().snapshot.(*string); got != c.want {
			t.Errorf("%s after %s: got %s, want %s", c.text, c.before, got, c.want)
		}
		if (len(result.PendingRestart) > 0) != c.pending {
			t.Errorf("%s after %s: pending are %q, want some: %v", c.text, c.before, result.PendingRestart.String(), c.pending)
		}
		r.Close()
	}
	r := shaped(t, shape, `{"log":1}`)
	defer r.Close()
	if _, err := r.Update(t.Context(), rt.Set("in", json.RawMessage(`{"x":1,"y":1}`))); err == nil || !strings.Contains(err.Error(), "needs a restart") {
		t.Errorf("got %v for an update", err)
	}
	if _, err := r.Update(t.Context(), rt.Set("in", json.RawMessage(`{"y":1}`))); err != nil {
		t.Errorf("got %v for an update of the rest", err)
	}
}

// If part of a change waits, the configuration that comes into force is validated as a
// whole.
func TestRestartMakesInvalid(t *testing.T) {
	shape := &fakeShape{members: map[string]*fakeShape{"a": {restart: true}, "b": {}}}
	r := shaped(t, shape, `{"a":1,"b":1}`)
	defer r.Close()
	r.program.refuse = `{"a":1,"b":2}`
	r.hold(`{"a":2,"b":2}`)
	_, err := r.Reload(t.Context())
	if err == nil || !strings.Contains(err.Error(), "the reloadable changes are invalid without the pending restart-only ones") {
		t.Errorf("got the error %v", err)
	}
	r.published()
}

// A rollback does not change fields that need a restart either.
func TestRestartMeetsRollback(t *testing.T) {
	shape := &fakeShape{members: map[string]*fakeShape{"a": {restart: true}, "b": {}}}
	r := shaped(t, shape, `{"a":1,"b":1}`)
	defer r.Close()
	r.hold(`{"a":1,"b":2}`)
	r.Reload(t.Context())
	r.hold(`{"a":2,"b":3}`)
	r.Reload(t.Context())
	if _, err := r.Rollback(t.Context(), rt.Steps(2)); err != nil {
		t.Error(err)
	}
	r.published(`{"a":1,"b":2}`, `{"a":1,"b":3}`, `{"a":1,"b":1}`)
	if len(r.Status().PendingRestart) == 0 {
		t.Error("the change in the file does not wait any more")
	}
}
