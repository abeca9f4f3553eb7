package migrate_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hotbind/hotbind/runtime/document"
)

// TestOperations: the result of each step on a document, or its error.
func TestOperations(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ why, step, before, after string }{
		{"a renamed key stays in its place", "rename: {path: a.b, to: c}", `{"a":{"b":1,"d":2}}`, `{"a":{"c":1,"d":2}}`},
		{"rename of nothing", "rename: {path: a.b, to: c}", `{"x":1}`, `{"x":1}`},
		{"a path does not lead into a scalar", "rename: {path: a.b, to: c}", `{"a":"b"}`, `{"a":"b"}`},
		{"rename in every entry", "rename: {path: t.*.q, to: r}", `{"t":{"x":{"q":1},"y":{},"z":{"q":2}}}`, `{"t":{"x":{"r":1},"y":{},"z":{"r":2}}}`},
		{"rename over a key", "rename: {path: a, to: b}", `{"a":1,"b":2}`,
			`d.json:1:6: a: migration a.yaml, step 1 (rename): cannot be renamed to "b": that key already exists (remove one of them)`},
		{"a new key with a dot", "rename: {path: a, to: b.c}", `{"a":1}`, `{"b.c":1}`},

		{"objects on the way are made where the key was", "move: {path: a, to: b.c.d}", `{"a":1,"z":2}`, `{"b":{"c":{"d":1}},"z":2}`},
		{"move of nothing makes nothing", "move: {path: a, to: b.c}", `{"z":2}`, `{"z":2}`},
		{"move into an existing object", "move: {path: a, to: b.c}", `{"a":1,"b":{"x":0}}`, `{"b":{"x":0,"c":1}}`},
		{"move into itself", "move: {path: a, to: a.b}", `{"a":1}`, `{"a":{"b":1}}`},
		{"move to itself", "move: {path: a, to: a}", `{"a":1}`, `{"a":1}`},
		{"move out of where it is", "move: {path: a.b, to: a}", `{"a":{"b":1}}`,
			`d.json:1:11: a.b: migration a.yaml, step 1 (move): cannot be moved to a: it already exists (remove one of them)`},
		{"move along stars", "move: {path: 't.*.s[*].x', to: 't.*.s[*].y.z'}", `{"t":{"k.k":{"s":[{"x":1},{"x":2}]}}}`, `{"t":{"k.k":{"s":[{"y":{"z":1}},{"y":{"z":2}}]}}}`},
		{"move of every entry", "move: {path: old.*, to: new.*}", `{"old":{"a":1,"b":2}}`, `{"old":{},"new":{"a":1,"b":2}}`},
		{"move below a scalar", "move: {path: a, to: b.c}", `{"a":1,"b":2}`,
			`d.json:1:6: a: migration a.yaml, step 1 (move): cannot be moved to b.c: b is a number, not an object`},
		{"move of an item", "move: {path: 'l[0]', to: first}", `{"l":[1,2]}`, `{"l":[2],"first":1}`},
		{"move into an item that is not there", "move: {path: a, to: 'l[1].a'}", `{"a":1,"l":[{}]}`,
			`d.json:1:6: a: migration a.yaml, step 1 (move): cannot be moved to l[1].a: l has no item [1]`},

		{"a copy", "copy: {path: a, to: b.c}", `{"a":[1]}`, `{"a":[1],"b":{"c":[1]}}`},
		{"a copy into itself", "copy: {path: a, to: a.b}", `{"a":{"x":1}}`, `{"a":{"x":1,"b":{"x":1}}}`},
		{"copy over a key", "copy: {path: a, to: b}", `{"a":1,"b":2}`,
			`d.json:1:6: a: migration a.yaml, step 1 (copy): cannot be copied to b: it already exists (remove one of them)`},

		{"delete", "delete: {path: a.b}", `{"a":{"b":1}}`, `{"a":{}}`},
		{"delete of nothing", "delete: {path: a.b}", `{"a":1}`, `{"a":1}`},
		{"delete of items", "delete: {path: 'l[*].x'}", `{"l":[{"x":1},2]}`, `{"l":[{},2]}`},
		{"delete of all items", "delete: {path: 'l[*]'}", `{"l":[1,2]}`, `{"l":[]}`},

		{"set anew", "set: {path: a.b, value: {c: 1}}", `{}`, `{"a":{"b":{"c":1}}}`},
		{"set over a value", "set: {path: a, value: null}", `{"a":1}`, `{"a":null}`},
		{"set in every existing entry", "set: {path: 't.*.on', value: true}", `{"t":{"a":{},"b":{"on":false}}}`, `{"t":{"a":{"on":true},"b":{"on":true}}}`},
		{"set of items", "set: {path: 'l[*]', value: 0}", `{"l":[1,2]}`, `{"l":[0,0]}`},
		{"set below a scalar", "set: {path: a.b, value: 1}", `{"a":1}`,
			`d.json:1:1: (document): migration a.yaml, step 1 (set): a.b cannot be set: a is a number, not an object`},
		{"set in a list that is not there", "set: {path: 'l[0].a', value: 1}", `{}`,
			`d.json:1:1: (document): migration a.yaml, step 1 (set): l[0].a cannot be set: the list l[0] is missing`},
		{"a default", "default: {path: a.b, value: 1}", `{}`, `{"a":{"b":1}}`},
		{"no default over null", "default: {path: a, value: 1}", `{"a":null}`, `{"a":null}`},

		{"values by others", "map: {path: a, values: {x: y, '1': [one], 'true': on}}", `{"a":"x"}`, `{"a":"y"}`},
		{"a number", "map: {path: 'l[*]', values: {'1': one, 'true': on}}", `{"l":[1.0,true,2]}`, `{"l":["one","on",2]}`},
		{"others refused, not shown", "map: {path: a, values: {x: y, z: z}, else: error}", `{"a":"hunter2"}`,
			`d.json:1:6: a: migration a.yaml, step 1 (map): the value is not one of x, z`},

		{"exact", "scale: {path: 'l[*]', by: 1000}", `{"l":[1.5,0.1,-3,0,1e2,12345678901234567890.123]}`, `{"l":[1500,100,-3000,0,100000,12345678901234567890123]}`},
		{"exact downwards", "scale: {path: 'l[*]', by: 0.001}", `{"l":[1500,1,7e40]}`, `{"l":[1.5,0.001,7e37]}`},
		{"null stays", "scale: {path: a, by: 2}", `{"a":null}`, `{"a":null}`},
		{"no number, not shown", "scale: {path: a, by: 2}", `{"a":"hunter2"}`,
			`d.json:1:6: a: migration a.yaml, step 1 (scale): found a string, want a number`},
		{"too large", "scale: {path: a, by: 1e9999}", `{"a":1e9}`,
			`d.json:1:6: a: migration a.yaml, step 1 (scale): the result is too large`},

		{"split", "split: {path: o.a, by: ':', into: [h, p]}", `{"o":{"a":"x:1","z":0}}`, `{"o":{"h":"x","p":"1","z":0}}`},
		{"split into itself", "split: {path: a, by: ':', into: [b, a]}", `{"a":"x:1"}`, `{"b":"x","a":"1"}`},
		{"split of null", "split: {path: a, by: ':', into: [h, p]}", `{"a":null}`, `{"h":null,"p":null}`},
		{"no separator", "split: {path: a, by: ':', into: [h, p]}", `{"a":"hunter2"}`,
			`d.json:1:6: a: migration a.yaml, step 1 (split): the text has 1 parts between ":", want 2`},
		{"split over a key", "split: {path: a, by: ':', into: [h, p]}", `{"a":"x:1","p":1}`,
			`d.json:1:6: a: migration a.yaml, step 1 (split): cannot be split into "p": that key already exists (remove one of them)`},
		{"split of a number", "split: {path: a, by: ':', into: [h, p]}", `{"a":1}`,
			`d.json:1:6: a: migration a.yaml, step 1 (split): found a number, want text`},

		{"join", "join: {paths: [h, p], by: ':', to: a}", `{"h":"x","p":1.0,"z":0}`, `{"a":"x:1.0","z":0}`},
		{"join elsewhere, per entry", "join: {paths: ['t.*.h', 't.*.p'], by: '', to: 't.*.n.a'}", `{"t":{"x":{"h":"a","p":"b"}}}`, `{"t":{"x":{"n":{"a":"ab"}}}}`},
		{"join into a part", "join: {paths: [h, p], by: ':', to: h}", `{"h":"x","p":"y"}`, `{"h":"x:y"}`},
		{"join of nothing", "join: {paths: [h, p], by: ':', to: a}", `{}`, `{}`},
		{"the second part is missing", "join: {paths: [h, p], by: ':', to: a}", `{"h":"x"}`,
			`d.json:1:6: h: migration a.yaml, step 1 (join): other values to join are missing`},
		{"the first part is missing", "join: {paths: [h, p], by: ':', to: a}", `{"p":"x"}`,
			`d.json:1:6: p: migration a.yaml, step 1 (join): h, to be joined with it, is missing`},
		{"join of a list", "join: {paths: [h, p], by: ':', to: a}", `{"h":"x","p":[]}`,
			`d.json:1:14: p: migration a.yaml, step 1 (join): found a list, want text, a number or a boolean`},

		{"wrap in a list", "wrap: {path: a, in: list}", `{"a":[1]}`, `{"a":[[1]]}`},
		{"wrap in an object", "wrap: {path: 'l[*]', in: object, key: k}", `{"l":[1,null]}`, `{"l":[{"k":1},null]}`},

		{"cast to integer", "cast: {path: 'l[*]', to: integer}", `{"l":["80",1.0,1e2,null]}`, `{"l":[80,1,100,null]}`},
		{"cast to number", "cast: {path: 'l[*]', to: number}", `{"l":["1.50",1]}`, `{"l":[1.50,1]}`},
		{"cast to string", "cast: {path: 'l[*]', to: string}", `{"l":[1.50,true,"x"]}`, `{"l":["1.50","true","x"]}`},
		{"cast to boolean", "cast: {path: 'l[*]', to: boolean}", `{"l":["true",false]}`, `{"l":[true,false]}`},
		{"no integer, not shown", "cast: {path: a, to: integer}", `{"a":"hunter2"}`,
			`d.json:1:6: a: migration a.yaml, step 1 (cast): found a string that cannot be converted to integer`},
		{"no boolean", "cast: {path: a, to: boolean}", `{"a":1}`,
			`d.json:1:6: a: migration a.yaml, step 1 (cast): found a number that cannot be converted to boolean`},
		{"no string", "cast: {path: a, to: string}", `{"a":{}}`,
			`d.json:1:6: a: migration a.yaml, step 1 (cast): found an object that cannot be converted to string`},
	} {
		t.Run(test.why, func(t *testing.T) {
			chain := chainOf(t, "{from: 1, to: 2, steps: [{"+test.step+"}]}")
			doc := parsed(t, test.before)
			migrated, applied, findings := chain.Migrate(doc, "1")
			got := findings.String()
			if migrated != nil {
				got = string(migrated.AppendJSON(nil))
			}
			if diff := cmp.Diff(test.after, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if string(doc.AppendJSON(nil)) != test.before {
				t.Error("the input was modified")
			}
			if migrated != nil && (len(applied) != 1 || (applied[0].Changed > 0) != (test.before != test.after)) {
				t.Errorf("applied %+v", applied)
			}
		})
	}
}

// TestPositions: a value from a file keeps its position there, even if a step changed it.
// A value set by a step has its position in the migration.
func TestPositions(t *testing.T) {
	t.Parallel()
	chain := chainOf(t, `from: 1
to: 2
steps:
  - move: {path: a, to: b.c}
  - set: {path: s, value: [1]}
  - scale: {path: n, by: 2}
  - split: {path: x, by: "-", into: [y, z]}
`)
	migrated, _, findings := chain.Migrate(parsed(t, `{"a": 1, "n": 2, "x": "1-2"}`), "1")
	if migrated == nil {
		t.Fatal(findings)
	}
	var got []string
	var walk func(path string, n *document.Node)
	walk = func(path string, n *document.Node) {
		got = append(got, path+" "+n.Pos().String())
		for _, m := range n.Members() {
			walk(document.KeyPath(path, m.Key()), m.Value())
		}
	}
	walk("", migrated)
	want := []string{" d.json:1:1", "b m/a.yaml:4:5", "b.c d.json:1:7", "n d.json:1:15", "y d.json:1:23", "z d.json:1:23", "s m/a.yaml:5:27"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestHidden: a value made from a secret is a secret.
func TestHidden(t *testing.T) {
	t.Parallel()
	for _, step := range []string{
		"scale: {path: a, by: 2}", "cast: {path: a, to: string}", "map: {path: a, values: {'1': 2}}", "wrap: {path: a, in: list}",
		"join: {paths: [b, a], by: '', to: a}", "move: {path: a, to: c.a}", "copy: {path: a, to: c.a}",
	} {
		doc := parsed(t, `{"b": 2, "a": 1}`)
		doc.Get("a").SetHidden(true)
		migrated, _, findings := chainOf(t, "{from: 1, to: 2, steps: [{"+step+"}]}").Migrate(doc, "1")
		if migrated == nil {
			t.Fatal(findings)
		}
		got := migrated.Get("a")
		if c := migrated.Get("c"); c != nil {
			got = c.Get("a")
		}
		if !got.Hidden() {
			t.Errorf("%s: the value is not hidden any more", step)
		}
	}
}

// TestBounds: no migration makes a document larger than memory allows, and text that
// repeats itself stops growing.
func TestBounds(t *testing.T) {
	t.Parallel()
	doubling := strings.Repeat("  - copy: {path: a, to: b.a}\n  - rename: {path: b, to: c}\n  - copy: {path: a, to: c.b}\n  - delete: {path: a}\n  - rename: {path: c, to: a}\n", 60)
	texts := "  - copy: {path: x, to: y}\n  - join: {paths: [x, y], by: '', to: x}\n"
	for why, test := range map[string]struct{ steps, before, want string }{
		"values": {doubling, `{"a":[1,2,3,4,5,6,7,8]}`, "produces too many values; the limit is 500,000"},
		"text":   {strings.Repeat(texts, 60), `{"x":"12345678"}`, "produces more than 4 MB of text"},
	} {
		t.Run(why, func(t *testing.T) {
			chain := chainOf(t, "from: 1\nto: 2\nsteps:\n"+test.steps)
			migrated, _, findings := chain.Migrate(parsed(t, test.before), "1")
			if migrated != nil || !strings.Contains(findings.String(), test.want) {
				t.Errorf("got %s, want a finding that contains: %s", findings, test.want)
			}
		})
	}
}

func parsed(t *testing.T, text string) *document.Node {
	t.Helper()
	doc, findings := document.Parse("d.json", []byte(text), document.Limits{})
	if doc == nil {
		t.Fatal(findings)
	}
	return doc
}
