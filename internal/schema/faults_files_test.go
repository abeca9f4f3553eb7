package schema

import (
	"strings"
	"testing"
	"testing/fstest"
)

// inFiles reads a schema that is one of the files.
func inFiles(name, dir string, files, references map[string]string) (*Document, string) {
	folder := fstest.MapFS{}
	for name, content := range files {
		folder[name] = &fstest.MapFile{Data: []byte(content)}
	}
	var diags Reporter
	doc := Parse("src/"+name, []byte(files[name]), Files{FS: folder, Dir: dir, References: references}, &diags)
	return doc, diags.Findings().String()
}

const isNull = `{"type": "null"}`

// TestF181_SchemaRoot: a schema may refer to files anywhere in the root folder, wherever
// in it the schema is, and to nothing outside.
func TestF181_SchemaRoot(t *testing.T) {
	for _, c := range []struct {
		why, name, dir string
		files          map[string]string
		want, reported string
	}{
		{"beside the folder", "a/s.json", "a", map[string]string{"a/s.json": `{"$ref": "../common/x.json"}`, "common/x.json": isNull}, `{ref({null})}`, ""},
		{"and back", "a/s.json", "a", map[string]string{"a/s.json": `{"properties": {"p": {"$ref": "../x.json"}}}`, "x.json": `{"items": {"$ref": "a/s.json"}}`}, `{p:({ref({items({ref(#)})})})}`, ""},
		{"deep", "a/b/c/s.json", "a/b/c", map[string]string{"a/b/c/s.json": `{"$ref": "../../x#/$defs/y"}`, "a/x.yaml": "$defs: {y: {type: 'null'}}"}, `{ref({null})}`, ""},
		{"above the root", "a/s.json", "a", map[string]string{"a/s.json": `{"$ref": "../../x.json"}`, "x.json": isNull}, `{}`,
			`src/a/s.json:1:2: #/$ref: "../../x.json" is outside the schema root (put the file below the schema root, or name a folder above both with --schema-root DIR)`},
		{"its findings", "a/s.json", "a", map[string]string{"a/s.json": `{"$ref": "../common/x.json"}`, "common/x.json": `{"type": "nul"}`}, `{ref({})}`,
			`src/common/x.json:1:2: #/type: "nul" is not one of`},
		{"by its path from the root", "a/s.json", "a", map[string]string{"a/s.json": `{"$ref": "/common/x.json"}`, "common/x.json": isNull}, `{ref({null})}`, ""},
	} {
		doc, reported := inFiles(c.name, c.dir, c.files, nil)
		if got := show(doc.Root); got != c.want || !strings.Contains(reported, c.reported) || c.reported == "" && reported != "" {
			t.Errorf("%s: got %s, want %s; %s", c.why, got, c.want, reported)
		}
	}
}

// TestF181_References: an address stands for the file given for it, whatever the name and
// the identifier of the file, and nothing is fetched.
func TestF181_References(t *testing.T) {
	const address = "https://example.com/common.json"
	files := map[string]string{"s.json": `{"properties": {"a": {"$ref": "` + address + `#/$defs/x"}, "b": {"$ref": "https://example.com/other.json"}}}`,
		"lib/c.yaml": "$id: urn:c\n$defs: {x: {$ref: 'd.json'}}", "lib/d.json": isNull}
	doc, reported := inFiles("s.json", "", files, map[string]string{address: "lib/c.yaml"})
	if got := show(doc.Root); got != `{a:({ref({ref({null})})}) b:({})}` {
		t.Errorf("got %s; %s", got, reported)
	}
	if want := `src/s.json:1:82: #/properties/b/$ref: "https://example.com/other.json" is never fetched (put the file below the schema's folder, or name it with --reference URL=FILE)`; reported != want {
		t.Errorf("got %s, want %s", reported, want)
	}
	_, reported = inFiles("s.json", "", files, map[string]string{address: "gone.json"})
	if want := `"` + address + `" maps to gone.json, which is not a file`; !strings.Contains(reported, want) {
		t.Errorf("got %s, want %s", reported, want)
	}
}

// TestF211_Fragments: a reference to a part works as far as the draft allows it.
// Otherwise the hint says how to write it.
func TestF211_Fragments(t *testing.T) {
	for _, c := range []struct {
		why, schema, other string // b.json
		want, reported     string
	}{
		{"an identifier that is a path", `{` + in7 + `"$ref": "b.json#/foo"}`, `{"definitions": {"x": {"$id": "#/foo", "type": "null"}}}`, `{ref({null})}`, ""},
		{"a path that is there all the same", `{` + in7 + `"$ref": "b.json#/foo"}`, `{"foo": {"type": "string"}, "definitions": {"x": {"$id": "#/foo", "type": "null"}}}`, `{ref({string})}`, ""},
		{"not in a new draft", `{"$ref": "#/foo", "$defs": {"x": {"$id": "#/foo"}, "y": {"prefixItems": [{}]}}}`, "{}", `{}`,
			`s.json:1:35: #/$defs/x/$id: "#/foo" has a fragment, which a schema identifier may not have (write $anchor)`},
		{"the whole file", `{"$ref": "b.json#/"}`, isNull, `{}`,
			`s.json:1:2: #/$ref: "b.json#/" does not exist in b.json (write # for the whole file; #/ is the property with the empty name)`},
		{"the empty name", `{"$ref": "b.json#/"}`, `{"": {"type": "null"}}`, `{ref({null})}`, ""},
		{"a name of another file", `{"allOf": [{"$ref": "b.json"}, {"$ref": "#item"}]}`, `{"$defs": {"x": {"$anchor": "item"}}}`, `{all({ref({})} {})}`,
			`s.json:1:33: #/allOf/1/$ref: "#item" does not exist in this file (did you mean b.json#item?)`},
		{"a name of a file that is not read", `{"$ref": "#item"}`, `{"$defs": {"x": {"$id": "#item"}}}`, `{}`, `"#item" does not exist in this file (did you mean b.json#item?)`},
		{"by name in the other file", `{` + in7 + `"$ref": "b.json#item"}`, `{"definitions": {"x": {"$id": "#item", "type": "null"}}}`, `{ref({null})}`, ""},
		{"a path without its slash", `{"$ref": "b.json#$defs/x"}`, `{"$defs": {"x": {}}}`, `{}`, `"b.json#$defs/x" does not exist in b.json (did you mean b.json#/$defs/x?)`},
		{"nowhere", `{"$ref": "#item"}`, `{}`, `{}`, `s.json:1:2: #/$ref: "#item" does not exist in this file`},
	} {
		doc, reported := read(t, c.schema, map[string]string{"b.json": c.other})
		if got := show(doc.Root); got != c.want || !strings.Contains(reported, c.reported) || c.reported == "" && reported != "" {
			t.Errorf("%s: got %s, want %s; %s", c.why, got, c.want, reported)
		}
	}
}

// TestF212_SameIdentifier: if two files have the same identifier, a reference by name
// leads to the named file, each keeps its own parts, and a warning names both.
func TestF212_SameIdentifier(t *testing.T) {
	file := func(kind string) string {
		return `{"$id": "https://example.com/x.json", "$ref": "#/$defs/y", "$defs": {"y": {"type": "` + kind + `"}}}`
	}
	for _, c := range []struct {
		why, schema    string
		want, reported string
	}{
		{"two others", `{"properties": {"a": {"$ref": "a.json"}, "b": {"$ref": "b.json"}}}`, `{a:({ref({ref({null})})}) b:({ref({ref({string})})})}`,
			`b.json:1:2: #/$id: warning: the identifier is also used by # in a.json (refer to each file by its name)`},
		{"one by its name, which is also the identifier", `{"$id": "https://example.com/s.json", "properties": {"a": {"$ref": "a.json"}, "x": {"$ref": "x.json"}}}`,
			`{a:({ref({ref({null})})}) x:({ref({ref({object})})})}`, `x.json:1:2: #/$id: warning: the identifier is also used by # in a.json`},
		{"the schema's own", `{"$id": "https://example.com/x.json", "properties": {"a": {"$ref": "a.json"}}}`, `{a:({ref({ref({null})})})}`,
			`a.json:1:2: #/$id: warning: the identifier is also used by # in s.json`},
	} {
		doc, reported := read(t, c.schema, map[string]string{"a.json": file("null"), "b.json": file("string"), "x.json": file("object")})
		if got := show(doc.Root); got != c.want || !strings.Contains(reported, c.reported) {
			t.Errorf("%s: got %s, want %s; %s", c.why, got, c.want, reported)
		}
		if doc == nil || strings.Count(reported, c.reported) != 1 {
			t.Errorf("%s: got %s, want one %s", c.why, reported, c.reported)
		}
	}
	_, reported := read(t, `{"$defs": {"a": {"$id": "urn:x"}, "b": {"$id": "urn:x"}}}`, nil)
	if want := `s.json:1:41: #/$defs/b/$id: the identifier is also used by #/$defs/a`; reported != want {
		t.Errorf("in one file: got %s, want %s", reported, want)
	}
}

// TestF213_ByPlace: a relative reference is found at its place on the disk although
// identifiers make an address of it. A warning says if the file has another name.
func TestF213_ByPlace(t *testing.T) {
	const own, main = `"$id": "https://example.com/b/y.json", `, `{"$id": "https://example.com/a/x.json", "$ref": "../b/y.json"}`
	for _, c := range []struct {
		why, schema, other, reported string
	}{
		{"without an identifier", main, isNull, ""},
		{"with the one of its place", main, `{` + own + `"type": "null"}`, ""},
		{"with a relative one of its place", main, `{"$id": "y.json", "type": "null"}`, ""},
		{"with another one", main, `{"$id": "https://example.com/z", "type": "null"}`,
			`src/b/y.json:1:2: #/$id: warning: references find this file as "https://example.com/b/y.json" by its path, but its identifier differs (give the file that identifier)`},
		{"by the whole address", `{"$id": "https://example.com/a/x.json", "$ref": "https://example.com/b/y.json"}`, isNull, ""},
		{"by the path of an address", `{"$id": "https://example.com/a/x.json", "$ref": "/b/y.json"}`, isNull, ""},
		{"an identifier that is a path", `{"$id": "/v1/a/x.json", "$ref": "/v1/b/y.json"}`, `{"$id": "/v1/b/y.json", "type": "null"}`, ""},
	} {
		doc, reported := inFiles("a/x.json", "a", map[string]string{"a/x.json": c.schema, "b/y.json": c.other}, nil)
		if got := show(doc.Root); got != `{ref({null})}` || reported != c.reported {
			t.Errorf("%s: got %s; %s, want %s", c.why, got, reported, c.reported)
		}
	}
	_, reported := inFiles("a/x.json", "", map[string]string{"a/x.json": main, "b/y.json": isNull}, nil)
	if want := `"../b/y.json" is outside the schema's folder (put the file below the schema's folder, or name a folder above both with --schema-root DIR)`; !strings.Contains(reported, want) {
		t.Errorf("above the root: got %s, want %s", reported, want)
	}
	_, reported = inFiles("a/x.json", "a", map[string]string{"a/x.json": `{"$id": "https://example.com/a/x.json", "$ref": "https://example.org/b/y.json"}`, "b/y.json": isNull}, nil)
	if want := `is never fetched`; !strings.Contains(reported, want) {
		t.Errorf("of another host: got %s, want %s", reported, want)
	}
}
