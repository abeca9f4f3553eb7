// Package pattern matches text against regular expressions as ECMA-262 means
// them, in its Unicode mode, which is the dialect JSON Schema names. A source is
// read by a parser of our own and written anew in terms that Go's regexp, which
// takes linear time, and regexp2, which knows lookaround and references back,
// understand alike: what matches does not depend on which of them does the work.
package pattern

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"regexp/syntax"
	"strings"
	"time"

	"github.com/dlclark/regexp2"
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
	backward *regexp2.Regexp
}

// Compile reads a regular expression. The error says what is wrong with it in
// words that a message can end with.
//
// Beside the Unicode mode it reads what ECMA-262 allows without it and schemas
// use: escaped punctuation that needs no escape, and { } ] as themselves. What
// ECMA-262 refuses but several other dialects agree on is read too, and told by
// [Pattern.Foreign].
func Compile(source string) (*Pattern, error) {
	if len(source) > maxSource {
		return nil, fmt.Errorf("it is longer than %d bytes", maxSource)
	}
	p := &parser{src: source}
	text, err := p.translate()
	if err != nil {
		return nil, err
	}
	compiled := &Pattern{foreign: p.foreign}
	if !p.backward {
		if compiled.linear, compiled.size = compileLinear(text); compiled.linear != nil {
			return compiled, nil
		}
	}
	p = &parser{src: source, backward: true}
	if text, err = p.translate(); err != nil {
		return nil, err
	}
	if compiled.backward, err = regexp2.Compile(text, regexp2.ECMAScript); err != nil {
		return nil, errors.New("it cannot be compiled")
	}
	compiled.backward.MatchTimeout = TimeLimit
	return compiled, nil
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
