package rules

import (
	"cmp"
	"slices"

	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
)

// A Reading holds the findings for a value read as one of its alternatives.
type Reading struct {
	Name     string // "" is an alternative without a name
	Findings document.Findings
	// Declared and Undeclared count the properties of the value that the alternative
	// declares and does not declare.
	Declared, Undeclared int
}

// Nearest reports the findings of the reading closest to the value: the one that
// declares most of its properties, or else has the fewest findings.
func (p *Report) Nearest(readings []Reading) {
	best := 0
	for i := range readings {
		if readings[i].compare(&readings[best]) < 0 {
			best = i
		}
	}
	found := slices.Clone(readings[best].Findings)
	if hint := otherReadings(readings, best); hint != "" {
		first := slices.IndexFunc(found, func(f document.Finding) bool { return f.Severity == document.Error })
		if first >= 0 && found[first].Hint == "" && !found[first].Secret {
			found[first].Hint = hint
		}
	}
	p.Findings = append(p.Findings, found...)
}

// compare orders readings, nearest first.
func (r *Reading) compare(other *Reading) int {
	return cmp.Or(
		cmp.Compare(other.Declared, r.Declared),
		cmp.Compare(len(r.Findings.Errors()), len(other.Findings.Errors())),
		cmp.Compare(r.Undeclared, other.Undeclared),
	)
}

// otherReadings returns the hint that names the alternatives and the nearest one.
func otherReadings(readings []Reading, best int) string {
	var others []string
	for i := range readings {
		if i != best && readings[i].Name != "" && readings[i].Name != readings[best].Name {
			others = append(others, readings[i].Name)
		}
	}
	switch {
	case len(others) > 0 && readings[best].Name != "":
		return wording.NoneOf(readings[best].Name, others)
	case len(readings) > 1:
		return wording.NearestOf(len(readings))
	}
	return ""
}
