// Package pattern matches text against regular expressions as ECMA-262 means
// them, in its Unicode mode, which is the dialect JSON Schema names. A source is
// read by a parser of our own and written anew in terms that Go's regexp, which
// takes linear time, and regexp2, which knows lookaround and references back,
// understand alike: what matches does not depend on which of them does the work.
// regexp2 is in package ecma, which links it.
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

// TimeLimit bounds one match. Only expressions that need lookaround or
// references back, and large ones against long text, can reach it.
const TimeLimit = time.Second

// ErrTime is the error of a match that was given up at [TimeLimit].
var ErrTime = fmt.Errorf("took longer than %v", TimeLimit)

const (
	maxSource  = 1 << 20 // bytes of a source, and of what it is rewritten to
	maxProgram = 20_000  // instructions of a program for Go's regexp
	// mostSteps is how many instructions times bytes are matched without looking
	// at the clock: some hundred milliseconds.
	mostSteps = 50_000_000
)

// A Pattern is a compiled regular expression. It may be used by several
// goroutines at once.
type Pattern struct {
	foreign  string
	linear   *regexp.Regexp // nil where the expression needs more
	size     int            // instructions of linear
	backward Matcher
}

// A Matcher is an expression that an [Engine] has compiled.
type Matcher interface {
	// MatchString reports whether it matches somewhere in text. The error is that it took
	// longer than [TimeLimit].
	MatchString(text string) (bool, error)
}

// An Engine compiles expressions that Go's regexp cannot match.
type Engine func(text string) (Matcher, error)

// ErrEngine is the error for an expression that needs an [Engine] where there is none.
var ErrEngine = errors.New("it needs an engine for lookaround, references back or large expressions")

// Compile reads a regular expression. The engine is for those that Go's regexp cannot
// match; without one they are refused with [ErrEngine]. Any other error says what is wrong
// in words that a message can end with.
//
// Beside the Unicode mode it reads what ECMA-262 allows without it and schemas
// use: escaped punctuation that needs no escape, and { } ] as themselves. What
// ECMA-262 refuses but several other dialects agree on is read too, and told by
// [Pattern.Foreign].
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

// Check returns what is wrong with a regular expression, as far as that can be said
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

// compileLinear compiles for Go's regexp, which refuses repeats of more than
// 1000; nil is a program that it refuses or that would be too large.
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

// Foreign names what the source uses that ECMA-262 has not, so that other
// readers of the schema may refuse it; "" is a standard expression.
func (p *Pattern) Foreign() string { return p.foreign }

// Match reports whether p matches somewhere in text. The error is [ErrTime].
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
