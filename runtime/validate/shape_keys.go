package validate

import (
	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/wording"
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
