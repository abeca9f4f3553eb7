package load

import (
	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/seam"

	rt "github.com/hotbind/hotbind/runtime"
)

// Said returns the values that the layers have at steps, the strongest first. Effective
// is the merged configuration.
func (o Origin) Said(effective *document.Node, shape document.Shape, steps []document.Step) []rt.LayerValue {
	layers := append(append([]Layer(nil), o.Layers...), Layer{Name: seam.APILayer, Doc: o.Edits})
	var list []rt.LayerValue
	for i := len(layers) - 1; i >= 0; i-- {
		n, at, secret := layers[i].Doc.Find(steps, shape)
		if n == nil {
			continue
		}
		list = append(list, rt.LayerValue{Layer: layers[i].Name, Pos: n.Pos(), Value: string(document.Hide(n, at, secret).AppendJSON(nil))})
	}
	if text := defaultAt(effective, shape, steps); text != "" {
		list = append(list, rt.LayerValue{Layer: seam.DefaultLayer, Pos: document.Position{File: seam.DefaultLayer}, Value: text})
	}
	return list
}

// defaultAt returns the default of the property at steps of effective. Secret defaults
// are hidden. It returns "" if the object that would hold the property is absent.
func defaultAt(effective *document.Node, shape document.Shape, steps []document.Step) string {
	if len(steps) == 0 || steps[len(steps)-1].Key == nil {
		return ""
	}
	holder, above, secret := effective.Find(steps[:len(steps)-1], shape)
	if holder == nil || above == nil {
		return ""
	}
	for _, p := range above.Properties() {
		if p.Key != *steps[len(steps)-1].Key || p.Default == "" {
			continue
		}
		n, _ := document.ParseValue(document.Position{File: seam.DefaultLayer}, p.Default, document.Limits{})
		return string(document.Hide(n, p.Shape, secret || above.Secret()).AppendJSON(nil))
	}
	return ""
}
