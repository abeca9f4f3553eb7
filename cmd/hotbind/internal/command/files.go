package command

import (
	"context"
	"fmt"

	rt "github.com/hotbind/hotbind/runtime"
	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/document/toml"
)

// parse parses a file of any format.
func parse(name string, text []byte) (*document.Node, document.Findings) {
	return document.Parse(name, text, document.Limits{}, toml.Format{})
}

// readFile reads a file by the rules for sources. It refuses pipes and devices
// without opening them, because a read from them may never end.
func readFile(name string) ([]byte, error) {
	text, err := rt.File(name).Read(context.Background())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return text, nil
}
