package generator_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestKnownFailures: only failures in judged files are new or gone, and rewriting the
// list keeps the others and the comment.
func TestKnownFailures(t *testing.T) {
	name := filepath.Join(t.TempDir(), "known.txt")
	const text = "# why\n\ndraft7\tref.json\tg\ta\tREFUSED\ndraft7\tref.json\tg\tb\tBROKEN\ndraft7\ttype.json\tg\tc\tREFUSED\n"
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	k := readKnown(t, name)
	groups := []*suiteGroup{{draft: "draft7", file: "ref.json"}}
	failures := []suiteFailure{{suiteCase: suiteCase{"draft7", "ref.json", "g", "a", isRefused}}, {suiteCase: suiteCase{"draft7", "ref.json", "g", "b", rejectedValid}}}
	unknown, gone := k.compare(groups, failures)
	if len(unknown) != 1 || unknown[0].test != "b" || unknown[0].kind != rejectedValid {
		t.Errorf("unknown: %v", unknown)
	}
	if want := []suiteCase{{"draft7", "ref.json", "g", "b", isBroken}}; !slices.Equal(gone, want) {
		t.Errorf("gone: %v, want %v", gone, want)
	}
	k.update(t, name, groups, failures)
	got, err := os.ReadFile(name)
	want := "# why\n\ndraft7\tref.json\tg\ta\tREFUSED\ndraft7\tref.json\tg\tb\tREJECTED-VALID\ndraft7\ttype.json\tg\tc\tREFUSED\n"
	if err != nil || string(got) != want {
		t.Errorf("wrote %q, want %q", got, want)
	}
}

// TestWithMember: schemas name their draft, if they can.
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
