package validate

import (
	"slices"

	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
)

// sameKeys finds items that x-key does not tell apart: which no keyword of JSON
// Schema can ask for.
func (s *Schema) sameKeys(doc *document.Node) document.Findings {
	if !s.hasKeys() {
		return nil
	}
	k := keyWalk{}
	k.look(doc, s.Shape(), "", false)
	return k.findings
}

// hasKeys reports whether the schema has an x-key anywhere.
func (s *Schema) hasKeys() bool {
	for _, n := range s.index.order {
		if n.Get("x-key") != nil {
			return true
		}
	}
	return false
}

// mayTell reports whether the property key may tell the items apart, as far as
// secrets go.
func (h *shape) mayTell(key string) bool {
	h.telling.Do(func() { h.tells = h.untold(key) == "" })
	return h.tells
}

// untold says why the property key must not tell the items apart: it would be shown
// as a part of paths. Empty: it may.
func (h *shape) untold(key string) string {
	item := h.Item()
	if item == nil {
		return ""
	}
	if item.Secret() {
		return "the items are secrets, and keys are shown in paths"
	}
	if below, _ := item.Member(key); below != nil && below.Secret() {
		return "the property " + wording.Name(key) + " is a secret, and keys are shown in paths"
	}
	return ""
}

// secretKeyRules finds each x-key that names a secret.
func (s *Schema) secretKeyRules() (findings document.Findings) {
	if !s.hasKeys() {
		return nil
	}
	told := map[*document.Node]bool{}
	for _, n := range s.index.order {
		h := s.shape([]*document.Node{n}, nil, nil)
		rule := h.annotation("x-key")
		if rule == nil || rule.Kind != document.String || told[rule] {
			continue
		}
		if why := h.untold(rule.Text); why != "" {
			told[rule] = true
			findings = append(findings, document.Finding{Pos: rule.Pos, Path: s.index.whereOf("x-key", rule), Message: why})
		}
	}
	findings.Sort()
	return findings
}

// whereOf is the place of a keyword whose value is n.
func (x *index) whereOf(keyword string, n *document.Node) string {
	i := slices.IndexFunc(x.order, func(s *document.Node) bool { return s.Get(keyword) == n })
	return x.homes[x.order[i]].where + "/" + keyword
}

type keyWalk struct{ findings document.Findings }

func (k *keyWalk) look(n *document.Node, shape document.Shape, path string, secret bool) {
	if shape == nil {
		return
	}
	secret = secret || shape.Secret()
	for i := range n.Members {
		below, _ := shape.Member(n.Members[i].Key)
		k.look(n.Members[i].Value, below, document.KeyPath(path, n.Members[i].Key), secret)
	}
	if n.Kind != document.List {
		return
	}
	if key := shape.Lists().Key; key != "" {
		k.compare(n, key, shape.Item(), path, secret)
	}
	for i, item := range n.Items {
		k.look(item, shape.Item(), document.IndexPath(path, i), secret)
	}
}

func (k *keyWalk) compare(list *document.Node, key string, item document.Shape, path string, secret bool) {
	if item != nil {
		below, _ := item.Member(key)
		secret = secret || item.Secret() || below != nil && below.Secret()
	}
	first := map[string]*document.Node{}
	for i, n := range list.Items {
		text, ok := document.ItemKey(n, key)
		if !ok {
			continue
		}
		written := n.Get(key)
		if first[text] == nil {
			first[text] = written
			continue
		}
		f := document.Finding{Pos: written.Pos, Path: document.KeyPath(document.IndexPath(path, i), key), Secret: secret}
		f.Message = wording.SameKey(written, first[text], secret, key)
		if secret {
			f.Path, f.Message = path, wording.SameKeyInside()
		}
		k.findings = append(k.findings, f)
	}
}
