package document

import (
	"strconv"

	"gopkg.in/yaml.v3"
)

// An anchor is a value that aliases repeat. It becomes one shared node; each use counts
// against the limits as if written out.
type anchor struct {
	node                *Node // nil if it is invalid
	nodes, text, height int
	open                bool // its value is being read
}

// name records the anchor of n. It reports a name that is already used, because it is
// easily mistaken which one an alias means.
func (w *walker) name(n *yaml.Node) bool {
	first := w.named[n.Anchor]
	if first != nil && first != n {
		w.fault(n, "duplicate anchor "+Quote("&"+n.Anchor)+", first set on line "+strconv.Itoa(first.Line), "use another name")
		return false
	}
	w.named[n.Anchor] = n
	return true
}

// anchored is value for a node with an anchor.
func (w *walker) anchored(n *yaml.Node, depth int) *Node {
	a := &anchor{}
	w.anchors[n] = a
	if !w.name(n) {
		return nil
	}
	a.open = true
	nodes, text, deepest := w.count, w.text, w.deepest
	w.deepest = depth
	a.node = w.unanchored(n, depth)
	a.nodes, a.text, a.height = w.count-nodes, w.text-text, w.deepest-depth
	w.deepest = max(w.deepest, deepest)
	a.open = false
	return a.node
}

// alias is value for an alias: it returns the node of the anchor.
func (w *walker) alias(n *yaml.Node, depth int) *Node {
	a := w.anchors[n.Alias]
	if a == nil {
		// The anchor is on a key, which was not read as a value before.
		return w.anchored(n.Alias, depth)
	}
	if a.open {
		w.fault(n, "the anchor "+Quote("&"+n.Value)+" contains itself", "")
		return nil
	}
	if !w.spend(n, a.nodes, a.text) {
		return nil
	}
	w.count += a.nodes
	w.text += a.text
	switch {
	case w.count > w.lim.Nodes:
		w.stop(n, "more than "+count(w.lim.Nodes)+" values in one file, with the alias "+Quote("*"+n.Value)+" expanded", "")
		return nil
	case depth+a.height > w.lim.Depth:
		w.stop(n, "nested more than "+count(w.lim.Depth)+" levels deep, with the alias "+Quote("*"+n.Value)+" expanded", "")
		return nil
	}
	w.deepest = max(w.deepest, depth+a.height)
	return a.node
}

// spend counts the values and text of an alias or a merge key. It reports whether they
// are within the limits.
func (w *walker) spend(n *yaml.Node, nodes, text int) bool {
	w.aliasNodes += nodes
	w.aliasText += text
	name := "the merge key <<"
	if n.Kind == yaml.AliasNode {
		name = "the alias " + Quote("*"+n.Value)
	}
	switch {
	case w.aliasNodes > w.lim.AliasNodes:
		w.stop(n, name+" copies too many values; the limit is "+count(w.lim.AliasNodes)+" for all aliases of the file", "write the values out")
	case w.aliasText > w.lim.Bytes:
		w.stop(n, name+" copies too much text; the limit is "+count(w.lim.Bytes)+" bytes for all aliases of the file", "write the values out")
	}
	return !w.stopped
}
