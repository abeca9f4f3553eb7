package document

import (
	"errors"
	"io"
	"strings"

	"gopkg.in/yaml.v3"
)

// readYAML lets yaml.v3 find the structure of text, which is all that is asked
// of it: what values mean is decided by the walker.
func readYAML(text string, lim Limits, r *report) *Node {
	f, ok := frameYAML(text, r)
	if !ok || f.blank || !boundsYAML(f.text, lim, r) {
		return nil
	}
	var parsed, second yaml.Node
	decoder := yaml.NewDecoder(strings.NewReader(f.text))
	err := decoder.Decode(&parsed)
	if err == nil {
		// The decoder stops where the value ends. What follows, be it a
		// document or not, is seen only by asking for more.
		err = decoder.Decode(&second)
	}
	switch {
	case err == nil:
		r.add(Finding{Pos: Position{Line: second.Line, Column: second.Column}, Message: "a second document begins here; a file holds one document"})
		return nil
	case !errors.Is(err, io.EOF):
		r.add(yamlError(err, decoder, f.text, lim))
		return nil
	case len(parsed.Content) == 0 || unwritten(parsed.Content[0]):
		return nil
	}
	w := &walker{report: r, lim: lim, anchors: map[*yaml.Node]*anchor{}, named: map[string]*yaml.Node{}}
	return w.value(parsed.Content[0], 0)
}

// unwritten reports the null that yaml.v3 makes of nothing.
func unwritten(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Style == 0 && n.Value == "" && n.Anchor == ""
}
