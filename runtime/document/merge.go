package document

import "slices"

// MergeAll merges the documents of layers, weakest first, as [Merge] does. nil
// documents are skipped. A document that is null is an error beside other documents: it
// would hide them or be hidden by them.
func MergeAll(layers []*Node, shape Shape) (*Node, Findings) {
	var merged *Node
	var nulls Findings
	layered := 0
	for _, layer := range layers {
		if layer == nil {
			continue
		}
		layered++
		if layer.kind == Null {
			nulls = append(nulls, Finding{Pos: layer.Pos(), Message: "found null, which cannot be merged with other layers", Hint: "write {} for an empty layer"})
		}
		merged = Merge(merged, layer, shape)
	}
	if layered > 1 && len(nulls) > 0 {
		return nil, nulls
	}
	return merged, nil
}

// Merge returns weaker with the values of stronger applied. Two objects merge member by
// member: first the members of weaker, in their order, then those that only stronger
// has. If the two name different alternatives of a union (see [Shape]), the members of
// stronger replace all of weaker. A null in stronger removes a member of weaker. Two
// lists merge by the [ListRule] of their shape. Any other value of stronger replaces
// that of weaker. A nil document changes nothing.
//
// Merge modifies neither input. The result shares nodes with both, and nodes keep their
// positions. A key in both has the position in stronger. An object in both has the
// position in weaker, which is where findings about missing members point.
func Merge(weaker, stronger *Node, shape Shape) *Node {
	switch {
	case stronger == nil:
		return weaker
	case weaker == nil || weaker.kind != stronger.kind:
		return stronger
	case stronger.kind == Object && namesAnother(weaker, stronger, shape):
		return withoutNulls(weaker, stronger)
	case stronger.kind == Object:
		return mergeObjects(weaker, stronger, shape)
	case stronger.kind == List && shape != nil:
		return mergeLists(weaker, stronger, shape)
	}
	return stronger
}

func mergeObjects(weaker, stronger *Node, shape Shape) *Node {
	over, index := stronger.Members(), stronger.index()
	members := make([]Member, 0, max(len(weaker.Members()), len(over)))
	overridden := make([]bool, len(over))
	var removed []Member
	for _, m := range weaker.Members() {
		key := m.Key()
		i := index.find(over, key)
		if i < 0 {
			members = append(members, m)
			continue
		}
		overridden[i] = true
		s := over[i]
		if s.value != nil && s.value.kind == Null {
			removed = append(removed, s)
			continue
		}
		members = append(members, s.With(Merge(m.value, s.value, memberShape(shape, key))))
	}
	for i, m := range over {
		if !overridden[i] {
			members = append(members, m)
		}
	}
	merged := weaker.at(Object, contents{members: members, removed: weaker.Removed()})
	if len(removed) > 0 {
		merged.remove(removed)
	}
	return merged
}

// namesAnother reports whether two objects name different alternatives of a union.
func namesAnother(weaker, stronger *Node, shape Shape) bool {
	if shape == nil {
		return false
	}
	was, _ := shape.Alternative(weaker)
	is, _ := shape.Alternative(stronger)
	return was != nil && is != nil && was.Text() != is.Text()
}

// withoutNulls returns stronger without the nulls that remove a member of weaker.
func withoutNulls(weaker, stronger *Node) *Node {
	replacing := stronger.Copy()
	replacing.SetMembers(slices.DeleteFunc(slices.Clone(stronger.Members()), func(m Member) bool {
		return m.value != nil && m.value.kind == Null && weaker.Get(m.Key()) != nil
	}))
	return replacing
}

// remove records members, whose values are null, as removed from n.
func (n *Node) remove(members []Member) {
	if before := n.Removed(); before != nil {
		members = slices.Concat(before.Members(), members)
	}
	n.contents.removed = n.at(Object, contents{members: members})
}

func memberShape(shape Shape, key string) Shape {
	if shape == nil {
		return nil
	}
	below, _ := shape.Member(key)
	return below
}

func mergeLists(weaker, stronger *Node, shape Shape) *Node {
	rule := shape.Lists()
	switch rule.Merge {
	case AppendList:
		return stronger.at(List, contents{items: slices.Concat(weaker.Items(), stronger.Items())})
	case KeyList:
		return mergeByKey(weaker, stronger, rule.Key, shape.Item())
	}
	return stronger
}

// mergeByKey merges items with the same key and appends the others. Items without a key
// are appended too; validation reports them. A list with a duplicate key is left
// unmerged, so that validation reports both places.
func mergeByKey(weaker, stronger *Node, key string, item Shape) *Node {
	at, unique := itemsByKey(weaker, key)
	if !unique {
		return weaker
	}
	if _, unique := itemsByKey(stronger, key); !unique {
		return stronger
	}
	items := slices.Clone(weaker.Items())
	for _, n := range stronger.Items() {
		k, ok := ItemKey(n, key)
		if i, both := at[k]; ok && both {
			items[i] = Merge(items[i], n, item)
		} else {
			items = append(items, n)
		}
	}
	return stronger.at(List, contents{items: items})
}

// itemsByKey returns the indices of the items of a list by their keys, and reports
// whether the keys are unique.
func itemsByKey(list *Node, key string) (at map[string]int, unique bool) {
	at = make(map[string]int, len(list.Items()))
	for i, n := range list.Items() {
		k, ok := ItemKey(n, key)
		if !ok {
			continue
		}
		if _, again := at[k]; again {
			return nil, false
		}
		at[k] = i
	}
	return at, true
}

// ItemKey returns the text of the property that identifies the item n, and reports
// whether n has it.
func ItemKey(n *Node, property string) (string, bool) {
	key := n.Get(property)
	if key == nil || key.kind != String {
		return "", false
	}
	return key.Text(), true
}
