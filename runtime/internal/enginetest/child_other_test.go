//go:build !linux

package enginetest

// The faults that need a process of their own are made with means of Linux.
var children map[string]func(path string)
