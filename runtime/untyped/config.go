package untyped

import (
	"context"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/validate"

	rt "github.com/hotbind/hotbind/runtime"
)

// A Config is an effective configuration: a document with the defaults filled in.
// It is immutable.
type Config struct {
	program *program
	doc     *document.Node
}

// Load reads sources once, the weakest first. The error is a *rt.SourceError or a
// *rt.ValidationError.
func Load(ctx context.Context, schema *validate.Schema, sources ...rt.Source) (*Config, error) {
	p := newProgram(schema)
	var said []*document.Node
	var findings document.Findings
	for _, s := range rt.Flatten(sources) {
		content, err := s.Read(ctx)
		if err != nil {
			return nil, &rt.SourceError{Source: s.Name(), Cause: err}
		}
		layer, found := s.Document(content, p.shape, document.Limits{})
		said, findings = append(said, layer), append(findings, found...)
	}
	doc, unmerged := document.MergeAll(said, p.shape)
	if findings = append(findings, unmerged...); doc == nil && len(findings.Errors()) == 0 {
		doc = &document.Node{Kind: document.Object, Pos: document.Position{File: "(no source)"}}
	}
	if failed := findings.Errors(); len(failed) > 0 {
		return nil, &rt.ValidationError{Findings: failed, Empty: failed.Empty()}
	}
	snapshot, found := p.Decode(doc)
	if failed := found.Errors(); len(failed) > 0 {
		return nil, &rt.ValidationError{Findings: failed}
	}
	return snapshot.(*Config), nil
}

// Of is doc as the schema sees it, whether it is valid or not. Without a schema,
// which may be nil, it is doc as it is, and nothing in it is known to be a secret.
func Of(schema *validate.Schema, doc *document.Node) *Config {
	p := newProgram(schema)
	return &Config{p, p.complete(doc)}
}

// Document is the configuration with its secrets in the clear. It must not be
// written.
func (c *Config) Document() *document.Node { return c.doc }

// MarshalJSON writes the configuration with its secrets hidden.
func (c *Config) MarshalJSON() ([]byte, error) { return c.program.Marshal(c), nil }

// Diff is what differs from c to after, as the schema of c sees both.
func (c *Config) Diff(after *Config) rt.Changes {
	return c.program.Diff(c, after).Changes("")
}
