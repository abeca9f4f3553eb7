package genrt_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/genrt"
)

// A team stands for generated code with values worth sharing.
type team struct {
	Name    string
	Members map[string]person
	Queue   []person
}

type person struct {
	Level int
	Tags  []string
}

var (
	tablePerson = genrt.Struct{
		At: func(p any, n int) any {
			switch n {
			case 0:
				return &p.(*person).Level
			case 1:
				return &p.(*person).Tags
			}
			return nil
		},
		Closed: true,
		Fields: []genrt.Field{
			{Key: "level", Type: &genrt.Int[int]{}},
			{Key: "tags", Type: &genrt.List[[]string, string]{Elem: &genrt.String{}}},
		},
	}
	tableTeam = genrt.Struct{
		At: func(p any, n int) any {
			t := p.(*team)
			switch n {
			case 0:
				return &t.Name
			case 1:
				return &t.Members
			case 2:
				return &t.Queue
			}
			return nil
		},
		Closed: true,
		Fields: []genrt.Field{
			{Key: "name", Type: &genrt.String{}},
			{Key: "members", Type: &genrt.Map[map[string]person, person]{Elem: &tablePerson}},
			{Key: "queue", Type: &genrt.List[[]person, person]{Elem: &tablePerson}},
		},
	}
	teams = genrt.Program{Type: &tableTeam, New: func() any { return new(team) }}
)

// teamText returns a team of n members, of which one has a level of its own.
func teamText(n, special, level int) string {
	var b strings.Builder
	b.WriteString("name: x\nmembers:\n")
	for i := range n {
		if i != special {
			fmt.Fprintf(&b, "  m%d:\n    level: 1\n    tags: [a, b]\n", i)
		} else {
			fmt.Fprintf(&b, "  m%d:\n    level: %d\n    tags: [a, b]\n", i, level)
		}
	}
	b.WriteString("queue:\n  - {level: 1, tags: [c]}\n  - {level: 2, tags: [d]}\n")
	return b.String()
}

// after decodes versions of a file, each after the one before.
func after(t testing.TB, versions ...string) (snapshots []*team, memories []any) {
	t.Helper()
	var series document.Series
	var memory any
	for _, text := range versions {
		doc, findings := series.Parse("t.yaml", []byte(text), document.Limits{})
		if doc == nil {
			t.Fatal(findings)
		}
		snapshot, now, findings := teams.DecodeAfter(doc, memory)
		if len(findings) > 0 {
			t.Fatal(findings)
		}
		memory = now
		snapshots, memories = append(snapshots, snapshot.(*team)), append(memories, now)
	}
	return snapshots, memories
}

// TestDecodeAfterShares exists because no other test fails if a decoding takes over
// nothing: the result is the same.
func TestDecodeAfterShares(t *testing.T) {
	t.Parallel()
	first := teamText(9, 4, 1)
	moved := "# one line more\n" + first // which is read as a whole
	for name, c := range map[string]struct {
		text            string
		members, queued int // whose tags are shared; an insertion may read its neighbors again
	}{
		"a value":       {strings.Replace(first, "m4:\n    level: 1", "m4:\n    level: 5", 1), 9, 2},
		"a longer line": {strings.Replace(first, "m0:\n    level: 1", "m0:\n    level: 1000", 1), 9, 2},
		"a new line":    {strings.Replace(first, "m4:\n", "m4:\n\n\n", 1), 8, 2},
		"a new entry":   {strings.Replace(first, "  m4:\n", "  new: {level: 3}\n  m4:\n", 1), 7, 2},
		"an old entry":  {strings.Replace(first, "  m4:\n    level: 1\n    tags: [a, b]\n", "", 1), 7, 2},
		"an item":       {strings.Replace(first, "  - {level: 2", "  - {level: 3", 1), 9, 1},
		"a first item":  {strings.Replace(first, "queue:\n", "queue:\n  - {level: 0, tags: [z]}\n", 1), 9, 1},
		"the name":      {strings.Replace(first, "name: x", "name: y", 1), 9, 2},
		"all":           {moved, 0, 0},
	} {
		s, _ := after(t, first, c.text)
		members, queued := 0, 0
		for key, p := range s[1].Members {
			if was := s[0].Members[key]; len(p.Tags) > 0 && len(was.Tags) > 0 && &p.Tags[0] == &was.Tags[0] {
				members++
			}
		}
		for _, p := range s[1].Queue {
			for _, was := range s[0].Queue {
				if &p.Tags[0] == &was.Tags[0] {
					queued++
				}
			}
		}
		if members != c.members || queued != c.queued {
			t.Errorf("%s: %d members and %d items are shared, want %d and %d", name, members, queued, c.members, c.queued)
		}
	}
}

// BenchmarkDiffAfter compares two versions with one change among 10,000 values: the whole,
// and what the second did not take over.
func BenchmarkDiffAfter(b *testing.B) {
	s, memories := after(b, teamText(5000, 2500, 1), teamText(5000, 2500, 7))
	for name, diff := range map[string]func() int{
		"whole": func() int { return len(teams.Diff(s[0], s[1]).Changes("")) },
		"after": func() int { return len(teams.DiffAfter(s[0], memories[1]).Changes("")) },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if n := diff(); n != 1 {
					b.Fatal(n)
				}
			}
		})
	}
}
