package document

import (
	"errors"
	"io"
	"strings"

	"gopkg.in/yaml.v3"
)

// readYAML finds the document of a file and checks its size. The reader for common YAML
// parses it, or gives up; then yaml.v3 does, and words every finding about its syntax.
func readYAML(text string, lim Limits, r *report) *Node {
	f, ok := frameYAML(text, r)
	if !ok || f.blank {
		return nil
	}
	weight, ok := boundsYAML(f.text, lim, r)
	if !ok {
		return nil
	}
	if root := readCommonYAML(f.text, lim, r); root != nil {
		r.reading.weight = weight
		return root
	}
	return readAnyYAML(f.text, lim, r)
}

// readAnyYAML parses the text of a frame with yaml.v3; the walker decides what values
// mean.
func readAnyYAML(text string, lim Limits, r *report) *Node {
	var parsed, second yaml.Node
	decoder := yaml.NewDecoder(strings.NewReader(text))
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
		r.add(yamlError(err, decoder, text, lim))
		return nil
	case len(parsed.Content) == 0 || unwritten(parsed.Content[0]):
		return nil
	}
	w := &walker{report: r, lim: lim, anchors: map[*yaml.Node]*anchor{}, named: map[string]*yaml.Node{}, nursery: nursery{in: r.part(text)}}
	return w.value(parsed.Content[0], 0)
}

// unwritten reports whether n is the null that yaml.v3 makes of an absent value.
func unwritten(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Style == 0 && n.Value == "" && n.Anchor == ""
}
