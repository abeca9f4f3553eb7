package schema

import (
	"sync"

	"github.com/hotbind/hotbind/runtime/document"
)

// A Keyword is a row of the table of keywords. All code that depends on the set of
// keywords uses that table.
type Keyword struct {
	Name string
	// Until is the last draft that has the keyword; 0: the newest has it.
	Until      Draft
	Vocabulary Vocabulary
	Role       Role
	// Kind is the kind of value that the keyword constrains or describes; 0: every
	// kind.
	Kind document.Kind
	// Beside is the keyword without which this one has no effect; empty: none.
	Beside string
	// Under is what each schema under the keyword describes, if that is a part of the
	// value or a definition; 0: neither.
	Under Part
	// InPlace reports that the schemas under the keyword apply to the value itself and
	// not to a part of it.
	InPlace bool

	forms   []form            // the forms of its value, oldest draft first
	instead string            // the replacement for a value that only older drafts allow here; empty: none
	field   func(*Schema) any // a pointer to where the value is stored; nil: nowhere
	// read processes a well-formed value beyond storing it; nil: nothing to do.
	read func(p *parser, s *Schema, m *document.Member, at Place)
}

// A Role is what a keyword does.
type Role uint8

// The roles of keywords.
const (
	Asserts    Role = iota + 1 // limits the valid values
	Applies                    // applies schemas to the value or to parts of it
	Annotates                  // describes the value or the schema
	Identifies                 // names the schema, or its draft
	Refers                     // applies a schema from another place
	Defines                    // holds schemas for others to refer to
	Configures                 // is one of ours: configures the Go binding
)

// A Part is what a schema under a keyword describes.
type Part uint8

// The parts. A Member, a Position and a Matching property have their schemas under a
// name, a number and a pattern.
const (
	Member   Part = iota + 1 // the property or the definition with a name
	Position                 // the item at a position
	Items                    // every item
	Others                   // every other property
	Matching                 // every property whose name matches a pattern
)

// A Vocabulary is a set of keywords that a meta-schema can leave out. Keywords in none
// are always read: references, because there is no schema without them, and
// annotations, which are the same in every dialect (2020-12 core 6.5).
type Vocabulary uint8

// The vocabularies.
const (
	Applicator Vocabulary = 1 << iota
	Unevaluated
	Validation
	Format

	everyVocabulary = Format<<1 - 1
)

// A form is what the value of a keyword must be from a draft on.
type form struct {
	since Draft
	value *value
}

// byName maps names to keywords.
var byName = sync.OnceValue(func() map[string]*Keyword {
	index := make(map[string]*Keyword, len(keywords))
	for i := range keywords {
		index[keywords[i].Name] = &keywords[i]
	}
	return index
})

// Named returns the keyword with the name, or nil.
func Named(name string) *Keyword { return byName()[name] }

// Keywords returns the table of keywords. The caller must not change it.
func Keywords() []Keyword { return keywords }

// Assertions returns the keywords that limit the valid values, by themselves or by the
// schemas under them. It leaves out references and allOf, whose schemas are read as
// part of the schema itself, and keywords without an effect of their own, such as then.
// The caller must not change the list.
func Assertions() []string { return assertions() }

var assertions = sync.OnceValue(func() (names []string) {
	for i := range keywords {
		if k := &keywords[i]; k.limits() && k.Beside == "" && k.Name != "allOf" {
			names = append(names, k.Name)
		}
	}
	return names
})

// SpeaksOf returns the kind of value that the keyword is about, or 0 for every kind and
// for an unknown keyword.
func SpeaksOf(keyword string) document.Kind {
	if k := Named(keyword); k != nil {
		return k.Kind
	}
	return 0
}

// limits reports whether the keyword can make a value invalid by itself.
func (k *Keyword) limits() bool { return k.Role == Asserts || k.Role == Applies }

// Since returns the first draft that has the keyword.
func (k *Keyword) Since() Draft { return k.forms[0].since }

// In reports whether the keyword is read in the draft. Annotations and definitions are
// read in every draft.
func (k *Keyword) In(draft Draft) bool {
	if k.Role == Annotates || k.Role == Defines {
		return true
	}
	return draft >= k.Since() && (k.Until == 0 || draft <= k.Until)
}

// value returns the form of the keyword's value in the draft.
func (k *Keyword) value(draft Draft) *value {
	v := k.forms[0].value
	for _, f := range k.forms {
		if f.since <= draft {
			v = f.value
		}
	}
	return v
}

// isDescribed reports whether the official meta-schema of the draft describes the
// keyword. It may do so after the last draft that has it.
func (k *Keyword) isDescribed(draft Draft) bool {
	last := k.forms[len(k.forms)-1].since
	return k.Role != Configures && draft >= k.Since() && (k.Until == 0 || draft <= max(k.Until, last))
}
