package load

import (
	"slices"

	"github.com/hotbind/hotbind/runtime/document"
)

// Placed gives findings that name a path only the place where its value is written,
// or what encloses it where there is none.
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
