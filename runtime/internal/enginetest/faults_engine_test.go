package enginetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hotbind/hotbind/internal/testkit"
	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/testdata/compile/service"

	rt "github.com/hotbind/hotbind/runtime"
)

// F100: a caller that wants to write a value takes a clone, which shares nothing. The
// value kept for a rollback is independent of the one that readers received.
func TestF100_CallerWrites(t *testing.T) {
	path := file(t, "name: service\nhosts: [a.example, b.example]\ntenants: {acme: {quota: 1}}\n")
	f := follow(t, rt.File(path), rt.WithSettle(0))
	clone := f.Current().Clone()
	clone.Hosts[0], clone.Tenants["acme"] = "x.example", service.Tenant{Quota: 99}
	if f.Current().Hosts[0] != "a.example" || f.Current().Tenants["acme"].Quota != 1 {
		t.Error("the clone shares with the snapshot")
	}
	f.Current().Hosts[0] = "x.example" // which nobody may do
	save(t, f.Live, path, config(2))
	if _, err := f.Manager().Rollback(t.Context(), rt.Steps(1)); err != nil || f.Current().Hosts[0] != "a.example" {
		t.Errorf("got %v, %v", f.Current().Hosts, err)
	}
}

// F101: the changes between two configurations, applied to the first, yield the second.
// Each path occurs once, and equal configurations have no changes.
func TestF101_ChangesMakeTheOther(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for i := range 2000 {
		before, after := randomConfig(t, random), randomConfig(t, random)
		changes := before.Diff(after).Changes
		doc := asDocument(t, before)
		seen := map[string]bool{}
		for _, c := range changes {
			if seen[c.Path] {
				t.Errorf("%s is there twice", c.Path)
			}
			seen[c.Path] = true
			doc = applied(t, doc, c)
		}
		want := asDocument(t, after)
		if !document.Equal(doc, want) {
			t.Fatalf("case %d: got %s, want %s; the changes are\n%v", i, doc.AppendJSON(nil), want.AppendJSON(nil), changes)
		}
		if (len(changes) == 0) != before.Equal(*after) || !before.Diff(before.Clone()).Empty() {
			t.Errorf("case %d: got the changes %v", i, changes)
		}
	}
}

func randomConfig(t testing.TB, random *rand.Rand) *service.Config {
	t.Helper()
	c := map[string]any{"name": "service"}
	some := func(key string, values ...any) {
		if n := random.IntN(len(values) + 1); n < len(values) {
			c[key] = values[n]
		}
	}
	some("left", 1, 2)
	some("verbose", true, false)
	some("note", nil, "x")
	some("hosts", []string{}, []string{"a.example"}, []string{"b.example", "a.example"})
	some("database", map[string]any{}, map[string]any{"url": "x"}, map[string]any{"pool_size": 3})
	some("tls", map[string]any{"cert": "x"}, map[string]any{"cert": "x", "min_version": "1.3"})
	some("tenants", map[string]any{}, map[string]any{"a": map[string]any{"quota": 1}},
		map[string]any{"a": map[string]any{"quota": 2}, "b.c": map[string]any{"quota": 1, "region": "us"}})
	text, err := json.Marshal(c)
	must(t, err)
	made, err := service.Parse("a.json", text)
	must(t, err)
	return made
}

func asDocument(t testing.TB, v any) *document.Node {
	t.Helper()
	text, err := json.Marshal(v)
	must(t, err)
	doc, findings := document.ParseJSON("a.json", text, document.Limits{})
	if doc == nil {
		t.Fatal(findings)
	}
	return doc
}

// applied returns doc after one change.
func applied(t testing.TB, doc *document.Node, c rt.ValueChange) *document.Node {
	t.Helper()
	steps, err := document.ParsePath(c.Path)
	must(t, err)
	parent := doc.At(steps[:len(steps)-1], nil)
	key := *steps[len(steps)-1].Key
	parent.Delete(key)
	if c.New != nil {
		parent.Set(key, asDocument(t, c.New))
	}
	return doc
}

// F107: after a rollback, the file still has the value that was left. Nothing returns to
// it until the file changes: not by events, not by polls, and not for the same bytes.
func TestF107_RollbackIsHeld(t *testing.T) {
	path := file(t, config(1))
	source := spyOn(path)
	f := follow(t, source, rt.WithSettle(0), rt.WithPollInterval(20*time.Millisecond))
	save(t, f.Live, path, config(2))
	if _, err := f.Manager().Rollback(t.Context(), rt.Steps(1)); err != nil {
		t.Fatal(err)
	}
	write(t, path, config(2))
	reads := source.reads.Load()
	testkit.Until(t, "the file is read again and again", func() bool { return source.reads.Load() > reads+10 })
	if s := f.Manager().Status(); f.Current().Left != 1 || s.Revision.ID != 3 || s.LastError == nil {
		t.Errorf("got %d in force, the status %+v", f.Current().Left, s)
	}
	replace(t, path, config(3))
	f.left(3)
}

// The correctness part of F104: in a large configuration, one changed value is one
// change. Benchmarks measure the speed.
func TestF104_LargeConfigOneChange(t *testing.T) {
	texts := [2]string{tenants(0), tenants(1)}
	before, err := service.Parse("a.yaml", []byte(texts[0]))
	must(t, err)
	after, err := service.Parse("a.yaml", []byte(texts[1]))
	must(t, err)
	if diff := cmp.Diff("tenants.t000.quota: 0 → 1", before.Diff(after).String()); diff != "" {
		t.Error(diff)
	}
}

// The errors of all operations work with errors.Is and errors.As.
func TestErrors(t *testing.T) {
	path := file(t, config(1))
	f := follow(t, rt.File(path), rt.WithSettle(0))
	refuse := errors.New("no")
	f.Left().OnChange(func(context.Context, rt.Change[int]) error { return refuse })
	replace(t, path, config(2))
	_, err := f.Manager().Reload(t.Context())
	var reload *rt.ReloadError
	var hook *rt.HookError
	if !errors.As(err, &reload) || !errors.As(err, &hook) || !errors.Is(err, refuse) || reload.Kept != 1 || hook.Field != "left" {
		t.Errorf("got the error %v", err)
	}
	_, err = f.Manager().Rollback(t.Context(), rt.To(77))
	var rollback *rt.RollbackError
	if !errors.As(err, &rollback) || !errors.Is(err, rt.ErrRevisionNotFound) {
		t.Errorf("got the error %v", err)
	}
	must(t, f.Close())
	for _, err := range []error{
		second(f.Manager().Reload(context.Background())), second(f.Manager().Update(context.Background(), rt.Set("left", 1))),
		second(f.Manager().Rollback(context.Background(), rt.Steps(1))), f.Manager().Watching().Enable(), second(f.Manager().DryRun(context.Background())),
		second(f.Manager().Revisions().Create(context.Background())),
	} {
		if !errors.Is(err, rt.ErrClosed) {
			t.Errorf("after Close: got the error %v", err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// BenchmarkF104 compares two configurations of 10 MB that differ in one value, and
// decodes one: all work of a reload except reading and parsing.
func BenchmarkF104(b *testing.B) {
	large := func(n int) *service.Config {
		c, err := service.Parse("a.yaml", []byte(config(n)))
		must(b, err)
		c.Tenants = map[string]service.Tenant{}
		for i := range 200_000 {
			c.Tenants[fmt.Sprintf("tenant-%030d", i)] = service.Tenant{Quota: i, Region: "eu"}
		}
		return c
	}
	before, after := large(1), large(1)
	after.Tenants[fmt.Sprintf("tenant-%030d", 7)] = service.Tenant{Quota: 0, Region: "eu"}
	b.ReportAllocs()
	for b.Loop() {
		if d := before.Diff(after); len(d.Changes) != 1 {
			b.Fatal(len(d.Changes))
		}
	}
}
