package shape

import (
	"slices"

	"github.com/hotbind/hotbind/internal/rules"
	"github.com/hotbind/hotbind/internal/rules/compile"
	"github.com/hotbind/hotbind/internal/schema"
)

// speaksOf returns the kinds that the keywords of s, and of schemas in its place,
// describe. If no type is declared, these are what the schema is meant for.
func (w *worker) speaksOf(s *schema.Schema) rules.Kinds {
	if k, known := w.spoken[s]; known || s == nil {
		return k
	}
	w.spoken[s] = 0
	var k rules.Kinds
	for _, keyword := range schema.Assertions() {
		about := kindsOfKeyword(keyword)
		if about != rules.AllKinds && s.Has(keyword) && (keyword == "format" || !saysNothing(s, keyword)) {
			k |= about
		}
	}
	if own := compile.OwnKinds(s); own != rules.AllKinds {
		k |= own
	}
	for _, t := range slices.Concat(s.Also(), s.AnyOf, s.OneOf, []*schema.Schema{s.Then, s.Else}) {
		k |= w.speaksOf(t)
	}
	w.spoken[s] = k
	return k
}

// saysNothing reports whether a keyword allows everything.
func saysNothing(s *schema.Schema, keyword string) bool {
	switch keyword {
	case "additionalProperties":
		return s.AdditionalProperties == nil || s.AdditionalProperties.Always
	case "unevaluatedProperties":
		return s.UnevaluatedProperties == nil || s.UnevaluatedProperties.Always
	case "items":
		return len(s.Prefix) == 0 && (s.Items == nil || s.Items.Always)
	case "format":
		return !isTextFormat(s.Format)
	}
	return false
}
