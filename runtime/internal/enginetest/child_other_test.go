//go:build !linux

package enginetest

// The faults that need a separate process are made by means of Linux.
var children map[string]func(path string)
