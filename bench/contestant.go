package main

import (
	"github.com/hotbind/hotbind/bench/hand"
	"github.com/hotbind/hotbind/bench/service"
)

// A contestant does what a service needs of its configuration, as the documentation of a
// library shows it. A function is nil if the library has nothing for it.
type contestant struct {
	name string

	// program is a folder in size: a program that follows a file and prints its pool size
	// after each change. Those of viper, koanf and dials validate nothing.
	program string

	// load reads and validates a file into a struct.
	load func(path string) (any, error)

	// follow calls changed with the pool size after each change of a file, when readers
	// see the new value. The caller removes the file after stop.
	follow func(path string, changed func(poolSize int)) (stop func(), err error)

	// read returns a function that reads the pool size n times and returns the sum.
	read func(path string) (func(n int) int, error)

	// compare loads two files and returns a function that finds what differs, and returns
	// how much that is.
	compare func(before, after string) (func() int, error)

	// hooks registers a hook for the pool size and n-1 hooks for a value that does not
	// change. It returns a function that sets the pool size in memory.
	hooks func(path string, n int, called func()) (set func(poolSize int) error, stop func(), err error)
}

// contestants returns the limit, which the others are compared with, and the others.
func contestants() ([]contestant, error) {
	// Compiled once, as a program does at its start.
	schema, err := hand.Compile("service.schema.yaml", service.Schema())
	if err != nil {
		return nil, err
	}
	return []contestant{limitContestant(), handContestant(schema), viperContestant(schema), koanfContestant(schema), dialsContestant(), hotbindContestant()}, nil
}
