package docs_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestCommandLine: the page about the command line has what --help prints. After a change
// of a help text, make command-line writes it anew.
func TestCommandLine(t *testing.T) {
	t.Parallel()
	binary := filepath.Join(t.TempDir(), "hotbind")
	if out, err := exec.Command("go", "build", "-o", binary, "../cmd/hotbind").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var index, sections strings.Builder
	index.WriteString("| command | does |\n| --- | --- |\n")
	describe(t, binary, nil, &index, &sections)

	generated(t, "command-line.md", "make command-line", index.String()+sections.String())
}

// generated holds the part of a page that a command makes to what it makes now: from the
// comment that names the command to an empty comment.
func generated(t *testing.T, path, command, now string) {
	t.Helper()
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	begin, end := "<!-- generated: "+command+" -->\n", "\n<!-- end -->"
	before, rest, ok := strings.Cut(string(page), begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s lacks the comments between which the output of %s goes", path, command)
	}
	want := before + begin + "\n" + strings.TrimSpace(now) + "\n" + end + after
	if want == string(page) {
		return
	}
	if !*update {
		t.Fatalf("%s is out of date: run %s, and go test ./docs -update", path, command)
	}
	if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}

// available finds the names and the short descriptions of commands in a help text.
var available = regexp.MustCompile(`(?m)^  ([a-z]+) +(\S.*)$`)

// describe writes the row and the section of a command, and of those below it.
func describe(t *testing.T, binary string, names []string, index, sections *strings.Builder) {
	t.Helper()
	out, err := exec.Command(binary, append(names, "--help")...).Output()
	if err != nil {
		t.Fatalf("%q: %v", names, err)
	}
	help := strings.TrimSpace(string(out))
	_, list, isGroup := strings.Cut(help, "\nAvailable Commands:\n")
	if !isGroup {
		text, usage, _ := strings.Cut(help, "\n\nUsage:\n")
		fmt.Fprintf(sections, "\n## hotbind %s\n\n%s\n\n```text\nUsage:\n%s\n```\n", strings.Join(names, " "), escape(text), usage)
		return
	}
	list, _, _ = strings.Cut(list, "\n\n")
	for _, command := range available.FindAllStringSubmatch(list, -1) {
		below := append(names[:len(names):len(names)], command[1])
		if name := strings.Join(below, " "); name != "audit" {
			fmt.Fprintf(index, "| [`hotbind %s`](#hotbind-%s) | %s |\n", name, strings.ReplaceAll(name, " ", "-"), command[2])
		}
		describe(t, binary, below, index, sections)
	}
}

// escape returns plain text as Markdown.
func escape(text string) string {
	text = regexp.MustCompile(`[\\*_<>\[\]|`+"`"+`]`).ReplaceAllString(text, `\$0`)
	return regexp.MustCompile(`(?m)^([-+#]) `).ReplaceAllString(text, `\$1 `)
}
