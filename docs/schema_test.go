package docs_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hotbind/hotbind/internal/format"
	"github.com/hotbind/hotbind/internal/schema"
)

// TestSchemaTables holds the tables of the page about schemas to the tables of keywords
// and formats: what is supported is described, and nothing else.
func TestSchemaTables(t *testing.T) {
	t.Parallel()
	var keywords, ours, formats []string
	for _, k := range schema.Keywords() {
		keywords = append(keywords, k.Name)
		if strings.HasPrefix(k.Name, "x-") {
			ours = append(ours, k.Name)
		}
	}
	for _, f := range format.All() {
		formats = append(formats, f.Name)
	}
	p := read(t, "docs/schema.md")
	for heading, want := range map[string][]string{"All keywords": keywords, "hotbind's own keywords": ours, "Formats": formats} {
		got := firstColumn(p, heading)
		for _, name := range want {
			if !slices.Contains(got, name) {
				t.Errorf("%s: %s is missing in the table", heading, name)
			}
		}
		for _, name := range got {
			if !slices.Contains(want, name) {
				t.Errorf("%s: %s is in the table and does not exist", heading, name)
			}
		}
	}
}

var code = regexp.MustCompile("`([^`]+)`")

// firstColumn returns the names in the first column of the first table below a heading,
// without what follows a colon.
func firstColumn(p *page, heading string) (names []string) {
	_, section, _ := strings.Cut(string(p.text), "\n## "+heading+"\n")
	section, _, _ = strings.Cut(section, "\n## ")
	for line := range strings.Lines(section) {
		if cells := strings.Split(line, "|"); len(cells) > 2 {
			for _, match := range code.FindAllStringSubmatch(cells[1], -1) {
				name, _, _ := strings.Cut(match[1], ":")
				names = append(names, name)
			}
		}
	}
	return names
}
