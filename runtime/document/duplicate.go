package document

import (
	"slices"
	"strconv"
)

// IsNumber reports whether text is a number of the JSON grammar.
func IsNumber(text string) bool {
	_, ok := splitNumber(text)
	return ok
}

// Duplicate returns the indices of the first two items that are [Equal]. Its time is
// proportional to the size of the items.
func Duplicate(items []*Node) (first, second int, found bool) {
	seen := make(map[string]int, len(items))
	for i, item := range items {
		key := string(item.appendCanonical(nil))
		if j, ok := seen[key]; ok {
			return j, i, true
		}
		seen[key] = i
	}
	return 0, 0, false
}

// appendCanonical appends a text that is the same for equal values.
func (n *Node) appendCanonical(b []byte) []byte {
	b = append(b, byte('0'+n.kind))
	switch n.kind {
	case Number:
		number, _ := splitNumber(n.Text())
		d := number.decimal()
		b = strconv.AppendBool(b, d.negative)
		b = strconv.AppendInt(append(append(b, d.digits...), '@'), int64(d.power), 10)
		return append(b, ';')
	case List:
		for _, item := range n.Items() {
			b = item.appendCanonical(b)
		}
		return append(b, ']')
	case Object:
		members := slices.Clone(n.Members())
		slices.SortFunc(members, func(x, y Member) int {
			if x.Key() < y.Key() {
				return -1
			}
			return 1
		})
		for _, m := range members {
			b = m.value.appendCanonical(strconv.AppendQuote(b, m.Key()))
		}
		return append(b, '}')
	}
	return strconv.AppendQuote(b, n.Text())
}
