package load

import (
	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/source"
)

// excerpt adds to findings about content, to as many as are shown, the lines of the files
// that they point to: by the time that somebody asks, these may hold something else.
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

// text is that of a file as it was read. A file of variables has none to show: any of its
// lines may be a secret.
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
