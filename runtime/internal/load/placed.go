package load

import (
	"slices"

	"github.com/hotbind/hotbind/runtime/document"
)

// Placed adds positions to findings that have only a path: that of the value, or of what
// encloses the missing value.
func Placed(findings document.Findings, doc *document.Node, shape document.Shape) document.Findings {
	placed := slices.Clone(findings)
	for i := range placed {
		f := &placed[i]
		steps, err := document.ParsePath(f.Path)
		if f.Pos != (document.Position{}) || err != nil {
			continue
		}
		n := doc.At(steps, shape)
		for n == nil {
			steps = steps[:len(steps)-1]
			n = doc.At(steps, shape)
		}
		f.Pos = n.Pos()
	}
	return placed
}
