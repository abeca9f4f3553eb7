package emit

import "github.com/dave/jennifer/jen"

// parse writes the functions that read a configuration once, create one and validate
// one.
func (e *emitter) parse(f *jen.File) { f.Add(code(parseSource, e.p.Root.Name)) }

// parseSource is their code. $ is the name of the root.
const parseSource = `
// Diff holds the differences between two configurations.
type Diff = rt.Diff[$]

// Parse decodes and validates one document. The extension of name (.yaml, .yml or
// .json) selects the format; [Load] reads others with [rt.WithFormat]. The error is a
// [*rt.ValidationError] with all findings.
func Parse(name string, data []byte) (*$, error) {
	return genrt.Parse[$](&program, name, data)
}

// Load reads the sources of [rt.From] once, merges them, weakest first, and validates the
// result. It accepts the options for reading sources, such as [rt.WithLimits],
// [rt.AllowEmpty] and migrations; an option for following them is an error. Any other
// error is a [*rt.ValidationError] with all findings, or a *source.Error for a source that
// cannot be read.
func Load(ctx context.Context, opts ...rt.Option) (*$, error) {
	return genrt.Load[$](ctx, &program, opts)
}

// New returns a configuration with the schema's defaults, also in required sections.
// Other required values are zero. A struct literal gets no defaults: a field that it
// leaves out is zero.
func New() *$ {
	return genrt.New[$](&program)
}

// Validate checks a configuration built or changed in Go, as [Parse] checks a file. The
// error is a [*rt.ValidationError]; its findings have paths and show no secrets.
func Validate(c *$) error {
	return genrt.Validate(&program, c)
}

// Reveal returns a value that json.Marshal and YAML packages encode with every secret
// in the clear. [Parse] reads the result back. Write it only to files that only their
// owner can read, never to logs.
func Reveal(c *$) genrt.Revealed {
	return genrt.Reveal(&table$, c)
}
`
