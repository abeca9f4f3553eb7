package load

import (
	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/source"
)

// excerpt adds the lines of the files to the first findings, as many as are shown. The
// files may have changed by the time that somebody reads the findings.
func (l *Loader) excerpt(c Content, findings []document.Finding) {
	texts := map[string]*document.Excerpter{}
	var secrets []string
	for i := range findings[:min(len(findings), document.Shown)] {
		f := &findings[i]
		if texts[f.Pos.File] == nil {
			text, ok := l.text(c, f.Pos.File)
			if !ok {
				continue
			}
			if secrets == nil {
				secrets = document.SecretKeys(l.program.Shape())
			}
			texts[f.Pos.File] = document.NewExcerpter(text, secrets)
		}
		if line, caret := texts[f.Pos.File].Excerpt(*f); caret != "" {
			f.Excerpt = line + "\n" + caret
		}
	}
}

// text returns the text of a file as it was read. It returns none for a file of
// variables: any of its lines may be a secret.
func (l *Loader) text(c Content, file string) ([]byte, bool) {
	for i := range l.layers {
		set, files := l.layers[i].src.(source.FileSet)
		if _, variables := l.layers[i].src.(source.Unversioned); !files || variables {
			continue
		}
		for _, f := range set.Files(c.Layers[i]) {
			if f.Path == file {
				return f.Content, true
			}
		}
	}
	return nil, false
}
