package emit

import "github.com/dave/jennifer/jen"

// parse writes the functions that read a configuration once, make one and check it.
func (e *emitter) parse(f *jen.File) {
	root := e.p.Root.Name

	f.Comment("// Diff holds everything that differs between two configurations.")
	f.Type().Id("Diff").Op("=").Add(rt("Diff")).Types(jen.Id(root))

	doc(f, []string{
		"Parse reads one document. The extension of name (.yaml, .yml, .json or .toml) sets",
		"its format. The error is a [*rt.ValidationError] with every finding.",
	})
	f.Func().Id("Parse").Params(jen.Id("name").String(), jen.Id("data").Index().Byte()).
		Params(jen.Op("*").Id(root), jen.Error()).Block(
		jen.Return(genrt("Parse").Types(jen.Id(root)).Call(jen.Op("&").Id("program"), jen.Id("name"), jen.Id("data"))))

	doc(f, []string{
		"Load reads the sources once and merges them, weakest first. The error is a",
		"[*rt.ValidationError] with every finding or a [*rt.SourceError].",
	})
	f.Func().Id("Load").Params(jen.Id("ctx").Qual("context", "Context"), jen.Id("sources").Op("...").Add(rt("Source"))).
		Params(jen.Op("*").Id(root), jen.Error()).Block(
		jen.Return(genrt("Load").Types(jen.Id(root)).Call(jen.Id("ctx"), jen.Op("&").Id("program"), jen.Id("sources"))))

	doc(f, []string{
		"New returns a configuration with the schema's defaults, also in required sections.",
		"Other required values are zero. A literal gets no defaults: a field that it leaves",
		"out is zero.",
	})
	f.Func().Id("New").Params().Op("*").Id(root).Block(jen.Return(genrt("New").Types(jen.Id(root)).Call(jen.Op("&").Id("program"))))

	doc(f, []string{
		"Validate checks a configuration made or changed in Go as [Parse] checks a file. The",
		"error is a [*rt.ValidationError]; its findings have paths and show no secrets.",
	})
	f.Func().Id("Validate").Params(jen.Id("c").Op("*").Id(root)).Error().Block(jen.Return(genrt("Validate").Call(jen.Op("&").Id("program"), jen.Id("c"))))

	doc(f, []string{
		"Reveal returns a value that json.Marshal and YAML packages encode with every secret",
		"in the clear, in a form that [Parse] reads back. Write it to files that only their",
		"owner can read, never to logs.",
	})
	f.Func().Id("Reveal").Params(jen.Id("c").Op("*").Id(root)).Add(genrt("Revealed")).Block(
		jen.Return(genrt("Reveal").Call(jen.Op("&").Id(tableName(e.p.Root)), jen.Id("c"))))
}
