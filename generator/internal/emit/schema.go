package emit

import (
	"strings"
	"unicode"

	"github.com/dave/jennifer/jen"
)

func (e *emitter) schema(f *jen.File) {
	doc(f, []string{"Schema returns the schema this package was generated from, as JSON."})
	if len(e.p.SchemaFiles) > 0 {
		doc(f, []string{"The files it refers to are not in it: " + line(strings.Join(e.p.SchemaFiles, ", ")) + "."})
	}
	f.Func().Id("Schema").Params().Index().Byte().Block(jen.Return(jen.Index().Byte().Call(jen.Id("schemaText"))))
	f.Const().Id("schemaText").Op("=").Add(raw(e.p.SchemaText))
}

// raw is text as a Go string, between backquotes where that is easier to read
// and possible.
func raw(text string) jen.Code {
	unsafe := func(r rune) bool {
		return r == '`' || r == '\r' || r == unicode.ReplacementChar || (r != '\n' && !unicode.IsPrint(r))
	}
	if !strings.ContainsRune(text, '"') || strings.ContainsFunc(text, unsafe) {
		return jen.Lit(text)
	}
	return jen.Op("`" + text + "`")
}
