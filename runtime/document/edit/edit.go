// Package edit changes the text of a document so that it says something else,
// and keeps what need not change: comments, order, blank lines, quotes.
//
// It is told what the text is to say as a tree, and finds out itself what is to
// be done: a value or a key whose position is in the text is what was written
// there, wherever in the tree it stands now. So a key that was moved takes its
// comments along, and what is the same stays as it is, byte for byte. What it
// makes is read again, and refused if it does not say exactly what it was to.
package edit

import (
	"path/filepath"
	"strings"

	"github.com/hotbind/hotbind/runtime/document"
)

// Rewrite returns text, the content of the file name, changed so that it reads as
// the document to. The extension of name says whether it is YAML or JSON, as for
// [document.Parse].
//
// A comment directly above a key, and one behind its value, belong to the key:
// they move and go with it. What is new is written in the style of the file. A
// byte order mark and the line ends stay.
//
// If a finding is an error the text is nil: text is no document, is in a format
// that is not edited, such as TOML, or says it in a way that cannot be changed
// without rewriting more, as where aliases, merge keys or comments in braces are
// concerned.
func Rewrite(name string, text []byte, to *document.Node) ([]byte, document.Findings) {
	extension := strings.ToLower(filepath.Ext(name))
	if extension == ".toml" {
		return nil, refusal(name, "a TOML file is not edited", "change it by hand, or keep it as YAML")
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

// failed says that the text could not be edited, with the likely reason.
func (s *source) failed() document.Findings {
	message := "cannot be edited without losing what it says"
	if s.aliased {
		message += ", for what changes has anchors, aliases or merge keys"
	}
	return refusal(s.name, message, "change it by hand")
}

// rewrite is the edited text.
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

// An unsupported way of writing ends the editing; it is recovered in rewrite,
// for it can be met at any depth.
type unsupported struct {
	offset  int // in the text; -1 is nowhere
	message string
}

func refuse(offset int, message string) {
	panic(&unsupported{offset, message})
}
