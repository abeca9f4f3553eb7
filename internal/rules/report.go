package rules

import (
	"slices"
	"strconv"

	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
)

// A Report collects the findings about one document and tracks the path of the current
// value. The zero Report is ready to use. It is for one goroutine.
type Report struct {
	Findings document.Findings

	path   []segment
	secret int  // how many secrets enclose the value
	open   int  // how many segments of path may be shown: those up to the outermost secret
	steps  int  // rules evaluated
	quiet  bool // stops at the first violation and adds no findings
	// always are findings that are kept even if the branch that made them is given up.
	always document.Findings
	late   []*Pattern // the patterns that took too long
}

// A segment is one step of the path: an index if it is not negative, or else a key.
// Paths are written out only for findings.
type segment struct {
	key   string
	index int
}

// EnterKey moves to the property key, until [Report.Leave].
func (p *Report) EnterKey(key string) { p.path = append(p.path, segment{key, -1}) }

// EnterIndex moves to the item at index, until [Report.Leave].
func (p *Report) EnterIndex(index int) { p.path = append(p.path, segment{index: index}) }

// Leave moves back to the enclosing value.
func (p *Report) Leave() { p.path = p.path[:len(p.path)-1] }

// Steps returns the number of rules evaluated.
func (p *Report) Steps() int { return p.steps }

// Depth returns how deep the current value is.
func (p *Report) Depth() int { return len(p.path) }

// EnterSecret marks everything visited until leave is called as secret.
func (p *Report) EnterSecret() (leave func()) {
	if p.secret++; p.secret == 1 {
		p.open = len(p.path)
	}
	return func() { p.secret-- }
}

// InSecret reports whether a secret encloses the value.
func (p *Report) InSecret() bool { return p.secret > 0 }

// Hides reports whether messages must not show n: it is a secret, or it comes from an
// environment variable, which often holds one.
func (p *Report) Hides(n *document.Node) bool { return p.secret > 0 || n.Hidden() }

// Path returns the path of the value for findings. It ends at the outermost secret.
func (p *Report) Path() string {
	path, shown := "", p.path
	if p.secret > 0 {
		shown = p.path[:min(p.open, len(p.path))]
	}
	for _, s := range shown {
		if s.index < 0 {
			path = document.KeyPath(path, shorten(s.key))
		} else {
			path = document.IndexPath(path, s.index)
		}
	}
	return path
}

// longestKey is how many characters of a key a path shows.
const longestKey = 60

func shorten(key string) string {
	if len(key) <= longestKey {
		return key
	}
	if r := []rune(key); len(r) > longestKey {
		return string(r[:longestKey-1]) + "…"
	}
	return key
}

// Place returns a key that distinguishes the current place from every other. A YAML
// alias puts one node in several places.
func (p *Report) Place() string {
	var b []byte
	for _, s := range p.path {
		if s.index < 0 {
			b = strconv.AppendQuote(b, s.key)
		} else {
			b = strconv.AppendInt(b, int64(s.index), 10)
		}
	}
	return string(b)
}

// AtTop calls fn with the path cut to its first depth segments.
func (p *Report) AtTop(depth int, fn func()) {
	path := p.path
	p.path = path[:min(depth, len(path))]
	fn()
	p.path = path
}

// wants reports whether checking continues after the result ok.
func (p *Report) wants(ok bool) bool { return ok || !p.quiet }

// refuse adds a finding about n unless the report is quiet, and returns false.
func (p *Report) refuse(n *document.Node, fault func() document.Finding) bool {
	if !p.quiet {
		p.Find(n, fault())
	}
	return false
}

// Find adds f about n.
func (p *Report) Find(n *document.Node, f document.Finding) {
	f.Secret = f.Secret || n.Hidden()
	p.FindAt(n.Pos(), f)
}

// FindAt adds f about the value at pos.
func (p *Report) FindAt(pos document.Position, f document.Finding) {
	f.Pos, f.Path, f.Secret = pos, p.Path(), f.Secret || p.secret > 0
	if p.secret > 0 && f.Found != "" {
		f.Found = document.Redacted
	}
	if p.secret > 0 && len(p.path) > p.open { // the path ends at the secret around it
		f.Message = "a value in it: " + f.Message
	}
	p.Findings = append(p.Findings, f)
}

// Warn adds f as a warning.
func (p *Report) Warn(pos document.Position, f document.Finding) {
	f.Severity = document.Warning
	p.FindAt(pos, f)
}

// Unknown reports a property that keyword does not allow. The excerpt of its line is
// hidden if a secret was probably meant.
func (p *Report) Unknown(member *document.Member, keyword string, declared []string, isSecret func(key string) bool) {
	if p.secret > 0 {
		f := wording.Unknown(document.Redacted, keyword, nil)
		f.Hint = ""
		p.FindAt(member.Pos(), f)
		return
	}
	f := wording.Unknown(member.Key(), keyword, declared)
	near := wording.Nearest(member.Key(), declared)
	f.Secret = near != "" && isSecret(near)
	p.EnterKey(member.Key())
	p.FindAt(member.Pos(), f)
	p.Leave()
}

// Key checks the name of a property as a string. Inside a secret the name is not shown.
func (p *Report) Key(member *document.Member, judge func(name *document.Node)) {
	name := document.NewScalar(document.String, member.Key(), member.Pos())
	if p.secret == 0 {
		p.EnterKey(member.Key())
		judge(name)
		p.Leave()
		return
	}
	if found := p.Aside(func() { judge(name) }); len(found.Errors()) > 0 {
		p.FindAt(member.Pos(), wording.KeyInside)
	}
}

// Missing reports that n lacks the property key, which because requires, if set. Inside
// a secret neither is named.
func (p *Report) Missing(n *document.Node, key, because string, alternatives ...string) {
	if p.secret > 0 {
		p.Find(n, wording.MissingInside)
		return
	}
	pos, f := n.Pos(), wording.Missing(because, alternatives)
	if null := n.Removed().Get(key); null != nil {
		pos, f.Hint = null.Pos(), "null removes the value of weaker layers"
	}
	p.EnterKey(key)
	p.FindAt(pos, f)
	p.Leave()
}

// WrongType reports a value of a kind other than want. The value is hidden if hidden is
// set, or if it is a secret.
func (p *Report) WrongType(n *document.Node, hidden bool, want string) {
	p.Find(n, wording.Type(n, hidden || p.Hides(n), want))
}

// Matches reports whether text at a place matches a pattern. A document that makes a match
// time out is refused in any case; Matches then returns true, and the pattern is not
// tried again.
func (p *Report) Matches(re *Pattern, at document.Placed, text string) bool {
	if slices.Contains(p.late, re) {
		return true
	}
	matched, err := re.Match(text)
	if err != nil {
		p.late = append(p.late, re)
		f := wording.Slow(re.Source)
		f.Pos, f.Path, f.Secret = at.Pos(), p.Path(), p.secret > 0
		p.always = append(p.always, f)
		return true
	}
	return matched
}

// Aside returns the findings of fn without adding them.
func (p *Report) Aside(fn func()) document.Findings {
	before := p.Findings
	p.Findings = nil
	fn()
	found := p.Findings
	p.Findings = before
	return found
}

// Finish returns all findings, without duplicates, in the order of the file. With
// exhausted it adds that checking n takes too many steps.
func (p *Report) Finish(n *document.Node, exhausted bool) document.Findings {
	if exhausted || p.steps > maxSteps {
		p.AtTop(0, func() { p.Find(n, wording.Exhausted) })
	}
	findings := once(append(p.Findings, p.always...))
	findings.Sort()
	return findings
}

// once drops duplicates: two rules, or a rule and a type, may report the same.
func once(findings document.Findings) document.Findings {
	if len(findings) < 2 {
		return findings
	}
	type fault struct {
		placeKey
		message string
		level   document.Severity
	}
	known := make(map[fault]int, len(findings))
	var kept document.Findings
	for _, f := range findings {
		key := fault{placeOf(&f), f.Message, f.Severity}
		if at, again := known[key]; !again {
			known[key] = len(kept)
			kept = append(kept, f)
		} else if kept[at].Hint == "" {
			kept[at].Hint = f.Hint
		}
	}
	return kept
}

type placeKey struct {
	pos  document.Position
	path string
}

func placeOf(f *document.Finding) placeKey { return placeKey{f.Pos, f.Path} }
