package schema

import (
	"github.com/hotbind/hotbind/internal/format"
	"github.com/hotbind/hotbind/internal/pattern"
	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
)

func readPattern(p *parser, s *Schema, n *document.Node, at Place) {
	if s.Pattern = p.text(n, at); n.Kind == document.String {
		p.pattern(n.Text, at)
	}
}

// pattern refuses what is no regular expression of ECMAScript, and warns of what
// only some engines read.
func (p *parser) pattern(source string, at Place) {
	re, err := pattern.Compile(source)
	if err != nil {
		p.diags.Errorf(at, "unsupported-pattern", "", "the pattern %s cannot be used: %v", wording.Name(source), err)
		return
	}
	if foreign := re.Foreign(); foreign != "" {
		p.diags.Warnf(at, "foreign-pattern", "say it as ECMAScript does", "the pattern %s uses %s, which other validators may not read", wording.Name(source), foreign)
	}
}

func readFormat(p *parser, s *Schema, n *document.Node, at Place) {
	if s.Format = p.text(n, at); n.Kind == document.String && format.Named(n.Text) == nil {
		p.diags.Warnf(at, "unknown-format", "", "the format %s is not known, so any string is allowed", wording.Quote(n.Text))
	}
}
