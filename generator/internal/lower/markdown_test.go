package lower

import (
	"go/doc/comment"
	"go/format"
	"go/parser"
	"go/token"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
)

// TestMarkdown: a description is often Markdown. Its comment has the forms that godoc
// supports, without Markdown marks.
func TestMarkdown(t *testing.T) {
	for _, c := range []struct{ why, text, want string }{
		{"nothing", " \n", ""},
		{"prose", "Where mail goes.\r\n\r\n\r\nSee <host>:<port>, a_b_c, 1024*1024*8 and C:\\dir\\*.", "Where mail goes.\n\nSee <host>:<port>, a_b_c, 1024*1024*8 and C:\\dir*."},
		{"line breaks", "one\ntwo  \nthree\\\nfour", "one two three four"},
		{"emphasis", "*a* **b** _c_ ***d*** un*known* *.yml and .* **`e`**", "a b c d un*known* *.yml and .* e"},
		{"code spans", "`a` `a b` `.` `{\"a\": 1}` ``b`c``", "a \"a b\" \".\" {\"a\": 1} b`c"},
		{"empty quotes", "'' or `''`", `"" or ""`},
		{"links", "[a](https://x.org/a) [b][r] <https://x.org/c> [d](#d) https://x.org/e ![f](g.png)\n\n[r]: https://x.org/b",
			"a (https://x.org/a) b (https://x.org/b) https://x.org/c d https://x.org/e f"},
		{"a heading first", "# One.\n\nTwo.", "One.\n\nTwo."},
		{"headings", "One.\n\n## *Two* ##\n\nThree.\n\nFour\n===\n", "One.\n\n# Two\n\nThree.\n\n# Four"},
		{"a list", "One of:\n- `a`: first\n- b\n* * *\nEnd.", "One of:\n\n  - a: first\n  - b\n\nEnd."},
		{"a loose list", "- a\n\n  more\n- b", "  - a\n\n    more\n\n  - b"},
		{"numbers", "3. c\n4. d", " 3. c\n 4. d"},
		{"a list in a list", "- a\n  1. b\n  2. c\n- d", "  - a\n\n    (1) b\n\n    (2) c\n\n  - d"},
		{"code in a list", "- a\n\n  ```sh\n  b --c\n  - d\n  ```\n- e", "  - a\n\n    b --c\n\n    (-) d\n\n  - e"},
		{"a list beside code", "- a\n- b\n```\nc\n```", "  - a\n  - b\n\nAs code:\n\n\tc"},
		{"lists side by side", "- a\n\n1. b", "  - a\n\nAlso:\n\n 1. b"},
		{"code with an option", "```sh\n--c\n```", "\t--c"},
		{"code", "As in:\n```yaml\na:\n  b: 1\t# c\n\n*/\n//go:embed x\n```\n    d", "As in:\n\n\ta:\n\t  b: 1    # c\n\n\t*/\n\t//go:embed x\n\n\td"},
		{"code that begins as a list does", "```yaml\n- a: 1\n  b: 2\n```", "\t---\n\t- a: 1\n\t  b: 2"},
		{"a quote", "> 0 means on.\n>\n> - a", "0 means on.\n\n  - a"},
		{"a table", "| a | b |\n|---|:-:|\n| 1 | 2 |", "\t| a | b |\n\t|---|:-:|\n\t| 1 | 2 |"},
		{"HTML", "a<br/>b <b class='x'>c</b> &lt;d&gt; &amp; &#10; <e> <!-- f\n-->\n\n<p>g</p>\n\n<!--\nh\n-->", "a b c <d> & <e>\n\ng"},
		{"escapes", `\*a\* \[b\] \d+ \# c`, `*a* [b] \d+ # c`},
		{"a long line", strings.Repeat("word ", 20) + "https://x.org/" + strings.Repeat("x", 80),
			strings.Repeat("word ", 9) + "word\n" + strings.Repeat("word ", 9) + "word\nhttps://x.org/" + strings.Repeat("x", 80)},
		{"marks at a break", "- " + strings.Repeat("word ", 13) + "- 1 - 2 - 3 - 4 - 5 - 6 - 7", "  - " + strings.Repeat("word ", 13) + "- 1 -\n    2 - 3 - 4 - 5 - 6 - 7"},
	} {
		text := strings.Join(lines(append([]comment.Block{paragraph("T is one.")}, markdown(c.text)...)), "\n")
		got := strings.TrimPrefix(strings.TrimPrefix(text, "T is one."), "\n\n")
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: want (-) got (+):\n%s", c.why, diff)
		}
	}
}

var notPlain = regexp.MustCompile("[^\\pL\\pN ,.()/:'\"-]|^ *[0-9-]|''|: |\n")

// FuzzMarkdown: the comment of any description is lines of printable text that gofmt does
// not change, and none is a directive. Prose keeps its words.
func FuzzMarkdown(f *testing.F) {
	for _, text := range []string{"", "Plain words, as they are.", "a\n\nB\n\nc", "# a\n\n# b", "- a\n  - b\n\n      c\n\n1. d", "```\n*/\n```\n```go\n\n//go:embed x", "\t+build x",
		"+build x", "[a]: https://b\n\n[c]", "\\[a]: https://b\n\nc", "<!-- \n//line x:1\n-->", "a\n|-|\nb", "> a\n> - b\n>\n>\t\tc", "&#10;//export x&#0;&#x202e;", "Deprecated: use b.",
		"\\# a", "``''\n''", "1.\n2. a - b 3) c", "***a** b*", "[a](<b\nc>)", "a\\\n    b", "x {\n\ty\n}", "<https://a> <b@c.d>"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := lines(append([]comment.Block{paragraph("T is one.")}, markdown(text)...))
		source := "package p\n\n"
		for _, line := range got {
			if strings.ContainsFunc(line[len(line)-len(strings.TrimLeft(line, "\t")):], func(r rune) bool { return !unicode.IsPrint(r) }) {
				t.Errorf("%q has the line %q", text, line)
			}
			if !strings.HasPrefix(line, "\t") && line != "" {
				line = " " + line
			}
			source += "//" + strings.ReplaceAll(line, "+build", `\+build`) + "\n"
		}
		source += "type T int\n"
		file, err := parser.ParseFile(token.NewFileSet(), "p.go", source, parser.ParseComments)
		if err != nil || len(file.Comments) != 1 || len(file.Decls) != 1 {
			t.Fatalf("%q became\n%s\n%v", text, source, err)
		}
		for _, c := range file.Comments[0].List {
			if len(c.Text) > 2 && c.Text[2] != ' ' && c.Text[2] != '\t' {
				t.Errorf("%q became the directive %q", text, c.Text)
			}
		}
		formatted, err := format.Source([]byte(source))
		if diff := cmp.Diff(source, string(formatted)); err != nil || diff != "" {
			t.Errorf("gofmt changes what %q became: %v\n%s", text, err, diff)
		}
		if words := strings.Join(strings.Fields(text), " "); !notPlain.MatchString(text) && strings.TrimSpace(strings.TrimPrefix(strings.Join(got, " "), "T is one.")) != words {
			t.Errorf("%q became %q", words, got)
		}
	})
}
