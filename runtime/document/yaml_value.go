package document

import (
	"strconv"
	"strings"
	"unicode"
)

// YAMLValue returns n as plain Go values for a YAML encoder: nil, bool, int64, uint64,
// float64, strings, []any and map[string]any. [ParseYAML] parses the encoder's output
// into a tree that is equal to n.
//
// A number that none of these types holds exactly becomes text with a = before it, such
// as =18446744073709551616. YAML packages have no type for it and write such text
// without quotes, and ParseYAML reads it as the number. Some text cannot be encoded:
// yaml.v3 writes text such as 1e999 without quotes, because it is beyond its own
// numbers, and wrongly encodes a line break at the start of a list item.
func YAMLValue(n *Node) any {
	if n == nil {
		return nil
	}
	switch n.kind {
	case Bool:
		return n.Text() == "true"
	case Number:
		return yamlNumber(n.Text())
	case String:
		return yamlText(strings.ToValidUTF8(n.Text(), "\uFFFD"))
	case List:
		list := make([]any, len(n.Items()))
		for i, item := range n.Items() {
			list[i] = YAMLValue(item)
		}
		return list
	case Object:
		object := make(map[string]any, len(n.Members()))
		for i := range n.Members() {
			object[strings.ToValidUTF8(n.Members()[i].Key(), "\uFFFD")] = YAMLValue(n.Members()[i].value)
		}
		return object
	}
	return nil
}

// The string types below have a method that goccy/go-yaml calls. For yaml.v3 they are
// ordinary strings.
type (
	// quotedText is text that goccy/go-yaml would write without the quotes it needs.
	quotedText string
	// exactText is a number with its prefix.
	exactText string
)

// MarshalYAML returns the text in quotes.
func (t quotedText) MarshalYAML() ([]byte, error) { return strconv.AppendQuote(nil, string(t)), nil }

// MarshalYAML returns the number.
func (t exactText) MarshalYAML() ([]byte, error) { return []byte(t[len(exactPrefix):]), nil }

func yamlText(text string) any {
	_, exact := exactNumber(text)
	if exact || plainKind(text) == Number && strings.ContainsAny(text, "eE") || strings.HasPrefix(text, "?") ||
		strings.ContainsFunc(text, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }) {
		return quotedText(text)
	}
	return text
}

func yamlNumber(text string) any {
	if v, ok := machineNumber(text); ok {
		return v
	}
	return exactText(exactPrefix + text)
}

// machineNumber returns the int64, uint64 or float64 that holds a number exactly, if
// one does.
func machineNumber(text string) (any, bool) {
	if digits, whole := IntegerText(text); whole {
		if i, err := strconv.ParseInt(digits, 10, 64); err == nil {
			return i, true
		}
		if u, err := strconv.ParseUint(digits, 10, 64); err == nil {
			return u, true
		}
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || CompareNumbers(strconv.FormatFloat(f, 'g', -1, 64), text) != 0 {
		return nil, false
	}
	return f, true
}

// exactPrefix marks a number in YAML that no machine type holds.
const exactPrefix = "="

// exactNumber returns the number of a plain scalar with the prefix. If a machine type
// holds it, the scalar is text, because it needs no prefix.
func exactNumber(scalar string) (text string, ok bool) {
	text, marked := strings.CutPrefix(scalar, exactPrefix)
	if !marked {
		return "", false
	}
	number, isNumber := splitNumber(text)
	if !isNumber || number.tooLarge() != "" {
		return "", false
	}
	_, held := machineNumber(text)
	return text, !held
}
