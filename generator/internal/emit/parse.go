package emit

import "github.com/dave/jennifer/jen"

// parse writes the functions that read a configuration once.
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
}
