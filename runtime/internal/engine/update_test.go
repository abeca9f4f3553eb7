package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hotbind/hotbind/runtime/document"

	rt "github.com/hotbind/hotbind/runtime"
)

// A shape as a test writes it: members, the shape of items, and marks.
type fakeShape struct {
	members map[string]*fakeShape
	item    *fakeShape
	lists   document.ListRule
	restart bool
	secret  bool
	preset  string
}

func (s *fakeShape) Kind() document.Kind {
	switch {
	case s.members != nil:
		return document.Object
	case s.item != nil:
		return document.List
	}
	return 0
}
func (s *fakeShape) AllowsNull() bool { return false }
func (s *fakeShape) Properties() (list []document.Property) {
	for _, key := range slices.Sorted(maps.Keys(s.members)) {
		m := s.members[key]
		list = append(list, document.Property{Key: key, Shape: m, Restart: m.restart, Default: m.preset})
	}
	return list
}
func (s *fakeShape) Member(key string) (document.Shape, bool) {
	if m, ok := s.members[key]; ok {
		return m, true
	}
	return nil, s.members == nil
}
func (s *fakeShape) Undeclared() []document.Shape {
	if s.members == nil {
		return []document.Shape{nil}
	}
	return nil
}
func (s *fakeShape) Item() document.Shape {
	if s.item == nil {
		return nil
	}
	return s.item
}
func (s *fakeShape) Lists() document.ListRule { return s.lists }
func (s *fakeShape) Secret() bool             { return s.secret }

func (*fakeShape) Alternative(*document.Node) (*document.Node, document.Shape) { return nil, nil }

// shaped opens an engine on a JSON text with a shape.
func shaped(t testing.TB, shape document.Shape, text string, opts ...rt.Option) *rig {
	t.Helper()
	return riggedOn(t, &fakeProgram{shape: shape}, text, opts...)
}

// Edits add up, are replaced, and are taken back; they lie above the sources, which
// decide again where nothing is set.
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

// A reload keeps what was set, a rollback puts back what was set at that revision.
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

// What cannot be set is refused with what stays in force, and nothing changes; a bad
// file does not stand in the way.
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
		{rt.Set("list[0]", 1), "list[0]: an item of a list cannot be set, only the list as a whole"},
		{rt.Set("port", 2), "port: a change needs a restart, which ends what is set through the API; change a file"},
		{rt.Set("a", func() {}), "a: the value cannot be written as JSON: json: unsupported type: func()"},
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

// A hook that fails takes an update back, with what was set.
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

// Updates that hooks ask for run when the hooks are done, each by itself: one that is
// refused takes no other with it, and asking again for the same paths counts once.
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

// However many updates hooks ask for, only so many wait; the others are told at once.
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

// A reload that was asked for with force stays forced when another one without it
// takes its place.
func TestForceStays(t *testing.T) {
	var q queue
	q.ask(request{Request: rt.Request{Force: true}})
	q.ask(request{})
	if len(q.asked) != 1 || !q.asked[0].Force {
		t.Errorf("got %+v", q.asked)
	}
}

// Fields that need a restart keep what is in force, whatever else changes, and what
// waits is told: until the file says again what is in force.
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
	r.logged("no change waits for a restart any more", 2)
}

// F192: what needs a restart waits also where it comes or goes with its section, at any
// depth; with the rest of the section where that cannot be without it. An update that
// brings it is refused, as for a section that was there.
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
	if _, err := r.Update(t.Context(), rt.SetJSON("in", []byte(`{"x":1,"y":1}`))); err == nil || !strings.Contains(err.Error(), "needs a restart") {
		t.Errorf("got %v for an update", err)
	}
	if _, err := r.Update(t.Context(), rt.SetJSON("in", []byte(`{"y":1}`))); err != nil {
		t.Errorf("got %v for an update of the rest", err)
	}
}

// What comes into force of a change that waits in part is checked as a whole, as any
// configuration is.
func TestRestartMakesInvalid(t *testing.T) {
	shape := &fakeShape{members: map[string]*fakeShape{"a": {restart: true}, "b": {}}}
	r := shaped(t, shape, `{"a":1,"b":1}`)
	defer r.Close()
	r.program.refuse = `{"a":1,"b":2}`
	r.hold(`{"a":2,"b":2}`)
	_, err := r.Reload(t.Context())
	if err == nil || !strings.Contains(err.Error(), "what can change without a restart does not fit what needs one") {
		t.Errorf("got the error %v", err)
	}
	r.published()
}

// A rollback does not change what needs a restart either.
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
		t.Error("what the file says does not wait any more")
	}
}

// Explain tells the value in force and what every layer says of it, the strongest
// first, down to the default; secrets are hidden in all of them.
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
		for _, s := range x.Said {
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

// Revisions can be listed, compared, marked and pruned; what is in force is never
// pruned.
func TestRevisions(t *testing.T) {
	r := shaped(t, nil, `{"a":1}`, rt.WithMaxRevisions(10))
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
	if err != nil || diff.Summary() != "1 change: 1 modified" || diff.From.ID != 1 || diff.To.ID != 3 {
		t.Errorf("got %+v, %v", diff, err)
	}
	if config, err := r.Revisions().Config(2); err != nil || !json.Valid(config) || string(config) != `{"a":2}` {
		t.Errorf("got %s, %v", config, err)
	}
	if n, err := r.Revisions().Prune(rt.KeepCount(1)); n != 3 || err != nil {
		t.Errorf("pruned %d, %v", n, err)
	}
	if _, err := r.Revisions().Get(4); err != nil {
		t.Error(err)
	}
	_, err = r.Revisions().Get(2)
	wantIs(t, err, rt.ErrRevisionNotFound)
	// F106: to a pruned one there is no way back.
	_, err = r.Rollback(t.Context(), rt.To(2))
	wantIs(t, err, rt.ErrRevisionNotFound)
	if want := "rollback failed, revision 4 is in force: revision not found: 2 is not kept; the last one was 4"; err.Error() != want {
		t.Errorf("got the error %v, want %s", err, want)
	}
	if _, err := r.Backups(); !errors.Is(err, rt.ErrNoStore) {
		t.Errorf("got the error %v", err)
	}
}
