// Hotbind generates typed Go configuration bindings from a JSON Schema and uses
// the schema to check, compare, explain, watch and migrate configuration files.
package main

import (
	"os"

	"github.com/hotbind/hotbind/cmd/hotbind/internal/command"
)

func main() {
	os.Exit(command.Run(os.Args[1:], os.Stdout, os.Stderr))
}
