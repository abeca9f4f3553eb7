package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hotbind/hotbind/runtime/internal/seam"

	rt "github.com/hotbind/hotbind/runtime"
)

// Edits accumulate, replace earlier ones, and can be removed. They are above the sources,
// which apply again where nothing is set.
func TestUpdate(t *testing.T) {
	r := shaped(t, nil, `{"a":1,"b":{"c":2}}`)
	defer r.Close()
	for _, step := range []struct {
		edits []rt.Edit
		want  string
	}{
		{[]rt.Edit{rt.Set("a", 5)}, `{"a":5,"b":{"c":2}}`},
		{[]rt.Edit{rt.Set("b.d", "x"), rt.Set("b.c", 3)}, `{"a":5,"b":{"c":3,"d":"x"}}`},
		{[]rt.Edit{rt.Unset("a"), rt.Unset("b.d")}, `{"a":1,"b":{"c":3}}`},
		{[]rt.Edit{rt.Set(`n["a.b"]`, []int{1})}, `{"a":1,"b":{"c":3},"n":{"a.b":[1]}}`},
		{[]rt.Edit{rt.Unset("n"), rt.Set("a", nil)}, `{"b":{"c":3}}`},
		{[]rt.Edit{rt.Unset("")}, `{"a":1,"b":{"c":2}}`},
	} {
		result, err := r.Update(t.Context(), rt.Edits(step.edits))
		if err != nil || !result.Changed || result.Revision.Cause != rt.CauseAPIUpdate {
			t.Errorf("got %+v, %v", result, err)
		}
		if diff := cmp.Diff(step.want, *r.now().snapshot.(*string)); diff != "" {
			t.Error(diff)
		}
	}
}

// A reload keeps the edits, and a rollback restores the edits of its revision.
func TestUpdateMeetsReloadAndRollback(t *testing.T) {
	r := shaped(t, nil, `{"a":1}`)
	defer r.Close()
	value := func(want string) {
		t.Helper()
		if diff := cmp.Diff(want, *r.now().snapshot.(*string)); diff != "" {
			t.Error(diff)
		}
	}
	r.Update(t.Context(), rt.Set("b", 1)) // revision 2
	r.Update(t.Context(), rt.Set("b", 2)) // revision 3
	r.hold(`{"a":2}`)
	r.Reload(t.Context())
	value(`{"a":2,"b":2}`)
	if _, err := r.Rollback(t.Context(), rt.To(2)); err != nil {
		t.Error(err)
	}
	value(`{"a":1,"b":1}`)
	r.Update(t.Context(), rt.Set("c", 1))
	value(`{"a":1,"b":1,"c":1}`)
	r.Reload(t.Context())
	value(`{"a":2,"b":1,"c":1}`)
}

// An invalid update is refused with the revision that stays in force, and nothing
// changes. A bad file does not block a valid one.
func TestUpdateIsRefused(t *testing.T) {
	shape := &fakeShape{members: map[string]*fakeShape{"a": {}, "list": {item: &fakeShape{}}, "port": {restart: true}}}
	r := shaped(t, shape, `{"a":1}`)
	defer r.Close()
	for _, c := range []struct {
		edit rt.Edit
		want string
	}{
		{rt.Set("b", 1), "b: the schema has no such path (allowed: a, list, port)"},
		{rt.Set("a..b", 1), `invalid path "a..b": the key "" must be written as [""]`},
		{rt.Set("list[0]", 1), "list[0]: cannot set an item of a list: set the whole list"},
		{rt.Set("port", 2), "port: a change needs a restart, which discards values set through the API: change a file instead"},
		{rt.Set("a", func() {}), "a: the value cannot be encoded as JSON: json: unsupported type: func()"},
		{rt.Set("a", "!"), "(api): found !"},
	} {
		_, err := r.Update(t.Context(), rt.Set("a", 2), c.edit)
		want := "configuration refused, revision 1 stays in force: " + c.want
		if c.want == "(api): found !" {
			want = "configuration refused, revision 1 stays in force: fake:1:1: (document): found !"
		}
		if err == nil || err.Error() != want {
			t.Errorf("got the error %v, want %s", err, want)
		}
	}
	r.published()
	r.hold("{")
	if _, err := r.Reload(t.Context()); err == nil {
		t.Error("the bad file was accepted")
	}
	if _, err := r.Update(t.Context(), rt.Set("a", 3)); err != nil {
		t.Error(err)
	}
	r.published(`{"a":3}`)
	r.lastError("fake:1:2") // the file is as bad as it was
}

// A failing hook undoes an update together with its edits.
func TestUpdateIsRolledBack(t *testing.T) {
	r := shaped(t, nil, `{"a":1}`)
	defer r.Close()
	stop := r.hook(func(context.Context, string, string) error { return errRefused })
	_, err := r.Update(t.Context(), rt.Set("a", 2))
	wantIs(t, err, errRefused)
	stop()
	if result, err := r.Reload(t.Context()); err != nil || result.Changed {
		t.Errorf("got %+v, %v", result, err)
	}
	r.published(`{"a":2}`, `{"a":1}`)
}

// Updates requested by hooks run when the hooks are done, one by one: a refused one
// affects no other, and a repeated request for the same paths counts once.
func TestUpdateInsideHook(t *testing.T) {
	bubble(t, func(r *rig) {
		first := true
		r.hook(func(ctx context.Context, _, _ string) error {
			if first {
				first = false
				r.Update(ctx, rt.Set("x", 1), rt.Set("y", 1))
				r.Update(ctx, rt.Set("z", "!"))
				r.Update(ctx, rt.Set("x", 0))
				r.Update(ctx, rt.Set("x", 2))
				r.Update(ctx)
			}
			return nil
		})
		r.replace(`{"a":1}`)
		r.after(time.Second)
		r.published(`{"a":1}`, `{"a":1,"x":1,"y":1}`, `{"a":1,"x":2,"y":1}`)
		r.logged("update refused", 1)
	})
}

// However many updates hooks request, only a limited number waits; the others fail at
// once.
func TestManyUpdatesInsideHook(t *testing.T) {
	bubble(t, func(r *rig) {
		refused, first := 0, true
		r.hook(func(ctx context.Context, _, _ string) error {
			for i := range 500 {
				if _, err := r.Update(ctx, rt.Set(fmt.Sprint("k", i), 1)); first && err != nil {
					refused++
				}
			}
			first = false
			return nil
		})
		r.replace(`{"a":1}`)
		r.after(200 * time.Millisecond)
		if refused != 400 {
			t.Errorf("%d updates were refused, want 400", refused)
		}
	})
}

// A forced reload stays forced when a later one without force replaces it.
func TestForceStays(t *testing.T) {
	var q queue
	q.ask(request{Request: seam.Request{Force: true}})
	q.ask(request{})
	if len(q.requests) != 1 || !q.requests[0].Force {
		t.Errorf("got %+v", q.requests)
	}
}

// Explain returns the value in force and the value in every layer, the strongest first,
// down to the default, without secrets.
func TestExplain(t *testing.T) {
	shape := &fakeShape{members: map[string]*fakeShape{
		"a": {preset: "7"}, "s": {secret: true, preset: `"std"`}, "o": {members: map[string]*fakeShape{"s": {secret: true}, "x": {}}},
	}}
	above := &fakeSource{name: "above", text: `{"s":"strong","o":{"x":2}}`}
	r := shaped(t, shape, `{"a":0,"s":"weak","o":{"s":"deep","x":1}}`, rt.From(above))
	defer r.Close()
	r.Update(t.Context(), rt.Set("a", 2))
	for path, want := range map[string]string{
		"a":    `2; (api) (api) 2; fake fake:1:6 0; (default) (default) 7`,
		"s":    `"strong"; above above:1:6 "[secret]"; fake fake:1:12 "[secret]"; (default) (default) "[secret]"`,
		"o":    `{"s":"deep","x":2}; above above:1:19 {"x":2}; fake fake:1:23 {"s":"[secret]","x":1}`,
		"o.x":  `2; above above:1:24 2; fake fake:1:39 1`,
		"none": "none: the schema has no such path (allowed: a, o, s)",
		"a[":   `invalid path "a[": "[" is neither an index nor a key in quotes`,
	} {
		x, err := r.Explain(path)
		lines := []string{x.Value}
		for _, s := range x.Layers {
			lines = append(lines, s.Layer+" "+s.Pos.String()+" "+s.Value)
		}
		got := strings.Join(lines, "; ")
		if err != nil {
			got = err.Error()
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
	}
}

// Revisions can be listed, compared, marked and pruned. The revision in force is never
// pruned.
func TestRevisions(t *testing.T) {
	r := shaped(t, nil, `{"a":1}`, rt.WithRetention(rt.Retention{Count: 10}))
	defer r.Close()
	ctx := rt.ContextWithMetadata(t.Context(), map[string]string{"by": "test"})
	for _, text := range []string{`{"a":2}`, `{"a":3}`} {
		r.hold(text)
		if _, err := r.Reload(ctx); err != nil {
			t.Error(err)
		}
	}
	mark, err := r.Revisions().Create(ctx)
	if err != nil || mark.ID != 4 || mark.Parent != 3 || mark.Cause != rt.CauseManual || mark.Metadata["by"] != "test" {
		t.Errorf("got %+v, %v", mark, err)
	}
	ids := func(list []rt.Revision) (ids []rt.RevisionID) {
		for _, rev := range list {
			ids = append(ids, rev.ID)
		}
		return ids
	}
	if got := ids(r.Revisions().List(0, 0)); !slices.Equal(got, []rt.RevisionID{4, 3, 2, 1}) {
		t.Errorf("got %v", got)
	}
	if got := ids(r.Revisions().List(2, 1)); !slices.Equal(got, []rt.RevisionID{3, 2}) {
		t.Errorf("got %v", got)
	}
	diff, err := r.Revisions().Diff(1, 3)
	if err != nil || diff.Summary() != "1 change: 1 modified" {
		t.Errorf("got %+v, %v", diff, err)
	}
	if config, err := r.Revisions().Config(2); err != nil || !json.Valid(config) || string(config) != `{"a":2}` {
		t.Errorf("got %s, %v", config, err)
	}
	if n, err := r.Revisions().Prune(rt.Retention{Count: 1}); n != 3 || err != nil {
		t.Errorf("pruned %d, %v", n, err)
	}
	if _, err := r.Revisions().Get(4); err != nil {
		t.Error(err)
	}
	_, err = r.Revisions().Get(2)
	wantIs(t, err, rt.ErrRevisionNotFound)
	// F106: a rollback to a pruned revision fails.
	_, err = r.Rollback(t.Context(), rt.To(2))
	wantIs(t, err, rt.ErrRevisionNotFound)
	if want := "rollback failed, revision 4 is in force: revision not found: 2; the last one was 4"; err.Error() != want {
		t.Errorf("got the error %v, want %s", err, want)
	}
	if _, err := r.Revisions().Backups(); !errors.Is(err, rt.ErrNoStore) {
		t.Errorf("got the error %v", err)
	}
}
