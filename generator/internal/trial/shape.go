package trial

import (
	"fmt"
	"strings"

	"github.com/hotbind/hotbind/runtime/document"
)

// Describe prints the layers, variables, paths and secrets of a shape, a line per
// place, down to a depth. The program of [Module.Judge] compiles this file too.
func Describe(shape document.Shape, depth int) string {
	var b strings.Builder
	describe(&b, "", shape, depth)
	return b.String()
}

// probes are keys that schemas rarely declare: they show the shape of undeclared ones.
var probes = []string{"no_such", "x-1", "a1", "Key"}

func describe(b *strings.Builder, path string, shape document.Shape, depth int) {
	if shape == nil {
		fmt.Fprintf(b, "%s: nothing\n", path)
		return
	}
	fmt.Fprintf(b, "%s: kind=%v null=%v secret=%v lists=%v undeclared=%d\n",
		path, shape.Kind(), shape.AllowsNull(), shape.Secret(), shape.Lists(), len(shape.Undeclared()))
	if depth == 0 {
		return
	}
	for _, p := range shape.Properties() {
		at := document.KeyPath(path, p.Key)
		fmt.Fprintf(b, "%s: env=%s restart=%v default=%s\n", at, p.Env, p.Restart, p.Default)
		describe(b, at, p.Shape, depth-1)
	}
	for _, key := range probes {
		if below, allowed := shape.Member(key); allowed {
			describe(b, path+"{"+key+"}", below, depth-1)
		}
	}
	if item := shape.Item(); item != nil {
		describe(b, path+"[]", item, depth-1)
	}
}
