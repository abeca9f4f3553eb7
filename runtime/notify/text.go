package notify

import rt "github.com/hotbind/hotbind/runtime"

// changeText formats a change without its path.
func changeText(c rt.ValueChange) string { return c.String()[len(c.Path)+len(": "):] }

// pathName returns a path for display.
func pathName(path string) string {
	if path == "" {
		return "(document)"
	}
	return path
}
