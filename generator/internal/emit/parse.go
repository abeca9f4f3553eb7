package emit

import "github.com/dave/jennifer/jen"

// parse writes the functions that read a configuration once, make one and check it.
func (e *emitter) parse(f *jen.File) { f.Add(code(parseSource, e.p.Root.Name)) }

// parseSource has the name of the root for each $.
const parseSource = `
// Diff holds everything that differs between two configurations.
type Diff = rt.Diff[$]

// Parse reads one document. The extension of name (.yaml, .yml or .json) sets its
// format; [Load] reads others with [rt.WithFormat]. The error is a
// [*rt.ValidationError] with every finding.
func Parse(name string, data []byte) (*$, error) {
	return genrt.Parse[$](&program, name, data)
}

// Load reads the sources of [rt.From] once and merges them, weakest first. Options that
// say how sources are read, such as [rt.WithLimits], [rt.AllowEmpty] and migrations, hold
// as they do where sources are followed; an option about following is an error. Otherwise the
// error is a [*rt.ValidationError] with every finding, or a *source.Error for a source that
// cannot be read.
func Load(ctx context.Context, opts ...rt.Option) (*$, error) {
	return genrt.Load[$](ctx, &program, opts)
}

// New returns a configuration with the schema's defaults, also in required sections.
// Other required values are zero. A literal gets no defaults: a field that it leaves
// out is zero.
func New() *$ {
	return genrt.New[$](&program)
}

// Validate checks a configuration made or changed in Go as [Parse] checks a file. The
// error is a [*rt.ValidationError]; its findings have paths and show no secrets.
func Validate(c *$) error {
	return genrt.Validate(&program, c)
}

// Reveal returns a value that json.Marshal and YAML packages encode with every secret
// in the clear, in a form that [Parse] reads back. Write it to files that only their
// owner can read, never to logs.
func Reveal(c *$) genrt.Revealed {
	return genrt.Reveal(&table$, c)
}
`
