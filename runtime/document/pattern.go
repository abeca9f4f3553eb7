package document

import (
	"fmt"
	"strings"
)

// A Pattern is a path in which * matches any one step, ** any number of steps, and a
// glob such as pool_* all keys of that form.
type Pattern []PatternStep

// A PatternStep is one part of a pattern.
type PatternStep struct {
	Wildcard Wildcard
	Step     Step     // if Wildcard is Exactly
	Glob     *KeyGlob // if Wildcard is AnyKey
}

// A Wildcard is what a part of a pattern matches.
type Wildcard uint8

// The wildcards.
const (
	Exactly  Wildcard = iota // the step itself
	AnyOne                   // *: any one step
	AnyDepth                 // **: any number of steps, including none
	AnyKey                   // pool_*: any one key that the glob matches
)

// ParsePattern parses a pattern: a path in the form of [ParsePath], in which a part may
// be *, also written [*], or **, and a key may be a glob of at most 1000 bytes:
//
//	?       any one character
//	*       any number of characters, including slashes
//	[a-z_]  one of these characters; [^a-z_] any other one
//	{a,b}   one of these globs
//	\c      the character c itself
//
// [0] is an item, not a class of characters; [*] is any one step; ["a*"] is the key a*.
func ParsePattern(pattern string) (Pattern, error) {
	var p Pattern
	rest := pattern
	for rest != "" {
		step, after, err := nextPatternStep(rest, len(p) == 0)
		if err != nil {
			return nil, fmt.Errorf("invalid pattern %s: %w", Quote(pattern), err)
		}
		if step.Wildcard == AnyDepth && len(p) > 0 && p[len(p)-1].Wildcard == AnyDepth {
			rest = after // repeated ** match like one
			continue
		}
		p, rest = append(p, step), after
	}
	return p, nil
}

func nextPatternStep(text string, first bool) (PatternStep, string, error) {
	if after, ok := strings.CutPrefix(text, "[*]"); ok {
		return PatternStep{Wildcard: AnyOne}, after, nil
	}
	word := text
	if !first {
		word = strings.TrimPrefix(text, ".")
	}
	if first || word != text {
		if after, ok := alone(word, "*"); ok {
			return PatternStep{Wildcard: AnyOne}, after, nil
		}
		if after, ok := alone(word, "**"); ok {
			return PatternStep{Wildcard: AnyDepth}, after, nil
		}
		if glob, after, err := nextGlob(word); err != nil || glob != nil {
			return PatternStep{Wildcard: AnyKey, Glob: glob}, after, err
		}
	}
	step, after, err := nextStep(text, first)
	return PatternStep{Step: step}, after, err
}

// alone returns the text after word if text begins with it as a whole part.
func alone(text, word string) (after string, ok bool) {
	after, ok = strings.CutPrefix(text, word)
	return after, ok && (after == "" || after[0] == '.' || beginsStep(after))
}

// String returns the pattern as [ParsePattern] reads it.
func (p Pattern) String() string {
	text := ""
	for _, s := range p {
		switch {
		case s.Wildcard == AnyOne:
			text += ".*"
		case s.Wildcard == AnyDepth:
			text += ".**"
		case s.Wildcard == AnyKey:
			text += "." + s.Glob.text
		case s.Step.Key != nil:
			text = KeyPath(text, *s.Step.Key)
		default:
			text = IndexPath(text, s.Step.Index)
		}
	}
	return strings.TrimPrefix(text, ".")
}

// Path returns the pattern as a path, if it has no wildcard.
func (p Pattern) Path() (path []Step, exact bool) {
	for _, s := range p {
		if s.Wildcard != Exactly {
			return nil, false
		}
		path = append(path, s.Step)
	}
	return path, true
}

// Match reports whether the pattern matches the whole path.
func (p Pattern) Match(path []Step) bool {
	// On a mismatch the last ** takes one more step; earlier ones need not.
	at, taken, resumed := 0, -1, 0
	for i := 0; i < len(path); {
		switch {
		case at < len(p) && p[at].Wildcard == AnyDepth:
			taken, resumed = at, i
			at++
		case at < len(p) && p[at].matches(path[i]):
			at++
			i++
		case taken >= 0:
			resumed++
			at, i = taken+1, resumed
		default:
			return false
		}
	}
	return at == len(p) || at == len(p)-1 && p[at].Wildcard == AnyDepth
}

func (s PatternStep) matches(step Step) bool {
	if s.Wildcard == AnyKey {
		return step.Key != nil && s.Glob.Match(*step.Key)
	}
	return s.Wildcard == AnyOne || s.Step.Equal(step)
}

// Equal reports whether two steps are the same.
func (s Step) Equal(other Step) bool {
	if s.Key == nil || other.Key == nil {
		return s.Key == nil && other.Key == nil && s.Index == other.Index
	}
	return *s.Key == *other.Key
}
