package document

import (
	"strings"

	"gopkg.in/yaml.v3"
)

const supportedTags = "allowed: !!str, !!int, !!float, !!bool, !!null, !!seq, !!map"

const quoted = yaml.DoubleQuotedStyle | yaml.SingleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle

// scalar returns the node for a scalar, or nil after an error.
func (w *walker) scalar(n *yaml.Node) *Node {
	kind, plain, text := String, false, n.Value
	switch {
	case n.Style&yaml.TaggedStyle != 0:
		k, ok := w.tagged(n)
		if !ok {
			return nil
		}
		kind = k
	case n.Style&quoted == 0:
		if n.Anchor != "" && (strings.HasPrefix(n.Value, ":") || strings.HasPrefix(n.Value, "?")) {
			// yaml.v3 ends the anchor &a:b after the a, and would make :b the value.
			w.fault(n, "the anchor name after & contains a : or ?", "end the name with a space, or put text that begins with & in quotes")
			return nil
		}
		kind = plainKind(n.Value)
		if number, ok := exactNumber(n.Value); ok {
			kind, text = Number, number
		}
		plain = kind == String
	}
	switch kind {
	case Null:
		text = ""
	case Bool:
		text = boolText(text)
	case Number:
		number, _ := splitNumber(text)
		if message := number.tooLarge(); message != "" {
			w.fault(n, message, "put it in quotes if it is text")
			return nil
		}
	}
	node := w.node(kind, w.written(n, text))
	node.plain = plain
	return node
}

// plainKind returns the kind of a scalar without quotes.
func plainKind(text string) Kind {
	if isNull(text) {
		return Null
	}
	if boolText(text) != "" {
		return Bool
	}
	if _, ok := splitNumber(text); ok {
		return Number
	}
	return String
}

func isNull(text string) bool {
	switch text {
	case "", "~", "null", "Null", "NULL":
		return true
	}
	return false
}

// boolText returns true or false for the spellings of YAML 1.2, and "" for other text.
func boolText(text string) string {
	switch text {
	case "true", "True", "TRUE":
		return "true"
	case "false", "False", "FALSE":
		return "false"
	}
	return ""
}

// tagged returns the kind that an explicit tag requires of a scalar.
func (w *walker) tagged(n *yaml.Node) (kind Kind, ok bool) {
	number, isNumber := splitNumber(n.Value)
	allowed := ""
	switch n.Tag {
	case "!!str":
		kind, ok = String, true
	case "!!null":
		kind, ok, allowed = Null, isNull(n.Value), "null"
	case "!!bool":
		kind, ok, allowed = Bool, boolText(n.Value) != "", "true or false"
	case "!!float":
		kind, ok, allowed = Number, isNumber, "a number in JSON's form"
	case "!!int":
		kind, allowed = Number, "a whole number in JSON's form"
		ok = isNumber && number.fraction == "" && number.exponent == ""
	case "!!seq", "!!map":
		w.fault(n, "the tag "+n.Tag+" does not fit a scalar", "")
		return 0, false
	default:
		w.unknownTag(n)
		return 0, false
	}
	if !ok {
		w.fault(n, "the tag "+n.Tag+" does not fit the value, want "+allowed, "")
	}
	return kind, ok
}

// collectionTag checks the tag of a list or object, if it has one.
func (w *walker) collectionTag(n *yaml.Node, want string) bool {
	if n.Style&yaml.TaggedStyle == 0 || n.Tag == want {
		return true
	}
	switch n.Tag {
	case "!!str", "!!int", "!!float", "!!bool", "!!null", "!!seq", "!!map":
		w.fault(n, "the tag "+n.Tag+" does not fit, want "+want, "")
	default:
		w.unknownTag(n)
	}
	return false
}

// unknownTag reports a tag without its name, which may be a secret that begins with !.
func (w *walker) unknownTag(n *yaml.Node) {
	w.fault(n, "unsupported tag; put text that begins with ! in quotes", supportedTags)
}
