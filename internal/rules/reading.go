package rules

import (
	"cmp"
	"slices"

	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
)

// A Reading is what was found wrong with a value, read as one of its alternatives.
type Reading struct {
	Name     string // "" is an alternative that messages cannot name
	Findings document.Findings
	// Declared and Undeclared count the members of the value that the alternative
	// names and does not name.
	Declared, Undeclared int
}

// Nearest reports what is wrong with the best of several readings, none of which is
// good: the one that names most of what is there, or else has the fewest faults.
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

// compare orders readings, the nearest first.
func (r *Reading) compare(other *Reading) int {
	return cmp.Or(
		cmp.Compare(other.Declared, r.Declared),
		cmp.Compare(len(r.Findings.Errors()), len(other.Findings.Errors())),
		cmp.Compare(r.Undeclared, other.Undeclared),
	)
}

// otherReadings says which alternatives there are and which of them is the nearest.
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
