package untyped

import (
	"context"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/load"
	"github.com/hotbind/hotbind/runtime/validate"

	rt "github.com/hotbind/hotbind/runtime"
)

// A Config is an effective configuration with defaults filled in. One made by [Of] may
// also be a plain document, without a valid schema. A Config is immutable.
type Config struct {
	program  *program
	snapshot any // nil: only the document is known
	doc      *document.Node
}

// Load reads the sources once, like Load of a generated package.
func Load(ctx context.Context, schema *validate.Schema, opts ...rt.Option) (*Config, error) {
	p := newProgram(schema)
	snapshot, err := load.Once(ctx, p.Program, load.NewOptions(opts...))
	if err != nil {
		return nil, err
	}
	return &Config{program: p, snapshot: snapshot}, nil
}

// Of returns the configuration in doc, with the defaults of the schema. If doc is invalid
// it returns doc as it is. If schema is nil, no value is treated as a secret.
func Of(schema *validate.Schema, doc *document.Node) *Config {
	if schema == nil {
		return &Config{doc: doc}
	}
	p := newProgram(schema)
	snapshot, findings := p.Decode(doc)
	if len(findings.Errors()) > 0 {
		return &Config{program: p, doc: doc}
	}
	return &Config{program: p, snapshot: snapshot}
}

// Document returns the configuration with secrets in the clear. It must not be modified.
func (c *Config) Document() *document.Node {
	if c.snapshot != nil {
		return c.program.Document(c.snapshot)
	}
	return c.doc
}

// MarshalJSON returns the configuration as JSON with secrets hidden.
func (c *Config) MarshalJSON() ([]byte, error) {
	if c.snapshot != nil {
		return c.program.Marshal(c.snapshot), nil
	}
	return document.Hide(c.doc, c.shape(), false).AppendJSON(nil), nil
}

func (c *Config) shape() document.Shape {
	if c.program == nil {
		return nil
	}
	return c.program.Shape()
}

// Diff returns the changes from c to after. If one of them is invalid, they are compared
// as plain documents.
func (c *Config) Diff(after *Config) rt.Changes {
	if c.snapshot != nil && after.snapshot != nil {
		return c.program.Diff(c.snapshot, after.snapshot).Changes("")
	}
	return compare(nil, "", c.Document(), after.Document(), c.shape(), false)
}
