// Hotbind generates typed Go configuration bindings from a JSON Schema and
// checks configuration files against one.
package main

import (
	"os"

	"github.com/hotbind/hotbind/cmd/hotbind/internal/command"
)

func main() {
	os.Exit(command.Run(os.Args[1:], os.Stdout, os.Stderr))
}
