// Package edit changes the text of a document and keeps everything that need not
// change: comments, order, blank lines, quotes.
//
// The caller passes the new document as a tree; the package finds the changes. A value
// or key with a position in the text is the one written there, wherever it is in the
// tree now. So a moved key takes its comments along, and unchanged parts stay as they
// are, byte for byte. The package parses its result again and fails if it is not
// exactly the new document.
package edit

import (
	"path/filepath"
	"strings"

	"github.com/hotbind/hotbind/runtime/document"
)

// Rewrite returns text, the content of the file name, changed so that it parses as to.
// The extension of name selects YAML or JSON, as for [document.Parse].
//
// A comment directly above a key, and one after its value, belong to the key: they move
// and are deleted with it. New parts follow the style of the file. A byte order mark
// and the line endings stay.
//
// If a finding is an error, the result is nil. That is the case if text is not a
// document, has a format that cannot be edited, such as TOML, or if the change would
// require rewriting more, as with aliases, merge keys or comments in braces.
func Rewrite(name string, text []byte, to *document.Node) ([]byte, document.Findings) {
	extension := strings.ToLower(filepath.Ext(name))
	if extension == ".toml" {
		return nil, refusal(name, "editing TOML is not supported", "change it by hand, or keep it as YAML")
	}
	from, findings := document.Parse(name, text, document.Limits{})
	if from == nil {
		return nil, findings
	}
	if document.Equal(from, to) {
		return text, nil
	}
	s, fault := newSource(name, string(text), extension == ".json")
	if fault != "" {
		return nil, refusal(name, fault, "")
	}
	result, f := s.rewrite(from, to)
	if f != nil {
		return nil, document.Findings{*f}
	}
	edited := []byte(s.finish(result))
	if again, _ := document.Parse(name, edited, document.Limits{}); !document.Equal(again, to) {
		return nil, s.failed()
	}
	return edited, nil
}

func refusal(name, message, hint string) document.Findings {
	return document.Findings{{Pos: document.Position{File: name}, Message: message, Hint: hint}}
}

// failed returns the finding that the text could not be edited, with the likely reason.
func (s *source) failed() document.Findings {
	message := "cannot be edited without losing content"
	if s.aliased {
		message += ": the change affects anchors, aliases or merge keys"
	}
	return refusal(s.name, message, "change it by hand")
}

// rewrite returns the edited text.
func (s *source) rewrite(from, to *document.Node) (result string, f *document.Finding) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case *unsupported:
			pos := document.Position{File: s.name, Line: 1, Column: 1}
			if p.offset >= 0 {
				pos = s.position(p.offset)
			}
			f = &document.Finding{Pos: pos, Message: "cannot be edited: " + p.message, Hint: "change it by hand"}
		default:
			panic(p)
		}
	}()
	root := s.layout(from)
	e := &emitter{source: s, indent: s.unit(), compact: s.json && !strings.Contains(s.text, `": `)}
	return e.document(root, to), nil
}

// An unsupported ends the editing. rewrite recovers it, because it can occur at any
// depth.
type unsupported struct {
	offset  int // in the text; -1 if unknown
	message string
}

func refuse(offset int, message string) {
	panic(&unsupported{offset, message})
}
