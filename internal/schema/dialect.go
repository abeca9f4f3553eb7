package schema

import (
	"strings"

	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
)

// A Dialect is what $schema names: a draft of JSON Schema, perhaps without some of its
// keywords.
type Dialect struct {
	Draft Draft

	vocabularies Vocabulary // the vocabularies in use
	// chosen reports that no $schema names the draft. why is the obstacle to reading
	// the file as the newest draft, or nil.
	chosen bool
	why    *obstacle
}

// published maps the vocabularies of each draft to the keywords that they bring.
// Formats are asserted whichever of the two format vocabularies brings them.
var published = map[Draft]map[string]Vocabulary{
	Draft2019: {"core": 0, "applicator": Applicator | Unevaluated, "validation": Validation, "format": Format, "content": 0, "meta-data": 0},
	Draft2020: {
		"core": 0, "applicator": Applicator, "unevaluated": Unevaluated, "validation": Validation,
		"format-annotation": Format, "format-assertion": Format, "content": 0, "meta-data": 0,
	},
}

// Of returns the dialect of a file: the one its $schema names; or else that of the
// referring file, if a $schema names it; or else the newest draft in which the whole
// file is well formed. referring is nil for the schema file itself.
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

// mostDialects bounds the chain of meta-schemas that leads to a draft.
const mostDialects = 5

// Dialect returns what the value of $schema in from names: a draft, or a meta-schema in
// the folder, found like any reference. Such a meta-schema has the draft that its own
// $schema names, without the vocabularies that its $vocabulary leaves out. Its other
// keywords are not checked.
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

// restricted returns draft with the vocabularies that a meta-schema lists. A required
// vocabulary that is unknown makes all its schemas unusable (2020-12 core 8.1.2).
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
				Message: "the meta-schema requires the unknown vocabulary " + wording.Quote(m.Key()),
				Hint:    "set it to false in $vocabulary if its keywords may be ignored",
			}
		}
	}
	return d, nil
}

// undrafted returns the error for a $schema that names nothing known. findings are
// about the text of the file found for it.
func undrafted(named *document.Node, findings document.Findings) *Missing {
	return &Missing{
		Message:  wording.Quote(named.Text()) + " is neither a known draft of JSON Schema nor a meta-schema below the schema's folder",
		Hint:     "use draft 4, 6, 7, 2019-09 or 2020-12, or leave $schema out for the newest that fits",
		Findings: findings,
	}
}
