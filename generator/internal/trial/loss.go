package trial

import (
	"cmp"

	"github.com/hotbind/hotbind/runtime/document"
)

// Lost returns the path of the first value of read that written, the same document
// after reading and writing, lacks or changes, or "". Additions in written, such as
// defaults, and secrets do not count.
func Lost(read, written *document.Node) string { return lost("", read, written) }

func lost(path string, read, written *document.Node) string {
	switch {
	case written == nil:
	case written.Kind() == document.String && written.Text() == document.Redacted:
		return ""
	case read.Kind() != written.Kind():
	case read.Kind() == document.Object:
		for _, m := range read.Members() {
			if at := lost(document.KeyPath(path, m.Key()), m.Value(), written.Get(m.Key())); at != "" {
				return at
			}
		}
		return ""
	case read.Kind() == document.List && len(read.Items()) == len(written.Items()):
		for i, item := range read.Items() {
			if at := lost(document.IndexPath(path, i), item, written.Items()[i]); at != "" {
				return at
			}
		}
		return ""
	case document.Equal(read, written):
		return ""
	}
	return cmp.Or(path, "(the whole document)")
}
