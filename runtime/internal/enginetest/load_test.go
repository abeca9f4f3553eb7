package enginetest

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/history"
	"github.com/hotbind/hotbind/runtime/settings"
	"github.com/hotbind/hotbind/runtime/untyped"
	"github.com/hotbind/hotbind/runtime/validate"
	"github.com/hotbind/hotbind/testdata/compile/service"

	rt "github.com/hotbind/hotbind/runtime"
)

// TestF188_LoadAsOpen: Load reads the same values as Open from the same sources, with
// every option for reading, also without generated code.
func TestF188_LoadAsOpen(t *testing.T) {
	schema, findings := validate.Load("service.schema.json", service.Schema(), nil)
	if len(findings.Errors()) > 0 {
		t.Fatal(findings)
	}
	migrated := migrations(t)
	for _, c := range []struct {
		name, text string
		opts       []rt.Option
		want       string // of the error; empty: no error
		left       int
	}{
		{"an old version is migrated", "note: \"1\"\nname: x\nold_left: 5\n", migrated, "", 5},
		{"a migration fails", "note: \"2\"\nname: x\nright: 13\n", migrated, "13 is unlucky", 0},
		{"no migration is configured", "note: \"1\"\nname: x\nold_left: 5\n", nil, "old_left: unknown property", 0},
		{"a limit", "name: x\nhosts: [a, b, c]\n", []rt.Option{rt.WithLimits(document.Limits{Nodes: 3})}, "the limit is 3", 0},
		{"an empty layer is refused", "", nil, "the file is empty", 0},
		{"an empty layer sets nothing", "", []rt.Option{rt.AllowEmpty(), rt.From(rt.Bytes("over.yaml", []byte("name: x\nleft: 7\n")))}, "", 7},
	} {
		path := file(t, c.text)
		opts := append([]rt.Option{rt.From(rt.File(path)), rt.WithLogger(slog.New(slog.DiscardHandler))}, c.opts...)
		loaded, failed := service.Load(t.Context(), opts...)
		bare, unread := untyped.Load(t.Context(), schema, opts...)
		live, refused := service.Open(t.Context(), opts...)
		for _, err := range []error{failed, unread, refused} {
			if (err == nil) != (c.want == "") || err != nil && (!strings.Contains(err.Error(), c.want) || err.Error() != failed.Error()) {
				t.Errorf("%s: got %v, want %q", c.name, err, c.want)
			}
		}
		if refused != nil || failed != nil || unread != nil {
			continue
		}
		if !loaded.Equal(*live.Current()) || loaded.Left != c.left {
			t.Errorf("%s: loaded %v, opened %v", c.name, loaded, live.Current())
		}
		ours, err := bare.MarshalJSON()
		must(t, err)
		theirs, err := loaded.MarshalJSON()
		must(t, err)
		if diff := cmp.Diff(string(theirs), string(ours)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
		must(t, live.Close())
	}
}

// TestF188_OptionsOfFollowing: options that have no effect if sources are read once are
// one error that names all of them; none is ignored.
func TestF188_OptionsOfFollowing(t *testing.T) {
	_, err := service.Load(t.Context(), rt.WithDebounce(time.Second), history.Store("revisions"), settings.File("settings.yaml"), rt.WaitForFiles())
	want := `no sources: pass rt.From(…)
WithDebounce: only for Open: sources that are read once are not followed
WaitForFiles: only for Open: sources that are read once are not followed
history.Store: only for Open: sources that are read once are not followed
settings.File: only for Open: sources that are read once are not followed`
	if err == nil {
		t.Fatal("it was loaded")
	}
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Error(diff)
	}
}

// TestF188_WarningsOfLoad: Load logs the same warnings as Open, and compares a schema
// with the one that the package was generated from.
func TestF188_WarningsOfLoad(t *testing.T) {
	schema, findings := validate.Load("s.yaml", []byte("type: object\nproperties: {old: {type: string, deprecated: true}}\n"), nil)
	if len(findings.Errors()) > 0 {
		t.Fatal(findings)
	}
	var log bytes.Buffer
	_, err := untyped.Load(t.Context(), schema, rt.From(rt.Bytes("a.yaml", []byte("old: a\n"))),
		rt.WithLogger(slog.New(slog.NewTextHandler(&log, nil))), rt.WithSchema(file(t, "type: object\n")))
	must(t, err)
	for _, want := range []string{"a.yaml:1:1: old: ", "the schema file differs from the one the package was generated from"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("got the log %s, want %s in it", log.String(), want)
		}
	}
}
