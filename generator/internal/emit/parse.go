package emit

import "github.com/dave/jennifer/jen"

// parse writes the functions that read a configuration once, make one and check it.
func (e *emitter) parse(f *jen.File) {
	root := e.p.Root.Name

	f.Comment("// Diff is everything that differs between two configurations.")
	f.Type().Id("Diff").Op("=").Add(rt("Diff")).Types(jen.Id(root))

	doc(f, []string{
		"Parse reads one document. The extension of name tells its format (.yaml, .yml,",
		".json or .toml), and findings name it. The error is a *rt.ValidationError that",
		"lists everything the schema does not allow.",
	})
	f.Func().Id("Parse").Params(jen.Id("name").String(), jen.Id("data").Index().Byte()).
		Params(jen.Op("*").Id(root), jen.Error()).Block(
		jen.Return(genrt("Parse").Types(jen.Id(root)).Call(jen.Op("&").Id("program"), jen.Id("name"), jen.Id("data"))))

	doc(f, []string{
		"Load reads sources once and merges them, the weakest first. The error is a",
		"*rt.ValidationError with every finding, or a *rt.SourceError.",
	})
	f.Func().Id("Load").Params(jen.Id("ctx").Qual("context", "Context"), jen.Id("sources").Op("...").Add(rt("Source"))).
		Params(jen.Op("*").Id(root), jen.Error()).Block(
		jen.Return(genrt("Load").Types(jen.Id(root)).Call(jen.Id("ctx"), jen.Op("&").Id("program"), jen.Id("sources"))))

	doc(f, []string{
		"New returns a configuration with the defaults of the schema, also in the sections",
		"it requires. Whatever else is required is zero. It is the only way to defaults in",
		"Go: what a literal leaves out is zero, not absent.",
	})
	f.Func().Id("New").Params().Op("*").Id(root).Block(jen.Return(genrt("New").Types(jen.Id(root)).Call(jen.Op("&").Id("program"))))

	doc(f, []string{
		"Validate checks a configuration that was made or changed in Go as [Parse] checks a",
		"file with its content. The error is a *rt.ValidationError whose findings name paths.",
		"It never shows a secret.",
	})
	f.Func().Id("Validate").Params(jen.Id("c").Op("*").Id(root)).Error().Block(jen.Return(genrt("Validate").Call(jen.Op("&").Id("program"), jen.Id("c"))))

	doc(f, []string{
		"Reveal returns a value that json.Marshal and YAML packages write with every secret",
		"in the clear, as a file that [Parse] reads back. Whoever sees the output has the",
		"secrets: it is for files that only their owner can read, never for logs.",
	})
	f.Func().Id("Reveal").Params(jen.Id("c").Op("*").Id(root)).Add(genrt("Revealed")).Block(
		jen.Return(genrt("Reveal").Call(jen.Op("&").Id(tableName(e.p.Root)), jen.Id("c"))))
}
