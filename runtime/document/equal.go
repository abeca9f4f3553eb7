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
		return CompareNumbers(a.Text(), b.Text()) == 0
	case Bool, String:
		return a.Text() == b.Text()
	case List:
		return equalItems(a.Items(), b.Items())
	case Object:
		return equalMembers(a, b)
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

func equalMembers(a, b *Node) bool {
	members, others, index := a.Members(), b.Members(), b.index()
	if len(members) != len(others) {
		return false
	}
	for i := range members {
		// Most objects are compared with one in the same order.
		j, key := i, members[i].Key()
		if others[j].Key() != key {
			j = index.find(others, key)
		}
		if j < 0 || !Equal(members[i].value, others[j].value) {
			return false
		}
	}
	return true
}
