package document

import (
	"fmt"
	"strings"
)

// CompareYAML reads data with the reader for common YAML, and with yaml.v3. taken reports
// whether the first accepts it. difference is "" if the results are the same.
func CompareYAML(data []byte, lim Limits) (taken bool, difference string) {
	data = withoutMark(data)
	ours := &report{file: "c.yaml"}
	node, failed := parse(ours, data, lim, framed(readCommonYAML))
	switch {
	case strings.Contains(failed.String(), "the parser failed"):
		return false, "it panics"
	case node == nil:
		return false, ""
	}
	want, findings := parse(&report{file: "c.yaml"}, data, lim, framed(readAnyYAML))
	switch {
	case len(ours.findings) > 0:
		return true, "it was accepted with " + ours.findings.String()
	case want == nil || len(findings) > 0:
		return true, "yaml.v3 refuses it: " + findings.String()
	}
	return true, node.differs(want)
}

// framed returns a reader for the text of a frame as a reader for a file.
func framed(read reader) reader {
	return func(text string, lim Limits, r *report) *Node {
		f, ok := frameYAML(text, r)
		if !ok || f.blank {
			return nil
		}
		if _, ok := boundsYAML(f.text, lim, r); !ok {
			return nil
		}
		return read(f.text, lim, r)
	}
}

// differs returns the first difference between two trees, or "".
func (n *Node) differs(want *Node) string {
	got, wanted := n.described(), want.described()
	if got != wanted {
		return "got " + got + ", want " + wanted
	}
	for i, item := range n.Items() {
		if d := item.differs(want.Items()[i]); d != "" {
			return d
		}
	}
	for i, m := range n.Members() {
		w := want.Members()[i]
		if m.Key() != w.Key() || m.Pos() != w.Pos() {
			return fmt.Sprintf("got the key %q at %s, want %q at %s", m.Key(), m.Pos(), w.Key(), w.Pos())
		}
		if n.Get(m.Key()) != m.value {
			return fmt.Sprintf("the key %q is not found", m.Key())
		}
		if d := m.value.differs(w.value); d != "" {
			return d
		}
	}
	return ""
}

func (n *Node) described() string {
	return fmt.Sprintf("%s %q at %s, plain %t, hidden %t, %d items, %d members",
		n.kind, n.Text(), n.Pos(), n.plain, n.hidden, len(n.Items()), len(n.Members()))
}

// Differs returns the first difference between two trees with their positions, or "".
func (n *Node) Differs(want *Node) string { return n.differs(want) }
