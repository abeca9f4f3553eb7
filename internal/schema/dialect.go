package schema

import (
	"strings"

	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
)

// A Dialect is what $schema names: a draft of JSON Schema, perhaps without some
// of its keywords.
type Dialect struct {
	Draft Draft

	vocabularies Vocabulary // those that are in use
	// chosen reports that no $schema names the draft; why is what keeps the file from
	// being one of the newest draft, nil: nothing.
	chosen bool
	why    *obstacle
}

// published are the vocabularies of the drafts, and what each brings. Formats are
// asserted whichever of the two vocabularies brings them.
var published = map[Draft]map[string]Vocabulary{
	Draft2019: {"core": 0, "applicator": Applicator | Unevaluated, "validation": Validation, "format": Format, "content": 0, "meta-data": 0},
	Draft2020: {
		"core": 0, "applicator": Applicator, "unevaluated": Unevaluated, "validation": Validation,
		"format-annotation": Format, "format-assertion": Format, "content": 0, "meta-data": 0,
	},
}

// Of returns the dialect of a file: what its $schema names; else that of the file which
// refers to it, if a $schema names that one; else the newest draft in which all of the
// file is well formed. The dialect of the other file is nil for the schema file itself.
func (f *Folder) Of(file *File, referring *Dialect) (*Dialect, *Missing) {
	if named := file.Node.Get("$schema"); named != nil {
		return f.Dialect(file, named)
	}
	if referring != nil && !referring.chosen {
		return referring, nil
	}
	draft, why := choose(file.Node)
	return &Dialect{Draft: draft, vocabularies: everyVocabulary, chosen: true, why: why}, nil
}

// mostDialects is how many meta-schemas may lead from one to the next until there
// is a draft.
const mostDialects = 5

// Dialect returns what the value of $schema names, which stands in from: a draft,
// or a meta-schema of which the folder holds the file, found as a reference would
// be. That one is of the draft which its own $schema names in turn, and leaves out
// the vocabularies that are not in its $vocabulary, if it has one. What else it
// asks of schemas is not checked.
func (f *Folder) Dialect(from *File, named *document.Node) (*Dialect, *Missing) {
	var own *document.Node
	in, name := from, named
	for range mostDialects + 1 {
		if name == nil { // as for any other schema
			return restricted(Newest, own)
		}
		if name.Kind() != document.String {
			break
		}
		if draft := draftAt(name.Text()); draft != 0 {
			return restricted(draft, own)
		}
		meta, missing := f.Find(in, name.Text(), Resolve(in.base, name.Text()))
		if missing != nil {
			return nil, undrafted(named, missing.Findings)
		}
		if own == nil {
			own = meta.Node
		}
		in, name = meta, meta.Node.Get("$schema")
	}
	return nil, undrafted(named, nil)
}

// restricted is a draft with the vocabularies that a meta-schema lists. One that
// it requires and nobody knows makes all its schemas unusable (2020-12 core 8.1.2).
func restricted(draft Draft, meta *document.Node) (*Dialect, *Missing) {
	listed, known := meta.Get("$vocabulary"), published[draft]
	if listed == nil || known == nil {
		return &Dialect{Draft: draft, vocabularies: everyVocabulary}, nil
	}
	d := &Dialect{Draft: draft}
	for _, m := range listed.Members() {
		name, official := strings.CutPrefix(m.Key(), strings.TrimSuffix(draft.Address(), "schema")+"vocab/")
		brings, is := known[name]
		if official && is {
			d.vocabularies |= brings
		} else if m.Value().Text() == "true" {
			return nil, &Missing{
				Message: "its meta-schema requires the vocabulary " + wording.Quote(m.Key()) + ", which is not known",
				Hint:    "write false behind it in $vocabulary if its keywords may be ignored",
			}
		}
	}
	return d, nil
}

// undrafted says that nothing is known of what $schema names; the findings are about
// the text of the file for it.
func undrafted(named *document.Node, findings document.Findings) *Missing {
	return &Missing{
		Message:  wording.Quote(named.Text()) + " is no draft of JSON Schema that is read, and no meta-schema below the schema's folder leads to one",
		Hint:     "drafts 4, 6, 7, 2019-09 and 2020-12 are read; without $schema it is the newest of them in which the schema is well formed",
		Findings: findings,
	}
}
