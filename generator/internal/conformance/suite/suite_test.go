package suite

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestKnown: the list tells what is new and what is gone, of the files that were
// judged only, and writing it anew keeps the rest and the comment.
func TestKnown(t *testing.T) {
	name := filepath.Join(t.TempDir(), "known.txt")
	const text = "# why\n\ndraft7\tref.json\tg\ta\tREFUSED\ndraft7\tref.json\tg\tb\tBROKEN\ndraft7\ttype.json\tg\tc\tREFUSED\n"
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	k, err := ReadKnown(name)
	if err != nil {
		t.Fatal(err)
	}
	groups := []*Group{{Draft: "draft7", File: "ref.json"}}
	failures := []Failure{{Case: Case{"draft7", "ref.json", "g", "a", Refused}}, {Case: Case{"draft7", "ref.json", "g", "b", RejectedValid}}}
	unknown, gone := k.Compare(groups, failures)
	if len(unknown) != 1 || unknown[0].Test != "b" || unknown[0].Kind != RejectedValid {
		t.Errorf("unknown: %v", unknown)
	}
	if want := []Case{{"draft7", "ref.json", "g", "b", Broken}}; !slices.Equal(gone, want) {
		t.Errorf("gone: %v, want %v", gone, want)
	}
	if err := k.Update(name, groups, failures); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(name)
	want := "# why\n\ndraft7\tref.json\tg\ta\tREFUSED\ndraft7\tref.json\tg\tb\tREJECTED-VALID\ndraft7\ttype.json\tg\tc\tREFUSED\n"
	if err != nil || string(got) != want {
		t.Errorf("wrote %q, want %q", got, want)
	}
	if err := os.WriteFile(name, []byte("draft7\tref.json\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadKnown(name); err == nil || !strings.Contains(err.Error(), "known.txt:1: found 2 fields, want 5") {
		t.Errorf("got %v for a torn list", err)
	}
}

// TestWithMember: schemas say of which draft they are, where they can.
func TestWithMember(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{string(withMember([]byte(" {} "), "$schema", "x")), `{"$schema": "x"}`},
		{string(withMember([]byte(`{"type": 1}`), "$schema", "x")), `{"$schema": "x", "type": 1}`},
		{string(withMember([]byte(`{"$schema": "y"}`), "$schema", "x")), `{"$schema": "y"}`},
		{string(withMember([]byte(`true`), "$schema", "x")), `true`},
	} {
		if c.got != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
}
