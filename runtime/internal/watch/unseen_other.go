//go:build !linux

package watch

import "os"

// unseen returns "", because the reason is not known on other systems.
func unseen(chain) string { return "" }

// hasOneName reports whether a file has no other hard link. Outside Linux, files have no
// watches that would detect a write through one.
func hasOneName(os.FileInfo) bool { return true }
