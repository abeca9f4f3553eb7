package untyped

import (
	"context"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/load"
	"github.com/hotbind/hotbind/runtime/validate"

	rt "github.com/hotbind/hotbind/runtime"
)

// A Config is an effective configuration, with the defaults filled in, or a document
// that a schema does not allow or of which none is known. It is immutable.
type Config struct {
	program  *program
	snapshot any // nil: only the document is known
	doc      *document.Node
}

// Load reads sources once; see the Load of a generated package.
func Load(ctx context.Context, schema *validate.Schema, opts ...rt.Option) (*Config, error) {
	p := newProgram(schema)
	snapshot, err := load.Once(ctx, p.Program, load.NewOptions(opts...))
	if err != nil {
		return nil, err
	}
	return &Config{program: p, snapshot: snapshot}, nil
}

// Of returns doc as the schema sees it, or as it is where the schema does not allow
// it. Without a schema, which may be nil, nothing in it is known to be a secret.
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

// Document returns the configuration with its secrets in the clear. It must not be
// written.
func (c *Config) Document() *document.Node {
	if c.snapshot != nil {
		return c.program.Document(c.snapshot)
	}
	return c.doc
}

// MarshalJSON writes the configuration with its secrets hidden.
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

// Diff returns what differs from c to after. Where the schema does not allow one of
// them, both are compared as documents.
func (c *Config) Diff(after *Config) rt.Changes {
	if c.snapshot != nil && after.snapshot != nil {
		return c.program.Diff(c.snapshot, after.snapshot).Changes("")
	}
	return compare(nil, "", c.Document(), after.Document(), c.shape())
}
