package command

import (
	"os"
	"strings"
	"testing"

	"github.com/hotbind/hotbind/runtime/validate"
)

const veilSchema = `
properties:
  name: {type: string}
  token: {type: string, writeOnly: true}
  pin: {type: integer, writeOnly: true}
  keys: {type: array, items: {type: string, writeOnly: true}}
  login: {x-secret: true, type: object, properties: {user: {type: string}, password: {type: string}}}
`

// However a secret is written, none of its lines is in a diff, even if it is short,
// folded or contains an =. The text beside it is shown.
func TestVeil(t *testing.T) {
	schema, findings := validate.Load("s.yaml", []byte(veilSchema), os.DirFS("."))
	if schema == nil {
		t.Fatal(findings)
	}
	for _, c := range []struct{ name, file, text, want string }{
		{"literal", "a.yaml", "token: |\n  @@@\n  a@=@\n\n  @\nname: b\n", "token: [secret]\n  [secret]\n  [secret]\n\n  [secret]\nname: b\n"},
		{"literal at the end", "a.yaml", "name: b\ntoken: |+\n  @\n  @=@\n", "name: b\ntoken: [secret]\n  [secret]\n  [secret]\n"},
		{"folded", "a.yaml", "token: >-\n  @@@ @@@\n  @@@: @@@\nname: b\n", "token: [secret]\n  [secret]\n  [secret]\nname: b\n"},
		{"double-quoted", "a.yaml", "token: \"@@@@\n  @\\\n  @@@@\"\nname: b\n", "token: [secret]\n  [secret]\n  [secret]\nname: b\n"},
		{"single-quoted", "a.yaml", "token: '@@@@\n\n  @: @'\nname: b\n", "token: [secret]\n\n  [secret]\nname: b\n"},
		{"plain", "a.yaml", "token: @@\n  @@ @\n  - @\nname: b\n", "token: [secret]\n  [secret]\n  [secret]\nname: b\n"},
		{"on the line below", "a.yaml", "token: !!str\n  @@\nname: b\n", "token: [secret]\n  [secret]\nname: b\n"},
		{"after an anchor", "a.yaml", "token: &a >\n  @@\nname: b\n", "token: [secret]\n  [secret]\nname: b\n"},
		{"ends before another key", "a.yaml", "{token: \"@@\n  @@\", name: b}\n", "{token: [secret]\n  [secret]\n"},
		{"one of two on a line", "a.yaml", "{token: '@', name: b,\n pin: 7}\n", "{token: [secret]\n pin: [secret]\n"},
		{"items", "a.yaml", "keys:\n  - @=@\n  - |\n    @\n  - https://@:@/\nname: b\n", "keys:\n  - [secret]\n  - [secret]\n    [secret]\n  - [secret]\nname: b\n"},
		{"a section", "a.yaml", "login:\n  user: @\n  password: >\n    @\n    @\nname: b\n", "login:\n  [secret]\n  [secret]\n    [secret]\n    [secret]\nname: b\n"},
		{"\\r\\n", "a.yaml", "token: |\r\n  @\r\n  @\r\nname: b\r\n", "token: [secret]\r\n  [secret]\r\n  [secret]\r\nname: b\r\n"},
		{"other line ends", "a.yaml", "token: \"@\u2028 @\"\nname: \"b\n  c\"\n", "[secret]\n[secret]\n  [secret]\n"},
		{"not YAML", "a.yaml", "token: \"@\nMII@==\n", "[secret]\n[secret]\n"},
		{"on one line", "a.json", `{"name": "ü", "token": "@", "keys": ["@", "@"]}`, `{"name": "ü", "token": [secret]`},
		{"everything after a secret", "a.json", `{"token":"@=@","name":"b"}`, `{"token":[secret]`},
		{"JSON", "a.json", "{\n  \"name\": \"b\",\n  \"token\": \"@\"\n}\n", "{\n  \"name\": \"b\",\n  \"token\": [secret]\n}\n"},
		{"a JSON section", "a.json", "{\n  \"login\": {\n    \"user\": \"@\"\n  },\n  \"name\": \"b\"\n}\n", "{\n  \"login\": [secret]\n    [secret]\n  },\n  \"name\": \"b\"\n}\n"},
		{"TOML", "a.toml", "token = \"@=@\"\npin = 1234\nname = \"b\"\n", "token = [secret]\npin = [secret]\nname = \"b\"\n"},
		{"TOML of several lines", "a.toml", "token = \"\"\"\n@@\n@ = 1\n@\"\"\"\nname = \"b\"\n", "token = [secret]\n[secret]\n[secret]\n[secret]\nname = \"b\"\n"},
		{"TOML literal", "a.toml", "keys = ['''\n@@\n@''', '''@\n@''']\nname = \"b\"\n", "keys = [[secret]\n[secret]\n[secret]\n[secret]\nname = \"b\"\n"},
		{"a TOML table", "a.toml", "name = \"b\"\n[login]\npassword = '''@\n@'''\n", "name = \"b\"\n[[secret]\n[secret]\n[secret]\n"},
		{"variables", ".env", "# old: TOKEN=@\nexport TOKEN=@=@\n\nPIN='@' # @\n", "[secret]\nexport TOKEN=[secret]\n\nPIN=[secret]\n"},
		{"variables of several lines", ".env", "NAME=b\nTOKEN=\"@\nMII@==\n\"\n", "[secret]\n[secret]\n[secret]\n[secret]\n"},
	} {
		text := strings.ReplaceAll(c.text, "@", "x9")
		for _, side := range []struct {
			mark     byte
			from, to string
		}{{'-', text, ""}, {'+', "", text}, {' ', text, text}} {
			hidden := newVeil(schema, c.file, []byte(side.from), []byte(side.to), nil)
			var got strings.Builder
			for _, l := range veiled(diffLines(splitLines([]byte(side.from)), splitLines([]byte(side.to))), hidden) {
				got.WriteString(l.text)
			}
			if got.String() != c.want || strings.Contains(got.String(), "x9") {
				t.Errorf("%s, %c: got\n%s\nwant\n%s", c.name, side.mark, got.String(), c.want)
			}
		}
	}
}
