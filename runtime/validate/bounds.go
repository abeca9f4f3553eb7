package validate

import (
	"fmt"

	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
)

// What a schema may ask for. Larger numbers than these overflow in the reference
// validator, and larger schemas keep it busy for as long as one likes.
const (
	mostCount    = "2147483647"
	leastFactor  = "1e-308"
	mostFactor   = "1e308"
	mostChecks   = 20_000
	mostSchemas  = 20_000
	longestChain = 1_000
)

var counts = []string{"minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "minContains", "maxContains"}

// refuse finds what keeps a schema from being used although it may be one.
func (x *index) refuse() document.Findings {
	var findings document.Findings
	add := func(pos document.Position, path, message string) {
		findings = append(findings, document.Finding{Pos: pos, Path: path, Message: message})
	}
	for _, s := range x.order {
		for _, key := range counts {
			n := s.Get(key)
			if n != nil && n.Kind == document.Number && document.CompareNumbers(n.Text, mostCount) > 0 {
				add(n.Pos, x.homes[s].where+"/"+key, wording.Maximum(n, false, mostCount, false))
			}
		}
		n := s.Get("multipleOf")
		if n != nil && n.Kind == document.Number && document.CompareNumbers(n.Text, "0") > 0 &&
			(document.CompareNumbers(n.Text, leastFactor) < 0 || document.CompareNumbers(n.Text, mostFactor) > 0) {
			add(n.Pos, x.homes[s].where+"/multipleOf", wording.Range(n, false, leastFactor, mostFactor))
		}
	}
	if len(x.order) > mostSchemas {
		s := x.order[mostSchemas]
		add(s.Pos, x.homes[s].where, fmt.Sprintf("there are more than %s schemas in it", thousands(mostSchemas)))
		return findings
	}
	for _, s := range x.order {
		z := x.size(s)
		if z.chain > longestChain {
			add(s.Pos, x.homes[s].where, fmt.Sprintf("the schema leads through a chain of more than %s references", thousands(longestChain)))
			break
		}
		if z.checks > mostChecks {
			add(s.Pos, x.homes[s].where, fmt.Sprintf("the schema expands to more than %s checks of one value", thousands(mostChecks)))
			break
		}
	}
	findings.Sort()
	return findings
}

func thousands(n int) string { return fmt.Sprintf("%d,%03d", n/1000, n%1000) }

// A size is how many schemas one value is checked against, and how many of them
// lead to one another, by reference or as alternatives and the like.
type size struct{ checks, chain int }

// size is that of s; a schema that leads back to itself in place is counted once,
// and refused by the reference validator.
func (x *index) size(s *document.Node) size {
	if s.Kind != document.Object {
		return size{checks: 1}
	}
	if z, known := x.sizes[s]; known {
		return z
	}
	x.sizes[s] = size{}
	z := size{checks: 1}
	t := x.targets[s]
	for _, c := range t.sure {
		of := x.size(c)
		z.checks += of.checks
		z.chain = max(z.chain, of.chain+1)
	}
	chosen := 0
	for _, c := range t.perhaps {
		of := x.size(c)
		chosen = max(chosen, of.checks)
		z.chain = max(z.chain, of.chain+1)
	}
	z.checks += chosen
	if len(t.sure) == 0 || !x.old(s) {
		for _, c := range inPlace(s) {
			of := x.size(c)
			z.checks += of.checks
			z.chain = max(z.chain, of.chain+1)
		}
	}
	z.checks = min(z.checks, mostChecks+1)
	x.sizes[s] = z
	return z
}

// weight is what it costs to tell where a fault at the end of the chain from s
// is, in checks: the reference validator writes out the whole way at each turn.
func (x *index) weight(s *document.Node) int {
	z := x.sizes[s]
	weight := z.chain * z.chain * z.chain / 2000
	if z.checks > 64 { // as many faults, each with its way
		weight += z.checks * z.chain
	}
	return weight
}
