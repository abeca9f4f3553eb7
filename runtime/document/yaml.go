package document

import (
	"errors"
	"io"
	"strings"

	"gopkg.in/yaml.v3"
)

// readYAML parses the structure of text with yaml.v3; the walker decides what values
// mean.
func readYAML(text string, lim Limits, r *report) *Node {
	f, ok := frameYAML(text, r)
	if !ok || f.blank || !boundsYAML(f.text, lim, r) {
		return nil
	}
	var parsed, second yaml.Node
	decoder := yaml.NewDecoder(strings.NewReader(f.text))
	err := decoder.Decode(&parsed)
	if err == nil {
		// The decoder stops where the value ends. Only another call finds what follows.
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
	w := &walker{report: r, lim: lim, anchors: map[*yaml.Node]*anchor{}, named: map[string]*yaml.Node{}, nursery: nursery{in: r.part(f.text)}}
	return w.value(parsed.Content[0], 0)
}

// unwritten reports whether n is the null that yaml.v3 makes of an absent value.
func unwritten(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Style == 0 && n.Value == "" && n.Anchor == ""
}
