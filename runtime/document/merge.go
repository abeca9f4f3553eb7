package document

import "slices"

// MergeAll merges the documents of layers, from the weakest to the strongest, as
// [Merge] does; nil documents change nothing. A null is a whole configuration, or
// what a tool left behind that found none, but never a layer: beside other
// documents it is refused, so that it neither hides them nor is hidden by them.
func MergeAll(layers []*Node, shape Shape) (*Node, Findings) {
	var merged *Node
	var nulls Findings
	said := 0
	for _, layer := range layers {
		if layer == nil {
			continue
		}
		said++
		if layer.Kind == Null {
			nulls = append(nulls, Finding{Pos: layer.Pos, Message: "found null, which cannot be merged with other layers", Hint: "write {} for one that says nothing"})
		}
		merged = Merge(merged, layer, shape)
	}
	if said > 1 && len(nulls) > 0 {
		return nil, nulls
	}
	return merged, nil
}

// Merge returns the document that stronger makes of weaker. Two objects merge
// member by member: the members of weaker stand first, in their order, then
// those that only stronger has. A null in stronger removes a member that weaker
// has. Two lists meet as the [ListRule] of their shape says. Whatever else meets
// is replaced by stronger, and a nil document changes nothing.
//
// Neither input is modified; the result shares nodes with both, which keep their
// positions, so every value says where it was written. A key that both have is
// placed where stronger wrote it; an object that both have where weaker did,
// which is where a member that neither has is missed.
func Merge(weaker, stronger *Node, shape Shape) *Node {
	switch {
	case stronger == nil:
		return weaker
	case weaker == nil || weaker.Kind != stronger.Kind:
		return stronger
	case stronger.Kind == Object:
		return mergeObjects(weaker, stronger, shape)
	case stronger.Kind == List && shape != nil:
		return mergeLists(weaker, stronger, shape)
	}
	return stronger
}

func mergeObjects(weaker, stronger *Node, shape Shape) *Node {
	over := make(map[string]Member, len(stronger.Members))
	for _, m := range stronger.Members {
		over[m.Key] = m
	}
	merged := &Node{Kind: Object, Pos: weaker.Pos, Removed: weaker.Removed, Members: make([]Member, 0, max(len(weaker.Members), len(stronger.Members)))}
	var removed []Member
	for _, m := range weaker.Members {
		s, found := over[m.Key]
		switch {
		case !found:
			merged.Members = append(merged.Members, m)
		case s.Value == nil || s.Value.Kind != Null:
			s.Value = Merge(m.Value, s.Value, memberShape(shape, m.Key))
			merged.Members = append(merged.Members, s)
		default:
			removed = append(removed, s)
		}
		delete(over, m.Key)
	}
	for _, m := range stronger.Members {
		if _, left := over[m.Key]; left {
			merged.Members = append(merged.Members, m)
		}
	}
	if len(removed) > 0 {
		merged.remove(removed)
	}
	return merged
}

// remove notes that members, whose values are null, took those of n away.
func (n *Node) remove(members []Member) {
	removed := &Node{Kind: Object, Pos: n.Pos}
	if n.Removed != nil {
		removed.Members = n.Removed.Members
	}
	removed.Members = slices.Concat(removed.Members, members)
	n.Removed = removed
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
		return &Node{Kind: List, Pos: stronger.Pos, Items: slices.Concat(weaker.Items, stronger.Items)}
	case KeyList:
		return mergeByKey(weaker, stronger, rule.Key, shape.Item())
	}
	return stronger
}

// mergeByKey merges items with the same key and appends the others. Items
// without a key are appended too: that they lack it is told by whoever checks
// the result. A list that has a key twice is not merged but stays as it was
// written, so that whoever checks the result refuses it and names both places.
func mergeByKey(weaker, stronger *Node, key string, item Shape) *Node {
	at, unique := itemsByKey(weaker, key)
	if !unique {
		return weaker
	}
	if _, unique := itemsByKey(stronger, key); !unique {
		return stronger
	}
	merged := &Node{Kind: List, Pos: stronger.Pos, Items: slices.Clone(weaker.Items)}
	for _, n := range stronger.Items {
		k, ok := ItemKey(n, key)
		if i, both := at[k]; ok && both {
			merged.Items[i] = Merge(merged.Items[i], n, item)
		} else {
			merged.Items = append(merged.Items, n)
		}
	}
	return merged
}

// itemsByKey tells where the items of a list stand by their keys, and whether each
// key is there once.
func itemsByKey(list *Node, key string) (at map[string]int, unique bool) {
	at = make(map[string]int, len(list.Items))
	for i, n := range list.Items {
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

// ItemKey is the text of the property that tells the item n of a list apart, and
// whether it has one.
func ItemKey(n *Node, property string) (string, bool) {
	key := n.Get(property)
	if key == nil || key.Kind != String {
		return "", false
	}
	return key.Text, true
}
