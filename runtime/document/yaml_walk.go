package document

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// A walker turns the nodes of yaml.v3 into ours. It continues after most errors, to
// find them all, and stops at a limit.
type walker struct {
	*report
	lim   Limits
	trail trail
	nursery

	// The size of the document so far, with aliases expanded.
	count, text int
	// The deepest level since it was last reset.
	deepest int
	// The size of what aliases and merge keys have made.
	aliasNodes, aliasText int

	anchors map[*yaml.Node]*anchor
	named   map[string]*yaml.Node
	stopped bool
	last    mark // of the last offset, because the next one is often near
}

func position(n *yaml.Node) Position { return Position{Line: n.Line, Column: n.Column} }

// offset returns where n begins in the text.
func (w *walker) offset(n *yaml.Node) int {
	w.last = w.in.find(n.Line, n.Column, w.last)
	return w.last.offset
}

// written returns the span for a scalar with a text, which is often written as it is.
func (w *walker) written(n *yaml.Node, text string) span {
	at := w.offset(n)
	rest := w.in.text[at:]
	switch {
	case strings.HasPrefix(rest, text):
		return span{uint32(at), uint32(len(text))}
	case n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 && rest != "" && strings.HasPrefix(rest[1:], text):
		return span{uint32(at), uint32(len(text)) | inQuotes}
	}
	return w.in.decode(at, text)
}

func (w *walker) fault(n *yaml.Node, message, hint string) {
	w.add(Finding{Pos: position(n), Path: w.trail.path(), Message: message, Hint: hint})
	w.stopped = w.stopped || w.full
}

// stop reports that a limit was reached.
func (w *walker) stop(n *yaml.Node, message, hint string) {
	w.fault(n, message, hint)
	w.stopped = true
}

// value returns the node for n, inside depth lists and objects, or nil after an error.
func (w *walker) value(n *yaml.Node, depth int) *Node {
	if w.stopped {
		return nil
	}
	if n.Kind == yaml.AliasNode {
		return w.alias(n, depth)
	}
	if n.Anchor != "" {
		return w.anchored(n, depth)
	}
	return w.unanchored(n, depth)
}

func (w *walker) unanchored(n *yaml.Node, depth int) *Node {
	if w.count++; w.count > w.lim.Nodes {
		w.stop(n, w.lim.TooMany(Position{}).Message, "")
		return nil
	}
	if n.Kind == yaml.ScalarNode {
		node := w.scalar(n)
		if node != nil {
			w.text += len(node.Text())
		}
		return node
	}
	if depth == w.lim.Depth {
		f := w.lim.TooDeep(position(n))
		w.stop(n, f.Message, "")
		return nil
	}
	w.deepest = max(w.deepest, depth+1)
	if n.Kind == yaml.SequenceNode {
		return w.readList(n, depth+1)
	}
	return w.readObject(n, depth+1)
}

func (w *walker) readList(n *yaml.Node, depth int) *Node {
	if !w.collectionTag(n, "!!seq") {
		return nil
	}
	items := make([]*Node, 0, len(n.Content))
	for i, item := range n.Content {
		w.trail.enterItem(i)
		if node := w.value(item, depth); node != nil {
			items = append(items, node)
		}
		w.trail.leave()
		if w.stopped {
			return nil
		}
	}
	return w.list(w.offset(n), items)
}

// readObject reads a mapping: first its own keys, then those of a merge key, which take the
// merge key's place.
func (w *walker) readObject(n *yaml.Node, depth int) *Node {
	if !w.collectionTag(n, "!!map") {
		return nil
	}
	members := make([]Member, 0, len(n.Content)/2)
	var index keyIndex
	var merge *yaml.Node // the value of the merge key
	var mergeKey Member  // the merge key itself
	mergeAt := 0
	for i := 0; i+1 < len(n.Content) && !w.stopped; i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if isMergeKey(key) {
			if merge != nil {
				index.duplicate(w.report, &w.trail, mergeKey, position(key))
				continue
			}
			merge, mergeAt = value, len(members)
			mergeKey = Member{in: w.in, span: w.written(key, key.Value)}
			continue
		}
		m, ok := w.member(key, value, depth)
		if !ok {
			continue
		}
		if first := index.find(members, m.Key()); first >= 0 {
			index.duplicate(w.report, &w.trail, members[first], m.Pos())
			w.stopped = w.stopped || w.full
			continue
		}
		members = append(members, m)
	}
	if merge != nil && !w.stopped {
		// The merged members are not in the order of the index.
		members = w.merged(merge, members, mergeAt, &index, depth)
		index = keyIndex{}
	}
	return w.object(w.offset(n), members, index.complete(members))
}

// member reads a key and its value. If only the value or the kind of the key is
// invalid, it still returns a member, so that the key counts as written.
func (w *walker) member(key, value *yaml.Node, depth int) (m Member, ok bool) {
	name, ok := w.key(key)
	if !ok {
		// The value is read for its own errors.
		w.value(value, depth)
		return m, false
	}
	w.text += len(name)
	w.trail.enterKey(name)
	m = Member{in: w.in, span: w.written(key, name), value: w.value(value, depth)}
	w.trail.leave()
	return m, true
}

// key returns the text of a key, which may be an alias of text. ok is false if there is
// none.
func (w *walker) key(n *yaml.Node) (text string, ok bool) {
	written := n
	if n.Kind == yaml.AliasNode {
		n = n.Alias
		if n.Kind == yaml.ScalarNode && !w.spend(written, 1, len(n.Value)) {
			return "", false
		}
	} else if n.Anchor != "" && !w.name(n) {
		return "", false
	}
	if n.Kind != yaml.ScalarNode {
		w.fault(written, "the key is a list or an object; a key must be text", "")
		return "", false
	}
	node := w.scalar(n)
	switch {
	case node == nil:
		return "", false
	case node.kind == String:
	case n.Value == "":
		w.fault(written, "the key is empty; a key must be text", `write "" for the empty text`)
	default:
		w.fault(written, "the key "+bare(n.Value)+" is "+node.kind.Article()+"; a key must be text", "quote the key")
	}
	return n.Value, true
}
