package notify

import rt "github.com/hotbind/hotbind/runtime"

// changeText is a change without its path.
func changeText(c rt.ValueChange) string { return c.String()[len(c.Path)+len(": "):] }

// pathName is a path as people read it.
func pathName(path string) string {
	if path == "" {
		return "(document)"
	}
	return path
}
