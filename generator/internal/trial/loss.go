package trial

import (
	"fmt"

	"github.com/hotbind/hotbind/runtime/document"

	rt "github.com/hotbind/hotbind/runtime"
)

// Lost returns the path of the first value of read that written, the same value
// after reading and writing, does not give back; empty: nothing is lost. What
// written has beyond it, such as defaults, is no loss, and neither is a secret.
func Lost(read, written *document.Node) string { return lost("", read, written) }

func lost(path string, read, written *document.Node) string {
	if written == nil {
		return here(path)
	}
	if written.Kind() == document.String && written.Text() == rt.Redacted {
		return ""
	}
	if read.Kind() != written.Kind() {
		return here(path)
	}
	switch read.Kind() {
	case document.Object:
		for i := range read.Members() {
			m := &read.Members()[i]
			if at := lost(document.KeyPath(path, m.Key()), m.Value(), written.Get(m.Key())); at != "" {
				return at
			}
		}
		return ""
	case document.List:
		if len(read.Items()) != len(written.Items()) {
			return here(path)
		}
		for i := range read.Items() {
			if at := lost(fmt.Sprintf("%s[%d]", path, i), read.Items()[i], written.Items()[i]); at != "" {
				return at
			}
		}
		return ""
	}
	if !document.Equal(read, written) {
		return here(path)
	}
	return ""
}

func here(path string) string {
	if path == "" {
		return "(the whole document)"
	}
	return path
}
