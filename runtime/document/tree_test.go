package document_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hotbind/hotbind/runtime/document"
)

func TestMerge(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ why, weaker, stronger, want string }{
		{"members of the weaker first, then new ones", `{"a":1,"b":2}`, `{"c":3,"b":4}`, `{"a":1,"b":4,"c":3}`},
		{"objects merge deeply", `{"o":{"a":1,"p":{"x":1}}}`, `{"o":{"p":{"y":2}}}`, `{"o":{"a":1,"p":{"x":1,"y":2}}}`},
		{"lists are replaced", `{"l":[1,2]}`, `{"l":[3]}`, `{"l":[3]}`},
		{"object by scalar", `{"o":{"a":1}}`, `{"o":1}`, `{"o":1}`},
		{"scalar by object", `{"o":1}`, `{"o":{"a":null}}`, `{"o":{"a":null}}`},
		{"null removes", `{"a":1,"b":{"c":1,"d":2}}`, `{"a":null,"b":{"c":null}}`, `{"b":{"d":2}}`},
		{"null stays where there is nothing to remove", `{"a":1}`, `{"b":null,"c":{"d":null}}`, `{"a":1,"b":null,"c":{"d":null}}`},
		{"null over null removes", `{"a":null}`, `{"a":null}`, `{}`},
		{"value over null", `{"a":null}`, `{"a":1}`, `{"a":1}`},
		{"top level", `[1]`, `{"a":1}`, `{"a":1}`},
		{"nothing new", `{"a":1}`, `{}`, `{"a":1}`},
		{"nothing before", `{}`, `{"a":1}`, `{"a":1}`},
	} {
		weaker, stronger := accept(t, "weaker.json", c.weaker), accept(t, "stronger.json", c.stronger)
		if diff := cmp.Diff(c.want, string(document.Merge(weaker, stronger, nil).AppendJSON(nil))); diff != "" {
			t.Errorf("%s:\n%s", c.why, diff)
		}
		if string(weaker.AppendJSON(nil)) != c.weaker || string(stronger.AppendJSON(nil)) != c.stronger {
			t.Errorf("%s: an input was modified", c.why)
		}
	}
}

// The members of a union belong to the alternative of its tag. Merged with those of
// another alternative, all would be refused.
func TestMergeAlternatives(t *testing.T) {
	t.Parallel()
	text := &fakeShape{kind: document.String}
	disk := &fakeShape{kind: document.Object, members: map[string]document.Shape{"kind": text, "dir": text}}
	union := &fakeShape{other: text, tagged: map[string]document.Shape{"disk": disk, "s3": disk}}
	root := &fakeShape{kind: document.Object, members: map[string]document.Shape{"u": union}}
	for _, c := range []struct{ why, weaker, stronger, want string }{
		{"another alternative", `{"kind":"disk","dir":"x"}`, `{"kind":"s3","bucket":"b"}`, `{"kind":"s3","bucket":"b"}`},
		{"the same", `{"kind":"disk","dir":"x"}`, `{"kind":"disk","quota":1}`, `{"kind":"disk","dir":"x","quota":1}`},
		{"only the weaker names one", `{"kind":"disk","dir":"x"}`, `{"dir":"y"}`, `{"kind":"disk","dir":"y"}`},
		{"only the stronger names one", `{"dir":"x"}`, `{"kind":"disk"}`, `{"dir":"x","kind":"disk"}`},
		{"a null that took away a member of the other", `{"kind":"disk","dir":"x"}`, `{"dir":null,"kind":"s3","region":null}`, `{"kind":"s3","region":null}`},
		{"a wrong name is replaced", `{"kind":"dsk","dir":"x"}`, `{"kind":"s3"}`, `{"kind":"s3"}`},
	} {
		weaker, stronger := accept(t, "w.json", `{"u":`+c.weaker+`}`), accept(t, "s.json", `{"u":`+c.stronger+`}`)
		if got := string(document.Merge(weaker, stronger, root).AppendJSON(nil)); got != `{"u":`+c.want+`}` {
			t.Errorf("%s: got %s", c.why, got)
		}
		if string(stronger.AppendJSON(nil)) != `{"u":`+c.stronger+`}` {
			t.Errorf("%s: an input was modified", c.why)
		}
	}
}

// TestMergeAll: layers merge in order. Null is a valid only document, and is refused
// beside others.
func TestMergeAll(t *testing.T) {
	t.Parallel()
	a, b, null := accept(t, "a.json", `{"a":1,"b":1}`), accept(t, "b.json", `{"b":2}`), accept(t, "null.json", "null")
	for _, c := range []struct {
		why    string
		layers []*document.Node
		want   string
	}{
		{"in order", []*document.Node{a, nil, b}, `{"a":1,"b":2}`},
		{"null alone", []*document.Node{nil, null, nil}, "null"},
		{"null above", []*document.Node{a, null}, "null.json:1:1: (document): found null, which cannot be merged with other layers (write {} for an empty layer)"},
		{"null below", []*document.Node{null, a}, "null.json:1:1: (document): found null, which cannot be merged with other layers (write {} for an empty layer)"},
		{"nothing", []*document.Node{nil, nil}, ""},
		{"no layers", nil, ""},
	} {
		merged, findings := document.MergeAll(c.layers, nil)
		got := findings.String()
		if merged != nil {
			got += string(merged.AppendJSON(nil))
		}
		if got != c.want {
			t.Errorf("%s: got %s, want %s", c.why, got, c.want)
		}
	}
}

func TestMergeKeepsPositions(t *testing.T) {
	t.Parallel()
	merged := document.Merge(
		accept(t, "base.yaml", "a: 1\nb:\n  c: 1\n  d: 1\n"),
		accept(t, "prod.yaml", "# c\nb:\n  d: 2\n  e: 2\n"), nil)
	got := []string{
		merged.Pos().String(), merged.Get("a").Pos().String(), merged.Get("b").Pos().String(), merged.Members()[1].Pos().String(),
		merged.Get("b").Get("c").Pos().String(), merged.Get("b").Get("d").Pos().String(), merged.Get("b").Get("e").Pos().String(),
	}
	want := []string{"base.yaml:1:1", "base.yaml:1:4", "base.yaml:3:3", "prod.yaml:2:1", "base.yaml:3:6", "prod.yaml:3:6", "prod.yaml:4:6"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestMergeNil(t *testing.T) {
	t.Parallel()
	n := accept(t, "c.json", "{}")
	if document.Merge(nil, n, nil) != n || document.Merge(n, nil, nil) != n || document.Merge(nil, nil, nil) != nil {
		t.Error("nil is not neutral")
	}
}

func TestEqual(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		why, a, b string
		want      bool
	}{
		{"order of keys", `{"a":1,"b":{"c":2,"d":3}}`, `{"b":{"d":3,"c":2},"a":1}`, true},
		{"order of items", "[1,2]", "[2,1]", false},
		{"spelling of numbers", "[1.0,1e2,-0]", "[1,100,0]", true},
		{"beyond float64", "9007199254740993", "9007199254740992", false},
		{"number and text", "1", `"1"`, false},
		{"true and false", "true", "false", false},
		{"escapes", `"\u0061"`, `"a"`, true},
		{"another key", `{"a":1}`, `{"b":1}`, false},
		{"one key more", `{"a":1}`, `{"a":1,"b":null}`, false},
		{"one item more", "[1]", "[1,null]", false},
		{"empty list and object", "[]", "{}", false},
		{"null and empty", "[null]", `[""]`, false},
	} {
		a, b := accept(t, "a.json", c.a), accept(t, "b.json", c.b)
		if document.Equal(a, b) != c.want || document.Equal(b, a) != c.want {
			t.Errorf("%s: Equal(%s, %s) is not %v", c.why, c.a, c.b, c.want)
		}
	}
	n := accept(t, "c.json", "[]")
	if !document.Equal(nil, nil) || document.Equal(n, nil) || document.Equal(nil, n) {
		t.Error("nil does not equal nil only")
	}
}

func TestEqualLargeObjects(t *testing.T) {
	t.Parallel()
	var x, y []document.Member
	const n = 100_000
	one := document.NewScalar(document.Number, "1", document.Position{})
	for i := range n {
		x = append(x, document.NewMember(fmt.Sprint(i), one, document.Position{}))
		y = append(y, document.NewMember(fmt.Sprint(n-1-i), one, document.Position{}))
	}
	start := time.Now()
	if !document.Equal(document.NewObject(x, document.Position{}), document.NewObject(y, document.Position{})) {
		t.Error("not equal")
	}
	if took := time.Since(start); took > slower*2*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestAppendJSON(t *testing.T) {
	t.Parallel()
	const text = `{"b":[1.50,-0,1E+2,true,null],"a":{},"é":"\"\\\n\r\t\u0000\u001f\u007f\u2028\u2029</é` + "\U0001F600" + `"}`
	if got := string(accept(t, "c.json", text).AppendJSON([]byte("x"))); got != "x"+text {
		t.Errorf("got %s, want x%s", got, text)
	}
	if got := string((*document.Node)(nil).AppendJSON(nil)); got != "null" {
		t.Errorf("nil: got %s", got)
	}
	bad := document.NewScalar(document.String, "a\xffb\uFFFD", document.Position{})
	if got := string(bad.AppendJSON(nil)); got != "\"a\uFFFDb\uFFFD\"" || !json.Valid([]byte(got)) {
		t.Errorf("not UTF-8: got %q", got)
	}
	var back string
	all := make([]rune, 0, 0x3000)
	for c := rune(0); c < 0x3000; c++ {
		all = append(all, c)
	}
	want := document.NewScalar(document.String, string(all), document.Position{})
	if err := json.Unmarshal(want.AppendJSON(nil), &back); err != nil || back != string(all) {
		t.Errorf("got another text back: %v", err)
	}
}

func TestJSONPositions(t *testing.T) {
	t.Parallel()
	node := accept(t, "c.json", "\n {\"é\\n\": \"é\", \"b\"\n:[ 1,\t{}]}")
	got := []string{node.Pos().String()}
	for _, m := range node.Members() {
		got = append(got, m.Pos().String(), m.Value().Pos().String())
	}
	for _, item := range node.Get("b").Items() {
		got = append(got, item.Pos().String())
	}
	if diff := cmp.Diff("c.json:2:2 c.json:2:3 c.json:2:10 c.json:2:15 c.json:3:2 c.json:3:4 c.json:3:7", strings.Join(got, " ")); diff != "" {
		t.Error(diff)
	}
}

// TestChanges: changing a copy leaves the original as it is, Set replaces or appends, and
// Delete of a missing key does nothing. Migrations in Go use these methods.
func TestChanges(t *testing.T) {
	t.Parallel()
	original, _ := document.ParseValue(document.Position{File: "v"}, `{"a":1,"b":2}`, document.Limits{})
	one := document.NewScalar(document.Number, "1", document.Position{File: "f", Line: 3, Column: 1})
	n := original.Copy()
	n.SetMembers(slices.Clone(original.Members()))
	n.Set("a", one)
	n.Set("c", one)
	n.Delete("b")
	n.Delete("d")
	n.SetMember(1, n.Members()[1].With(document.NewList(nil, document.Position{})))
	if got := string(n.AppendJSON(nil)); got != `{"a":1,"c":[]}` {
		t.Errorf("got %s", got)
	}
	if got := n.Members()[1].Pos(); got != one.Pos() {
		t.Errorf("a new key is at %v, want the position of its value", got)
	}
	if got := string(original.AppendJSON(nil)); got != `{"a":1,"b":2}` {
		t.Errorf("the original became %s", got)
	}
}
