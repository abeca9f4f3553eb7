package document

// MergeAll merges the documents of layers, from the weakest to the strongest, as
// [Merge] does; nil documents change nothing. A null is a whole configuration, or
// what a tool left behind that found none, but never a layer: beside other
// documents it is refused, so that it neither hides them nor is hidden by them.
func MergeAll(layers []*Node) (*Node, Findings) {
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
		merged = Merge(merged, layer)
	}
	if said > 1 && len(nulls) > 0 {
		return nil, nulls
	}
	return merged, nil
}

// Merge returns the document that stronger makes of weaker. Two objects merge
// member by member: the members of weaker stand first, in their order, then
// those that only stronger has. A null in stronger removes a member that weaker
// has. Whatever else meets is replaced by stronger, and a nil document changes
// nothing.
//
// Neither input is modified; the result shares nodes with both, which keep their
// positions, so every value says where it was written. A key that both have is
// placed where stronger wrote it; an object that both have where weaker did,
// which is where a member that neither has is missed.
func Merge(weaker, stronger *Node) *Node {
	switch {
	case stronger == nil:
		return weaker
	case weaker == nil || weaker.Kind != Object || stronger.Kind != Object:
		return stronger
	}
	over := make(map[string]Member, len(stronger.Members))
	for _, m := range stronger.Members {
		over[m.Key] = m
	}
	merged := &Node{Kind: Object, Pos: weaker.Pos}
	for _, m := range weaker.Members {
		s, found := over[m.Key]
		switch {
		case !found:
			merged.Members = append(merged.Members, m)
		case s.Value == nil || s.Value.Kind != Null:
			s.Value = Merge(m.Value, s.Value)
			merged.Members = append(merged.Members, s)
		}
		delete(over, m.Key)
	}
	for _, m := range stronger.Members {
		if _, left := over[m.Key]; left {
			merged.Members = append(merged.Members, m)
		}
	}
	return merged
}
