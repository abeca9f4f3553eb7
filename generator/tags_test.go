package generator_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"strconv"
	"testing"
)

// TestTags: fields have their keys as json and yaml tags, as far as a tag can express
// them. Tools that use tags omit fields without a key.
func TestTags(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]string{
		"log_level": `json:"log_level" yaml:"log_level"`, "a b": `json:"a b" yaml:"a b"`, "équipe": `json:"équipe" yaml:"équipe"`,
		"-": `json:"-," yaml:"-,"`, "--": `json:"--" yaml:"--"`, "": "", "a,b": "", ",": "", `a"b`: `yaml:"a\"b"`, `a\b`: `yaml:"a\\b"`, "a`b": "yaml:\"a`b\"", "a\nb": `yaml:"a\nb"`,
		"\x00": `yaml:"\x00"`, "\u202e": `yaml:"\u202e"`, "a'b": `yaml:"a'b"`, "$ref": `json:"$ref" yaml:"$ref"`, "🙂": `yaml:"🙂"`,
	} {
		text, err := json.Marshal(key)
		if err != nil {
			t.Fatal(err)
		}
		got := tagsOf(t, `{"required": [`+string(text)+`], "properties": {`+string(text)+`: {"type": "integer"}}}`)
		if len(got) != 1 || got[0] != want {
			t.Errorf("%q: got %q, want %q", key, got, want)
		}
		if _, has := reflect.StructTag(want).Lookup("yaml"); !has && want != "" {
			t.Errorf("%q: the tag %s is not well formed", key, want)
		}
	}

	// omitzero omits an absent value.
	got := tagsOf(t, `{"required": ["r", "n"], "properties": {"r": {"type": "array"}, "n": {"type": ["string", "null"]}, "l": {"type": "array"}, "o": {"type": "string"},
		"s": {"type": "string", "default": "x"}, "m": {"type": "object"}, "u": {"type": ["string", "integer"]}, "k": {"type": "object", "properties": {"x": {"default": 1}}}},
		"patternProperties": {"^x": {"type": "integer"}}, "additionalProperties": {"type": "string"}}`)
	want := []string{`json:"r" yaml:"r"`, `json:"n" yaml:"n"`, `json:"l,omitzero" yaml:"l"`, `json:"o,omitzero" yaml:"o"`, `json:"s" yaml:"s"`,
		`json:"m,omitzero" yaml:"m"`, `json:"u,omitzero" yaml:"u"`, `json:"k" yaml:"k"`, `json:"-" yaml:"-"`, `json:"-" yaml:"-"`}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// tagsOf returns the tags of the exported fields of the root.
func tagsOf(t *testing.T, schema string) (list []string) {
	t.Helper()
	files, refused := generate(t, schema)
	if refused != "" {
		t.Fatal(refused)
	}
	file, err := parser.ParseFile(token.NewFileSet(), files[0].Name, files[0].Content, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range file.Scope.Lookup("Config").Decl.(*ast.TypeSpec).Type.(*ast.StructType).Fields.List {
		if !f.Names[0].IsExported() {
			continue
		}
		tag := ""
		if f.Tag != nil {
			if tag, err = strconv.Unquote(f.Tag.Value); err != nil {
				t.Fatal(err)
			}
		}
		list = append(list, tag)
	}
	return list
}
