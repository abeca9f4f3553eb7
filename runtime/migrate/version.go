package migrate

import (
	"slices"
	"strings"

	"github.com/hotbind/hotbind/runtime/document"
)

// Version returns the version in doc and reports whether there is one. A version that is
// neither text nor an integer, or that is not in the chain, is an error.
func (c *Chain) Version(doc *document.Node) (version string, found bool, findings document.Findings) {
	n := c.stated(doc)
	if n == nil {
		return "", false, nil
	}
	refuse := func(message, hint string) (string, bool, document.Findings) {
		return "", true, document.Findings{{Pos: n.Pos(), Path: c.at.String(), Message: message, Hint: hint}}
	}
	version, ok := versionText(n)
	if !ok && n.Kind() == document.Number {
		return refuse("the config version is a number with a fraction; want text or an integer", "put it in quotes")
	}
	if !ok {
		return refuse("the config version is "+n.Kind().Article()+"; want text or an integer", "")
	}
	if message := c.unknown(version); message != "" {
		return refuse(message, "")
	}
	return version, true, nil
}

// stated returns the node with the version of doc, or nil. A null is no version.
func (c *Chain) stated(doc *document.Node) *document.Node {
	if len(c.versions) == 0 {
		return nil
	}
	for _, s := range c.at {
		doc = child(doc, s)
	}
	if doc != nil && doc.Kind() == document.Null {
		return nil
	}
	return doc
}

// versionText returns a version as text; n must be text or an integer.
func versionText(n *document.Node) (text string, ok bool) {
	switch n.Kind() {
	case document.String:
		return n.Text(), n.Text() != ""
	case document.Number:
		return document.IntegerText(n.Text())
	}
	return "", false
}

// unknown returns why a version is refused, or "".
func (c *Chain) unknown(version string) string {
	if len(c.versions) == 0 || slices.Contains(c.versions, version) {
		return ""
	}
	all := append([]string{version}, c.versions...)
	if !slices.ContainsFunc(all, func(v string) bool { return !document.IsInteger(v) }) {
		switch {
		case document.CompareNumbers(version, c.Latest()) > 0:
			return "config version " + version + " is newer than " + c.Latest() + ", the newest this program knows"
		case document.CompareNumbers(version, c.Oldest()) < 0:
			return "config version " + version + " is older than " + c.Oldest() + ", the oldest this program can migrate"
		}
	}
	return "config version " + document.Quote(version) + " is not one of " + strings.Join(c.versions, ", ")
}

// Stamp returns doc with the version set. If doc has no version, it becomes the first key
// of its object, and missing objects on the way are created. A document that is not an
// object is returned unchanged.
func (c *Chain) Stamp(doc *document.Node, version string) *document.Node {
	if len(c.at) == 0 {
		return doc
	}
	return stamped(doc, c.at, version)
}

func stamped(n *document.Node, at path, version string) *document.Node {
	if len(at) == 0 {
		return versionNode(n, version)
	}
	if n == nil {
		n = document.NewObject(nil, document.Position{})
	}
	if n.Kind() != document.Object || at[0].kind != keySegment {
		return n
	}
	members := slices.Clone(n.Members())
	i := slices.IndexFunc(members, func(m document.Member) bool { return m.Key() == at[0].key })
	if i >= 0 {
		members[i] = members[i].With(stamped(members[i].Value(), at[1:], version))
	} else {
		members = slices.Insert(members, 0, document.NewMember(at[0].key, stamped(nil, at[1:], version), document.Position{}))
	}
	changed := n.Copy()
	changed.SetMembers(members)
	return changed
}

// versionNode returns a node for version, with the position of old and, if possible, its
// kind. Otherwise it is an integer if version is one, else text.
func versionNode(old *document.Node, version string) *document.Node {
	var pos document.Position
	if old != nil {
		pos = old.Pos()
	}
	if integer, ok := document.IntegerText(version); ok && integer == version && (old == nil || old.Kind() == document.Number) {
		return document.NewScalar(document.Number, version, pos)
	}
	return document.NewScalar(document.String, version, pos)
}
