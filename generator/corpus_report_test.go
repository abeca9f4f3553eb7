package generator_test

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// A share is a part of a whole.
type share struct{ part, whole int }

func (s share) String() string {
	if s.whole == 0 {
		return "none"
	}
	return fmt.Sprintf("%d of %d (%.2f %%)", s.part, s.whole, 100*float64(s.part)/float64(s.whole))
}

func (s *share) count(part bool) {
	s.whole++
	if part {
		s.part++
	}
}

// A corpusCount is the result of a corpus and lists everything that fell short.
type corpusCount struct {
	generated, compiled, accepted, kept, refused, untyped, holding share

	times      []time.Duration // sorted
	perField   []float64       // lines, sorted
	lines      int
	shortfalls []string
}

func countCorpus(schemas []*corpusSchema) *corpusCount {
	c := &corpusCount{}
	for _, s := range schemas {
		c.generated.count(s.pkg != nil)
		c.compiled.count(s.isUsable())
		c.times = append(c.times, s.took)
		c.untyped.part, c.untyped.whole = c.untyped.part+s.report.Untyped, c.untyped.whole+s.report.Fields
		c.holding.part, c.holding.whole = c.holding.part+s.report.Holding, c.holding.whole+s.report.Fields
		c.lines += s.lines
		if s.report.Fields > 0 {
			c.perField = append(c.perField, float64(s.lines)/float64(s.report.Fields))
		}
		switch {
		case s.pkg == nil && !slices.Contains(unfetched, s.file):
			c.fallShort(s.file, "not generated", s.refused)
		case s.pkg == nil:
		case !s.isUsable():
			c.fallShort(s.file, "not compiled", s.pkg.Broken)
		}
		for _, f := range s.fixtures {
			if f.agreed {
				c.countFixture(s.isUsable(), f)
			}
		}
	}
	slices.Sort(c.times)
	slices.Sort(c.perField)
	return c
}

// countFixture counts a fixture for which a full validator agrees with the corpus.
func (c *corpusCount) countFixture(usable bool, f *corpusFixture) {
	switch {
	case !f.valid:
		if c.refused.count(usable && f.err != ""); usable && f.err == "" {
			c.fallShort(f.file, "invalid and accepted", "no finding")
		}
		return
	case usable && f.err != "":
		c.fallShort(f.file, "valid and refused", f.err)
	case usable && f.lost != "":
		c.fallShort(f.file, "not kept", f.lost)
	}
	c.accepted.count(usable && f.err == "")
	c.kept.count(usable && f.err == "" && f.lost == "")
}

func (c *corpusCount) fallShort(file, what, why string) {
	lines := strings.Split(strings.TrimSpace(why), "\n")
	if len(lines) > 3 {
		lines = append(lines[:3], fmt.Sprintf("and %d more", len(lines)-3))
	}
	c.shortfalls = append(c.shortfalls, fmt.Sprintf("%s: %s: %s", file, what, strings.Join(lines, "; ")))
}

func (c *corpusCount) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "generated          %v\n", c.generated)
	fmt.Fprintf(&b, "compiled           %v\n", c.compiled)
	fmt.Fprintf(&b, "valid accepted     %v\n", c.accepted)
	fmt.Fprintf(&b, "kept without loss  %v\n", c.kept)
	fmt.Fprintf(&b, "invalid refused    %v\n", c.refused)
	fmt.Fprintf(&b, "fields any         %v; that hold any, in lists or maps: %v\n", c.untyped, c.holding)
	fmt.Fprintf(&b, "generation         median %v, longest %v\n", c.times[len(c.times)/2].Round(time.Millisecond), c.times[len(c.times)-1].Round(time.Millisecond))
	if len(c.perField) > 0 {
		fmt.Fprintf(&b, "lines per field    %.1f in all, median %.1f, most %.1f\n", float64(c.lines)/float64(max(1, c.untyped.whole)), c.perField[len(c.perField)/2], c.perField[len(c.perField)-1])
	}
	return b.String()
}
