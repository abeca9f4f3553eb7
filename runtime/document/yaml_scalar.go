package document

import (
	"strings"

	"gopkg.in/yaml.v3"
)

const supportedTags = "allowed are !!str, !!int, !!float, !!bool, !!null, !!seq and !!map"

const quoted = yaml.DoubleQuotedStyle | yaml.SingleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle

// scalar is the node for a scalar, or nil when it is refused.
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
			w.fault(n, "the name after & ends before a : or ?", "end the name with a space; text that begins with & is written in quotes")
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
	node := w.node(kind, text, w.at(n))
	node.plain = plain
	return node
}

// plainKind is what a scalar without quotes means.
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

// boolText is true or false for the spellings that YAML 1.2 has for them, and ""
// for other text.
func boolText(text string) string {
	switch text {
	case "true", "True", "TRUE":
		return "true"
	case "false", "False", "FALSE":
		return "false"
	}
	return ""
}

// tagged is the kind that an explicit tag demands of a scalar.
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
		kind, ok, allowed = Number, isNumber, "a number as JSON has it"
	case "!!int":
		kind, allowed = Number, "a whole number as JSON has it"
		ok = isNumber && number.fraction == "" && number.exponent == ""
	case "!!seq", "!!map":
		w.fault(n, "the tag "+n.Tag+" stands before a scalar", "")
		return 0, false
	default:
		w.unknownTag(n)
		return 0, false
	}
	if !ok {
		w.fault(n, "the tag "+n.Tag+" does not fit the value; allowed is "+allowed, "")
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
		w.fault(n, "the tag "+n.Tag+" does not fit; allowed here is "+want, "")
	default:
		w.unknownTag(n)
	}
	return false
}

// unknownTag does not name the tag, which may be a secret that begins with !.
func (w *walker) unknownTag(n *yaml.Node) {
	w.fault(n, "a tag is not supported here; text that begins with ! is written in quotes", supportedTags)
}
