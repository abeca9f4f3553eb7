package untyped

import (
	"github.com/hotbind/hotbind/runtime/genrt"
	"github.com/hotbind/hotbind/runtime/validate"
)

// A program holds the tables of a schema and the function that publishes snapshots.
type program struct {
	*genrt.Program
	publish func(*Config)
}

func newProgram(schema *validate.Schema) *program {
	return &program{schema.Program(), func(*Config) {}}
}

// Publish implements the engine's interface of a program.
func (p *program) Publish(snapshot any) { p.publish(&Config{program: p, snapshot: snapshot}) }
