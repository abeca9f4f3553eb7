// Package pattern matches text against regular expressions of ECMA-262 in Unicode mode,
// the dialect of JSON Schema. It parses a source and rewrites it in terms that Go's
// regexp and regexp2 read alike, so that the result does not depend on the engine. Go's
// regexp takes linear time; regexp2 supports lookaround and backreferences. Package
// ecma links regexp2.
package pattern

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"regexp/syntax"
	"strings"
	"time"
)

// TimeLimit bounds one match. Only expressions with lookaround or backreferences, and
// large ones on long text, can reach it.
const TimeLimit = time.Second

// ErrTime is the error of a match that exceeds [TimeLimit].
var ErrTime = fmt.Errorf("took longer than %v", TimeLimit)

const (
	maxSource  = 1 << 20 // bytes of a source, and of what it is rewritten to
	maxProgram = 20_000  // instructions of a program for Go's regexp
	// mostSteps is how many instructions times bytes are matched without looking at the
	// clock: some hundred milliseconds.
	mostSteps = 50_000_000
)

// A Pattern is a compiled regular expression. It is safe for concurrent use.
type Pattern struct {
	foreign  string
	linear   *regexp.Regexp // nil if the expression needs more
	size     int            // instructions of linear
	backward Matcher
}

// A Matcher is an expression that an [Engine] has compiled.
type Matcher interface {
	// MatchString reports whether the expression matches somewhere in text. It fails if
	// that takes longer than [TimeLimit].
	MatchString(text string) (bool, error)
}

// An Engine compiles expressions that Go's regexp cannot match.
type Engine func(text string) (Matcher, error)

// ErrEngine is the error for an expression that needs an [Engine] if none is given.
var ErrEngine = errors.New("it needs an engine for lookaround, backreferences or large expressions")

// Compile compiles a regular expression. The engine is for expressions that Go's regexp
// cannot match; if it is nil, these fail with [ErrEngine]. Any other error describes
// the problem in words that can end a message.
//
// Compile also accepts what ECMA-262 allows outside Unicode mode and schemas use:
// escaped punctuation that needs no escape, and { } ] as themselves. It accepts what
// ECMA-262 forbids but several other dialects agree on; [Pattern.Foreign] names it.
func Compile(source string, engine Engine) (*Pattern, error) {
	compiled, text, err := read(source)
	if err != nil || compiled.linear != nil {
		return compiled, err
	}
	if engine == nil {
		return nil, ErrEngine
	}
	if compiled.backward, err = engine(text); err != nil {
		return nil, err
	}
	return compiled, nil
}

// Check returns what is wrong with a regular expression, as far as that is known
// without an engine, and what [Pattern.Foreign] would return.
func Check(source string) (foreign string, err error) {
	compiled, _, err := read(source)
	if err != nil {
		return "", err
	}
	return compiled.foreign, nil
}

// read compiles an expression for Go's regexp, or returns the text for an engine.
func read(source string) (compiled *Pattern, text string, err error) {
	if len(source) > maxSource {
		return nil, "", fmt.Errorf("it is longer than %d bytes", maxSource)
	}
	p := &parser{src: source}
	if text, err = p.translate(); err != nil {
		return nil, "", err
	}
	compiled = &Pattern{foreign: p.foreign}
	if !p.backward {
		if compiled.linear, compiled.size = compileLinear(text); compiled.linear != nil {
			return compiled, "", nil
		}
	}
	p = &parser{src: source, backward: true}
	if text, err = p.translate(); err != nil {
		return nil, "", err
	}
	return compiled, text, nil
}

// compileLinear compiles for Go's regexp. It returns nil if Go's regexp rejects the
// program, for example for repeats above 1000, or if it would be too large.
func compileLinear(text string) (*regexp.Regexp, int) {
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return nil, 0
	}
	prog, err := syntax.Compile(tree.Simplify())
	if err != nil || len(prog.Inst) > maxProgram {
		return nil, 0
	}
	re, err := regexp.Compile(text)
	if err != nil {
		return nil, 0
	}
	return re, len(prog.Inst)
}

// Foreign names what the source uses beyond ECMA-262, which other readers of the schema
// may reject. It is "" for a standard expression.
func (p *Pattern) Foreign() string { return p.foreign }

// Match reports whether p matches somewhere in text. It fails with [ErrTime].
func (p *Pattern) Match(text string) (bool, error) {
	if p.linear == nil {
		matched, err := p.backward.MatchString(text)
		if err != nil {
			return false, ErrTime
		}
		return matched, nil
	}
	if len(text) < mostSteps/p.size {
		return p.linear.MatchString(text), nil
	}
	r := &timedReader{Reader: strings.NewReader(text), until: time.Now().Add(TimeLimit)}
	matched := p.linear.MatchReader(r)
	if r.late {
		return false, ErrTime
	}
	return matched, nil
}

// A timedReader reads text until its time is over.
type timedReader struct {
	*strings.Reader
	count int
	until time.Time
	late  bool
}

func (r *timedReader) ReadRune() (rune, int, error) {
	if r.count++; r.count%256 == 0 && time.Now().After(r.until) {
		r.late = true
	}
	if r.late {
		return 0, 0, io.EOF
	}
	return r.Reader.ReadRune()
}
