package validate

import (
	"slices"

	"github.com/hotbind/hotbind/internal/schema"
)

// keys collects the keys whose lines may show a secret: those of properties that are
// secret, that hold secrets without a name, or that stand in a secret.
type keys struct {
	list   []string
	secret map[*schema.Schema]bool // whether a schema, or one about the same value, is
	inside map[*schema.Schema]bool // schemas of what stands in a secret
}

func (k *keys) look(s *schema.Schema) {
	for _, p := range s.Properties {
		if k.hides(p.Schema) || k.hidesNameless(p.Schema, map[*schema.Schema]bool{}) {
			k.list = append(k.list, p.Key)
		}
	}
	if k.hides(s) {
		k.within(s)
	}
	if slices.ContainsFunc(s.Nameless(), k.hides) || s.PropertyNames != nil && k.hides(s.PropertyNames) {
		k.list = append(k.list, "")
	}
}

// hides reports whether s, or a schema that is about the same value, says that it
// must not be shown.
func (k *keys) hides(s *schema.Schema) bool {
	hides, known := k.secret[s]
	if !known {
		k.secret[s] = false // while it is being found out
		hides = s.IsSecret() || slices.ContainsFunc(s.InPlace(), k.hides)
		k.secret[s] = hides
	}
	return hides
}

// hidesNameless reports whether s hides values in it whose keys it does not name.
func (k *keys) hidesNameless(s *schema.Schema, seen map[*schema.Schema]bool) bool {
	if seen[s] {
		return false
	}
	seen[s] = true
	return slices.ContainsFunc(s.Nameless(), k.hides) ||
		slices.ContainsFunc(s.InPlace(), func(t *schema.Schema) bool { return k.hidesNameless(t, seen) })
}

// within adds all keys of what stands in a secret.
func (k *keys) within(s *schema.Schema) {
	if k.inside[s] {
		return
	}
	k.inside[s] = true
	for _, p := range s.Properties {
		k.list = append(k.list, p.Key)
		k.within(p.Schema)
	}
	for _, t := range s.Nameless() {
		if !t.Always && !t.Never {
			k.list = append(k.list, "")
		}
		k.within(t)
	}
	for _, t := range s.InPlace() {
		k.within(t)
	}
}
