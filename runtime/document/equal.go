package document

// Equal reports whether a and b are the same value. The order of keys, the spelling of
// a number (1.0, 1 and 10e-1) and positions do not matter. nil equals only nil.
func Equal(a, b *Node) bool {
	if a == b {
		return true
	}
	if a == nil || b == nil || a.kind != b.kind {
		return false
	}
	switch a.kind {
	case Number:
		return CompareNumbers(a.text, b.text) == 0
	case Bool, String:
		return a.text == b.text
	case List:
		return equalItems(a.items, b.items)
	case Object:
		return equalMembers(a.members, b.members)
	}
	return true
}

func equalItems(a, b []*Node) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !Equal(a[i], b[i]) {
			return false
		}
	}
	return true
}

func equalMembers(a, b []Member) bool {
	if len(a) != len(b) {
		return false
	}
	var index keyIndex
	for i := range a {
		// Most objects are compared with one in the same order.
		j := i
		if b[j].key != a[i].key {
			j = index.find(b, a[i].key)
		}
		if j < 0 || !Equal(a[i].value, b[j].value) {
			return false
		}
	}
	return true
}
