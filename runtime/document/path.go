package document

import (
	"fmt"
	"strconv"
	"strings"
)

// A Step is one part of a path: a key, or the index of an item if Key is nil.
type Step struct {
	Key   *string
	Index int
}

// ParsePath parses a path in the form of [KeyPath] and [IndexPath]: keys joined by
// dots, other keys as ["a.b"], items as [0]. "" is the document itself.
func ParsePath(path string) ([]Step, error) {
	var steps []Step
	rest := path
	for rest != "" {
		step, after, err := nextStep(rest, len(steps) == 0)
		if err != nil {
			return nil, fmt.Errorf("invalid path %s: %w", Quote(path), err)
		}
		steps, rest = append(steps, step), after
	}
	return steps, nil
}

func nextStep(text string, first bool) (Step, string, error) {
	if text[0] == '[' {
		return bracketStep(text)
	}
	if !first {
		if text[0] != '.' {
			return Step{}, "", fmt.Errorf("a dot is missing before %s", Quote(text))
		}
		text = text[1:]
	}
	end := strings.IndexAny(text, ".[")
	if end < 0 {
		end = len(text)
	}
	key := text[:end]
	if !plainKey(key) {
		key = strings.Trim(key, `"`) // probably meant to be in brackets
		return Step{}, "", fmt.Errorf("the key %s must be written as [%q]", Quote(key), key)
	}
	return Step{Key: &key}, text[end:], nil
}

func bracketStep(text string) (Step, string, error) {
	if !strings.HasPrefix(text, `["`) {
		inside, after, closed := strings.Cut(text[1:], "]")
		index, err := strconv.ParseUint(inside, 10, 31)
		if !closed || err != nil {
			return Step{}, "", fmt.Errorf("%s is neither an index nor a key in quotes", Quote(text))
		}
		return Step{Index: int(index)}, after, nil
	}
	quoted, err := strconv.QuotedPrefix(text[1:])
	if err != nil || !strings.HasPrefix(text[1+len(quoted):], "]") {
		return Step{}, "", fmt.Errorf("%s has no closing \"]", Quote(text))
	}
	key, err := strconv.Unquote(quoted)
	if err != nil {
		return Step{}, "", err
	}
	return Step{Key: &key}, text[len(quoted)+2:], nil
}

// At returns the value at steps below n, or nil. shape, which may be nil, determines
// which items of a list are addressed by a key.
func (n *Node) At(steps []Step, shape Shape) *Node {
	n, _, _ = n.Find(steps, shape)
	return n
}

// Find returns the same value as [Node.At], with its shape; in a union, that of the
// alternative that n names. secret reports whether the value is inside a secret.
func (n *Node) Find(steps []Step, shape Shape) (value *Node, at Shape, secret bool) {
	for _, s := range steps {
		shape = choose(n, shape)
		secret = secret || shape != nil && shape.Secret()
		switch {
		case n == nil:
			return nil, nil, secret
		case s.Key != nil && n.kind == List:
			n = n.item(*s.Key, shape)
		case s.Key != nil:
			n = n.Get(*s.Key)
		case s.Index < len(n.Items()):
			n = n.Items()[s.Index]
		default:
			return nil, nil, secret
		}
		shape, _ = below(shape, s)
	}
	return n, choose(n, shape), secret
}

// item returns the item of a list with a key.
func (n *Node) item(key string, shape Shape) *Node {
	if shape == nil || shape.Lists().Key == "" {
		return nil
	}
	for _, item := range n.Items() {
		if k, ok := ItemKey(item, shape.Lists().Key); ok && k == key {
			return item
		}
	}
	return nil
}

// ShapeAt returns the shape of the value at steps, or nil if the schema does not
// restrict it. allowed is false if no value is allowed there.
func ShapeAt(s Shape, steps []Step) (shape Shape, allowed bool) {
	for _, step := range steps {
		if s, allowed = below(s, step); !allowed {
			return nil, false
		}
	}
	return s, true
}

// below returns the shape one step further.
func below(s Shape, step Step) (shape Shape, allowed bool) {
	switch {
	case s == nil:
		return nil, true
	case step.Key != nil && s.Lists().Key != "":
		return s.Item(), true
	case step.Key != nil:
		return s.Member(*step.Key)
	case s.Kind() != List && s.Kind() != 0:
		return nil, false
	}
	return s.Item(), true
}
