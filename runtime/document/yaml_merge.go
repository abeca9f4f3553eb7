package document

import (
	"slices"

	"gopkg.in/yaml.v3"
)

// isMergeKey reports whether key is a plain <<. In quotes, or with a tag, it is an
// ordinary key.
func isMergeKey(key *yaml.Node) bool {
	return key.Kind == yaml.ScalarNode && key.Value == "<<" && key.Style&(quoted|yaml.TaggedStyle) == 0
}

// merged inserts the members from the value of the merge key at index at. A key of the
// object itself wins, then the first object that has it.
func (w *walker) merged(value *yaml.Node, members []Member, at int, index *keyIndex, depth int) []Member {
	own := len(members)
	for _, object := range w.mergeSources(value, depth) {
		for _, m := range object.Members() {
			if index.find(members, m.Key()) < 0 {
				members = append(members, m)
			}
		}
	}
	brought := slices.Clone(members[own:])
	return slices.Insert(members[:own], at, brought...)
}

// mergeSources returns the objects in the value of a merge key.
func (w *walker) mergeSources(value *yaml.Node, depth int) []*Node {
	w.trail.enterKey("<<")
	defer w.trail.leave()
	// The members take the place of the merge key, not one level below.
	node := w.value(value, depth-1)
	if node == nil {
		return nil
	}
	switch {
	case node.kind == Object:
		return []*Node{node}
	case node.kind == List && !slices.ContainsFunc(node.Items(), noObject):
		return node.Items()
	}
	w.fault(value, "the merge key << needs an object or a list of objects; found "+node.kind.Article(), `quote "<<" if it is a name`)
	return nil
}

func noObject(n *Node) bool { return n.kind != Object }
